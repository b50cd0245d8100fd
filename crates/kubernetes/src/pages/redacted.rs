//! An object as YAML, without what is secret: values of configuration, and texts that look like passwords.

use serde_json::{Map, Value};

use crate::engine::Object;
use crate::engine::kinds::CONFIG_MAPS;

/// Stands in place of what is not shown.
const HIDDEN: &str = "(not shown)";

/// Words of a name that stands for a secret.
const SECRET: [&str; 14] = [
    "PASSWORD",
    "PASSWORDS",
    "PASSWD",
    "PASSPHRASE",
    "PASS",
    "PWD",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "TOKENS",
    "CREDENTIAL",
    "CREDENTIALS",
    "APIKEY",
    "DSN",
];

/// Last words of a name that says where a secret is, or how it is, and not the secret itself.
const ABOUT: [&str; 17] = [
    "NAME", "REF", "REFS", "PATH", "FILE", "DIR", "URL", "URI", "HOST", "ENDPOINT", "TYPE", "TTL", "SECONDS",
    "EXPIRY", "ENABLED", "ISSUER", "AUDIENCE",
];

/// Most bytes of YAML on a page.
const MAX_YAML: usize = 200 << 10;

/// The object as YAML, in the order in which people write it. Of a very long one the lines at the begin.
pub(crate) fn yaml(object: &Object) -> String {
    within(yaml::to_string(&shown(object)), MAX_YAML)
}

/// The lines of a text that have room, and how many do not.
fn within(mut text: String, most: usize) -> String {
    if text.len() > most {
        let end = text[..text.floor_char_boundary(most)]
            .rfind('\n')
            .map_or(0, |end| end + 1);
        let more = text[end..].lines().count();
        text.truncate(end);
        text.push_str(&format!("# {more} more lines, which kubectl shows\n"));
    }
    text
}

/// The object without what is secret.
fn shown(object: &Object) -> Value {
    let mut rest = object.value.as_object().cloned().unwrap_or_default();
    let mut shown = Map::new();
    for key in ["apiVersion", "kind", "metadata", "spec"] {
        if let Some(value) = rest.shift_remove(key) {
            shown.insert(key.to_owned(), value);
        }
    }
    shown.extend(rest);
    if *object.kind() == CONFIG_MAPS || object.kind().plural == "secrets" {
        for part in ["data", "binaryData", "stringData"] {
            let values = shown.get_mut(part).and_then(Value::as_object_mut);
            for value in values.into_iter().flat_map(Map::values_mut) {
                *value = HIDDEN.into();
            }
        }
    }
    let mut shown = Value::Object(shown);
    hide(&mut shown);
    shown
}

/// Goes through a value and hides what looks like a secret.
fn hide(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(hidden) = without_secret(text) {
                *text = hidden;
            }
        }
        Value::Array(items) => hide_items(items),
        Value::Object(map) => hide_entries(map),
        _ => {}
    }
}

/// An argument may be the value of the one before it: `--password`, `hunter2`.
fn hide_items(items: &mut [Value]) {
    let mut is_value = false;
    for item in items {
        let flag = item
            .as_str()
            .filter(|text| text.starts_with('-') && !text.contains('='));
        let is_flag_of_secret = flag.is_some_and(|flag| is_secret(flag.trim_start_matches('-')));
        match item {
            Value::String(text) if is_value && !text.starts_with('-') => HIDDEN.clone_into(text),
            other => hide(other),
        }
        is_value = is_flag_of_secret;
    }
}

fn hide_entries(map: &mut Map<String, Value>) {
    let names_secret = map.get("name").and_then(Value::as_str).is_some_and(is_secret);
    for (key, value) in map {
        // An entry of the environment: the name says what the value is. A value that refers to another variable is none.
        let is_entry = key == "value" && names_secret;
        let is_named = !matches!(key.as_str(), "key" | "name" | "labels" | "annotations") && is_secret(key);
        match value {
            Value::String(text) if (is_entry || is_named) && !text.is_empty() && !text.starts_with("$(") => {
                HIDDEN.clone_into(text);
            }
            other => hide(other),
        }
    }
}

/// Whether a name stands for a secret: `DB_PASSWORD`, `clientSecret`, `api-key`; not `tokenUrl` or `secretName`.
fn is_secret(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else {
        return false;
    };
    if ABOUT.contains(&last.as_str()) {
        return false;
    }
    let is_key = last == "KEY" && words.len() > 1 && !words.iter().any(|word| word == "PUBLIC");
    is_key || words.iter().any(|word| SECRET.contains(&word.as_str()))
}

