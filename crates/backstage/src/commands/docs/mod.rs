//! The commands that work with documentation, one file each. None of them needs a portal.

pub mod build;
pub mod check;
mod output_folder;
pub mod publish;
pub mod serve;

use std::path::Path;

use anyhow::{Context, Result};
use techdocs::Site;

/// The site at a path.
fn open(path: &Path) -> Result<Site> {
    must_exist(path)?;
    Site::of_folder(path).with_context(|| format!("the site at {} cannot be read", path.display()))
}

fn must_exist(path: &Path) -> Result<()> {
    if !path.exists() {
        anyhow::bail!(
            "there is no {}; name the folder with mkdocs.yml, docs or README.md",
            path.display()
        );
    }
    Ok(())
}
