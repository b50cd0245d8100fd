//! Whether all that definitions in files say is on their pages (`cargo xtask conformance definitions`).
//!
//! The argument is a folder. Each definition in it has a line of output: `{"file": "a.yaml", "leaves": 12, "lost": [..]}`.
//! A definition is a file that looks like one, or the definition of an entity of the kind API in a file.

#[path = "../tests/it/whole.rs"]
mod whole;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use api_docs::{Definition, Format, Reading};
use serde_json::{Value, json};

/// Endings of files that may hold a definition.
const ENDINGS: [&str; 6] = ["yaml", "yml", "json", "proto", "graphql", "avsc"];
/// Longest file that is looked at, in bytes.
const MAX_BYTES: u64 = 8 << 20;

fn main() -> io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_default());
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort();
    let mut output = io::BufWriter::new(io::stdout().lock());
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else {
            continue;
        };
        let name = file.strip_prefix(&folder).unwrap_or(&file).display().to_string();
        for (at, declared, text) in definitions(&text) {
            if let Some(answer) = judged(&format!("{name}{at}"), &declared, &text) {
                writeln!(output, "{answer}")?;
            }
        }
    }
    output.flush()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        if kind.is_dir() {
            collect(&path, files)?;
        } else if kind.is_file() && ENDINGS.contains(&ending) && entry.metadata()?.len() <= MAX_BYTES {
            files.push(path);
        }
    }
    Ok(())
}

/// Definitions in a file: where, of which type, and the text.
fn definitions(text: &str) -> Vec<(String, String, String)> {
    let format = Format::of("", text);
    if !matches!(format, Format::Text | Format::Markdown) {
        return vec![(String::new(), String::new(), text.to_owned())];
    }
    if !text.contains("kind: API") {
        return Vec::new();
    }
    let documents = yaml::parse(text, &yaml::Limits::default());
    let values = documents.into_iter().filter_map(|document| document.value.ok());
    let found = values.enumerate().filter_map(|(number, value)| {
        let definition = value["spec"]["definition"].as_str()?.to_owned();
        let declared = value["spec"]["type"].as_str().unwrap_or_default().to_owned();
        (value["kind"] == "API").then(|| (format!("#{number}"), declared, definition))
    });
    found.collect()
}

/// What became of a definition that could be taken apart.
fn judged(name: &str, declared: &str, text: &str) -> Option<Value> {
    let definition = Definition::read(declared, text);
    if !matches!(definition.reading, Reading::Outline(_)) {
        return None;
    }
    let leaves = leaves(definition.format, text);
    let lost = whole::missing(&definition, &leaves);
    Some(json!({"file": name, "leaves": leaves.len(), "lost": lost}))
}

fn leaves(format: Format, text: &str) -> Vec<(String, String)> {
    if matches!(format, Format::GraphQl | Format::Protobuf) {
        return Vec::new();
    }
    if let Ok(value) = serde_json::from_str(text) {
        return whole::leaves(&value);
    }
    let documents = yaml::parse(text, &yaml::Limits::default());
    let values = documents.into_iter().filter_map(|document| document.value.ok());
    whole::leaves(&Value::Array(values.collect()))
}