/// The words of a name in capitals, at marks and where small letters end.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut was_small = false;
    let mut is_begun = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() {
            is_begun = false;
            continue;
        }
        let begins = !is_begun || (was_small && letter.is_uppercase());
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_uppercase());
        }
        was_small = letter.is_lowercase();
        is_begun = true;
    }
    words
}

/// A text without the secret in it; nothing where there is none.
fn without_secret(text: &str) -> Option<String> {
    let is_key = text.contains("-----BEGIN") && text.contains("PRIVATE KEY");
    let is_token = text.starts_with("eyJ") && text.matches('.').count() == 2;
    if is_key || is_token {
        return Some(HIDDEN.to_owned());
    }
    if let Some((flag, value)) = text.split_once('=').filter(|(flag, _)| flag.starts_with('-'))
        && is_secret(flag.trim_start_matches('-'))
        && !value.is_empty()
    {
        return Some(format!("{flag}={HIDDEN}"));
    }
    password_in_address(text)
}

/// `postgres://user:password@host` without the password.
fn password_in_address(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let end = rest.find(['/', '?', '#', ' ']).unwrap_or(rest.len());
    let at = rest[..end].rfind('@')?;
    let (user, _) = rest[..at].split_once(':')?;
    Some(format!("{scheme}://{user}:{HIDDEN}{}", &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::kinds::PODS;
    use serde_json::json;

    #[test]
    fn names_of_secrets() {
        for (name, expected) in [
            ("DB_PASSWORD", true),
            ("clientSecret", true),
            ("api-key", true),
            ("GITHUB_TOKEN", true),
            ("AWS_SECRET_ACCESS_KEY", true),
            ("SENTRY_DSN", true),
            ("PUBLIC_KEY", false),
            ("key", false),
            ("secretName", false),
            ("TOKEN_URL", false),
            ("PASSWORD_FILE", false),
            ("PORT", false),
            ("passenger", false),
            ("", false),
        ] {
            assert_eq!(is_secret(name), expected, "{name}");
        }
    }

    #[test]
    fn what_is_secret_is_not_shown_and_the_rest_is() {
        let pod = json!({
            "kind": "Pod",
            "spec": {
                "containers": [{
                    "name": "web", "args": ["--password", "hunter2", "--token=hunter2", "--port", "80"],
                    "env": [
                        {"name": "DB_PASSWORD", "value": "hunter2"},
                        {"name": "API_TOKEN", "valueFrom": {"secretKeyRef": {"name": "web-secret", "key": "token"}}},
                        {"name": "LOG_LEVEL", "value": "debug"},
                        {"name": "OTHER_PASSWORD", "value": "$(DB_PASSWORD)"},
                        {"name": "DATABASE", "value": "postgres://web:hunter2@db:5432/web"},
                    ],
                }],
                "volumes": [{"name": "tls", "secret": {"secretName": "web-tls"}}],
                "oauth": {"clientSecret": "hunter2", "certificate": "-----BEGIN RSA PRIVATE KEY-----\nhunter2"},
            },
            "metadata": {"name": "web"},
        });
        let text = yaml(&Object::sample(&PODS, pod));
        assert!(!text.contains("hunter2"), "{text}");
        for kept in [
            "web-secret",
            "key: token",
            "value: debug",
            "$(DB_PASSWORD)",
            "postgres://web:(not shown)@db:5432/web",
            "web-tls",
            "--port",
        ] {
            assert!(text.contains(kept), "{kept} is missing in {text}");
        }
        assert!(text.find("metadata:") < text.find("spec:"), "{text}");
    }

    #[test]
    fn of_long_texts_whole_lines_are_shown() {
        let check =
            |most, expected: &str| assert_eq!(within("a: 1\nb: ä\nc: 3\n".to_owned(), most), expected);
        check(16, "a: 1\nb: ä\nc: 3\n");
        check(15, "a: 1\nb: ä\n# 1 more lines, which kubectl shows\n");
        check(9, "a: 1\n# 2 more lines, which kubectl shows\n");
        check(2, "# 3 more lines, which kubectl shows\n");
    }

    #[test]
    fn values_of_configuration_are_never_shown() {
        let map = json!({"metadata": {"name": "web"}, "data": {"a.yaml": "hunter2"}, "binaryData": {"b": "aHVudGVyMg=="}});
        let text = yaml(&Object::sample(&CONFIG_MAPS, map));
        assert!(
            text.contains("a.yaml") && !text.contains("hunter2") && !text.contains("aHVu"),
            "{text}"
        );
    }
}
