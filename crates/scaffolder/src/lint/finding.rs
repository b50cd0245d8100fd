//! Findings, and how they get their places.

use std::collections::HashSet;

use model::Severity;
use serde_json::{Map, Value};

use super::{Rule, Subject};

/// Most findings about one template.
const MOST: usize = 500;

/// Something that is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The rule that is broken.
    pub rule: Rule,
    /// What is wrong, naming the thing.
    pub message: String,
    /// The file, of the template or of a skeleton.
    pub file: String,
    /// JSON pointer in the template's document; empty for other files.
    pub path: String,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Column, from 1.
    pub column: Option<usize>,
    /// What to do about it.
    pub way_out: Option<String>,
}

impl Finding {
    /// As programs read it.
    pub fn to_json(&self) -> Value {
        let text = |text: &str| Value::from(text);
        let fields = [
            ("severity", Some(text(self.severity.as_str()))),
            ("rule", Some(text(self.rule.id()))),
            ("message", Some(text(&self.message))),
            ("file", Some(text(&self.file))),
            ("path", Some(text(&self.path)).filter(|_| !self.path.is_empty())),
            ("line", self.line.map(Value::from)),
            ("column", self.column.map(Value::from)),
            ("wayOut", self.way_out.as_deref().map(text)),
        ];
        let there = fields
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Value::Object(there.collect::<Map<_, _>>())
    }
}

/// The way to a value: keys and positions.
pub(super) type Path = Vec<String>;

/// A way that goes on.
pub(super) fn below(path: &[String], key: impl ToString) -> Path {
    let mut path = path.to_vec();
    path.push(key.to_string());
    path
}

/// A path below a folder without `..` where the folder before it is written out.
pub(super) fn joined(folder: &str, path: &str) -> String {
    let root = if folder.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("{root}{}", parts.join("/"))
}

/// The findings so far.
pub(super) struct Findings<'a> {
    subject: Subject<'a>,
    all: Vec<Finding>,
    told: HashSet<(Rule, String, String)>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(subject: Subject<'a>) -> Self {
        Self {
            subject,
            all: Vec::new(),
            told: HashSet::new(),
        }
    }

    /// Something about the value at a path of the document.
    pub(super) fn at(
        &mut self,
        rule: Rule,
        path: &[String],
        message: impl Into<String>,
        way_out: Option<String>,
    ) {
        self.within(rule, path, "", message, way_out);
    }

    /// The same by a JSON pointer.
    pub(super) fn at_pointer(&mut self, rule: Rule, pointer: &str, message: String, way_out: Option<String>) {
        let parts = pointer.split('/').skip(1);
        let path: Path = parts
            .map(|part| part.replace("~1", "/").replace("~0", "~"))
            .collect();
        self.at(rule, &path, message, way_out);
    }

    /// Something about a place in the text at a path: what follows `part` of it.
    pub(super) fn within(
        &mut self,
        rule: Rule,
        path: &[String],
        part: &str,
        message: impl Into<String>,
        way_out: Option<String>,
    ) {
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        let place = self.subject.text.and_then(|text| {
            let line = self.subject.line;
            if part.is_empty() {
                yaml::locate(text, line, &keys)
            } else {
                yaml::locate_within(text, line, &keys, part)
            }
        });
        let escaped = path
            .iter()
            .map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1")));
        self.add(Finding {
            severity: rule.severity(),
            rule,
            message: message.into(),
            file: self.subject.file.to_owned(),
            path: escaped.collect(),
            line: place.map(|(line, _)| line),
            column: place.map(|(_, column)| column),
            way_out,
        });
    }

    /// Something about a file beside the template; `path` is relative to the template's folder. It is told once for each file.
    pub(super) fn in_file(
        &mut self,
        rule: Rule,
        path: &str,
        place: Option<(u32, u32)>,
        message: String,
        way_out: Option<String>,
    ) {
        let folder = self.subject.file.rsplit_once('/').map(|(folder, _)| folder);
        let file = folder.map_or_else(|| path.to_owned(), |folder| joined(folder, path));
        if !self.told.insert((rule, file.clone(), message.clone())) {
            return;
        }
        self.add(Finding {
            severity: rule.severity(),
            rule,
            message,
            file,
            path: String::new(),
            line: place.map(|(line, _)| line as usize),
            column: place.map(|(_, column)| column as usize),
            way_out,
        });
    }

    fn add(&mut self, finding: Finding) {
        if self.all.len() < MOST && !self.all.contains(&finding) {
            self.all.push(finding);
        }
    }

    /// All of them by their places: those of the template's own file first.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        let own = self.subject.file;
        self.all
            .sort_by_key(|one| (one.file != own, one.file.clone(), one.line, one.column, one.rule));
        self.all
    }
}
