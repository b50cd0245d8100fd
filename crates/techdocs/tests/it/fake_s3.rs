//! How the fake store knows Amazon's signatures.

use axum::http::{HeaderMap, Method};
use ring::hmac::{HMAC_SHA256, Key, sign};
use sha2::{Digest, Sha256};

use crate::fake_store::hex;

pub const REGION: &str = "eu-test-1";
pub const KEY: &str = "AKIDEXAMPLE";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// Version 4 of Amazon's signatures, as its documentation says it.
pub fn judge(method: &Method, path: &str, query: &str, headers: &HeaderMap) -> Result<(), &'static str> {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let authorization = header("authorization");
    let part = |name: &str| {
        let (_, rest) = authorization.split_once(&format!("{name}=")).unwrap_or_default();
        rest.split(',').next().unwrap_or_default().trim()
    };
    let (credential, signed, signature) = (part("Credential"), part("SignedHeaders"), part("Signature"));
    let (id, scope) = credential.split_once('/').ok_or("AccessDenied")?;
    if id != KEY {
        return Err("InvalidAccessKeyId");
    }
    let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
    pairs.sort_unstable();
    let lines: String = signed
        .split(';')
        .map(|name| format!("{name}:{}\n", header(name).trim()))
        .collect();
    let canonical = format!(
        "{method}\n{path}\n{}\n{lines}\n{signed}\n{}",
        pairs.join("&"),
        header("x-amz-content-sha256")
    );
    let text = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
        header("x-amz-date"),
        hex(&Sha256::digest(canonical.as_bytes()))
    );
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in scope.split('/') {
        key = sign(&Key::new(HMAC_SHA256, &key), part.as_bytes())
            .as_ref()
            .to_vec();
    }
    if scope.split('/').nth(1) != Some(REGION) {
        return Err("AuthorizationHeaderMalformed");
    }
    if hex(sign(&Key::new(HMAC_SHA256, &key), text.as_bytes()).as_ref()) != signature {
        return Err("SignatureDoesNotMatch");
    }
    Ok(())
}
