//! Agreement with the original: verdicts on real documents and recorded answers of its server.
//!
//! Every figure is printed and compared with `conformance/floors.json`; a figure below its floor
//! fails. Figures may only rise: raise the floor with them. Without the shared data it stops.

mod floors;
mod replay;
mod verdicts;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::process::root;
use crate::{server, setup};

/// How many of the judged cases agree.
pub struct Agreement {
    /// Key in `floors.json`.
    pub name: String,
    /// Cases that agree.
    pub agree: usize,
    /// Cases that were judged.
    pub judged: usize,
    /// What differs, a line each.
    pub differences: Vec<String>,
}

/// Runs every comparison.
pub fn run_all() -> Result<()> {
    let shared = shared_folder()?;
    setup::for_comparison()?;
    let binary = server::build()?;
    let mut agreements = verdicts::compare(&shared, &binary)?;
    agreements.extend(replay::compare(&shared, &binary)?);
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
