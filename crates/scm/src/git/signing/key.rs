//! Private keys of `OpenPGP`, version 4 (RFC 9580, sections 5.5 and 10.1), and which of them signs.

use ring::rsa::{KeyPairComponents, PublicKeyComponents};
use ring::signature::{Ed25519KeyPair, RsaKeyPair};

use super::super::objects::sha1;
use super::armor;
use super::packets::{self, big_endian, first_integer};

/// The kinds of packets.
const PRIMARY: u8 = 5;
const SUBKEY: u8 = 7;
const SIGNATURE: u8 = 2;
/// The kinds of signatures: binding a subkey, and taking one back.
const BINDING: u8 = 0x18;
const REVOKED: u8 = 0x28;
/// The parts of a signature: when it was made, when the key ends, and what it is for. The highest bit of a part's kind says that a reader must
/// know the part (RFC 9580, section 5.2.3.7).
const CRITICAL: u8 = 0x80;
const MADE_AT: u8 = 2;
const ENDS_AFTER: u8 = 9;
const USES: u8 = 27;
const MAY_SIGN: u8 = 0x02;
/// The algorithms.
const RSA: u8 = 1;
const RSA_SIGN: u8 = 3;
const EDDSA: u8 = 22;
pub(super) const ED25519: u8 = 27;
/// The curve's name in keys of the algorithm `EDDSA`.
const CURVE: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01];

/// A key that signs.
pub(super) struct SigningKey {
    pub(super) algorithm: u8,
    pub(super) fingerprint: [u8; 20],
    pub(super) private: Private,
}

/// What signs.
pub(super) enum Private {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A key among those of a block, and whether it may sign.
struct Candidate<'a> {
    body: &'a [u8],
    is_subkey: bool,
    made_at: i64,
    may_sign: bool,
    is_revoked: bool,
    ends_after: Option<i64>,
    /// When the signature was made that said so last.
    told_at: usize,
}

/// The key of a block that signs.
pub(super) fn read(armored: &str, now: i64) -> Result<SigningKey, String> {
    let bytes = armor::private_key(armored).ok_or("it is no armored private key")?;
    let packets = packets::read(&bytes).ok_or("its packets are cut off")?;
    let mut candidates = candidates(&packets)?;
    // What the key itself has bound ends with it.
    if let Some(primary) = candidates.iter().find(|one| !one.is_subkey) {
        primary.check(now)?;
    }
    // The newest subkey that may sign comes first, the key itself last.
    candidates.sort_by_key(|one| (!one.is_subkey, -one.made_at));
    let may_sign = |one: &&Candidate<'_>| one.check(now).is_ok() && (one.may_sign || !one.is_subkey);
    let found = candidates
        .iter()
        .find(may_sign)
        .ok_or("no key in it may sign now")?;
    private(found.body)
}

fn candidates<'a>(all: &[packets::Packet<'a>]) -> Result<Vec<Candidate<'a>>, String> {
    let mut candidates: Vec<Candidate<'a>> = Vec::new();
    for (kind, body) in all {
        match *kind {
            PRIMARY | SUBKEY => {
                let (4, Some(made_at)) = (body.first().copied().unwrap_or_default(), body.get(1..5)) else {
                    return Err("it is no key of version 4".to_owned());
                };
                candidates.push(Candidate {
                    body,
                    is_subkey: *kind == SUBKEY,
                    made_at: big_endian(made_at)
                        .and_then(|at| at.try_into().ok())
                        .unwrap_or_default(),
                    may_sign: false,
                    is_revoked: false,
                    ends_after: None,
                    told_at: 0,
                });
            }
            SIGNATURE => {
                if let Some(last) = candidates.last_mut() {
                    last.note(body);
                }
            }
            _ => {}
        }
    }
    Ok(candidates)
}

