//! Finding and reading the sources, lowest priority first.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Fault, Place, Problem, Severity};
use serde_json::Value;

use crate::config::Loaded;
use crate::merge::merge;
use crate::node::{Content, Node, Origin};
use crate::shown::syntax_reason;
use crate::source::{Source, read_bounded};
use crate::transform::{Transformer, absolute};

/// Used when there is no file at all.
const BUILTIN: &str = include_str!("builtin.yaml");

/// What to load.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The files of `--config`, later ones win. Empty: `app-config.yaml` and its companions in `cwd`.
    pub files: Vec<PathBuf>,
    /// The environment: values for `${…}`, `BACKSTAGE_ENV` and `APP_CONFIG_…`.
    pub env: BTreeMap<String, String>,
    /// The folder the portal was started in; relative paths start here.
    pub cwd: PathBuf,
}

impl LoadOptions {
    /// Whether files are meant to be read: named ones, or any in the folder, be it a link to nothing or one
    /// that only adds to `app-config.yaml`.
    pub fn has_default_file(&self) -> bool {
        !self.files.is_empty()
            || self.cwd.join("app-config.yaml").symlink_metadata().is_ok()
            || self.default_files().len() > 1
    }

    /// The files to read, lowest priority first.
    pub fn resolved_files(&self) -> Vec<PathBuf> {
        if self.files.is_empty() {
            self.default_files()
        } else {
            self.files
                .iter()
                .map(|file| absolute(&self.cwd, &file.to_string_lossy()))
                .collect()
        }
    }

    /// `app-config.yaml` must exist; the others are read when they do.
    fn default_files(&self) -> Vec<PathBuf> {
        let names = self.environment_names();
        let shared = names.iter().map(|name| shared_file(name));
        let local = names.iter().map(|name| local_file(name));
        let optional = shared.chain(["app-config.local.yaml".to_owned()]).chain(local);
        let optional = optional
            .map(|name| self.cwd.join(name))
            .filter(|path| path.exists());
        [self.cwd.join("app-config.yaml")]
            .into_iter()
            .chain(optional)
            .collect()
    }

    /// The names in `BACKSTAGE_ENV`.
    fn environment_names(&self) -> Vec<&str> {
        let names = self.env.get("BACKSTAGE_ENV").map_or("", String::as_str);
        names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// A warning for each name in `BACKSTAGE_ENV` that adds no file.
    fn names_without_file(&self) -> Vec<Problem> {
        let names = self.environment_names().into_iter();
        let (folder, is_ours) = (self.cwd.display(), self.files.is_empty());
        let is_missing = |name: &&str| {
            let files = [shared_file(name), local_file(name)];
            is_ours && !files.iter().any(|file| self.cwd.join(file).exists())
        };
        let warning = |name: &str| {
            let (shared, local) = (shared_file(name), local_file(name));
            let fault = Fault::not_found(format!(
                "BACKSTAGE_ENV names '{name}', but there is neither {shared} nor {local} in {folder}"
            ));
            let place = Place {
                source: "environment variable BACKSTAGE_ENV".to_owned(),
                ..Place::default()
            };
            let hint = "Create the file, correct the name, or name the files to read with --config.";
            Problem::warning(fault).at(place).hint(hint)
        };
        names.filter(is_missing).map(warning).collect()
    }
}

fn shared_file(name: &str) -> String {
    format!("app-config.{name}.yaml")
}

fn local_file(name: &str) -> String {
    format!("app-config.{name}.local.yaml")
}

/// Reads and merges all sources.
pub(crate) fn load(options: &LoadOptions) -> Result<Loaded, Vec<Problem>> {
    let files = options.resolved_files();
    let mut problems = options.names_without_file();
    let nodes: Vec<Node> = files
        .iter()
        .filter_map(|file| read_file(file, options, &mut problems))
        .collect();
    finish(nodes, files, options, problems)
}

/// The built-in defaults with `examples` as the catalog's one file, and the environment on top.
pub(crate) fn builtin(options: &LoadOptions, examples: &str) -> Result<Loaded, Vec<Problem>> {
    let source = Arc::new(Source::named("built-in defaults", BUILTIN.to_owned()));
    let mut value = parse(BUILTIN).map_err(|error| vec![malformed(error, &source.context)])?;
    if let Some(target) = value.pointer_mut("/catalog/locations/0/target") {
        *target = examples.into();
    }
    let node = Node::from_value(value, Origin::root(&source));
    finish(vec![node], Vec::new(), options, options.names_without_file())
}

/// A plain value without file or environment.
pub(crate) fn plain(value: Value, directory: &Path) -> Loaded {
    let source = Arc::new(Source::named("mock-config", String::new()));
    Loaded {
        tree: Node::from_value(value, Origin::root(&source)),
        files: Vec::new(),
        directory: directory.to_owned(),
        context: source.context.clone(),
        problems: Vec::new(),
    }
}

fn finish(
    nodes: Vec<Node>,
    files: Vec<PathBuf>,
    options: &LoadOptions,
    mut problems: Vec<Problem>,
) -> Result<Loaded, Vec<Problem>> {
    let environment = crate::environment::read(&options.env, &mut problems);
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(problems);
    }
    let empty = Arc::new(Source::named("app-config.yaml", String::new()));
    let empty = Node {
        origin: Origin::root(&empty),
        content: Content::Object(Vec::new()),
    };
    let nodes = nodes.into_iter().chain(environment);
    let tree = nodes.fold(None, merge).unwrap_or(empty);
    let context = tree.origin.source.context.clone();
    Ok(Loaded {
        tree,
        files,
        directory: options.cwd.clone(),
        context,
        problems,
    })
}

