//! Pairs of a label and a value, as Kubernetes writes them: `app=orders,tier!=test`, `app in (orders, billing)`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::evaluate::PROPERTIES;

/// What one label has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The label.
    pub(crate) label: String,
    /// The values, of which one has to be.
    pub(crate) values: Vec<String>,
    /// None of the values may be.
    pub(crate) is_not: bool,
}

impl Pair {
    /// A label with one value.
    pub(crate) fn equal(label: &str, value: &str) -> Self {
        Self {
            label: label.to_owned(),
            values: vec![value.to_owned()],
            is_not: false,
        }
    }

    /// Whether labels fit.
    pub(crate) fn fits(&self, labels: &BTreeMap<String, String>) -> bool {
        let has = labels
            .get(&self.label)
            .is_some_and(|value| self.values.contains(value));
        has != self.is_not
    }

    /// Whether the tags of a dashboard fit: `label=value`, `label:value` or the value alone.
    pub(crate) fn fits_tags(&self, tags: &[&str]) -> bool {
        self.tags().iter().any(|tag| tags.contains(&tag.as_str())) != self.is_not
    }

    /// Whether a dashboard fits: by its tags, or by the label of that name in its metadata, which only the newer API tells.
    pub(crate) fn fits_dashboard(&self, tags: &[&str], labels: Option<&Map<String, Value>>) -> bool {
        let label = labels.and_then(|labels| labels.get(&self.label)?.as_str());
        let has = label.is_some_and(|value| self.values.iter().any(|wanted| wanted == value));
        if self.is_not {
            !has && self.fits_tags(tags)
        } else {
            has || self.fits_tags(tags)
        }
    }

    /// Whether one of the tags gives the label another value: the dashboard is about something else.
    pub(crate) fn is_contradicted_by(&self, tags: &[&str]) -> bool {
        let names = |tag: &&str| {
            let rest = tag.strip_prefix(self.label.as_str());
            rest.is_some_and(|rest| rest.starts_with(['=', ':']))
        };
        !self.is_not && !self.fits_tags(tags) && tags.iter().any(names)
    }

    /// The tags that are looked for.
    pub(crate) fn tags(&self) -> Vec<String> {
        let label = &self.label;
        let forms = |value: &String| {
            [
                format!("{label}={value}"),
                format!("{label}:{value}"),
                value.clone(),
            ]
        };
        self.values.iter().flat_map(forms).collect()
    }

    /// The value for a variable of the label's name, where there is just one.
    pub(crate) fn only_value(&self) -> Option<&str> {
        match self.values.as_slice() {
            [value] if !self.is_not => Some(value),
            _ => None,
        }
    }
}

/// Reads pairs, of which all have to fit. Nothing where the text is something else.
pub(crate) fn pairs(text: &str) -> Option<Vec<Pair>> {
    let pairs: Option<Vec<Pair>> = parts(text).into_iter().map(pair).collect();
    pairs.filter(|pairs| !pairs.is_empty())
}

/// Pieces between commas outside of parentheses.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0_i32, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(&text[from..]);
    found
}

fn pair(part: &str) -> Option<Pair> {
    let part = part.trim();
    let end = part.find(|letter: char| !is_label(letter)).unwrap_or(part.len());
    let (label, rest) = part.split_at(end);
    if label.is_empty() {
        return None;
    }
    let rest = rest.trim_start();
    let pair = |values: Option<Vec<String>>, is_not| {
        Some(Pair {
            label: label.to_owned(),
            values: values?,
            is_not,
        })
    };
    if let Some(list) = rest.strip_prefix("notin").or_else(|| rest.strip_prefix("in")) {
        return pair(listed(list), rest.starts_with("notin"));
    }
    // A property of dashboards compared with something is an expression that went wrong.
    let is_property = PROPERTIES.contains(&label);
    match (rest.strip_prefix("=="), rest.strip_prefix("!=")) {
        (Some(value), _) if !is_property => pair(single(value), false),
        (_, Some(value)) if !is_property => pair(single(value), true),
        (None, None) => pair(single(rest.strip_prefix('=')?), false),
        _ => None,
    }
}

fn single(value: &str) -> Option<Vec<String>> {
    let value = value.trim();
    (!value.is_empty() && value.chars().all(is_value)).then(|| vec![value.to_owned()])
}

fn listed(text: &str) -> Option<Vec<String>> {
    let inner = text.trim().strip_prefix('(')?.strip_suffix(')')?;
    let values: Option<Vec<Vec<String>>> = inner.split(',').map(single).collect();
    values.map(|values| values.concat())
}

fn is_label(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/')
}

fn is_value(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/' | ':' | '+' | '~' | '*' | '%' | '#')
}
