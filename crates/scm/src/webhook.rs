//! Proof that the sender of a webhook knows its secret.
//!
//! Git hosts sign the bytes of the body (HMAC with SHA-256); GitLab sends the secret itself. The other headers, and the
//! delivery's id among them, are not signed.

use config::Secret;
use http::HeaderMap;
use model::Fault;
use ring::hmac;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Headers with a signature: of Gitea and Forgejo, of GitHub and those that copied it, of Bitbucket, of Flux, of Grafana.
const SIGNATURES: [&str; 6] = [
    "x-hub-signature-256",
    "x-gitea-signature",
    "x-forgejo-signature",
    "x-hub-signature",
    "x-signature",
    "x-grafana-alerting-signature",
];
/// The header in which GitLab sends the secret.
const TOKEN: &str = "x-gitlab-token";
/// The topic of GitLab.
const GITLAB: &str = "gitlab";
/// Headers with the id of a delivery.
const DELIVERIES: [&str; 6] = [
    "x-gitea-delivery",
    "x-forgejo-delivery",
    "x-github-delivery",
    "x-gitlab-event-uuid",
    "idempotency-key",
    "x-request-uuid",
];
/// Longest id of a delivery that is taken for one.
const MAX_DELIVERY: usize = 200;
/// The prefix that some hosts write before a signature.
const PREFIX: &str = "sha256=";

/// Checks the webhooks of one topic.
pub struct Verifier {
    topic: String,
    secret: Secret,
    proof: Proof,
}

enum Proof {
    Signature,
    Token,
}

impl Verifier {
    /// For a topic whose sender knows a secret. The topic is that of the host: `gitea`, `github`, `gitlab` or another one.
    pub fn new(topic: &str, secret: &Secret) -> Self {
        let is_gitlab = topic == GITLAB;
        Self {
            topic: topic.to_owned(),
            secret: secret.clone(),
            proof: if is_gitlab { Proof::Token } else { Proof::Signature },
        }
    }

    /// Fails unless the sender of this body knows the secret.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Fault> {
        let secret = self.secret.current();
        let secret = secret.expose().as_bytes();
        let (shown, is_right) = match &self.proof {
            Proof::Token => {
                let token = text(headers, TOKEN).ok_or_else(|| self.missing("X-Gitlab-Token"))?;
                let token: [u8; 32] = Sha256::digest(token.as_bytes()).into();
                let secret: [u8; 32] = Sha256::digest(secret).into();
                ("X-Gitlab-Token", bool::from(token.ct_eq(&secret)))
            }
            Proof::Signature => {
                let mut sent = SIGNATURES.into_iter().filter_map(|name| text(headers, name));
                let signature = sent
                    .find_map(signature)
                    .ok_or_else(|| self.missing("X-Hub-Signature-256"))?;
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                ("signature", hmac::verify(&key, body, &signature).is_ok())
            }
        };
        if is_right {
            return Ok(());
        }
        Err(Fault::not_allowed(format!(
            "The {shown} of the webhook does not fit: its secret is not the one of events.modules.{}.webhookSecret, or \
             the body was changed on the way",
            self.topic
        )))
    }

    fn missing(&self, header: &str) -> Fault {
        Fault::not_allowed(format!(
            "The webhook carries no {header}: give it the secret of events.modules.{}.webhookSecret",
            self.topic
        ))
    }
}

/// A text by which one recognises that a secret is still the same for something, and from which it cannot be read.
pub fn fingerprint(secret: &Secret, of: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.current().expose().as_bytes());
    hex(hmac::sign(&key, of.as_bytes()).as_ref())
}

/// The id by which a repeated delivery is recognised: that of the sender, or the digest of the body if there is none.
pub fn delivery(headers: &HeaderMap, body: &[u8]) -> String {
    let mut named = DELIVERIES.into_iter().filter_map(|name| text(headers, name));
    match named.find(|id| id.len() <= MAX_DELIVERY) {
        Some(id) => id.to_owned(),
        None => format!("sha256:{}", hex(&Sha256::digest(body))),
    }
}

