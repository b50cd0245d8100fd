//! Random texts, their digests, and what is kept so that only the holder of a text can read it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};

/// 256 random bits as a text of 43 letters, digits, `-` and `_`.
pub(crate) fn random() -> String {
    let mut bytes = [0_u8; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the operating system gives random bytes");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a random text. It needs no salt, as nobody can try 2^256 texts.
pub(crate) fn digest(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// The challenge for a verifier (RFC 7636, method S256).
pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// A text that only the holder of a secret can read: a random nonce, and what is sealed. A session seals a few thousand texts in
/// its life, far from the 2^32 after which random nonces of this length could be expected to meet.
pub(crate) fn seal(secret: &str, text: &str) -> Option<Vec<u8>> {
    let mut nonce = [0_u8; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).ok()?;
    let mut sealed = text.as_bytes().to_vec();
    key(secret)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
        .ok()?;
    Some([nonce.as_slice(), sealed.as_slice()].concat())
}

/// The text again.
pub(crate) fn unseal(secret: &str, sealed: &[u8]) -> Option<String> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
    let mut bytes = sealed.to_vec();
    let opened = key(secret)?
        .open_in_place(
            Nonce::try_assume_unique_for_key(nonce).ok()?,
            Aad::empty(),
            &mut bytes,
        )
        .ok()?;
    String::from_utf8(opened.to_vec()).ok()
}

fn key(secret: &str) -> Option<LessSafeKey> {
    let digest = Sha256::digest(format!("sealed with a session: {secret}").as_bytes());
    UnboundKey::new(&CHACHA20_POLY1305, &digest)
        .ok()
        .map(LessSafeKey::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_holder_reads_what_is_sealed() {
        let (own, other) = (random(), random());
        assert_eq!((own.len(), own == other), (43, false));
        let sealed = seal(&own, "a token").unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"token"));
        assert_eq!(unseal(&own, &sealed).as_deref(), Some("a token"));
        assert_eq!(unseal(&other, &sealed), None);
        assert_ne!(
            seal(&own, "a token").unwrap(),
            sealed,
            "the same again looks different"
        );
        assert_eq!(unseal(&own, &sealed[..5]), None);
    }

    /// The example of RFC 7636, appendix B.
    #[test]
    fn challenges() {
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
