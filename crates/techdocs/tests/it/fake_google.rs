//! How the fake store knows tokens that a service account of Google signed itself.

use axum::http::HeaderMap;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::{Value, json};

pub const EMAIL: &str = "docs@example.iam.gserviceaccount.com";
/// A key that was made for these tests and opens nothing.
pub const PRIVATE_KEY: &str = include_str!("../fixtures/service-account.pem");

/// The content of a key file.
pub fn key_file() -> Value {
    json!({
        "type": "service_account", "project_id": "example", "client_email": EMAIL, "private_key_id": "k1",
        "private_key": PRIVATE_KEY, "token_uri": "https://oauth2.googleapis.com/token",
    })
}

/// Whether a token is one of the account, for the storage, and still good.
pub fn judge(headers: &HeaderMap) -> Result<(), &'static str> {
    is_right(headers).ok_or("AuthenticationRequired")
}

fn is_right(headers: &HeaderMap) -> Option<()> {
    let token = headers.get("authorization")?.to_str().ok()?;
    let token = token.strip_prefix("Bearer ")?;
    let (signed, signature) = token.rsplit_once('.')?;
    let pem: String = PRIVATE_KEY
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let pair = RsaKeyPair::from_pkcs8(&BASE64_STANDARD.decode(pem).ok()?).ok()?;
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
    key.verify(signed.as_bytes(), &signature).ok()?;
    let claims = BASE64_URL_SAFE_NO_PAD.decode(signed.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let now = jiff::Timestamp::now().as_second();
    let is_now = claims["iat"].as_i64()? <= now && claims["exp"].as_i64()? > now;
    let is_for_storage = claims["scope"] == "https://www.googleapis.com/auth/cloud-platform";
    (claims["iss"] == EMAIL && is_now && is_for_storage).then_some(())
}
