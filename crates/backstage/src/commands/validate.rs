//! `backstage catalog validate`: a verdict on every YAML document, without a server.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::{EntityRef, Kinds, policy};
use serde_json::json;
use yaml::{Document, Limits};

use super::descriptor::{self, MAX_BYTES};
use super::placeholders::Placeholders;
use super::taken_in::TakenIn;
use super::verdict_line::{Line, PART, VALID, first_line, print};
use super::walk::{self, Unreadable};
use super::{COULD_NOT_RUN, code};
use crate::cli::{Common, Format, ValidateArguments};
use crate::output;

/// Checks all files; exit code 1 when a document is not what the catalog takes, 2 when something could not be read.
pub fn run(common: &Common, what: &ValidateArguments) -> Result<ExitCode> {
    let found = walk::descriptor_files(&what.paths);
    let roots = roots(&what.paths);
    let checker = Checker {
        taken_in: TakenIn::by(&found.files, &roots, MAX_BYTES),
        named: &what.paths,
        kinds: Kinds::builtin(),
        roots,
    };
    let mut unreadable = found.unreadable;
    let progress = progress(found.files.len());
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for file in &found.files {
        match checker.check(file) {
            Ok(lines) => {
                for line in lines {
                    *counts.entry(line.outcome()).or_default() += 1;
                    if !what.quiet || is_problem(line.outcome()) || line.warning.is_some() {
                        progress.suspend(|| print(&line, common.format))?;
                    }
                }
            }
            Err(error) => unreadable.push(Unreadable::new(file, error)),
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    for one in &unreadable {
        print_unreadable(one, common.format)?;
    }
    summarize(common, what, found.files.len(), &counts, unreadable.len());
    if !unreadable.is_empty() || found.files.is_empty() {
        return Ok(ExitCode::from(COULD_NOT_RUN));
    }
    Ok(code(counts.keys().any(|outcome| is_problem(outcome))))
}

fn print_unreadable(one: &Unreadable, format: Format) -> Result<()> {
    let file = one.path.to_string_lossy();
    match format {
        Format::Json => output::json(&json!({"file": file, "verdict": "unreadable", "error": one.reason})),
        Format::Text => output::line(&format!("{file}: cannot be read: {}", one.reason)),
    }
}

fn summarize(
    common: &Common,
    what: &ValidateArguments,
    files: usize,
    counts: &BTreeMap<&'static str, usize>,
    unreadable: usize,
) {
    if files == 0 && unreadable == 0 {
        let folders: Vec<String> = what.paths.iter().map(|path| path.display().to_string()).collect();
        output::complain(&format!(
            "error: there is no file *.yaml or *.yml in {}; name the folder or file that holds descriptors",
            folders.join(", ")
        ));
    } else if common.format == Format::Text {
        let unreadable = (unreadable > 0).then(|| format!("{unreadable} cannot be read"));
        let summary: Vec<String> = counts
            .iter()
            .map(|(verdict, count)| format!("{count} {verdict}"))
            .chain(unreadable)
            .collect();
        output::complain(&format!("{files} file(s): {}", summary.join(", ")));
    }
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
    fn check(&self, file: &Path) -> std::io::Result<Vec<Line>> {
        let bytes = descriptor::read(file)?;
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text,
            Err(error) => return Ok(vec![not_utf8(file, &bytes, &error)]),
        };
        let documents = yaml::parse(text, &Limits::default());
        let descriptor = self.taken_in.descriptor_of(file);
        let descriptor = descriptor.filter(|_| !self.named.iter().any(|named| named == file));
        let judge = |document| {
            let mut line = self.judge(file, text, document);
            if let Some(descriptor) = descriptor.filter(|_| !line.is_meant_as_entity()) {
                line.become_part_of(descriptor);
            }
            line
        };
        let mut lines: Vec<Line> = documents.into_iter().map(judge).collect();
        warn_of_repeated(&mut lines);
        Ok(lines)
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
            refused: None,
            warning: None,
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
                let folder = descriptor::folder(file);
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

/// A file that is no text has one verdict, as in the catalog.
fn not_utf8(file: &Path, bytes: &[u8], error: &std::str::Utf8Error) -> Line {
    let before = &bytes[..error.valid_up_to()];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    Line {
        file: file.to_string_lossy().into_owned(),
        document: 0,
        line,
        value: None,
        verdict: "yaml-error",
        reference: None,
        error: Some(format!(
            "Error: the file is not UTF-8: invalid byte at line {line}"
        )),
        refused: None,
        warning: None,
        hint: Some("Save the file as UTF-8.".to_owned()),
        part_of: None,
    }
}

/// Of several documents with the same entity the catalog serves the last.
fn warn_of_repeated(lines: &mut [Line]) {
    let declared = |line: &Line| {
        let value = line.value.as_ref()?;
        policy::check_envelope(value).ok()?;
        EntityRef::of(value).map(|reference| reference.to_string())
    };
    let references: Vec<Option<String>> = lines.iter().map(declared).collect();
    let last: HashMap<&String, usize> = references
        .iter()
        .enumerate()
        .filter_map(|(index, reference)| Some((reference.as_ref()?, index)))
        .collect();
    for (index, (line, reference)) in lines.iter_mut().zip(&references).enumerate() {
        if let Some(reference) = reference.as_ref().filter(|reference| last[reference] != index) {
            line.warning = Some(format!(
                "{reference} occurs more than once in {}; the last of them is served. Remove or rename the others.",
                line.file
            ));
        }
    }
}
