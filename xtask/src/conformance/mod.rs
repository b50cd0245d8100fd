//! Agreement with the original: verdicts on real documents and recorded answers of its server.
//!
//! Every figure is printed and compared with `conformance/floors.json`; a figure below its floor
//! fails. Figures may only rise: raise the floor with them. Without the shared data it stops.

mod areas;
mod cases;
mod corpus;
mod definitions;
mod docs;
mod exceptions;
mod floors;
mod golden;
mod kubernetes;
mod language;
mod oracle;
mod recorded;
mod replay;
mod templates;
mod tokens;
mod verdicts;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::process::root;
use crate::steps::Steps;
use crate::{server, setup};

pub use docs::mkdocs;

/// How many of the judged cases agree.
#[derive(Default)]
pub struct Agreement {
    /// Key in `floors.json`.
    pub name: String,
    /// Cases that agree.
    pub agree: usize,
    /// Cases that were judged.
    pub judged: usize,
    /// What differs, a line each.
    pub differences: Vec<String>,
    /// Cases that differ on purpose, with the reason. Not judged.
    pub on_purpose: Vec<String>,
    /// Cases that were not sent, with the reason.
    pub left_out: Vec<String>,
    /// Cases that were not sent because they ask plugins that come later.
    pub other_plugins: usize,
    /// Recorded cases that differ because another of several files was read first. Not judged: the original
    /// does not always answer the same either.
    pub undecided: usize,
}

impl Agreement {
    /// Nothing judged yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// What is compared with the floor: everything recorded that agrees, or differs only by which of several
    /// files was read first. How many of those agree is luck and depends on the machine's load, the sum is
    /// not.
    pub fn figure(&self) -> usize {
        self.agree + self.undecided
    }

    /// Judges one item; `difference` says what is wrong with it.
    pub fn judge(&mut self, difference: Option<String>) {
        self.judged += 1;
        match difference {
            None => self.agree += 1,
            Some(difference) => self.differences.push(difference),
        }
    }
}

/// Names a binary that is built already, as for the browser tests.
const BINARY: &str = "BACKSTAGE_BINARY";

/// A comparison: its name on the command line, and what it does.
type Comparison = (&'static str, fn(&Path, &Path) -> Result<Vec<Agreement>>);

const COMPARISONS: [Comparison; 10] = [
    ("verdicts", verdicts::compare),
    ("corpora", corpus::compare),
    ("recorded", replay::compare),
    ("templates", templates::compare),
    ("language", language::compare),
    ("docs", docs::compare),
    ("searches", golden::compare),
    ("kubernetes", kubernetes::compare),
    ("definitions", definitions::compare),
    ("tokens", tokens::compare),
];

/// Runs the comparisons that are named, or every one.
pub fn run(names: &[String]) -> Result<()> {
    if let Some(unknown) = names
        .iter()
        .find(|name| COMPARISONS.iter().all(|(known, _)| known != name))
    {
        let known: Vec<&str> = COMPARISONS.iter().map(|(name, _)| *name).collect();
        bail!("there is no comparison {unknown}; there are {}", known.join(", "));
    }
    let shared = shared_folder()?;
    setup::for_comparison()?;
    let mut steps = Steps::default();
    let binary = match std::env::var_os(BINARY) {
        // Comparisons run it in folders of their own.
        Some(built) => std::path::absolute(built)?,
        None => steps.step("building", server::build)?,
    };
    let mut agreements = Vec::new();
    for (name, compare) in COMPARISONS {
        if names.is_empty() || names.iter().any(|wanted| wanted == name) {
            agreements.extend(steps.step(name, || compare(&shared, &binary))?);
        }
    }
    floors::judge(&agreements)
}

/// `$SHARED`, or the folder beside the repository.
pub fn shared_folder() -> Result<PathBuf> {
    let folder = std::env::var_os("SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    if !folder.join("contract").is_dir() {
        bail!(
            "the recorded answers are not at {}: this command compares with data that is not part of \
             the repository; put it there or set SHARED to its folder",
            folder.display()
        );
    }
    Ok(folder.canonicalize()?)
}
