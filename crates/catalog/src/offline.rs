//! What the running catalog would do with files on this disk, told without a store and without asking any host.

mod reach;
mod unread;

use std::path::{Path, PathBuf};

use config::Config;
use model::{Fault, FaultKind, LocationRef, PLACEHOLDERS, entity};
use serde_json::{Map, Value};

use crate::ingest::{self, Room, SourceFile};
use crate::paths::normalize;
use crate::process::Resolver;
use crate::settings::Settings;
use reach::Reach;
use unread::Unread;

/// Judges files by a configuration, or by what holds without one.
pub struct Offline {
    settings: Settings,
    source: Unread,
    /// Which configured locations lead to a file; nothing without a configuration, whose rules would be judged by.
    reach: Option<Reach>,
}

/// What became of the placeholders of an entity. Something of the likely shape stands where none could be read.
#[derive(Debug, Default)]
pub struct Filled {
    /// The first that the catalog refuses.
    pub fault: Option<Fault>,
    /// Addresses that only a running portal reads.
    pub unread: Vec<String>,
    /// Files that were read.
    pub files: Vec<PathBuf>,
}

impl Offline {
    /// By a configuration: its rules, hosts and settings.
    pub fn new(config: &Config) -> Result<Self, Fault> {
        let settings = Settings::new(config)?;
        let reach = Reach::of(&settings);
        Ok(Self {
            source: Unread::new(config, true),
            reach: Some(reach),
            settings,
        })
    }

    /// Without a configuration: every kind may come from everywhere, and every host may be read.
    pub fn without_configuration() -> Result<Self, Fault> {
        let config = Config::from_value(Value::Object(Map::new()), Path::new("/"))
            .map_err(|_| Fault::error("the defaults are no configuration"))?;
        Ok(Self {
            settings: Settings::new(&config)?,
            source: Unread::new(&config, false),
            reach: None,
        })
    }

    /// Fills the placeholders of an entity in `file`, whose path is absolute. What lies below `root` may be read beside
    /// the repository of the file.
    pub async fn fill(&self, entity: &mut Value, file: &Path, root: &Path) -> Filled {
        let location = LocationRef::new("file", normalize(file));
        let origin = LocationRef::new("file", root.join("catalog-info.yaml").to_string_lossy());
        from_repository(entity, file);
        let source = self.source.clone();
        let mut resolver = Resolver {
            location: &location,
            origin: &origin,
            source: &source,
            local_files: self.settings.resolve_file_placeholders,
            max_bytes: self.settings.max_file_bytes,
            limits: &self.settings.yaml,
            read: Vec::new(),
            bytes: 0,
        };
        let fault = resolver.replace(entity).await.err();
        let files = resolver.read.iter().filter_map(|key| key.strip_prefix("file:"));
        let files = files.map(PathBuf::from).collect();
        stand_in(entity);
        Filled {
            fault,
            unread: source.take(),
            files,
        }
    }

    /// Refuses an entity of a kind that the rules do not allow where its file comes from.
    pub fn check_kind(&self, entity: &Value, file: &Path) -> Result<(), Fault> {
        let Some(reach) = &self.reach else { return Ok(()) };
        let rules = &self.settings.rules;
        let is_allowed = match reach.origins(file) {
            [] => rules.allow_somewhere(entity),
            origins => origins.iter().any(|origin| rules.allow(entity, origin)),
        };
        if is_allowed {
            return Ok(());
        }
        let kind = entity::kind(entity).unwrap_or_default();
        Err(Fault::not_allowed(format!(
            "The kind {kind} is not allowed by catalog.rules of the configuration"
        )))
    }

