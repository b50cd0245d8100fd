//! One line of `backstage catalog validate`: a document and the verdict on it.

use std::path::{Path, PathBuf};

use anyhow::Result;
use model::{EntityRef, Fault, Kinds, Problem, Verdict, entity, policy};
use serde_json::{Map, Value};

use crate::cli::Format;
use crate::output;

/// The verdict on a document that the catalog takes.
pub const VALID: &str = "valid";
/// How documents are shown and counted that only joining entities refuses.
const REFUSED: &str = "refused";
/// How documents are counted that are no entities, but parts of one.
pub const PART: &str = "taken in by another file";

/// One document and what the catalog would say about it.
pub struct Line {
    /// The file, as it was named or found.
    pub file: String,
    /// Number of the document in its file.
    pub document: usize,
    /// Line that the verdict is about.
    pub line: usize,
    /// What was read; nothing when it could not be.
    pub value: Option<Value>,
    /// One word.
    pub verdict: &'static str,
    /// The entity.
    pub reference: Option<EntityRef>,
    /// What is wrong.
    pub error: Option<String>,
    /// Why the catalog refuses it, although it keeps the rules of its kind.
    pub refused: Option<String>,
    /// What is not wrong, but probably not meant.
    pub warning: Option<String>,
    /// A way out.
    pub hint: Option<String>,
    /// The file of the entity that it is a part of.
    pub part_of: Option<PathBuf>,
}

impl Line {
    /// The line of a document that cannot be read, until more is known.
    pub fn of(file: &Path, document: usize, line: usize) -> Self {
        Self {
            file: file.to_string_lossy().into_owned(),
            document,
            line,
            value: None,
            verdict: "yaml-error",
            reference: None,
            error: None,
            refused: None,
            warning: None,
            hint: None,
            part_of: None,
        }
    }

    /// Whether the catalog takes the document, as far as is known.
    pub fn is_valid(&self) -> bool {
        self.word() == VALID
    }

    /// Adds a warning.
    pub fn warn(&mut self, text: String) {
        self.warning = Some(match self.warning.take() {
            Some(before) => format!("{before}; {text}"),
            None => text,
        });
    }

    /// Adds what is probably not meant.
    pub fn doubt(&mut self, odd: &Problem) {
        let hint = odd.hint.as_deref().unwrap_or_default();
        self.warn(format!("{}. {hint}", odd.fault.message));
    }

    /// Refuses a document that keeps the rules of its kind.
    pub fn refuse(&mut self, kinds: &Kinds, text: &str, value: &Value, fault: &Fault) {
        self.complain(kinds, text, value, fault);
        self.refused = self.error.take();
    }

