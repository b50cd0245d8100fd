//! The text of a token: a prefix that secret scanners find, random letters, and a checksum by which a text that somebody
//! made up is told from a token without a look into the database.

use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};

use super::Holder;

/// How tokens of people and of service accounts begin.
const PREFIXES: [&str; 2] = ["backstage_pat_", "backstage_sat_"];
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Random letters: 178 bits.
const RANDOM: usize = 30;
const CHECKSUM: usize = 6;

/// A new token for a holder.
pub(super) fn new(holder: &Holder) -> String {
    let [person, account] = PREFIXES;
    let mut text = match holder {
        Holder::Person(_) => person,
        Holder::Account(_) => account,
    }
    .to_owned();
    let random = SystemRandom::new();
    let full = text.len() + RANDOM;
    while text.len() < full {
        let mut byte = [0_u8];
        random
            .fill(&mut byte)
            .expect("the operating system gives random bytes");
        // The last few values would make some letters likelier than others.
        if usize::from(byte[0]) < 4 * LETTERS.len() {
            text.push(char::from(LETTERS[usize::from(byte[0]) % LETTERS.len()]));
        }
    }
    let checksum = checksum(&text);
    text + &checksum
}

/// Whether a text says that it is such a token.
pub(super) fn is_one(text: &str) -> bool {
    PREFIXES.iter().any(|prefix| text.starts_with(prefix))
}

/// Whether a text can be such a token: its length and checksum are right.
pub(super) fn is_whole(text: &str) -> bool {
    let is_long_enough = |prefix: &&&str| text.len() == prefix.len() + RANDOM + CHECKSUM;
    let prefix = PREFIXES.iter().find(|prefix| text.starts_with(**prefix));
    let Some((body, end)) = prefix
        .filter(is_long_enough)
        .and_then(|_| text.split_at_checked(text.len() - CHECKSUM))
    else {
        return false;
    };
    checksum(body) == end
}

/// Six letters for the first 32 bits of the SHA-256.
fn checksum(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut number = digest
        .iter()
        .take(4)
        .fold(0_usize, |all, byte| all << 8 | usize::from(*byte));
    let letters = (0..CHECKSUM).map(|_| {
        let letter = LETTERS[number % LETTERS.len()];
        number /= LETTERS.len();
        char::from(letter)
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_known_by_their_looks() {
        let person = new(&Holder::Person("user:default/ada".parse().unwrap()));
        let account = new(&Holder::Account("ci".to_owned()));
        assert!(person.starts_with("backstage_pat_") && account.starts_with("backstage_sat_"));
        for text in [&person, &account] {
            assert_eq!(text.len(), 50);
            assert!(is_one(text) && is_whole(text), "{text}");
            assert!(
                text.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            );
        }
        assert_ne!(person, new(&Holder::Person("user:default/ada".parse().unwrap())));
    }

    #[test]
    fn what_was_made_up_or_cut_off_is_none() {
        let text = new(&Holder::Account("ci".to_owned()));
        let swapped = format!("backstage_pat_{}", &text[14..]);
        let longer = format!("{text}0");
        for wrong in [
            &text[..49],
            &longer,
            &swapped,
            "backstage_pat_",
            "backstage_sat_ü",
            "",
        ] {
            assert!(!is_whole(wrong), "{wrong}");
        }
        let made_up = format!("backstage_pat_{}", "a".repeat(36));
        assert!(is_one(&made_up) && !is_whole(&made_up));
        assert!(!is_one("ey.ey.x"));
    }
}
