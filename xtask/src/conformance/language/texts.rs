//! The texts with expressions in files and in recorded requests: each file as a whole, and each expression alone.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

/// Bytes of a file that is read; beyond are lock files and data.
const LARGEST: usize = 200_000;

/// A text that is rendered.
pub struct Text {
    pub text: String,
    /// Where it stands first.
    pub from: String,
    /// Whether it is read as templates of cookiecutter are.
    pub is_cookiecutter: bool,
}

/// Those of all files below a folder.
pub fn of_files(folder: &Path) -> Result<Vec<Text>> {
    let mut texts = Texts::default();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let entries = std::fs::read_dir(&next).with_context(|| format!("no folder {}", next.display()))?;
        let mut paths = entries
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<Vec<_>>>()?;
        paths.sort();
        for path in paths {
            if path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(text) = String::from_utf8(std::fs::read(&path)?) else {
                continue;
            };
            let from = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            texts.add(&text, &from);
        }
    }
    Ok(texts.all())
}

/// Those of the requests that were recorded.
pub fn of_records(folder: &Path) -> Result<Vec<Text>> {
    let mut texts = Texts::default();
    for area in ["scaffolder", "fetch-template"] {
        let file = folder.join(area).join("cases.jsonl");
        let records =
            std::fs::read_to_string(&file).with_context(|| format!("no file {}", file.display()))?;
        for record in records.lines() {
            let record: Value = serde_json::from_str(record)?;
            let from = format!("{area} {}", record["id"].as_str().unwrap_or_default());
            texts.of_json(&record["request"], &from);
        }
    }
    Ok(texts.all())
}

/// Texts by what they are, with where they stand first.
#[derive(Default)]
struct Texts(BTreeMap<(String, bool), String>);

impl Texts {
    fn add(&mut self, text: &str, from: &str) {
        let is_cookiecutter = text
            .replace("{{cookiecutter", "{{ cookiecutter")
            .contains("{{ cookiecutter");
        let is_templated = is_cookiecutter || text.contains("${{") || text.contains("{%");
        // What is drawn by lot differs by chance.
        if !is_templated || text.len() > LARGEST || text.contains("random") {
            return;
        }
        self.put(text, is_cookiecutter, from);
        for expression in expressions(text) {
            self.put(expression, false, from);
        }
    }

    fn put(&mut self, text: &str, is_cookiecutter: bool, from: &str) {
        let key = (text.to_owned(), is_cookiecutter);
        self.0.entry(key).or_insert_with(|| from.to_owned());
    }

    fn of_json(&mut self, json: &Value, from: &str) {
        match json {
            Value::String(text) => self.add(text, from),
            Value::Array(items) => items.iter().for_each(|item| self.of_json(item, from)),
            Value::Object(entries) => entries.values().for_each(|value| self.of_json(value, from)),
            _ => {}
        }
    }

    fn all(self) -> Vec<Text> {
        let text = |((text, is_cookiecutter), from)| Text {
            text,
            from,
            is_cookiecutter,
        };
        self.0.into_iter().map(text).collect()
    }
}

/// The expressions of a text with their braces. Braces in quotes end none.
fn expressions(text: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some(begin) = rest.find("${{") {
        rest = &rest[begin..];
        let Some(end) = end_of(rest) else {
            break;
        };
        found.push(&rest[..end]);
        rest = &rest[end..];
    }
    found
}

fn end_of(text: &str) -> Option<usize> {
    let mut quote = None;
    for (index, byte) in text.bytes().enumerate().skip(3) {
        match (quote, byte) {
            (None, b'}') if text[index..].starts_with("}}") => return Some(index + 2),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(begun), byte) if begun == byte => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_end_outside_of_quotes() {
        let text = "a ${{ x }} b ${{ \"}}\" ~ '}' }}${{y}} ${{ open";
        assert_eq!(expressions(text), ["${{ x }}", "${{ \"}}\" ~ '}' }}", "${{y}}"]);
    }
}
