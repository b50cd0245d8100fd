//! Agreement with the original: verdicts on real documents and recorded answers of its server.
//!
//! Every figure is printed and compared with `conformance/floors.json`; a figure below its floor
//! fails. Figures may only rise: raise the floor with them. Without the shared data it stops.

mod areas;
mod cases;
mod corpus;
mod docs;
mod exceptions;
mod floors;
mod golden;
mod recorded;
mod replay;
mod templates;
mod verdicts;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::process::root;
use crate::steps::Steps;
use crate::{server, setup};

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

/// Compares documentation alone.
pub fn run_docs() -> Result<()> {
    let shared = shared_folder()?;
    setup::for_comparison()?;
    let mut steps = Steps::default();
    // A binary that is there already saves building everything.
    let binary = match std::env::var_os("BACKSTAGE_BINARY") {
        Some(binary) => PathBuf::from(binary),
        None => steps.step("building", server::build)?,
    };
    let agreements = steps.step("documentation", || docs::compare(&shared, &binary))?;
    floors::judge(&agreements)
}

/// Runs every comparison.
pub fn run_all() -> Result<()> {
    let shared = shared_folder()?;
    setup::for_comparison()?;
    let mut steps = Steps::default();
    let binary = steps.step("building", server::build)?;
    let mut agreements = steps.step("verdicts", || verdicts::compare(&shared, &binary))?;
    agreements.extend(steps.step("corpora", || corpus::compare(&shared, &binary))?);
    agreements.extend(steps.step("recorded answers", || replay::compare(&shared, &binary))?);
    agreements.extend(steps.step("templates", || templates::compare(&shared, &binary))?);
    agreements.extend(steps.step("searches", || golden::compare(&shared, &binary))?);
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
