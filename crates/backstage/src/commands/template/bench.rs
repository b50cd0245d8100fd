//! The actions, filters and rules of the portal, without a portal that serves.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use config::Config;
use model::entity;
use scaffolder::Workbench;
use serde_json::{Value, json};
use yaml::Limits;

use crate::cli::Common;
use crate::commands::{descriptor, walk};
use crate::settings;

/// A workbench with a folder of its own, which is removed at the end.
pub struct Bench {
    pub workbench: Workbench,
    scratch: PathBuf,
}

/// What is around the templates.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// Other servers are called.
    pub has_network: bool,
    /// Descriptor files of the entities that the catalog has, and folders that hold some.
    pub catalog: Vec<PathBuf>,
}

impl Bench {
    /// By the configuration that is named or lies in this folder.
    pub async fn open(common: &Common, around: &Surroundings) -> Result<Self> {
        let catalog = section(&around.catalog)?;
        let config = configuration(common, catalog.as_ref())?;
        let scratch = scratch()?;
        let trust = if around.has_network {
            Some(settings::extra_authorities()?)
        } else {
            None
        };
        let workbench = portal::workbench(&config, &scratch, trust, catalog.is_some()).await?;
        Ok(Self { workbench, scratch })
    }
}

/// The section `catalog` of a configuration that reads these files and takes what they have; nothing without files.
fn section(paths: &[PathBuf]) -> Result<Option<Value>> {
    if paths.is_empty() {
        return Ok(None);
    }
    let found = walk::descriptor_files(paths);
    if let Some(one) = found.unreadable.first() {
        bail!("{} cannot be read: {}", one.path.display(), one.reason);
    }
    let (mut kinds, mut locations) = (BTreeSet::new(), Vec::new());
    for file in &found.files {
        let name = file.display();
        let bytes = descriptor::read(file).with_context(|| format!("{name} cannot be read"))?;
        let text = String::from_utf8_lossy(&bytes);
        for document in yaml::parse(&text, &Limits::default()) {
            let value = document.value;
            let value = value
                .map_err(|error| anyhow!("{name}:{}:{}: {}", error.line, error.column, error.message))?;
            kinds.extend(entity::kind(&value).map(str::to_owned));
        }
        locations.push(json!({"type": "file", "target": std::path::absolute(file)?}));
    }
    if kinds.is_empty() {
        let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        bail!("--catalog: there are no entities in {}", paths.join(", "));
    }
    Ok(Some(
        json!({"rules": [{ "allow": kinds }], "locations": locations}),
    ))
}

impl Drop for Bench {
    fn drop(&mut self) {
        // What cannot be removed lies in the system's folder for such things.
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}

/// Without a configuration at hand there are no hosts and no environment. The catalog is that of the configuration unless there
/// is another one.
fn configuration(common: &Common, catalog: Option<&Value>) -> Result<Config> {
    let mut options = settings::load_options(common)?;
    if options.has_default_file() {
        if let Some(catalog) = catalog {
            options
                .env
                .insert("APP_CONFIG_catalog".to_owned(), catalog.to_string());
        }
        return settings::require_with(&options);
    }
    let alone = catalog.map_or_else(|| json!({}), |catalog| json!({ "catalog": catalog }));
    Config::from_value(alone, &options.cwd).map_err(|_| anyhow!("the defaults are no configuration"))
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
