//! `fetch:template` and `fetch:template:file`: files whose texts and names are rendered.

use async_trait::async_trait;
use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use model::{Fault, FaultKind};
use nunjucks::{Extensions, Options, Template};
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use scm::{Tree, TreeFile};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use work::JobLog;
use workspace::Workspace;

use super::source::Sources;
use super::{blocking, flag, object, text};

/// Extension of templates where the input asks for the usual one.
const EXTENSION: &str = ".njk";

pub(super) struct FetchTemplate {
    sources: Sources,
    filters: Extensions,
}

impl FetchTemplate {
    pub(super) fn new(sources: Sources, filters: Extensions) -> Self {
        Self { sources, filters }
    }
}

#[async_trait]
impl Action for FetchTemplate {
    fn id(&self) -> &'static str {
        "fetch:template"
    }

    fn description(&self) -> &'static str {
        "Downloads a skeleton, templates variables into file and directory names and content, and places the result in the \
         workspace, or optionally in a subdirectory specified by the `targetPath` input option."
    }

    fn schema(&self) -> ActionSchema {
        ActionSchema {
            input: object(&["url"], properties()),
            output: Value::Null,
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Downloads a skeleton directory that lives alongside the template file and fill it out with values."
                .to_owned(),
            input: json!({"url": "./skeleton", "values": {"name": "test-project", "count": 1234}}),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let input = &context.input;
        let address = input["url"].as_str().unwrap_or_default();
        let rendering = Rendering::of(input, &self.filters)?;
        context.log.info("Fetching template content from remote URL");
        let tree = self.sources.folder(address, &context).await?;
        let target = input["targetPath"].as_str().unwrap_or("./");
        let workspace = context.workspace.below(target)?;
        let (log, stop) = (context.log.clone(), context.stop.clone());
        context.log.info(format!(
            "Processing {} template files/directories with input values",
            tree.files.len()
        ));
        let target = target.to_owned();
        blocking(move || rendering.write(&tree, &workspace, &log, &stop)).await?;
        context.log.info(format!("Template result written to {target}"));
        Ok(json!({}))
    }
}

fn properties() -> Value {
    json!({
        "url": text("Relative path or absolute URL pointing to the directory tree to fetch"),
        "targetPath": text("Target path within the working directory to download the contents to. Defaults to the working directory root."),
        "values": {"type": "object", "additionalProperties": {}, "description": "Values to pass on to the templating engine"},
        "copyWithoutRender": {
            "type": "array", "items": {"type": "string"},
            "description": "An array of glob patterns. Any files or directories which match are copied without being processed as templates.",
        },
        "copyWithoutTemplating": {
            "type": "array", "items": {"type": "string"},
            "description": "An array of glob patterns. Contents of matched files or directories are copied without being processed, but paths are subject to rendering.",
        },
        "cookiecutterCompat": flag("Enable features to maximise compatibility with templates built for fetch:cookiecutter"),
        "templateFileExtension": {
            "type": ["string", "boolean"],
            "description": "If set, only files with the given extension will be templated. If set to `true`, the default extension `.njk` is used.",
        },
        "replace": flag("If set, replace files in targetPath instead of skipping existing ones."),
        "trimBlocks": flag("If set, the first newline after a block is removed (block, not variable tag)."),
        "lstripBlocks": flag("If set, leading spaces and tabs are stripped from the start of a line to a block."),
        "token": text("An optional token to use for authentication when reading the resources."),
    })
}

/// How files become those of the workspace.
pub(crate) struct Rendering {
    root: &'static str,
    context: Value,
    options: Options,
    filters: Extensions,
    /// Only files with this extension are rendered, and lose it.
    extension: Option<String>,
    /// These are copied; their names are rendered.
    copied: GlobSet,
    replaces: bool,
}

impl Rendering {
    /// By the input of the action.
    pub(crate) fn of(input: &Value, filters: &Extensions) -> Result<Self, Fault> {
        let is_set = |key: &str| input[key] == true;
        let extension = match &input["templateFileExtension"] {
            Value::Bool(true) => Some(EXTENSION.to_owned()),
            Value::String(extension) if extension.starts_with('.') => Some(extension.clone()),
            Value::String(extension) if !extension.is_empty() => Some(format!(".{extension}")),
            _ => None,
        };
        let patterns = input["copyWithoutTemplating"].as_array();
        if extension.is_some() && (patterns.is_some() || is_set("cookiecutterCompat")) {
            return Err(Fault::input(
                "Fetch action input extension incompatible with copyWithoutTemplating and cookiecutterCompat",
            ));
        }
        let values = input.get("values").cloned().unwrap_or_else(|| json!({}));
        let is_cookiecutter = is_set("cookiecutterCompat");
        let name = if is_cookiecutter { "cookiecutter" } else { "values" };
        Ok(Self {
            root: name,
            context: json!({ name: values }),
            options: Options {
                variable_start: if is_cookiecutter { "{{" } else { "${{" },
                has_python_words: is_cookiecutter,
                trim_blocks: is_set("trimBlocks"),
                lstrip_blocks: is_set("lstripBlocks"),
                ..Options::default()
            },
            filters: filters.clone(),
            extension,
            copied: globs(patterns.map(Vec::as_slice).unwrap_or_default())?,
            replaces: is_set("replace"),
        })
    }