    /// The files that a `Location` in `file` names on this disk; what the catalog would tell of others.
    pub fn targets(&self, location: &Value, file: &Path) -> (Vec<PathBuf>, Vec<Fault>) {
        let mut located = location.clone();
        let own = LocationRef::new("file", normalize(file)).to_string();
        located["metadata"]["annotations"] = serde_json::json!({ entity::MANAGED_BY_LOCATION: own });
        let targets = ingest::targets(&located, &self.settings);
        let (mut files, mut faults) = (Vec::new(), Vec::new());
        for target in targets.unwrap_or_default() {
            match target {
                // Without a type it is an address when the location itself comes by URL, which most do.
                Ok(target) if is_address(&target.location.target) => {}
                Ok(target) if target.location.kind == "file" => {
                    let beside = file
                        .parent()
                        .unwrap_or(Path::new("/"))
                        .join(&target.location.target);
                    // From a repository a name alone is read beside its file.
                    let name = if beside.exists() {
                        normalize(&beside)
                    } else {
                        target.location.target
                    };
                    match self.files(&name) {
                        Ok(found) => files.extend(found),
                        Err(fault) if target.optional && fault.is(&FaultKind::NotFound) => {}
                        Err(fault) => faults.push(fault),
                    }
                }
                Ok(_) => {}
                Err(fault) => faults.push(fault),
            }
        }
        (files, faults)
    }

    /// The files that the target of a `file` location names; a fault if the catalog could not read one of them.
    pub fn files(&self, target: &str) -> Result<Vec<PathBuf>, Fault> {
        let (most, matches) = (self.settings.max_file_bytes, self.settings.max_matches);
        let reading = ingest::read_files(target, most, matches, &mut Room::of(ingest::MAX_BYTES));
        match reading.faults.into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(reading.files.into_iter().map(path_of).collect()),
        }
    }
}

/// The files that the target of a `file` location names, relative ones below the folder of the configuration.
pub fn files_of(config: &Config, target: &str) -> Result<Vec<PathBuf>, Fault> {
    let offline = Offline {
        settings: Settings::new(config)?,
        source: Unread::new(config, false),
        reach: None,
    };
    offline.files(&config.directory().join(target).to_string_lossy())
}

fn is_address(target: &str) -> bool {
    target.starts_with("http://") || target.starts_with("https://")
}

fn path_of(file: SourceFile) -> PathBuf {
    PathBuf::from(file.location.target)
}

/// What begins with `/` is read from the root of the repository when the descriptor comes by URL, which most do.
fn from_repository(value: &mut Value, file: &Path) {
    let folder = file.parent().unwrap_or(Path::new("/"));
    let Some(root) = folder.ancestors().find(|folder| folder.join(".git").exists()) else {
        return;
    };
    each_placeholder(value, &mut |_, argument| {
        if let Some(target) = argument.as_str().and_then(|target| target.strip_prefix('/')) {
            let path = root.join(target);
            if path.exists() {
                *argument = Value::String(path.to_string_lossy().into_owned());
            }
        }
        None
    });
}

/// Puts a text in the place of every placeholder, filled or not.
pub fn with_texts(value: &mut Value) {
    each_placeholder(value, &mut |_, argument| {
        Some(Value::String(argument.to_string()))
    });
}

/// Puts something of the likely shape in the place of what could not be read.
fn stand_in(value: &mut Value) {
    each_placeholder(value, &mut |key, argument| {
        Some(match key {
            "$json" | "$yaml" => Value::Object(Map::new()),
            _ => Value::String(argument.as_str().unwrap_or_default().to_owned()),
        })
    });
}

/// Visits every placeholder, which can be replaced.
fn each_placeholder(value: &mut Value, visit: &mut impl FnMut(&str, &mut Value) -> Option<Value>) {
    if let Value::Object(map) = value
        && map.len() == 1
        && let Some((key, argument)) = map.iter_mut().next()
        && PLACEHOLDERS.contains(&key.as_str())
    {
        if let Some(content) = visit(key, argument) {
            *value = content;
        }
        return;
    }
    match value {
        Value::Object(map) => map.values_mut().for_each(|child| each_placeholder(child, visit)),
        Value::Array(items) => items.iter_mut().for_each(|child| each_placeholder(child, visit)),
        _ => {}
    }
}
