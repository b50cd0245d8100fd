//! A valid spelling of a name, tag, key or address that is not valid.

use serde_json::Value;

use crate::formats::{is_dns_label, is_key, is_label_value, is_name, is_tag};

/// Longest name, key or tag.
const LONGEST: usize = 63;

/// A better spelling of the value at `field`, or of the field's own key where that is wrong.
pub(super) fn better(field: &str, entity: &Value) -> Option<String> {
    let segments: Vec<&str> = field.split('/').skip(1).collect();
    let value = entity.pointer(field).and_then(Value::as_str).unwrap_or_default();
    let (spelling, is_valid): (String, fn(&str) -> bool) = match segments.as_slice() {
        ["metadata", "name"] => (slug(value, "-_."), is_name),
        ["metadata", "namespace"] => (slug(&value.to_lowercase(), "-"), is_dns_label),
        ["metadata", "tags", _] => (joined(&slug(&value.to_lowercase(), "-+#:")), is_tag),
        ["metadata", "labels" | "annotations", key] => {
            let key = key.replace("~1", "/").replace("~0", "~");
            if !is_key(&key) {
                let (prefix, suffix) = key.split_once('/').unwrap_or(("", &key));
                let prefix = slug(&prefix.to_lowercase(), "-.");
                let suffix = slug(suffix, "-_.");
                let spelling = if prefix.is_empty() {
                    suffix
                } else {
                    format!("{prefix}/{suffix}")
                };
                return is_key(&spelling).then(|| format!("write the key as `{spelling}`"));
            }
            (slug(value, "-_."), is_label_value)
        }
        ["metadata", "links", _, "url"] => {
            return Some("begin with a scheme, for example `https://`".to_owned());
        }
        ["metadata", "links", _, name] => return Some(format!("give `{name}` a text or remove it")),
        ["apiVersion"] => return Some("write `apiVersion: backstage.io/v1alpha1`".to_owned()),
        _ => return None,
    };
    (!spelling.is_empty() && is_valid(&spelling)).then(|| format!("write `{spelling}`"))
}

/// The text with every run of other characters turned into one dash, and clean ends.
fn slug(text: &str, extra: &str) -> String {
    let mut slug = String::new();
    for character in text.chars() {
        if character.is_ascii_alphanumeric() || extra.contains(character) {
            slug.push(character);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let at_end = |character| matches!(character, '-' | '_' | '.');
    let short: String = slug.trim_matches(at_end).chars().take(LONGEST).collect();
    short.trim_end_matches(at_end).to_owned()
}

/// Single dashes only.
fn joined(text: &str) -> String {
    text.split('-')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}