    /// The name that a file gets, before it is rendered, and whether the text of the file is rendered.
    pub(crate) fn name_of<'p>(&self, path: &'p str) -> (&'p str, bool) {
        match &self.extension {
            Some(extension) => match path.strip_suffix(extension.as_str()) {
                Some(name) => (name, true),
                None => (path, false),
            },
            None => (path, !self.copied.is_match(path)),
        }
    }

    /// How texts are read.
    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// The name by which texts see the values.
    pub(crate) fn root(&self) -> &'static str {
        self.root
    }

    fn write(
        &self,
        tree: &Tree,
        workspace: &Workspace,
        log: &JobLog,
        stop: &CancellationToken,
    ) -> Result<(), Fault> {
        for (path, file) in &tree.files {
            if stop.is_cancelled() {
                return Err(Fault::error("The step was ended"));
            }
            self.write_file(path, file, workspace, log)?;
        }
        Ok(())
    }

    fn write_file(
        &self,
        path: &str,
        file: &TreeFile,
        workspace: &Workspace,
        log: &JobLog,
    ) -> Result<(), Fault> {
        let (name, is_rendered) = self.name_of(path);
        let name = self
            .render(name)
            .map_err(|fault| in_file(path, "the name of ", fault))?;
        if name.is_empty() || name.starts_with('/') || name.contains("//") || name.ends_with('/') {
            return Ok(());
        }
        if !self.replaces && workspace.has(&name) {
            return Ok(());
        }
        let text = std::str::from_utf8(&file.bytes)
            .ok()
            .filter(|text| !text.contains('\0'));
        if let Some(text) = text.filter(|_| is_rendered) {
            let rendered = self.render(text).map_err(|fault| in_file(path, "", fault))?;
            return workspace.write(&name, rendered.as_bytes(), file.is_executable);
        }
        if self.extension.is_none() {
            let word = if text.is_some() {
                "file/directory"
            } else {
                "binary file"
            };
            log.info(format!("Copying {word} {path} without processing."));
        }
        workspace.write(&name, &file.bytes, file.is_executable)
    }

    fn render(&self, text: &str) -> Result<String, Fault> {
        let rendered = Template::parse(text, &self.options)
            .and_then(|template| template.render_text(&self.context, &self.filters));
        rendered.map_err(|error| {
            let name = FaultKind::Other("TemplateRenderError".into());
            Fault::new(name.as_wire(), error.to_string())
        })
    }
}

fn in_file(path: &str, part: &str, fault: Fault) -> Fault {
    Fault::new(fault.name.clone(), format!("{} (in {part}{path})", fault.message))
}

/// Patterns as they are meant in templates: one that names a folder means all that is in it.
fn globs(patterns: &[Value]) -> Result<GlobSet, Fault> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns.iter().filter_map(Value::as_str) {
        let wrong =
            |error: globset::Error| Fault::input(format!("The pattern {pattern:?} cannot be read: {error}"));
        let glob = |text: &str| -> Result<Glob, Fault> {
            GlobBuilder::new(text)
                .literal_separator(true)
                .build()
                .map_err(wrong)
        };
        let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
        set.add(glob(pattern)?);
        set.add(glob(&format!("{pattern}/**"))?);
    }
    set.build().map_err(|error| Fault::input(error.to_string()))
}

pub(super) struct FetchTemplateFile {
    sources: Sources,
    filters: Extensions,
}

impl FetchTemplateFile {
    pub(super) fn new(sources: Sources, filters: Extensions) -> Self {
        Self { sources, filters }
    }
}

#[async_trait]
impl Action for FetchTemplateFile {
    fn id(&self) -> &'static str {
        "fetch:template:file"
    }

    fn description(&self) -> &'static str {
        "Downloads single file and places it in the workspace."
    }

    fn schema(&self) -> ActionSchema {
        let all = properties();
        let taken = [
            "url",
            "targetPath",
            "values",
            "cookiecutterCompat",
            "replace",
            "trimBlocks",
            "lstripBlocks",
            "token",
        ];
        let properties: serde_json::Map<String, Value> = taken
            .iter()
            .map(|key| ((*key).to_owned(), all[*key].clone()))
            .collect();
        ActionSchema {
            input: object(&["url", "targetPath"], Value::Object(properties)),
            output: Value::Null,
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description:
                "Downloads a template file that lives alongside the template and fill it out with values."
                    .to_owned(),
            input: json!({"url": "./skeleton.txt", "targetPath": "./readme.txt", "values": {"name": "test-project"}}),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let input = &context.input;
        let rendering = Rendering::of(input, &self.filters)?;
        let text = |key: &str| input[key].as_str().unwrap_or_default();
        let (address, target) = (text("url"), text("targetPath"));
        let workspace = context.workspace.clone();
        if !rendering.replaces && workspace.has(target) {
            context.log.info(format!(
                "File {target} already exists in workspace, not replacing."
            ));
            return Ok(json!({}));
        }
        let file = self.sources.file(address, &context).await?;
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        let rendered = rendering
            .render(&text)
            .map_err(|fault| in_file(address, "", fault))?;
        workspace.write(target, rendered.as_bytes(), file.is_executable)?;
        Ok(json!({}))
    }
}
