//! Whether all that a definition says is on one of its pages. The conformance figure counts with it, too.

use std::collections::{BTreeSet, HashSet, VecDeque};

use api_docs::{Definition, Place};
use serde_json::Value;

/// Pages that are looked at; no definition of the tests has as many.
const MAX_PAGES: usize = 20_000;
/// Where the pages are.
const PATH: &str = "/d";

/// Every page that can be reached by links from the first, without the text of the definition.
pub fn pages(definition: &Definition) -> Vec<String> {
    let place = Place {
        path: PATH.to_owned(),
        ..Place::default()
    };
    let mut waiting = VecDeque::from([String::new()]);
    let mut seen = HashSet::from([String::new()]);
    let mut found = Vec::new();
    while let Some(address) = waiting.pop_front() {
        let (rest, query) = address.split_once('?').unwrap_or((&address, ""));
        let page = definition.page(&place, rest.trim_start_matches('/'), query);
        let page = page.unwrap_or_else(|| panic!("a link leads to {address}, where there is no page"));
        let page = page.into_string();
        for link in links(&page) {
            if seen.len() < MAX_PAGES && seen.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
        found.push(page);
    }
    found
}

/// Addresses of other pages, relative to the first.
fn links(page: &str) -> Vec<String> {
    let all = page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let all = all.map(decoded).filter_map(|address| {
        let rest = address.strip_prefix(PATH)?.split('#').next()?.to_owned();
        let is_own = rest.is_empty() || rest.starts_with(['/', '?']);
        (is_own && !rest.contains("view=text") && !rest.contains("open=all")).then_some(rest)
    });
    all.collect()
}

/// The words of pages: of their texts, and of the addresses in them.
pub fn words_of_pages(pages: &[String]) -> HashSet<String> {
    let mut words = HashSet::new();
    for page in pages {
        let mut text = String::with_capacity(page.len());
        let mut rest = page.as_str();
        while let Some(start) = rest.find('<') {
            text.push_str(&rest[..start]);
            let end = rest[start..].find('>').map_or(rest.len(), |end| start + end + 1);
            let tag = &rest[start..end];
            // Code is coloured within words, and ends of numbers may be raised.
            if !tag.starts_with("</span") && !tag.contains("sup>") && !is_colour(tag) {
                text.push(' ');
            }
            for name in ["href=\"", "src=\"", "alt=\"", "title=\""] {
                let value = tag.split(name).nth(1).and_then(|value| value.split('"').next());
                if let Some(value) = value {
                    text.push(' ');
                    text.push_str(value);
                    text.push(' ');
                }
            }
            rest = &rest[end..];
        }
        text.push_str(rest);
        words.extend(words_of(&decoded(&text)));
    }
    words
}

fn is_colour(tag: &str) -> bool {
    tag.starts_with("<span") && !tag.contains("api-") && !tag.contains("line")
}

fn decoded(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
}

/// Runs of letters and digits, in small letters.
pub fn words_of(text: &str) -> Vec<String> {
    let words = text.split(|sign: char| !sign.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Texts and numbers of a value, each with its place. Those that say yes or no have a test of their own.
pub fn leaves(value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(value, String::new(), &mut found);
    found
}

fn collect(value: &Value, place: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                collect(inner, format!("{place}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (number, inner) in items.iter().enumerate() {
                collect(inner, format!("{place}/{number}"), found);
            }
        }
        // Lists are written as `Order[]`.
        Value::String(text) if text == "array" && place.ends_with("/type") => {}
        // What a reference leads to is named by its last part.
        Value::String(text) if text.starts_with("#/") => {
            let last = text.rsplit('/').next().unwrap_or_default();
            found.push((place, last.replace("~1", "/").replace("~0", "~")));
        }
        Value::String(text) => found.push((place, text.clone())),
        Value::Number(number) => found.push((place, number.to_string())),
        Value::Bool(_) | Value::Null => {}
    }
}

/// The leaves of a value that are on none of the pages.
pub fn missing(definition: &Definition, leaves: &[(String, String)]) -> BTreeSet<String> {
    let known = words_of_pages(&pages(definition));
    let is_missing = |text: &str| words_of(text).iter().any(|word| !known.contains(word));
    let missing = leaves.iter().filter(|(_, text)| is_missing(text));
    missing.map(|(place, text)| format!("{place}: {text}")).collect()
}
