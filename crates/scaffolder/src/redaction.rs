//! Keeps secrets out of what people and logs see.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::rendering::Context;

/// What stands in place of a secret.
pub(crate) const BLANK: &str = "***";

/// Replaces secrets, and texts that were made with them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Redactor {
    /// Longest first.
    hidden: Vec<String>,
}

impl Redactor {
    /// Hides a text, also as it stands in JSON and in the header of a sign-in.
    pub(crate) fn hide(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let json = Value::from(text).to_string();
        let json = json.trim_matches('"').to_owned();
        for form in [text.to_owned(), json, STANDARD.encode(text)] {
            if !self.hidden.contains(&form) {
                self.hidden.push(form);
            }
        }
        self.hidden.sort_by_key(|form| std::cmp::Reverse(form.len()));
    }

    /// Hides every text of an input that depends on a secret.
    pub(crate) fn hide_made_with_secrets(&mut self, written: &Value, context: &Context) {
        match written {
            Value::String(text) if text.contains("${{") || text.contains("{%") => {
                let render = |names: &Value| crate::rendering::render_text(text, names, &context.extensions);
                let made = render(&context.with_secrets);
                if made != render(&context.with_blanks)
                    && let Some(made) = made
                {
                    self.hide_all(&made);
                }
            }
            Value::Array(items) => items
                .iter()
                .for_each(|item| self.hide_made_with_secrets(item, context)),
            Value::Object(entries) => {
                entries
                    .values()
                    .for_each(|item| self.hide_made_with_secrets(item, context));
            }
            _ => {}
        }
    }

    fn hide_all(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.hide(text),
            Value::Array(items) => items.iter().for_each(|item| self.hide_all(item)),
            Value::Object(entries) => entries.values().for_each(|item| self.hide_all(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// How many texts are hidden.
    pub(crate) fn len(&self) -> usize {
        self.hidden.len()
    }

    /// Where in a text something hidden stands, in order and without overlaps: begin and end in bytes.
    pub(crate) fn places(&self, bytes: &[u8]) -> Vec<(usize, usize)> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Vec::new();
        };
        let found = self.hidden.iter().flat_map(|hidden| {
            let places = text.match_indices(hidden.as_str());
            places.map(|(begin, part)| (begin, begin + part.len()))
        });
        let mut found: Vec<(usize, usize)> = found.collect();
        found.sort_unstable();
        let mut apart: Vec<(usize, usize)> = Vec::with_capacity(found.len());
        for (begin, end) in found {
            match apart.last_mut() {
                Some(last) if begin < last.1 => last.1 = last.1.max(end),
                _ => apart.push((begin, end)),
            }
        }
        apart
    }

    /// A text without what is hidden.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.hidden.iter().fold(text.to_owned(), |text, hidden| {
            if text.contains(hidden.as_str()) {
                text.replace(hidden.as_str(), BLANK)
            } else {
                text
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_in_all_their_forms() {
        let mut redactor = Redactor::default();
        redactor.hide("pa\"ss");
        redactor.hide(" ");
        assert_eq!(redactor.redact("a pa\"ss b pa\\\"ss c"), "a *** b *** c");
        assert_eq!(
            redactor.redact(&format!("Basic {}", STANDARD.encode("pa\"ss"))),
            "Basic ***"
        );
        assert_eq!(redactor.redact("nothing here"), "nothing here");
        redactor.hide("ss b");
        assert_eq!(redactor.places(b"a pa\"ss b c"), [(2, 9)]);
    }
}
