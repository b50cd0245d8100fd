//! Ids of headings, as Python-Markdown makes them.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

/// The id of a text: letters without accents, digits, underscores, and dashes for what is between.
pub fn slug(text: &str) -> String {
    let plain = text.nfkd().filter(char::is_ascii);
    let kept: String = plain
        .filter(|character| {
            character.is_ascii_alphanumeric()
                || matches!(character, '_' | '-')
                || character.is_ascii_whitespace()
        })
        .collect();
    let mut slug = String::with_capacity(kept.len());
    for character in kept.trim().chars() {
        if character == '-' || character.is_ascii_whitespace() {
            if !slug.ends_with('-') {
                slug.push('-');
            }
        } else {
            slug.push(character.to_ascii_lowercase());
        }
    }
    slug
}

/// The ids of a page so far.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    used: HashSet<String>,
    /// The number to try next for an id that is used.
    next: HashMap<String, u32>,
}

impl Ids {
    /// Those that the page gives itself are used.
    pub(crate) fn new(used: HashSet<String>) -> Self {
        Self {
            used,
            ..Self::default()
        }
    }

    /// An id like this one that is not used yet.
    pub(crate) fn unique(&mut self, wanted: String) -> String {
        if !wanted.is_empty() && self.used.insert(wanted.clone()) {
            return wanted;
        }
        // A numbered id counts on.
        let base = match wanted.rsplit_once('_') {
            Some((base, number))
                if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                base.to_owned()
            }
            _ => wanted,
        };
        loop {
            let number = self.next.entry(base.clone()).or_insert(1);
            let id = format!("{base}_{number}");
            *number += 1;
            if self.used.insert(id.clone()) {
                return id;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_texts() {
        for (text, expected) in [
            ("Getting started", "getting-started"),
            ("  What's new - in 2.0?  ", "whats-new-in-20"),
            ("Über Größe", "uber-groe"),
            ("snake_case and `code`", "snake_case-and-code"),
            ("日本", ""),
        ] {
            assert_eq!(slug(text), expected, "{text}");
        }
    }

    #[test]
    fn the_same_id_is_numbered() {
        let mut ids = Ids::default();
        let mut next = |text: &str| ids.unique(text.to_owned());
        assert_eq!(
            [next("a"), next("a"), next("a"), next("a_1")],
            ["a", "a_1", "a_2", "a_3"]
        );
        assert_eq!([next(""), next("")], ["_1", "_2"]);
    }
}
