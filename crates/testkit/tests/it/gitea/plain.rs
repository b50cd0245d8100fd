//! Answers without what differs from one recording to the next: addresses, moments, numbers.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::client::Answer;

/// The headers that say something.
const HEADERS: [&str; 12] = [
    "content-type",
    "link",
    "location",
    "etag",
    "last-modified",
    "cache-control",
    "x-total-count",
    "x-gitea-object-type",
    "x-hasmore",
    "x-page",
    "x-pagecount",
    "x-total",
];

/// Numbers of things, which another server gives differently.
const NUMBERS: [&str; 4] = ["id", "repo_id", "run_id", "repository_id"];

/// Replaces what differs from one recording to the next.
#[derive(Default)]
pub struct Plain {
    base: String,
    masked: Vec<(String, String)>,
    numbers: HashMap<u64, u64>,
}

impl Plain {
    pub fn new(base: &str) -> Self {
        let base = base.to_owned();
        Self {
            base,
            ..Self::default()
        }
    }

    /// Hides a value from now on.
    fn mask(&mut self, value: &str) {
        self.masked.push((value.to_owned(), "a".repeat(value.len())));
    }

    fn number(&mut self, number: u64) -> u64 {
        let next = self.numbers.len() as u64 + 1;
        *self.numbers.entry(number).or_insert(next)
    }

    fn text(&mut self, text: &str) -> String {
        let mut text = text.replace(&self.base, "https://gitea.example.com");
        for (value, mask) in &self.masked {
            text = text.replace(value, mask);
        }
        if text.contains("/avatars/") {
            return "https://gitea.example.com/avatars/0".to_owned();
        }
        if let Some((_, rest)) = text.split_once('+').filter(|_| text.contains("@noreply.")) {
            return format!("0+{rest}");
        }
        if let Some((_, rest)) = text
            .split_once('@')
            .filter(|(_, rest)| rest.strip_suffix(".git").is_some())
        {
            return format!("git@{rest}");
        }
        if is_moment(&text) && !text.starts_with("0001") && !text.starts_with("1970") {
            return "2026-01-01T00:00:00Z".to_owned();
        }
        numbered(&text)
    }

    pub fn value(&mut self, name: &str, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Number(number) if NUMBERS.contains(&name) => number
                .as_u64()
                .map_or(value.clone(), |number| json!(self.number(number))),
            // Gitea writes these in any order.
            Value::Array(all) if ["events", "units"].contains(&name) => {
                let mut all = all.clone();
                all.sort_by_key(ToString::to_string);
                Value::Array(all)
            }
            Value::Array(all) => all.iter().map(|one| self.value(name, one)).collect(),
            Value::Object(all) => {
                let one = |(name, value): (&String, &Value)| (name.clone(), self.value(name, value));
                Value::Object(all.iter().map(one).collect())
            }
            other => other.clone(),
        }
    }

    fn answer(&mut self, answer: &Answer) -> Value {
        let mut headers = Map::new();
        for name in HEADERS.iter().filter(|name| answer.headers.contains_key(**name)) {
            let text = match *name {
                "last-modified" => "Thu, 01 Jan 2026 00:00:00 GMT".to_owned(),
                name => self.text(answer.header(name)),
            };
            headers.insert((*name).to_owned(), json!(text));
        }
        let json = serde_json::from_slice::<Value>(&answer.bytes).ok();
        let body = match (json, std::str::from_utf8(&answer.bytes)) {
            (Some(json), _) => self.value("", &json),
            (None, Ok(text)) => json!(self.text(text)),
            (None, Err(_)) => json!("(bytes)"),
        };
        json!({ "status": answer.status, "headers": headers, "body": body })
    }

    /// The answer of a step, without what differs from one server to the next.
    pub fn step(&mut self, step: &Value, answer: &Answer) -> Value {
        let none = Vec::new();
        for place in step["mask"].as_array().unwrap_or(&none) {
            let found = answer.json();
            let value = found.pointer(place.as_str().unwrap_or_default());
            self.mask(value.and_then(Value::as_str).expect("a text to hide"));
        }
        self.answer(answer)
    }
}

/// Hides numbers in addresses and messages.
fn numbered(text: &str) -> String {
    let mut text = text.to_owned();
    for before in ["/runs/", "/jobs/", "/releases/", "_id: ", "[id: ", "uid="] {
        let Some((start, rest)) = text.split_once(before) else {
            continue;
        };
        let after = rest.trim_start_matches(|char: char| char.is_ascii_digit());
        if after.len() < rest.len() {
            text = format!("{start}{before}#{}", numbered(after));
        }
    }
    text
}

fn is_moment(text: &str) -> bool {
    text.len() == 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T'
}