    /// The word to count it under.
    pub fn outcome(&self) -> &'static str {
        if self.part_of.is_some() { PART } else { self.word() }
    }

    fn word(&self) -> &'static str {
        self.refused.as_ref().map_or(self.verdict, |_| REFUSED)
    }

    /// Whether somebody wanted it to be an entity.
    pub fn is_meant_as_entity(&self) -> bool {
        let has =
            |read: fn(&Value) -> Option<&str>| self.value.as_ref().is_some_and(|value| read(value).is_some());
        has(entity::api_version) && has(entity::kind)
    }

    /// Notes that the document is taken in by a descriptor.
    pub fn become_part_of(&mut self, descriptor: &Path) {
        self.part_of = Some(descriptor.to_owned());
        self.hint = Some(format!(
            "no entity of its own, so it does not count: {} takes it in",
            descriptor.display()
        ));
    }

    /// Judges what was read.
    pub fn tell(&mut self, kinds: &Kinds, text: &str, value: &Value) {
        self.verdict = match model::validate_document(kinds, value) {
            Verdict::Empty => "empty",
            Verdict::Valid(reference) => self.serve(kinds, text, value, reference),
            Verdict::NotObject(what) => {
                let what = if what == "object" { "list" } else { what };
                self.hint = Some(format!(
                    "a {what} stands where an entity should: apiVersion, kind, metadata, spec"
                ));
                self.hint = model::hint_by_looks(text, Some(0)).or(self.hint.take());
                "not-object"
            }
            Verdict::UnknownKind(reference) => {
                let fault = Fault::input(format!("No processor recognized the entity {reference} as valid"));
                self.hint = model::hint_for(kinds, &fault, value);
                self.reference = Some(reference);
                "unknown-kind"
            }
            Verdict::Invalid(fault) => self.complain(kinds, text, value, &fault),
        };
    }

    /// Judges what the catalog does with a document that keeps the rules of its kind. The verdict on relations has
    /// a field of its own, because the original's rules do not cover them.
    fn serve(&mut self, kinds: &Kinds, text: &str, value: &Value, reference: EntityRef) -> &'static str {
        if let Err(fault) = model::check_served_keys(value) {
            return self.complain(kinds, text, value, &fault);
        }
        if let Err(fault) = model::check_relations(kinds, value) {
            self.refuse(kinds, text, value, &fault);
        }
        self.reference = Some(reference);
        VALID
    }

    fn complain(&mut self, kinds: &Kinds, text: &str, value: &Value, fault: &Fault) -> &'static str {
        let line = place(text, self.line, fault.field()).unwrap_or(self.line);
        let within = line.checked_sub(self.line);
        self.line = line;
        let looks = match policy::check_envelope(value) {
            Ok(()) => model::hint_if_unfilled(text, within),
            Err(_) => model::hint_by_looks(text, within),
        };
        self.hint = looks.or_else(|| model::hint_for(kinds, fault, value));
        self.error = Some(fault.to_string());
        "invalid"
    }
}

/// The message without the excerpt of the text.
pub fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

/// The line of a field, or of what is there of the way to it, in the document at the beginning of `text`, whose
/// line is `first_line`.
fn place(text: &str, first_line: usize, pointer: Option<&str>) -> Option<usize> {
    let pointer = pointer?;
    let path: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    yaml::locate(text, first_line, &path).map(|(line, _)| line)
}

/// Prints a line.
pub fn print(line: &Line, format: Format) -> Result<()> {
    if format == Format::Json {
        return output::json(&as_json(line));
    }
    let reference = line
        .reference
        .as_ref()
        .map(|reference| format!("  {reference}"))
        .unwrap_or_default();
    output::line(&format!(
        "{}:{}: document {}: {}{reference}",
        line.file,
        line.line,
        line.document,
        line.word()
    ))?;
    for (name, text) in [
        ("", &line.error),
        ("", &line.refused),
        ("warning: ", &line.warning),
        ("hint: ", &line.hint),
    ] {
        if let Some(text) = text {
            output::line(&format!("    {name}{text}"))?;
        }
    }
    Ok(())
}

fn as_json(line: &Line) -> Value {
    let mut fields = Map::new();
    fields.insert("file".to_owned(), line.file.clone().into());
    fields.insert("doc".to_owned(), line.document.into());
    fields.insert("line".to_owned(), line.line.into());
    let text =
        |read: fn(&Value) -> Option<&str>| line.value.as_ref().and_then(|value| read(value).map(Value::from));
    let optional = [
        ("apiVersion", text(entity::api_version)),
        ("kind", text(entity::kind)),
        ("name", text(entity::name)),
        ("verdict", Some(line.verdict.into())),
        (
            "ref",
            line.reference
                .as_ref()
                .map(|reference| reference.to_string().into()),
        ),
        ("error", line.error.clone().map(Value::from)),
        ("refused", line.refused.clone().map(Value::from)),
        ("warning", line.warning.clone().map(Value::from)),
        ("hint", line.hint.clone().map(Value::from)),
        (
            "partOf",
            line.part_of
                .as_ref()
                .map(|descriptor| descriptor.to_string_lossy().into()),
        ),
    ];
    fields.extend(
        optional
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?))),
    );
    Value::Object(fields)
}
