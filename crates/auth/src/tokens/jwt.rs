//! The three parts of a signed token, as text and as data. Nothing here is believed: whoever reads a token verifies it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest token that is looked at, in bytes (`@backstage/plugin-auth-backend` 0.30.1).
const LONGEST: usize = 32_768;

/// A token taken apart.
pub(super) struct Jwt<'a> {
    pub header: Header,
    pub signature: Vec<u8>,
    /// What the signature is about.
    pub signed: &'a str,
    payload: Vec<u8>,
}

/// What a token says of itself.
#[derive(Deserialize)]
pub(super) struct Header {
    pub alg: String,
    pub typ: Option<String>,
    pub kid: Option<String>,
    /// Extensions that a reader must know; nobody here knows one.
    pub crit: Option<Value>,
}

impl<'a> Jwt<'a> {
    /// Takes a text apart; nothing for one that is no token. Where payload or signature cannot be decoded it is empty: such a
    /// token says what it is, and fails its verification.
    pub fn read(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.').filter(|_| text.len() <= LONGEST)?;
        let (header, payload) = signed
            .split_once('.')
            .filter(|(_, payload)| !payload.contains('.'))?;
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        Some(Self {
            header: serde_json::from_slice(&decoded(header)?).ok()?,
            signature: decoded(signature).unwrap_or_default(),
            payload: decoded(payload).unwrap_or_default(),
            signed,
        })
    }

    /// The type, empty where the token names none.
    pub fn kind(&self) -> &str {
        self.header.typ.as_deref().unwrap_or_default()
    }

    /// The claims, not verified.
    pub fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.payload).ok()
    }
}

/// Header and payload as a signature covers them. The order of the keys is that of the types.
pub(super) fn unsigned(header: &impl Serialize, payload: &impl Serialize) -> String {
    let encoded = |part: Vec<u8>| URL_SAFE_NO_PAD.encode(part);
    let header = serde_json::to_vec(header).expect("a header is plain data");
    let payload = serde_json::to_vec(payload).expect("claims are plain data");
    format!("{}.{}", encoded(header), encoded(payload))
}

/// A signature as text.
pub(super) fn signature_text(signature: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(signature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_parts_are_a_token() {
        let [header, payload] =
            [r#"{"alg":"ES256","typ":"a"}"#, "{}"].map(|text| URL_SAFE_NO_PAD.encode(text));
        let fine = format!("{header}.{payload}.AAAA");
        assert_eq!(Jwt::read(&fine).expect("a token").kind(), "a");
        let odd_end = format!("{header}.{payload}.AA==");
        assert!(Jwt::read(&odd_end).expect("a token").signature.is_empty());
        let repeated = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","alg":"ES256"}"#);
        for odd in [
            "",
            "abc",
            &format!("{header}.{payload}"),
            &format!("{header}.{payload}.AAAA.AAAA"),
            &format!("{repeated}.{payload}.AAAA"),
            &format!("{header}.{}.AAAA", "A".repeat(LONGEST)),
        ] {
            assert!(Jwt::read(odd).is_none(), "{odd}");
        }
    }
}
