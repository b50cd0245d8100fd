//! Secrets, environments and deploy keys of the GitHub in memory. It opens what is sealed, as GitHub does.

use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use dryoc::classic::crypto_box::{PublicKey, SecretKey, crypto_box_keypair, crypto_box_seal_open};
use dryoc::constants::CRYPTO_BOX_SEALBYTES;
use serde_json::{Value, json};

use super::{Repository, refusal};
use crate::small_server::{Asked, Reply};

/// The number of the key.
const KEY: &str = "568250167242549743";

static KEYS: LazyLock<(PublicKey, SecretKey)> = LazyLock::new(crypto_box_keypair);

impl Repository {
    pub(super) fn deployments(&mut self, asked: &Asked, rest: &[&str]) -> Reply {
        let body = asked.json();
        match (asked.method.as_str(), rest) {
            ("PUT", ["environments", name]) => {
                self.parts[format!("environment {name}")] = body;
                Reply::json(200, &json!({ "name": name }))
            }
            (_, ["environments", name, ..]) if self.parts.get(format!("environment {name}")).is_none() => {
                refusal(404, "Not Found")
            }
            (method, ["environments", name, "deployment-branch-policies"]) => {
                let key = format!("policies {name}");
                let mut known = self.parts[&key].as_array().cloned().unwrap_or_default();
                if method == "POST" {
                    known.push(body);
                    self.parts[&key] = json!(known);
                }
                let total = known.len();
                Reply::json(
                    200,
                    &json!({ "total_count": total, "branch_policies": page(asked, known) }),
                )
            }
            ("POST", ["environments", name, "variables"]) => {
                let variable = body["name"].as_str().unwrap_or_default();
                self.parts[format!("variable {name} {variable}")] = body["value"].clone();
                Reply::of(201, "")
            }
            ("GET", [.., "secrets", "public-key"]) => {
                let key = BASE64_STANDARD.encode(KEYS.0);
                Reply::json(200, &json!({"key_id": KEY, "key": key}))
            }
            ("PUT", [place @ .., "secrets", name]) => {
                let Some(text) = opened(&body) else {
                    return refusal(422, "Could not decrypt the value");
                };
                let place = place.last().filter(|_| place.len() > 1);
                let place = place.map_or_else(String::new, |place| format!("{place} "));
                self.parts[format!("secret {place}{name}")] = text.into();
                Reply::of(201, "")
            }
            ("GET", ["keys"]) => {
                let known = self.parts["keys"].as_array().cloned().unwrap_or_default();
                Reply::json(200, &json!(page(asked, known)))
            }
            ("POST", ["keys"]) => {
                let mut known = self.parts["keys"].as_array().cloned().unwrap_or_default();
                known.push(body.clone());
                self.parts["keys"] = json!(known);
                Reply::json(201, &body)
            }
            _ => refusal(404, "Not Found"),
        }
    }
}

/// The page of a list that is asked for; as GitHub gives it, of 30 entries if nothing is said, and of 100 at most.
fn page(asked: &Asked, list: Vec<Value>) -> Vec<Value> {
    let number = |key: &str, default: usize| {
        let said = asked.query.get(key).and_then(|text| text.parse().ok());
        said.unwrap_or(default).max(1)
    };
    let size = number("per_page", 30).min(100);
    let before = size * (number("page", 1) - 1);
    list.into_iter().skip(before).take(size).collect()
}

/// The text in a sealed box; nothing where it was not sealed with the key.
fn opened(body: &Value) -> Option<String> {
    let sealed = BASE64_STANDARD.decode(body["encrypted_value"].as_str()?).ok()?;
    let mut text = vec![0; sealed.len().checked_sub(CRYPTO_BOX_SEALBYTES)?];
    crypto_box_seal_open(&mut text, &sealed, &KEYS.0, &KEYS.1).ok()?;
    let is_ours = body["key_id"] == KEY;
    String::from_utf8(text).ok().filter(|_| is_ours)
}
