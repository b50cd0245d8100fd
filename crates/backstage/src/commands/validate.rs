//! `backstage catalog validate`: a verdict on every YAML document, without a server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::{EntityRef, Fault, Kinds, Verdict, entity};
use serde_json::{Map, Value};
use yaml::{Document, Limits};

use super::placeholders::Placeholders;
use super::taken_in::TakenIn;
use super::{code, walk};
use crate::cli::{Common, Format, ValidateArguments};
use crate::output;

/// Larger files are not read; the catalog refuses them too.
const MAX_BYTES: u64 = 10 * 1024 * 1024;

const VALID: &str = "valid";
/// How documents are counted that are no entities, but parts of one.
const PART: &str = "taken in by another file";

/// One document and what the catalog would say about it.
struct Line {
    file: String,
    document: usize,
    line: usize,
    value: Option<Value>,
    verdict: &'static str,
    reference: Option<EntityRef>,
    error: Option<String>,
    hint: Option<String>,
    /// The file of the entity that it is a part of.
    part_of: Option<PathBuf>,
}

/// Checks all files; exit code 1 when a document is not what the catalog takes.
pub fn run(common: &Common, what: &ValidateArguments) -> Result<ExitCode> {
    let files = walk::descriptor_files(&what.paths)?;
    let roots = roots(&what.paths);
    let checker = Checker {
        taken_in: TakenIn::by(&files, &roots, MAX_BYTES),
        named: &what.paths,
        kinds: Kinds::builtin(),
        roots,
    };
    let progress = progress(files.len());
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for file in &files {
        for line in checker.check(file)? {
            *counts.entry(line.outcome()).or_default() += 1;
            if !what.quiet || is_problem(line.outcome()) {
                progress.suspend(|| print(&line, common.format))?;
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    if common.format == Format::Text {
        let summary: Vec<String> = counts
            .iter()
            .map(|(verdict, count)| format!("{count} {verdict}"))
            .collect();
        output::complain(&format!("{} file(s): {}", files.len(), summary.join(", ")));
    }
    Ok(code(counts.keys().any(|outcome| is_problem(outcome))))
}

/// An empty document is harmless: the catalog skips it. A part is judged with what takes it in.
fn is_problem(outcome: &str) -> bool {
    ![VALID, "empty", PART].contains(&outcome)
}

fn progress(files: usize) -> ProgressBar {
    let target = if output::has_audience() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} files").expect("a constant template");
    ProgressBar::with_draw_target(Some(files as u64), target).with_style(style)
}

/// Folders from which placeholders may be filled: those given, and the one the command runs in.
fn roots(paths: &[PathBuf]) -> Vec<PathBuf> {
    let folder = |path: &PathBuf| {
        let real = path.canonicalize().ok()?;
        if real.is_dir() {
            return Some(real);
        }
        real.parent().map(Path::to_owned)
    };
    paths
        .iter()
        .chain([&PathBuf::from(".")])
        .filter_map(folder)
        .collect()
}

/// What the documents are judged by.
struct Checker<'a> {
    kinds: Kinds,
    roots: Vec<PathBuf>,
    taken_in: TakenIn,
    /// Who names a file means it as a descriptor.
    named: &'a [PathBuf],
}

impl Checker<'_> {
    fn check(&self, file: &Path) -> Result<Vec<Line>> {
        let context = || format!("{} cannot be read", file.display());
        let size = std::fs::metadata(file).with_context(context)?.len();
        anyhow::ensure!(
            size <= MAX_BYTES,
            "{} has {size} bytes, more than {MAX_BYTES}",
            file.display()
        );
        let bytes = std::fs::read(file).with_context(context)?;
        let text = String::from_utf8_lossy(&bytes);
        let documents = yaml::parse(&text, &Limits::default());
        let descriptor = self.taken_in.descriptor_of(file);
        let descriptor = descriptor.filter(|_| !self.named.iter().any(|named| named == file));
        let judge = |document| {
            let mut line = self.judge(file, &text, document);
            if let Some(descriptor) = descriptor.filter(|_| !line.is_meant_as_entity()) {
                line.become_part_of(descriptor);
            }
            line
        };
        Ok(documents.into_iter().map(judge).collect())
    }

    fn judge(&self, file: &Path, text: &str, document: Document) -> Line {
        let mut line = Line {
            file: file.to_string_lossy().into_owned(),
            document: document.index,
            line: document.line,
            value: None,
            verdict: "yaml-error",
            reference: None,
            error: None,
            hint: None,
            part_of: None,
        };
        match document.value {
            Err(error) => {
                line.line = error.line;
                line.error = Some(format!("{}: {}", error.name, first_line(&error.message)));
                line.hint = error.hint;
            }
            Ok(value) => {
                let mut filled = value.clone();
                let folder = file.parent().unwrap_or(Path::new(""));
                let mut placeholders = Placeholders::new(folder, &self.roots);
                placeholders.fill(&mut filled);
                line.tell(&self.kinds, &text[document.offset..], &filled);
                // What is missing is a hint only: the file may be there when the portal reads it.
                line.hint = line.hint.or_else(|| placeholders.remarks.into_iter().next());
                line.value = Some(value);
            }
        }
        line
    }
}

impl Line {
    fn outcome(&self) -> &'static str {
        if self.part_of.is_some() {
            PART
        } else {
            self.verdict
        }
    }

    fn is_meant_as_entity(&self) -> bool {
        let has =
            |read: fn(&Value) -> Option<&str>| self.value.as_ref().is_some_and(|value| read(value).is_some());
        has(entity::api_version) && has(entity::kind)
    }

    fn become_part_of(&mut self, descriptor: &Path) {
        self.part_of = Some(descriptor.to_owned());
        self.hint = Some(format!(
            "no entity of its own, so it does not count: {} takes it in",
            descriptor.display()
        ));
    }

    fn tell(&mut self, kinds: &Kinds, text: &str, value: &Value) {
        self.verdict = match model::validate_document(kinds, value) {
            Verdict::Empty => "empty",
            Verdict::Valid(reference) => {
                self.reference = Some(reference);
                VALID
            }
            Verdict::NotObject(what) => {
                let what = if what == "object" { "list" } else { what };
                self.hint = Some(format!(
                    "a {what} stands where an entity should: apiVersion, kind, metadata, spec"
                ));
                "not-object"
            }
            Verdict::UnknownKind(reference) => {
                let fault = Fault::input(format!("No processor recognized the entity {reference} as valid"));
                self.hint = model::hint_for(kinds, &fault, value);
                self.reference = Some(reference);
                "unknown-kind"
            }
            Verdict::Invalid(fault) => {
                self.line = place(text, self.line, fault.field()).unwrap_or(self.line);
                self.hint = model::hint_for(kinds, &fault, value);
                self.error = Some(fault.to_string());
                "invalid"
            }
        };
    }
}

/// The message without the excerpt of the text.
fn first_line(message: &str) -> &str {
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

fn print(line: &Line, format: Format) -> Result<()> {
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
        line.file, line.line, line.document, line.verdict
    ))?;
    for (name, text) in [("", &line.error), ("hint: ", &line.hint)] {
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
