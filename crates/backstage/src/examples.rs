//! The example catalog that the program carries, for a start in a folder without configuration and without `examples`.
//!
//! It is written into the data folder, because descriptors, templates and documentation are read as files. What is there
//! already is left alone, so that people may try changes; removing the folder brings the examples of the program back.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use config::Config;
use include_dir::{Dir, include_dir};

static CARRIED: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../examples");

/// The example catalog of a clone of the repository, from the folder that the portal is started in.
pub const BESIDE: &str = "./examples/catalog.yaml";

/// The file in the data folder that the carried catalog is written to.
pub fn carried(config: &Config) -> PathBuf {
    folder(config).join("catalog.yaml")
}

/// Whether this configuration shows the carried catalog.
pub fn are_shown(config: &Config) -> bool {
    let carried = carried(config);
    let targets = config.catalog().locations.iter().map(|location| &location.target);
    config.files().is_empty() && targets.into_iter().any(|target| Path::new(target) == carried)
}

/// Writes the carried catalog where this configuration shows it and the folder is not there.
///
/// # Errors
/// The folder cannot be written.
pub fn write_carried(config: &Config) -> Result<()> {
    let folder = folder(config);
    if !are_shown(config) || folder.exists() {
        return Ok(());
    }
    write_all(&folder)
        .with_context(|| format!("the example catalog cannot be written to {}", folder.display()))
}

/// All files, or none: they come into a folder of another name first, so that a start that ends early leaves no half.
fn write_all(folder: &Path) -> Result<()> {
    let parent = folder.parent().context("the data folder has no name")?;
    let unfinished = parent.join(".examples-unfinished");
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished)?;
    }
    std::fs::create_dir_all(&unfinished)?;
    CARRIED.extract(&unfinished)?;
    std::fs::rename(&unfinished, folder)?;
    Ok(())
}

fn folder(config: &Config) -> PathBuf {
    config.data_directory().join("examples")
}
