//! The verdicts on the documents of one file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use catalog::offline::{Offline, with_texts};
use model::{EntityRef, Fault, Kinds, entity, oddities, policy};
use serde_json::Value;
use yaml::{Document, Limits};

use super::descriptor;
use super::descriptor_signs::{LeftOut, left_out};
use super::verdict_line::{Line, first_line};

/// What the documents are judged by.
pub struct Checker<'a> {
    pub kinds: Kinds,
    /// Folders from which placeholders may be filled; absolute and free of links.
    pub roots: Vec<PathBuf>,
    pub offline: Offline,
    /// Files that were named, not found: whoever names one means it as a descriptor.
    pub named: &'a [PathBuf],
}

/// What is to be said of a file.
#[derive(Default)]
pub struct Report {
    /// A line for each document.
    pub lines: Vec<Line>,
    /// Why a search of folders leaves it out.
    pub left_out: Option<LeftOut>,
    /// Files that its documents take in.
    pub takes_in: Vec<PathBuf>,
    /// Files that are named as targets by its locations.
    pub leads_to: Vec<PathBuf>,
}

impl Checker<'_> {
    /// Reads and judges a file. One that a search of folders found may be left out.
    pub async fn check(&self, file: &Path) -> std::io::Result<Report> {
        let is_named = self.named.iter().any(|named| named == file);
        self.read(file, is_named).await
    }

    /// The same for a file that is a descriptor whatever it looks like.
    pub async fn check_as_descriptor(&self, file: &Path) -> std::io::Result<Report> {
        self.read(file, true).await
    }

    async fn read(&self, file: &Path, is_descriptor: bool) -> std::io::Result<Report> {
        let bytes = descriptor::read(file)?;
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Ok(Report {
                lines: vec![utf16(file)],
                ..Report::default()
            });
        }
        let text = String::from_utf8_lossy(&bytes);
        let documents = yaml::parse(&text, &Limits::default());
        let mut report = Report {
            left_out: left_out(&self.kinds, file, &text, &documents).filter(|_| !is_descriptor),
            ..Report::default()
        };
        let ends: Vec<usize> = documents
            .iter()
            .skip(1)
            .map(|next| next.offset)
            .chain([text.len()])
            .collect();
        for (document, end) in documents.into_iter().zip(ends) {
            let own = &text[document.offset..end];
            let line = self.judge(file, own, document, &mut report).await;
            report.lines.push(line);
        }
        if report.lines.is_empty() {
            report.lines.push(empty(file));
        }
        warn_of_repeated(&mut report.lines);
        warn_of_bytes(&bytes, &mut report.lines);
        Ok(report)
    }

    async fn judge(&self, file: &Path, text: &str, document: Document, report: &mut Report) -> Line {
        let mut line = Line::of(file, document.index, document.line);
        match document.value {
            Err(error) => {
                let within = error.line.checked_sub(document.line);
                line.line = error.line;
                line.error = Some(format!("{}: {}", error.name, first_line(&error.message)));
                line.hint = model::hint_by_looks(text, within).or(error.hint);
            }
            Ok(value) => {
                if value.is_object() && report.left_out.is_none() {
                    self.judge_entity(file, text, &value, report, &mut line).await;
                } else {
                    line.tell(&self.kinds, text, &value);
                }
                line.value = Some(value);
            }
        }
        line
    }

    async fn judge_entity(
        &self,
        file: &Path,
        text: &str,
        value: &Value,
        report: &mut Report,
        line: &mut Line,
    ) {
        let first = line.line;
        let mut filled = value.clone();
        let path = absolute(file);
        let done = self.offline.fill(&mut filled, &path, self.root(&path)).await;
        line.tell(&self.kinds, text, &filled);
        if done.fault.is_some() && !line.is_valid() {
            // What stands for the file that could not be read may be what does not fit.
            filled = value.clone();
            with_texts(&mut filled);
            let mut other = Line::of(file, line.document, first);
            other.tell(&self.kinds, text, &filled);
            if other.is_valid() {
                *line = other;
            }
        }
        if line.is_valid() {
            let refused = done
                .fault
                .map_or_else(|| self.offline.check_kind(value, &path), Err);
            if let Err(fault) = refused.and_then(|()| self.follow(value, &path, report)) {
                line.refuse(&self.kinds, text, value, &fault);
            }
        }
        for odd in oddities(value) {
            line.doubt(&odd);
        }
        if line.hint.is_none() {
            line.hint = done
                .unread
                .first()
                .map(|address| format!("{address} is read only by a running portal"));
        }
        let taken = done.files.iter().filter_map(|file| file.canonicalize().ok());
        report.takes_in.extend(taken);
    }

    /// Notes where a location leads; a fault if it leads to nothing.
    fn follow(&self, value: &Value, file: &Path, report: &mut Report) -> Result<(), Fault> {
        if entity::kind(value) != Some("Location") {
            return Ok(());
        }
        let (files, faults) = self.offline.targets(value, file);
        let files = files.iter().filter_map(|file| file.canonicalize().ok());
        report.leads_to.extend(files);
        faults.into_iter().next().map_or(Ok(()), Err)
    }

    /// The highest of the given folders that a file lies in, or its own.
    fn root<'f>(&'f self, file: &'f Path) -> &'f Path {
        let folder = file.parent().unwrap_or(Path::new("/"));
        let around = self.roots.iter().filter(|root| folder.starts_with(root));
        let highest = around.min_by_key(|root| root.components().count());
        highest.map_or(folder, PathBuf::as_path)
    }
}

fn absolute(file: &Path) -> PathBuf {
    let folder = Path::new(".").join(descriptor::folder(file));
    let folder = folder.canonicalize().unwrap_or(folder);
    folder.join(file.file_name().unwrap_or_default())
}

/// A file in another encoding has one verdict, as in the catalog.
fn utf16(file: &Path) -> Line {
    Line {
        error: Some("Error: the file is UTF-16, not UTF-8".to_owned()),
        hint: Some("Save the file as UTF-8.".to_owned()),
        ..Line::of(file, 0, 1)
    }
}

/// A file without any document.
fn empty(file: &Path) -> Line {
    Line {
        verdict: "empty",
        warning: Some("the file has nothing but blanks and comments, so no entity comes from it".to_owned()),
        ..Line::of(file, 0, 1)
    }
}

/// Bytes that are no UTF-8 are read as U+FFFD.
fn warn_of_bytes(bytes: &[u8], lines: &mut [Line]) {
    if let (Err(error), Some(first)) = (std::str::from_utf8(bytes), lines.first_mut()) {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        first.warn(format!(
            "the file is not UTF-8: the first invalid byte is in line {line}, and read as \u{fffd}. Save it as UTF-8."
        ));
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
            line.warn(format!(
                "{reference} occurs more than once in {}; the last of them is served. Remove or rename the others.",
                line.file
            ));
        }
    }
}
