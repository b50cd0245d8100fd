//! `backstage backup` and `backstage restore`: a copy of the database that is whole at one moment, and the way back.
//!
//! Nothing but the database needs one: indexes are made again. The store is left out, because it would bring a database
//! to the newest form first.

mod postgres;
mod sqlite;
mod tables;

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use config::DatabaseTarget;

use crate::cli::{BackupArguments, Common, RestoreArguments};
use crate::{output, settings};

/// Writes a backup while the portal may run.
pub async fn back_up(common: &Common, what: &BackupArguments) -> Result<ExitCode> {
    let config = settings::require(common)?;
    let to = what.file.as_path();
    if to.exists() {
        bail!("{} is there already: a backup replaces nothing", to.display());
    }
    match config.database() {
        DatabaseTarget::SqliteFile(file) => sqlite::back_up(file, to).await?,
        DatabaseTarget::SqliteMemory => bail!("{IN_MEMORY}"),
        DatabaseTarget::Postgres { url, schema } => {
            postgres::back_up(url.expose(), schema.as_deref(), to)?;
        }
    }
    tell(to)
}

/// Puts a backup in place of the database of a portal that is stopped.
pub async fn restore(common: &Common, what: &RestoreArguments) -> Result<ExitCode> {
    let config = settings::require(common)?;
    if !what.file.is_file() {
        bail!("there is no backup {}", what.file.display());
    }
    match config.database() {
        DatabaseTarget::SqliteFile(file) => {
            let kept = sqlite::restore(&what.file, file, what.replace).await?;
            if let Some(kept) = kept {
                output::line(&format!(
                    "the database that was there is kept as {}",
                    kept.display()
                ))?;
            }
        }
        DatabaseTarget::SqliteMemory => bail!("{IN_MEMORY}"),
        DatabaseTarget::Postgres { url, schema } => {
            postgres::restore(&what.file, url.expose(), schema.as_deref(), what.replace)?;
        }
    }
    output::line(&format!(
        "restored from {}; start the portal now",
        what.file.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Why there is nothing to copy.
const IN_MEMORY: &str =
    "the database is in memory and belongs to one process: there is nothing to back up or restore";

fn tell(file: &Path) -> Result<ExitCode> {
    let bytes = std::fs::metadata(file)?.len();
    output::line(&format!("{}: {bytes} bytes", file.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Gives a file that is whole and on the disk its name; one that is not goes away.
fn finish(made: Result<()>, part: &Path, to: &Path) -> Result<()> {
    let named = made.and_then(|()| {
        File::open(part)?.sync_all()?;
        std::fs::rename(part, to)?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
        Ok(File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?)
    });
    if named.is_err() {
        let _ = std::fs::remove_file(part);
    }
    named
}

/// An empty file that its owner alone reads.
fn make_private(file: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let made = options.open(file);
    made.map(drop).with_context(|| {
        format!(
            "cannot make {}: if another backup is not at work, remove it",
            file.display()
        )
    })
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(end);
    name.into()
}
