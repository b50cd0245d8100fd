//! The configuration as it may be shown.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::node::{Content, Node};

/// Stands where a secret was.
pub(crate) const REDACTED: &str = "<secret>";

/// Words that mark a key as a secret's, compared without case, `-` and `_`.
const SECRET_WORDS: [&str; 18] = [
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
    "webhookurl",
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
            Value::String(text) => Value::String(without_password(text)),
            other => other.clone(),
        }
    }
}

/// Whether a key's name says that its value is a secret.
fn is_secret_key(key: &str) -> bool {
    let key: String = key
        .chars()
        .filter(|character| !matches!(character, '-' | '_'))
        .collect();
    let key = key.to_lowercase();
    !HARMLESS.contains(&key.as_str()) && SECRET_WORDS.iter().any(|word| key.contains(word))
}

/// `https://user:password@host` → `https://user:<secret>@host`.
fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let Some(at) = rest[..authority_end].rfind('@') else {
        return text.to_owned();
    };
    let user = rest[..at].split_once(':').map_or("", |(user, _)| user);
    let separator = if user.is_empty() { "" } else { ":" };
    format!("{scheme}://{user}{separator}{REDACTED}{}", &rest[at..])
}
