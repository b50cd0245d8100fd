//! What a provider says of itself (OpenID Connect Discovery 1.0), as far as it is used.

use serde_json::Value;
use url::Url;

/// The addresses of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: Url,
    pub token_endpoint: Url,
    pub jwks_uri: Url,
    pub userinfo_endpoint: Option<Url>,
    pub end_session_endpoint: Option<Url>,
    /// Every answer to a browser names the issuer (RFC 9207 §3).
    pub names_issuer: bool,
}

impl Metadata {
    /// Reads the document. One that came encrypted must not lead to addresses that are not.
    pub fn read(document: &Value, only_https: bool) -> Result<Self, String> {
        let address = |key: &str| -> Result<Option<Url>, String> {
            let Some(text) = document[key].as_str() else {
                return Ok(None);
            };
            let url = Url::parse(text).ok();
            let allowed: &[&str] = if only_https {
                &["https"]
            } else {
                &["https", "http"]
            };
            let usable = url.filter(|url| allowed.contains(&url.scheme()) && url.host().is_some());
            usable.map(Some).ok_or_else(|| {
                format!("The document at metadataUrl names an address as {key} that cannot be used.")
            })
        };
        let needed = |key: &str| {
            address(key)?.ok_or_else(|| {
                format!("The document at metadataUrl has no {key}; it should end with /.well-known/openid-configuration.")
            })
        };
        let issuer = document["issuer"].as_str().filter(|issuer| !issuer.is_empty());
        Ok(Self {
            authorization_endpoint: needed("authorization_endpoint")?,
            token_endpoint: needed("token_endpoint")?,
            jwks_uri: needed("jwks_uri")?,
            issuer: issuer
                .map(str::to_owned)
                .ok_or("The document at metadataUrl has no issuer.")?,
            userinfo_endpoint: address("userinfo_endpoint")?,
            end_session_endpoint: address("end_session_endpoint")?,
            names_issuer: document["authorization_response_iss_parameter_supported"] == true,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(key: &str, value: &Value, only_https: bool, expected: Option<&str>) {
        let mut document = json!({
            "issuer": "https://id.example", "authorization_endpoint": "https://id.example/a",
            "token_endpoint": "https://id.example/t", "jwks_uri": "https://id.example/k",
        });
        document[key] = value.clone();
        let found = Metadata::read(&document, only_https).err();
        assert_eq!(found.is_some(), expected.is_some(), "{key} {value} {found:?}");
        let part = expected.unwrap_or_default();
        assert!(found.unwrap_or_default().contains(part), "{key} {part}");
    }

    #[test]
    fn addresses_must_be_usable() {
        check("end_session_endpoint", &json!("https://id.example/e"), true, None);
        check("issuer", &json!(null), true, Some("no issuer"));
        check("jwks_uri", &json!(null), true, Some("no jwks_uri"));
        check(
            "token_endpoint",
            &json!("http://id.example/t"),
            true,
            Some("token_endpoint"),
        );
        check("token_endpoint", &json!("http://id.example/t"), false, None);
        check(
            "authorization_endpoint",
            &json!("javascript:alert(1)"),
            false,
            Some("cannot be used"),
        );
        check(
            "end_session_endpoint",
            &json!("data:text/html,x"),
            false,
            Some("cannot be used"),
        );
    }
}
