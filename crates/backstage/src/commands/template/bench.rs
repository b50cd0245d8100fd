//! The actions, filters and rules of the portal, without a portal that serves.

use std::path::PathBuf;

use anyhow::{Context, Result};
use config::Config;
use scaffolder::Workbench;

use crate::cli::Common;
use crate::settings;

/// A workbench with a folder of its own, which is removed at the end.
pub struct Bench {
    pub workbench: Workbench,
    scratch: PathBuf,
}

impl Bench {
    /// By the configuration that is named or lies in this folder. Other servers are called only where `has_network`.
    pub async fn open(common: &Common, has_network: bool) -> Result<Self> {
        let config = configuration(common)?;
        let scratch = scratch()?;
        let trust = if has_network {
            Some(settings::extra_authorities()?)
        } else {
            None
        };
        let workbench = portal::workbench(&config, &scratch, trust).await?;
        Ok(Self { workbench, scratch })
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // What cannot be removed lies in the system's folder for such things.
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}

/// Without a configuration at hand there are no hosts and no environment.
fn configuration(common: &Common) -> Result<Config> {
    let options = settings::load_options(common)?;
    if options.has_default_file() {
        return settings::require(common);
    }
    let empty = serde_json::Value::Object(serde_json::Map::new());
    Config::from_value(empty, &options.cwd).map_err(|_| anyhow::anyhow!("the defaults are no configuration"))
}

/// A new folder that no other user reads.
fn scratch() -> Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    let name = format!("backstage-template-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder);
    made.with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    Ok(folder)
}