fn read_file(file: &Path, options: &LoadOptions, problems: &mut Vec<Problem>) -> Option<Node> {
    let text = match read_bounded(file) {
        Ok(text) => text,
        Err(error) => {
            problems.push(unreadable(file, &error, options));
            return None;
        }
    };
    let source = Arc::new(Source::file(file, text));
    let value = match parse(&source.text) {
        Ok(Value::Null) => return None,
        Ok(value) => value,
        Err(error) => {
            problems.push(malformed(error, &file.display().to_string()));
            return None;
        }
    };
    let mut transformer = Transformer {
        file,
        environment: &options.env,
        problems: Vec::new(),
    };
    let node = transformer.file(value, &source);
    problems.append(&mut transformer.problems);
    node
}

fn unreadable(file: &Path, error: &std::io::Error, options: &LoadOptions) -> Problem {
    let name = file.display();
    let place = Place {
        source: name.to_string(),
        ..Place::default()
    };
    let is_url = file.to_string_lossy().contains(":/");
    match error.kind() {
        std::io::ErrorKind::NotFound if is_url => Problem::error(Fault::error(format!(
            "Config argument \"{name}\" looks like a URL but remote configuration is not enabled"
        )))
        .hint("Download the file and pass its path."),
        std::io::ErrorKind::NotFound if file.is_symlink() => Problem::error(Fault::not_found(format!(
            "Config file \"{name}\" is a link to something that does not exist"
        )))
        .hint("Correct the link, or name another file with --config."),
        std::io::ErrorKind::NotFound => {
            Problem::error(Fault::not_found(format!("Config file \"{name}\" does not exist")))
                .hint(missing_hint(options))
        }
        _ => Problem::error(Fault::error(format!(
            "Failed to read config file at \"{name}\", {error}"
        ))),
    }
    .at(place)
}

fn missing_hint(options: &LoadOptions) -> String {
    let others = options.files.is_empty().then(|| options.default_files());
    match others.as_deref() {
        Some([_, other, ..]) => format!(
            "{} only adds to it: create it, or name the files to read with --config.",
            other.file_name().unwrap_or_default().to_string_lossy()
        ),
        _ => "Create it, or name another file with --config.".to_owned(),
    }
}

fn parse(text: &str) -> Result<Value, yaml::YamlError> {
    yaml::parse_one(text, &yaml::Limits::default())
}

fn malformed(error: yaml::YamlError, source: &str) -> Problem {
    let place = Place {
        source: source.to_owned(),
        line: u32::try_from(error.line).ok(),
        column: u32::try_from(error.column).ok(),
        ..Place::default()
    };
    let problem = Problem::error(Fault::new(error.name, syntax_reason(&error.message))).at(place);
    match error.hint {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}