impl Candidate<'_> {
    /// Why the key counts for nothing now.
    fn check(&self, now: i64) -> Result<(), &'static str> {
        let ends_at = self.ends_after.filter(|after| *after > 0);
        if self.is_revoked {
            return Err("its primary key is revoked");
        }
        if ends_at.is_some_and(|after| self.made_at.saturating_add(after) <= now) {
            return Err("its primary key has ended; make it last longer, or put another one here");
        }
        Ok(())
    }

    /// Takes in what a signature behind the key says about it. Of several that say when it ends and what it is for, the newest counts.
    fn note(&mut self, signature: &[u8]) {
        let kind = signature.get(1).copied().unwrap_or_default();
        if kind == REVOKED || kind == 0x20 {
            self.is_revoked = true;
        }
        let is_about_use = kind == BINDING || (0x10..=0x13).contains(&kind) || kind == 0x1f;
        let Some(mut parts) = hashed_parts(signature).filter(|_| is_about_use) else {
            return;
        };
        let (mut made_at, mut ends_after, mut uses) = (0, None, None);
        while let Some((part, rest)) = next_part(parts) {
            if let [kind, content @ ..] = part {
                match kind & !CRITICAL {
                    MADE_AT => made_at = big_endian(content).unwrap_or_default(),
                    ENDS_AFTER => ends_after = big_endian(content).and_then(|after| after.try_into().ok()),
                    USES => uses = content.first(),
                    _ => {}
                }
            }
            parts = rest;
        }
        // Others who sign the key say neither.
        if (uses.is_none() && ends_after.is_none()) || made_at < self.told_at {
            return;
        }
        self.told_at = made_at;
        self.ends_after = ends_after;
        self.may_sign = uses.is_some_and(|uses| uses & MAY_SIGN != 0);
    }
}

/// The parts of a signature of version 4 that are signed with it.
fn hashed_parts(signature: &[u8]) -> Option<&[u8]> {
    let (length, rest) = signature.get(4..)?.split_at_checked(2)?;
    let is_known = signature.first() == Some(&4);
    rest.get(..big_endian(length)?).filter(|_| is_known)
}

fn next_part(parts: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = packets::length(parts)?;
    rest.split_at_checked(length)
}

/// Reads the numbers of a key.
fn private(body: &[u8]) -> Result<SigningKey, String> {
    let cut = || "a key in it is cut off".to_owned();
    let algorithm = *body.get(5).ok_or_else(cut)?;
    let numbers = &body[6..];
    let (public, rest) = match algorithm {
        RSA | RSA_SIGN => {
            let (modulus, rest) = first_integer(numbers).ok_or_else(cut)?;
            let (exponent, rest) = first_integer(rest).ok_or_else(cut)?;
            (vec![modulus, exponent], rest)
        }
        EDDSA => {
            let curve = numbers
                .strip_prefix(&[9])
                .and_then(|rest| rest.strip_prefix(CURVE));
            let (point, rest) =
                first_integer(curve.ok_or("its curve is another one than Ed25519")?).ok_or_else(cut)?;
            (vec![point.strip_prefix(&[0x40]).ok_or_else(cut)?], rest)
        }
        ED25519 => {
            let (point, rest) = numbers.split_at_checked(32).ok_or_else(cut)?;
            (vec![point], rest)
        }
        other => return Err(format!("the key that signs has the algorithm {other}")),
    };
    let own = &body[..body.len() - rest.len()];
    let length = u16::try_from(own.len()).map_err(|_| cut())?.to_be_bytes();
    let fingerprint = sha1(&[&[0x99], &length[..], own].concat());
    let (&lock, secret) = rest.split_first().ok_or_else(cut)?;
    if lock != 0 {
        return Err("it is locked by a passphrase".to_owned());
    }
    let private = match (algorithm, &public[..]) {
        (RSA | RSA_SIGN, [modulus, exponent]) => rsa(modulus, exponent, secret).ok_or_else(cut)??,
        (EDDSA, [point]) => ed25519(first_integer(secret).ok_or_else(cut)?.0, point)?,
        (_, [point]) => ed25519(secret.get(..32).ok_or_else(cut)?, point)?,
        _ => return Err(cut()),
    };
    Ok(SigningKey {
        algorithm,
        fingerprint,
        private,
    })
}

