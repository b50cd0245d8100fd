//! `roadiehq:utils:fs:replace`: other text for what is found in files.

use async_trait::async_trait;
use globset::{GlobBuilder, GlobMatcher};
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};
use workspace::{FILE_BYTES, Workspace};

use super::super::{blocking, flag, object, text};
use super::example;

pub(in crate::actions) struct Replace;

/// What is replaced, and where.
struct Replacement {
    pattern: String,
    find: String,
    with: String,
    is_pattern: bool,
    takes_hidden: bool,
}

#[async_trait]
impl Action for Replace {
    fn id(&self) -> &'static str {
        "roadiehq:utils:fs:replace"
    }

    fn description(&self) -> &'static str {
        "Replaces content of a file with given values."
    }

    fn schema(&self) -> ActionSchema {
        let file = json!({
            "type": "object",
            "required": ["file", "find", "replaceWith"],
            "properties": {
                "file": text("The source location of the file to be used to run replace against (supports wildcards)"),
                "find": text("A string to be replaced"),
                "matchRegex": flag("Use regex to match the find string"),
                "replaceWith": text("Text to be used to replace the found lines with"),
                "includeDotFiles": flag("A configuration option to include dotfiles when globbing files. Defaults to false"),
            },
            "additionalProperties": false,
        });
        let files = json!({
            "type": "array", "items": file,
            "description": "A list of files and replacements to be done",
        });
        ActionSchema {
            input: object(&["files"], json!({ "files": files })),
            output: Value::Null,
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        let files = json!([
            {"file": "**/*.json", "find": "NAME", "replaceWith": "${{ parameters.name }}"},
            {"file": "manifest.yaml", "find": "image: (\\S+):\\S+", "replaceWith": "image: $1:${{ parameters.tag }}", "matchRegex": true},
        ]);
        example("Replace a text and a pattern", json!({ "files": files }))
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let wanted = context.input["files"].as_array().into_iter().flatten();
        let wanted: Vec<Replacement> = wanted.map(Replacement::read).collect();
        let (workspace, log) = (context.workspace.clone(), context.log.clone());
        let work = blocking(move || {
            for one in &wanted {
                for path in one.files(&workspace)? {
                    one.apply(&workspace, &path)?;
                    log.info(format!("Replaced in {path}"));
                }
            }
            Ok(json!({}))
        });
        tokio::select! {
            done = work => done,
            () = context.stop.cancelled() => Err(Fault::error("The replacement was ended")),
        }
    }
}

impl Replacement {
    fn read(written: &Value) -> Self {
        let text = |key: &str| written[key].as_str().unwrap_or_default().to_owned();
        Self {
            pattern: text("file").trim_start_matches("./").to_owned(),
            find: text("find"),
            with: text("replaceWith"),
            is_pattern: written["matchRegex"] == true,
            takes_hidden: written["includeDotFiles"] == true,
        }
    }

    /// The files that the pattern names. Names that begin with a dot have to be named.
    fn files(&self, workspace: &Workspace) -> Result<Vec<String>, Fault> {
        workspace.path(&self.pattern)?;
        if workspace.is_file(&self.pattern) {
            return Ok(vec![self.pattern.clone()]);
        }
        let unreadable =
            |error: globset::Error| Fault::input(format!("{:?} cannot be read: {error}", self.pattern));
        let glob = GlobBuilder::new(&self.pattern).literal_separator(true).build();
        let glob: GlobMatcher = glob.map_err(unreadable)?.compile_matcher();
        let is_hidden = |path: &str| path.split('/').any(|part| part.starts_with('.'));
        let names_hidden = is_hidden(&self.pattern);
        let mut paths = workspace.paths();
        paths.retain(|path| glob.is_match(path) && (self.takes_hidden || names_hidden || !is_hidden(path)));
        Ok(paths)
    }

    fn apply(&self, workspace: &Workspace, path: &str) -> Result<(), Fault> {
        let before = workspace.text(path)?;
        let replaced = nunjucks::replace_all(&before, &self.find, self.is_pattern, &self.with, FILE_BYTES);
        let after = replaced.map_err(|reason| {
            Fault::input(format!("{:?} cannot be replaced in {path}: {reason}", self.find))
        })?;
        workspace.rewrite(path, after.as_bytes())
    }
}
