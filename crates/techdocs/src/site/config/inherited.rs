//! The text of a configuration as a value, with what it inherits.

use std::collections::BTreeMap;

use scm::TreeFile;
use serde_json::Value;
use yaml::Limits;

use super::tags;
use crate::site::links;
use crate::site::problem::{Problem, Rule};

/// Longest chain of files that inherit from each other.
const MAX_CHAIN: usize = 6;

/// A file that was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) value: Value,
    /// The text, in which each value has its place.
    pub(super) text: String,
    pub(super) problems: Vec<Problem>,
    /// Files that it inherits from, also those that do not exist.
    pub(super) parents: Vec<String>,
}

/// Reads a file among others, and joins it with those it inherits from.
pub(super) fn read(files: &BTreeMap<String, TreeFile>, path: &str) -> Read {
    let mut read = alone(files, path);
    let mut file = path.to_owned();
    let mut above = read.value["INHERIT"].take();
    for _ in 0..MAX_CHAIN {
        let Some(written) = above.as_str().map(str::to_owned) else {
            break;
        };
        let parent = links::normalised(&format!("{}{written}", links::folder_of(&file)));
        let parent = parent.filter(|_| !written.starts_with('/'));
        let Some(parent) = parent else {
            let text =
                format!("INHERIT: '{written}' leads out of the folder of the documentation, and is left out");
            let way_out = "Name a file in the same repository, relative to this one.";
            read.problems.push(missing(&read.text, &file, text, way_out));
            break;
        };
        read.parents.push(parent.clone());
        if !files.contains_key(&parent) {
            let text = format!("INHERIT: the file {parent} does not exist");
            let way_out = format!("Correct the name, or write {parent}.");
            read.problems.push(missing(&read.text, &file, text, &way_out));
            break;
        }
        let mut next = alone(files, &parent);
        above = next.value["INHERIT"].take();
        read.problems.append(&mut next.problems);
        read.value = joined(next.value, std::mem::take(&mut read.value));
        file = parent;
    }
    read
}

fn missing(text: &str, file: &str, words: String, way_out: &str) -> Problem {
    let (line, column) = super::place_of(text, &["INHERIT"]);
    Problem::new(Rule::Include, file, words)
        .at(line, column)
        .way_out(way_out)
}

/// Reads a file by itself.
fn alone(files: &BTreeMap<String, TreeFile>, path: &str) -> Read {
    let Some(file) = files.get(path) else {
        return Read::default();
    };
    let written = String::from_utf8_lossy(&file.bytes);
    let (text, mut problems) = tags::without(&written, path);
    let limits = Limits {
        bytes: 1 << 20,
        merge_keys: true,
        ..Limits::default()
    };
    let value = match yaml::parse_one(&text, &limits) {
        Ok(value) if value.is_object() || value.is_null() => value,
        Ok(_) => {
            let way_out = "Write `site_name: …`, for example.";
            problems.push(Problem::new(Rule::Config, path, "It holds no keys").way_out(way_out));
            Value::Null
        }
        Err(error) => {
            let place = |at: usize| u32::try_from(at).ok().filter(|at| *at > 0);
            let text = format!("It is no valid YAML, and was left out: {error}");
            let problem = Problem::new(Rule::Config, path, text).at(place(error.line), place(error.column));
            problems.push(
                problem.way_out("Correct the line; until then the pages are in the order of their files."),
            );
            Value::Null
        }
    };
    let value = if value.is_null() {
        Value::Object(serde_json::Map::new())
    } else {
        value
    };
    Read {
        value,
        text,
        problems,
        parents: Vec::new(),
    }
}

/// Both values: groups of keys are joined, of all else the child's counts.
fn joined(parent: Value, child: Value) -> Value {
    match (parent, child) {
        (Value::Object(mut parent), Value::Object(child)) => {
            for (key, value) in child {
                let above = parent.remove(&key).unwrap_or(Value::Null);
                parent.insert(key, joined(above, value));
            }
            Value::Object(parent)
        }
        (parent, Value::Null) => parent,
        (_, child) => child,
    }
}