fn ed25519(seed: &[u8], point: &[u8]) -> Result<Private, String> {
    let mut whole = [0; 32];
    let start = whole
        .len()
        .checked_sub(seed.len())
        .ok_or("its seed is too long")?;
    whole[start..].copy_from_slice(seed);
    let pair = Ed25519KeyPair::from_seed_and_public_key(&whole, point);
    pair.map(Private::Ed25519)
        .map_err(|error| format!("its parts do not fit ({error})"))
}

/// Nothing where a number is missing.
fn rsa(modulus: &[u8], exponent: &[u8], secret: &[u8]) -> Option<Result<Private, String>> {
    let (own_exponent, rest) = first_integer(secret)?;
    // OpenPGP has the inverse of its first prime modulo its second; PKCS #1, which ring takes, the other way round.
    let (second, rest) = first_integer(rest)?;
    let (first, rest) = first_integer(rest)?;
    let (inverse, _) = first_integer(rest)?;
    let exponents = [first, second].map(|prime| remainder(own_exponent, &one_less(prime)));
    let components = KeyPairComponents {
        public_key: PublicKeyComponents {
            n: modulus,
            e: exponent,
        },
        d: own_exponent,
        p: first,
        q: second,
        dP: &exponents[0][..],
        dQ: &exponents[1][..],
        qInv: inverse,
    };
    let pair = RsaKeyPair::from_components(&components);
    Some(
        pair.map(Private::Rsa)
            .map_err(|error| format!("ring does not take its numbers ({error})")),
    )
}

/// An odd number, less one.
fn one_less(odd: &[u8]) -> Vec<u8> {
    let mut even = odd.to_vec();
    if let Some(last) = even.last_mut() {
        *last &= 0xfe;
    }
    even
}

