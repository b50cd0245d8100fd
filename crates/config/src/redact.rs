//! The configuration as it may be shown.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::node::{Content, Node};
use crate::shown::without_passwords;

/// Stands where a secret was.
pub(crate) const REDACTED: &str = "<secret>";

/// Words that mark a key as a secret's, compared without case, `-` and `_`.
const SECRET_WORDS: [&str; 17] = [
    "password",
    "passphrase",
    "token",
    "secret",
    "privatekey",
    "apikey",
    "accesskey",
    "accountkey",
    "signingkey",
    "credential",
    "connectionstring",
    "authorization",
    "cookie",
    "dsn",
    "passwd",
    "bearer",
    "certificate",
];

/// Keys that only sound like a secret's.
const HARMLESS: [&str; 5] = [
    "tokenurl",
    "tokenendpoint",
    "credentials",
    "usertokenscope",
    "secretname",
];

/// Replaces every secret: by the schema, by the key's name, and everything from outside the files
/// that the schema does not know to be harmless.
pub(crate) fn redact(tree: &Node, secrets: &BTreeSet<Vec<String>>, known: &BTreeSet<Vec<String>>) -> Value {
    Redaction { secrets, known }.node(tree, &mut Vec::new(), false)
}

struct Redaction<'a> {
    secrets: &'a BTreeSet<Vec<String>>,
    known: &'a BTreeSet<Vec<String>>,
}

impl Redaction<'_> {
    fn node(&self, node: &Node, path: &mut Vec<String>, hidden: bool) -> Value {
        let hidden = hidden || self.hides(path);
        match &node.content {
            Content::Object(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(key, child)| (key.clone(), self.below(key, child, path, hidden)))
                    .collect(),
            ),
            Content::List(items) => Value::Array(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, child)| self.below(&index.to_string(), child, path, hidden))
                    .collect(),
            ),
            Content::Scalar(value) => self.scalar(value, node, path, hidden),
        }
    }

    fn below(&self, key: &str, child: &Node, path: &mut Vec<String>, hidden: bool) -> Value {
        path.push(key.to_owned());
        let value = self.node(child, path, hidden);
        path.pop();
        value
    }

    fn hides(&self, path: &[String]) -> bool {
        let is_known = self.known.contains(path) && !self.secrets.contains(path);
        let named = path.last().is_some_and(|key| is_secret_key(key));
        self.secrets.contains(path) || (named && !is_known)
    }

    fn scalar(&self, value: &Value, node: &Node, path: &[String], hidden: bool) -> Value {
        match value {
            Value::String(text) if text == ":memory:" => value.clone(),
            Value::String(_) | Value::Number(_) if hidden => Value::from(REDACTED),
            Value::String(_) if node.origin.substituted && !self.known.contains(path) => {
                Value::from(REDACTED)
            }
            Value::String(text) if is_secret_webhook(path, text) => Value::from(REDACTED),
            Value::String(text) => Value::String(without_passwords(text)),
            other => other.clone(),
        }
    }
}

/// Whether a key's name says that its value is a secret.
pub(crate) fn is_secret_key(key: &str) -> bool {
    let key = plain(key);
    // A personal access token; as a part of a word it is mostly a path.
    if key == "pat" {
        return true;
    }
    !HARMLESS.contains(&key.as_str()) && SECRET_WORDS.iter().any(|word| key.contains(word))
}

/// A key without case, `-` and `_`.
fn plain(key: &str) -> String {
    let key: String = key
        .chars()
        .filter(|character| !matches!(character, '-' | '_'))
        .collect();
    key.to_lowercase()
}

/// Whether the address of a webhook is itself the secret: it carries a login, a query, or a path that nobody
/// could guess.
fn is_secret_webhook(path: &[String], text: &str) -> bool {
    let is_webhook = path.last().is_some_and(|key| plain(key).contains("webhookurl"));
    let address = text.split_once("://").map_or(text, |(_, rest)| rest);
    is_webhook && (address.contains(['@', '?']) || address.split('/').skip(1).any(|part| part.len() >= 20))
}
