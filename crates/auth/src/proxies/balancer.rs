//! Tokens of AWS Application Load Balancers, which are no JWTs by the letter: their parts are padded, and each key is a PEM of its
//! own at an address that ends with its name.
//!
//! The keys are those of all balancers of a region. Whose balancer signed, the header of the token says (`signer`).

use std::time::Duration;

use axum::http::header::ACCEPT;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use moka::sync::Cache;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use url::Url;

use super::Proxy;
use crate::oidc::TokenFault;
use crate::refusal::Refusal;

/// How a public key on the curve P-256 begins in DER (RFC 5480); its point follows.
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// A point of the curve, uncompressed.
const POINT_BYTES: usize = 65;
/// Keys that are remembered. A name comes from the token, so that anybody can make one up.
const REMEMBERED: u64 = 100;
/// Longest name of a key.
const LONGEST_NAME: usize = 100;

/// Keys by their names; nothing for a name that has none. For an hour, as the original keeps them; a name without a key for a minute.
pub(super) struct BalancerKeys {
    known: Cache<String, Vec<u8>>,
    unknown: Cache<String, ()>,
}

impl Default for BalancerKeys {
    fn default() -> Self {
        Self {
            known: remembered(Duration::from_hours(1)),
            unknown: remembered(Duration::from_mins(1)),
        }
    }
}

fn remembered<T: Clone + Send + Sync + 'static>(time: Duration) -> Cache<String, T> {
    Cache::builder()
        .max_capacity(REMEMBERED)
        .time_to_live(time)
        .build()
}

impl Proxy {
    /// The claims of a token that this balancer signed. Fails where its key cannot be had.
    pub(super) async fn of_balancer(
        &self,
        base: &Url,
        signer: &str,
        token: &str,
    ) -> Result<Result<Value, TokenFault>, Refusal> {
        let Some(parts) = Parts::read(token) else {
            return Ok(Err(TokenFault::Malformed));
        };
        if parts.header["alg"] != "ES256" {
            return Ok(Err(TokenFault::Algorithm));
        }
        if parts.header["signer"].as_str() != Some(signer) {
            return Err(
                self.unproved("Another load balancer than the one that 'signer' names signed its token")
            );
        }
        let name = parts.header["kid"].as_str().filter(|name| is_name(name));
        let Some(name) = name else {
            return Ok(Err(TokenFault::UnknownKey));
        };
        let Some(key) = self.key_of_balancer(base, name).await? else {
            return Ok(Err(TokenFault::UnknownKey));
        };
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &key);
        let is_signed = key.verify(parts.signed.as_bytes(), &parts.signature).is_ok();
        Ok(if is_signed {
            parts.claims.ok_or(TokenFault::Malformed)
        } else {
            Err(TokenFault::Signature)
        })
    }

    async fn key_of_balancer(&self, base: &Url, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let keys = &self.balancer_keys;
        if let Some(key) = keys.known.get(name) {
            return Ok(Some(key));
        }
        if keys.unknown.contains_key(name) {
            return Ok(None);
        }
        let url = format!("{}/{name}", base.as_str().trim_end_matches('/'));
        let url = Url::parse(&url).map_err(|_| self.unproved("Its key has no address"))?;
        let away = |error| Refusal::away(&error, &self.settings.place());
        let request = self.host()?.get(url).header(ACCEPT, "*/*").any_status();
        let answer = request.send().await.map_err(away)?;
        let is_there = answer.is_success();
        let text = answer.text().await.map_err(away)?;
        let key = if is_there { point_of(&text) } else { None };
        match &key {
            Some(key) => keys.known.insert(name.to_owned(), key.clone()),
            None => keys.unknown.insert(name.to_owned(), ()),
        }
        Ok(key)
    }
}

/// A token taken apart. Nothing of it is believed.
struct Parts<'a> {
    header: Value,
    claims: Option<Value>,
    signature: Vec<u8>,
    /// What the signature is about, padding and all.
    signed: &'a str,
}

impl<'a> Parts<'a> {
    fn read(token: &'a str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.').filter(|(_, rest)| !rest.contains('.'))?;
        Some(Self {
            header: serde_json::from_slice(&decoded(header)?).ok()?,
            claims: decoded(claims).and_then(|claims| serde_json::from_slice(&claims).ok()),
            signature: decoded(signature)?,
            signed,
        })
    }
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()
}

/// Whether a text can be the name of a key, and the end of an address.
fn is_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !text.is_empty() && text.len() <= LONGEST_NAME && text.bytes().all(is_plain)
}

/// The point of a public key in PEM.
fn point_of(pem: &str) -> Option<Vec<u8>> {
    let lines = pem.lines().map(str::trim);
    let body: String = lines.filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(body).ok()?;
    let point = der.strip_prefix(&P256)?;
    (point.len() == POINT_BYTES).then(|| point.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_point_of_its_pem() {
        let mut der = P256.to_vec();
        der.extend([4_u8; POINT_BYTES]);
        let text = STANDARD.encode(&der);
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n{}\n-----END PUBLIC KEY-----\n",
            &text[..64],
            &text[64..]
        );
        assert_eq!(point_of(&pem), Some(vec![4; POINT_BYTES]));
        let short = STANDARD.encode(&der[..50]);
        for odd in ["", "<html>not found</html>", short.as_str()] {
            assert_eq!(point_of(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        assert!(is_name("2ad2b6a9-49e0-4a2c-b2f1-8f6f4a1d6a11"));
        for odd in ["", "../other", "a/b", "a?b", "a%2Fb", &"a".repeat(101)] {
            assert!(!is_name(odd), "{odd}");
        }
    }
}