/// The remainder of a division, without zeros before it: bit by bit, for the few numbers of a key.
fn remainder(number: &[u8], divisor: &[u8]) -> Vec<u8> {
    // One byte more than the divisor, for the bit that is shifted in.
    let divisor = [&[0], divisor].concat();
    let mut rest = vec![0_u8; divisor.len()];
    for bit in number
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |place| (byte >> place) & 1))
    {
        let mut carry = bit;
        for byte in rest.iter_mut().rev() {
            let next = *byte >> 7;
            *byte = (*byte << 1) | carry;
            carry = next;
        }
        if rest >= divisor {
            let mut borrow = false;
            for (byte, other) in rest.iter_mut().zip(&divisor).rev() {
                let (less, first) = byte.overflowing_sub(*other);
                let (less, second) = less.overflowing_sub(u8::from(borrow));
                *byte = less;
                borrow = first || second;
            }
        }
    }
    let zeros = rest.iter().take_while(|byte| **byte == 0).count();
    rest.split_off(zeros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remainders_are_those_of_a_division() {
        for (number, divisor) in [
            (100_u32, 7_u32),
            (0xffff_ffff, 0x0101),
            (12, 13),
            (0x1234_5678, 0xfffe),
        ] {
            let left = remainder(&number.to_be_bytes(), &divisor.to_be_bytes());
            let left = left.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
            assert_eq!(left, number % divisor);
        }
    }

    /// A key of Ed25519 as a packet, made at a time, with the secret of a seed.
    fn key(kind: u8, seed: u8, made_at: u32) -> Vec<u8> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let point = ring::signature::KeyPair::public_key(&pair).as_ref();
        let body = [
            &[4],
            &made_at.to_be_bytes()[..],
            &[ED25519],
            point,
            &[0],
            &[seed; 32],
        ]
        .concat();
        packets::written(kind, &body)
    }

    /// A signature with these parts.
    fn signature(kind: u8, parts: &[&[u8]]) -> Vec<u8> {
        let parts: Vec<u8> = parts
            .iter()
            .flat_map(|part| [&[u8::try_from(part.len()).unwrap()], *part].concat())
            .collect();
        let length = u16::try_from(parts.len()).unwrap().to_be_bytes();
        packets::written(SIGNATURE, &[&[4, kind, ED25519, 8], &length[..], &parts].concat())
    }

    /// The seed of the key that signs at the time 1,000, or why there is none.
    fn chosen(packets: &[Vec<u8>]) -> Result<u8, String> {
        use base64::Engine;
        let text = base64::prelude::BASE64_STANDARD.encode(packets.concat());
        let armored =
            format!("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{text}\n-----END PGP PRIVATE KEY BLOCK-----");
        let Private::Ed25519(pair) = read(&armored, 1_000)?.private else {
            return Err("another algorithm".to_owned());
        };
        let point = ring::signature::KeyPair::public_key(&pair).as_ref();
        let is_it = |seed: &u8| {
            let pair = Ed25519KeyPair::from_seed_unchecked(&[*seed; 32]).unwrap();
            ring::signature::KeyPair::public_key(&pair).as_ref() == point
        };
        (1..9).find(is_it).ok_or_else(|| "another key".to_owned())
    }

    #[test]
    fn parts_that_must_be_known_count_like_others() {
        for bit in [0, CRITICAL] {
            let ends = [ENDS_AFTER | bit, 0, 0, 0, 50];
            let signs = [USES | bit, MAY_SIGN];
            let all = [
                key(PRIMARY, 1, 100),
                signature(0x13, &[&[USES | bit, 1]]),
                key(SUBKEY, 2, 200),
                signature(BINDING, &[&signs]),
                key(SUBKEY, 3, 300),
                signature(BINDING, &[&signs, &ends]),
            ];
            assert_eq!(chosen(&all), Ok(2), "the newest has ended");
        }
    }

    #[test]
    fn subkeys_end_with_the_key_that_bound_them() {
        let bound = [key(SUBKEY, 2, 200), signature(BINDING, &[&[USES, MAY_SIGN]])].concat();
        let made = |at: u8| [MADE_AT, 0, 0, 0, at];
        let ends = |after: u8| [ENDS_AFTER | CRITICAL, 0, 0, 0, after];
        let with = |signatures: &[Vec<u8>]| {
            let all = [&[key(PRIMARY, 1, 100)], signatures, std::slice::from_ref(&bound)].concat();
            chosen(&all)
        };
        assert_eq!(with(&[signature(0x13, &[&made(1), &[USES, 3]])]), Ok(2));
        let told = with(&[signature(0x20, &[&made(1)])]).unwrap_err();
        assert!(told.contains("revoked"), "{told}");
        let ended = signature(0x13, &[&made(1), &[USES, 3], &ends(50)]);
        let told = with(std::slice::from_ref(&ended)).unwrap_err();
        assert!(told.contains("has ended"), "{told}");
        // It was made to last longer, and somebody else signed it; in any order.
        let longer = signature(0x13, &[&made(2), &[USES, 3]]);
        let other = signature(0x10, &[&made(3)]);
        assert_eq!(with(&[ended.clone(), longer.clone(), other.clone()]), Ok(2));
        assert_eq!(with(&[other, longer, ended]), Ok(2));
    }

    #[test]
    fn what_is_no_key_says_why() {
        for (text, reason) in [
            ("hush", "it is no armored private key"),
            (
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nxQ==\n-----END PGP PRIVATE KEY BLOCK-----",
                "its packets are cut off",
            ),
            (
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nxQED\n-----END PGP PRIVATE KEY BLOCK-----",
                "no key of version 4",
            ),
        ] {
            let told = read(text, 0).err().unwrap();
            assert!(told.contains(reason), "{told}");
        }
    }
}
