//! The section `scaffolder` of the configuration.

use std::path::{Path, PathBuf};

use config::{Config, ReadingAllow};
use model::Fault;
use plugin::ConfigSection;
use scm::AllowList;
use serde_json::{Map, Value, json};

/// Tasks that run at the same time, over all processes, unless the configuration says otherwise.
const AT_ONCE: u32 = 10;

/// What the configuration says about tasks and actions.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Name and address of commits' author.
    pub(crate) author: (String, String),
    /// Message of a first commit.
    pub(crate) commit_message: String,
    /// The parts of `author` that the configuration names.
    pub(crate) configured_author: (Option<String>, Option<String>),
    /// The message of a commit, if the configuration names one.
    pub(crate) configured_message: Option<String>,
    /// Organisation or user of new repositories where the template names none.
    pub(crate) owner: Option<String>,
    /// New repositories are private where the template does not say.
    pub(crate) is_private: bool,
    /// `environment.parameters` of expressions.
    pub(crate) environment: Value,
    /// `environment.secrets` of expressions.
    pub(crate) environment_secrets: Value,
    /// Tasks that run at the same time.
    pub(crate) at_once: u32,
    /// Repositories keep a record of their template.
    pub(crate) keeps_record: bool,
    /// Where each task has its folder.
    pub(crate) workspaces: PathBuf,
    /// Where local repositories are made.
    pub(crate) repositories: PathBuf,
    /// Which addresses `http:request` may call: those of `backend.reading.allow`, and the hosts of a key of its own.
    pub(crate) callable: AllowList,
}

/// The folder of local repositories: what the configuration says, else one in the data folder.
pub fn repositories_folder(config: &Config) -> PathBuf {
    let folder = section(config)["localRepositories"].as_str();
    folder.map_or_else(
        || config.data_directory().join("repositories"),
        |folder| config.directory().join(folder),
    )
}

fn section(config: &Config) -> &Value {
    config.value().get("scaffolder").unwrap_or(&Value::Null)
}

impl Settings {
    pub(crate) fn new(config: &Config) -> Self {
        let section = section(config);
        let text = |pointer: &str| {
            section
                .pointer(pointer)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let object = |pointer: &str| section.pointer(pointer).cloned().unwrap_or_else(|| json!({}));
        let working = config.backend().working_directory.as_ref();
        let working = working.map_or_else(
            || config.data_directory(),
            |folder| config.directory().join(folder),
        );
        let at_once = section["concurrentTasksLimit"].as_u64();
        Self {
            author: (
                text("/defaultAuthor/name").unwrap_or_else(|| "Scaffolder".to_owned()),
                text("/defaultAuthor/email").unwrap_or_else(|| "scaffolder@backstage.io".to_owned()),
            ),
            commit_message: text("/defaultCommitMessage").unwrap_or_else(|| "initial commit".to_owned()),
            configured_author: (text("/defaultAuthor/name"), text("/defaultAuthor/email")),
            configured_message: text("/defaultCommitMessage"),
            owner: text("/defaultOwner"),
            is_private: section["defaultVisibility"] == "private",
            environment: object("/defaultEnvironment/parameters"),
            environment_secrets: object("/defaultEnvironment/secrets"),
            at_once: at_once.map_or(AT_ONCE, |at_once| u32::try_from(at_once).unwrap_or(u32::MAX)),
            keeps_record: section["templateRecord"] != false,
            workspaces: working.join("scaffolder-workspaces"),
            repositories: repositories_folder(config),
            callable: callable(config),
        }
    }
}

fn callable(config: &Config) -> AllowList {
    let hosts = section(config)["http"]["allowedHosts"].as_array();
    let hosts = hosts.into_iter().flatten().filter_map(Value::as_str);
    let own = hosts.map(|host| ReadingAllow {
        host: host.to_owned(),
        paths: None,
    });
    let mut allowed = config.backend().reading.allow.clone();
    allowed.extend(own);
    AllowList::new(&allowed)
}

/// The section as the commands see it.
pub(crate) struct Section;

/// The keys with their schemas.
fn properties() -> Map<String, Value> {
    let text = |description: &str| json!({"type": "string", "description": description});
    let author = json!({
        "type": "object",
        "description": "Author of the commits that tasks make.",
        "properties": {"name": text("Name."), "email": text("Address.")},
    });
    let texts = |visibility: &str, description: &str| {
        json!({
            "type": "object", "description": description,
            "additionalProperties": {"type": "string", "visibility": visibility},
        })
    };
    let environment = json!({
        "type": "object",
        "description": "What expressions of all templates see as `environment`.",
        "properties": {
            "parameters": texts("backend", "Seen by all expressions."),
            "secrets": texts("secret", "Seen by the input of steps alone."),
        },
    });
    let http = json!({
        "type": "object",
        "description": "What the action http:request may call.",
        "properties": {"allowedHosts": {
            "type": "array", "items": {"type": "string"},
            "description": "Hosts that http:request may call beside those of backend.reading.allow: name, name:port or *.domain.",
        }},
    });
    let mut all = Map::new();
    for (key, schema) in [
        ("defaultAuthor", author),
        (
            "defaultCommitMessage",
            text("Message of a first commit. Default: initial commit."),
        ),
        ("defaultEnvironment", environment),
        (
            "defaultOwner",
            text(
                "Organisation or user of new repositories where a template's repoUrl names none. Default: the user of \
                 the integration's token.",
            ),
        ),
        (
            "defaultVisibility",
            json!({
                "enum": ["public", "private"],
                "description": "Of new repositories where a template does not say. Default: public, as in the original.",
            }),
        ),
        (
            "concurrentTasksLimit",
            json!({
                "type": "integer", "minimum": 0,
                "description": "Tasks that run at the same time, over all processes. Default: 10.",
            }),
        ),
        ("http", http),
        (
            "templateRecord",
            json!({
                "type": "boolean",
                "description": "Whether a repository that a template makes gets the file .backstage/template.yaml with template, commit and values, which updates need. Default: true.",
            }),
        ),
        (
            "localRepositories",
            text(
                "Folder in which the action publish:folder makes repositories. Default: repositories in the data folder.",
            ),
        ),
    ] {
        all.insert(key.to_owned(), schema);
    }
    all
}

impl ConfigSection for Section {
    fn path(&self) -> &'static str {
        "scaffolder"
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/templates.md")
    }

    fn schema(&self) -> Value {
        json!({
            "type": "object",
            "description": "Software templates: what tasks use where a template does not say.",
            "properties": properties(),
        })
    }
}

/// A folder that a task's folder is in, made with access for this user alone.
pub(crate) fn private_folder(folder: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    made.map_err(|error| {
        Fault::error(format!(
            "The folder {} cannot be made: {error}; set backend.workingDirectory to one that can be written",
            folder.display()
        ))
    })
}