/// A header that is a text, and not an empty one.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get(name)?
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// The bytes of a SHA-256 signature in hexadecimal digits, with or without its prefix.
fn signature(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix(PREFIX).unwrap_or(text).as_bytes();
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let digits: Option<Vec<u8>> = digits.iter().map(digit).collect();
    let digits = digits.filter(|digits| digits.len() == 64)?;
    Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"ref": "refs/heads/main"}"#;

    fn signed(secret: &str, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        hex(hmac::sign(&key, body).as_ref())
    }

    fn check(topic: &str, header: (&'static str, &str), body: &[u8]) -> Result<(), String> {
        let verifier = Verifier::new(topic, &Secret::new("a-long-secret".to_owned()));
        let headers = HeaderMap::from_iter([(
            http::HeaderName::from_static(header.0),
            http::HeaderValue::from_str(header.1).unwrap(),
        )]);
        verifier.verify(&headers, body).map_err(|fault| fault.message)
    }

    #[test]
    fn a_known_vector() {
        // From GitHub's documentation of validating deliveries.
        let verifier = Verifier::new("github", &Secret::new("It's a Secret to Everybody".to_owned()));
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let headers = HeaderMap::from_iter([(
            http::HeaderName::from_static("x-hub-signature-256"),
            http::HeaderValue::from_static(signature),
        )]);
        verifier.verify(&headers, b"Hello, World!").unwrap();
    }

    #[test]
    fn signatures_of_each_host() {
        let plain = signed("a-long-secret", BODY);
        let prefixed = format!("sha256={plain}");
        for (topic, header, value) in [
            ("gitea", "x-gitea-signature", &plain),
            ("gitea", "x-hub-signature-256", &prefixed),
            ("gitea", "x-forgejo-signature", &plain),
            ("grafana", "x-grafana-alerting-signature", &plain),
            ("github", "x-hub-signature-256", &prefixed),
            ("bitbucketCloud", "x-hub-signature", &prefixed),
            ("flux", "x-signature", &prefixed),
        ] {
            assert_eq!(check(topic, (header, value), BODY), Ok(()), "{topic} {header}");
            let other_body = check(topic, (header, value), b"{}").unwrap_err();
            assert!(other_body.contains("does not fit"), "{other_body}");
            let other_secret = check(topic, (header, &signed("another-secret", BODY)), BODY).unwrap_err();
            assert!(other_secret.contains(topic), "{other_secret}");
        }
    }

    #[test]
    fn empty_and_foreign_signatures_are_none() {
        for value in [
            "",
            "sha256=",
            "sha1=2aae6c35c94fcfb415dbe95f408b9ce91ee846ed",
            "sha256=zz",
            "+f",
        ] {
            let missing = check("gitea", ("x-hub-signature-256", value), BODY).unwrap_err();
            assert!(
                missing.contains("carries no X-Hub-Signature-256"),
                "{value}: {missing}"
            );
        }
        let token_for_gitea = check("gitea", ("x-gitlab-token", "a-long-secret"), BODY).unwrap_err();
        assert!(token_for_gitea.contains("carries no"), "{token_for_gitea}");
    }

    #[test]
    fn gitlab_sends_the_secret_itself() {
        assert_eq!(check("gitlab", ("x-gitlab-token", "a-long-secret"), BODY), Ok(()));
        let wrong = check("gitlab", ("x-gitlab-token", "a-long-secre"), BODY).unwrap_err();
        assert!(wrong.contains("does not fit"), "{wrong}");
        let empty = check("gitlab", ("x-gitlab-token", ""), BODY).unwrap_err();
        assert!(empty.contains("carries no X-Gitlab-Token"), "{empty}");
    }

    #[test]
    fn a_delivery_is_known_by_its_id_or_its_content() {
        let named = HeaderMap::from_iter([(
            http::HeaderName::from_static("x-gitea-delivery"),
            http::HeaderValue::from_static("f6266f16"),
        )]);
        assert_eq!(delivery(&named, BODY), "f6266f16");
        let unnamed = delivery(&HeaderMap::new(), BODY);
        assert_eq!(unnamed, delivery(&HeaderMap::new(), BODY));
        assert_ne!(unnamed, delivery(&HeaderMap::new(), b"{}"));
    }
}
