//! Tries a template without a trace: its steps run in a folder that is thrown away, and those that change something
//! elsewhere say what they would give.
//!
//! Nothing is stored, and no task is made of it.

mod made_up;

pub(crate) use made_up::fill;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use model::{Actor, Fault};
use nunjucks::Extensions;
use plugin::{ActionContext, ActionRegistry, Secrets, Slot, TemplateRun};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use work::{Checkpoint, JobLog, LogLevel};
use workspace::{Workspace, WorkspaceFile, lay_out};

use crate::actions::would_publish;
use crate::conditions::ActionLimit;
use crate::redaction::Redactor;
use crate::refusal;
use crate::run::{Stage, joined, shown};
use crate::settings::{Settings, private_folder};
use crate::tasks::{EventKind, StepState, TaskEvent};
use crate::template::{Step, Template, template_version};

/// Longest dry run.
const LONGEST: Duration = Duration::from_mins(5);
/// Dry runs at the same time.
const AT_ONCE: usize = 4;
/// Most bytes of all files that one brings.
const MOST_BYTES: usize = 10 << 20;
/// The reference by which a tried template is known to its steps.
const TRIED: &str = "template:default/dry-run";
/// Where the template lies in its folder.
const TEMPLATE_FILE: &str = "template.yaml";
/// The log of the workspace in the folder of a dry run.
const FILES: &str = "files.log";

/// Tries templates. Cheap to clone.
#[derive(Clone)]
pub struct DryRunner {
    pub(crate) actions: Slot<ActionRegistry>,
    pub(crate) filters: Extensions,
    pub(crate) settings: Arc<Settings>,
    places: Arc<Semaphore>,
}

/// What is tried.
pub struct DryRun<'a> {
    /// The template.
    pub template: &'a Template,
    /// The values of its form.
    pub values: &'a Value,
    /// Secrets by name.
    pub secrets: BTreeMap<String, String>,
    /// The person, as expressions see it.
    pub user: Option<Value>,
    /// In whose name actions read.
    pub actor: Actor,
    /// What expressions see as `environment.parameters`, in place of what the configuration says.
    pub environment: Option<Value>,
    /// What lies beside the template.
    pub beside: Beside,
    /// The key of the step at which the run ends: what it would publish is what is wanted.
    pub until: Option<&'a str>,
    /// The actions that may be run.
    pub limit: ActionLimit,
    /// The values are made up; so is what steps look for elsewhere and do not find.
    pub is_made_up: bool,
}

/// What lies beside a template.
#[derive(Debug)]
pub enum Beside {
    /// These files.
    Files(Vec<WorkspaceFile>),
    /// What lies on this disk.
    Disk {
        /// The template's own file, an absolute path.
        file: PathBuf,
        /// The folder around it that no relative address leaves, an absolute path.
        root: PathBuf,
        /// Folders of this disk that stand for addresses elsewhere, by the beginning of the address.
        folders: Vec<(String, PathBuf)>,
    },
    /// What lies beside this address at a Git host.
    Url(String),
}

/// What a dry run gave.
#[derive(Debug)]
pub struct DryRunReport {
    /// What happened, in its order; secrets are hidden.
    pub log: Vec<TaskEvent>,
    /// The files of the workspace at the end.
    pub files: Vec<WorkspaceFile>,
    /// The output of the template.
    pub output: Value,
    /// The steps with their defaults.
    pub steps: Value,
    /// The files that the step would publish at which the run ended.
    pub published: Option<Vec<WorkspaceFile>>,
    /// Why it ended before its last step; log and files are those up to there, and there is no output.
    pub failure: Option<Fault>,
}

/// What a dry run gave, and what hides the secrets in its files.
pub(crate) struct Tried {
    pub(crate) report: DryRunReport,
    pub(crate) redactor: Redactor,
}

/// A folder that is removed whatever becomes of who uses it.
struct Passing(PathBuf);

impl Drop for Passing {
    fn drop(&mut self) {
        let folder = std::mem::take(&mut self.0);
        // It may never have been made. A run that is given up is dropped without waiting for anything.
        std::thread::spawn(move || std::fs::remove_dir_all(folder));
    }
}

/// A dry run that is under way.
struct Trial<'a> {
    stage: Stage,
    actor: &'a Actor,
    workspace: Workspace,
    run: TemplateRun,
    log: Vec<TaskEvent>,
    stop: CancellationToken,
    until: Option<&'a str>,
    published: Option<Vec<WorkspaceFile>>,
    /// What is read of the output of each step, by its id.
    made_up: Option<Value>,
}

impl DryRunner {
    pub(crate) fn new(actions: Slot<ActionRegistry>, filters: Extensions, settings: Arc<Settings>) -> Self {
        Self {
            actions,
            filters,
            settings,
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Tries a template. It ends with the first step that fails.
    pub async fn run(&self, wanted: DryRun<'_>, stop: &CancellationToken) -> Result<DryRunReport, Fault> {
        Ok(self.try_out(wanted, stop).await?.report)
    }

    /// The same, with what hides the secrets. Who gives the answer up ends the run.
    pub(crate) async fn try_out(&self, wanted: DryRun<'_>, stop: &CancellationToken) -> Result<Tried, Fault> {
        // Its task could not be begun.
        if let Some(fault) = refusal::of_trial(&wanted.template.entity) {
            return Err(fault);
        }
        let bytes: usize = match &wanted.beside {
            Beside::Files(files) => files.iter().map(|file| file.bytes.len()).sum(),
            Beside::Disk { .. } | Beside::Url(_) => 0,
        };
        if bytes > MOST_BYTES {
            return Err(Fault::input(format!(
                "The files beside the template are larger than {MOST_BYTES} bytes"
            )));
        }
        let _place = self
            .places
            .acquire()
            .await
            .map_err(|_| Fault::error("the process stops"))?;
        let id = format!("dry-run-{}", Uuid::new_v4());
        let folder = Passing(self.settings.workspaces.join(&id));
        let stop = stop.child_token();
        let _ends = stop.clone().drop_guard();
        let tried = self.run_in(&folder.0, id, wanted, stop);
        tokio::time::timeout(LONGEST, tried).await.unwrap_or_else(|_| {
            let longest = LONGEST.as_secs() / 60;
            Err(Fault::error(format!(
                "The dry run took longer than {longest} minutes"
            )))
        })
    }

    async fn run_in(
        &self,
        folder: &Path,
        id: String,
        wanted: DryRun<'_>,
        stop: CancellationToken,
    ) -> Result<Tried, Fault> {
        private_folder(folder)?;
        let workspace = Workspace::open(&folder.join(FILES))?;
        let mut spec = wanted.template.task_spec(wanted.values, wanted.user);
        let base_url = base_url(&wanted.beside, folder)?;
        spec["templateInfo"]["baseUrl"] = base_url.as_str().into();
        let steps = spec["steps"].clone();
        let settings = match wanted.environment {
            Some(environment) => Arc::new(Settings {
                environment,
                ..Settings::clone(&self.settings)
            }),
            None => self.settings.clone(),
        };
        let parts = (self.actions.clone(), self.filters.clone(), settings);
        let version = template_version(&spec);
        let mut stage = Stage::new(parts, spec, id.clone(), wanted.secrets);
        stage.limit = wanted.limit;
        let mut trial = Trial {
            stage,
            actor: &wanted.actor,
            workspace: workspace.clone(),
            run: TemplateRun {
                task: id,
                begun_at: Timestamp::now(),
                // As the original names every template that is tried.
                template: TRIED.to_owned(),
                base_url: Some(base_url),
                version,
                root: match &wanted.beside {
                    Beside::Disk { root, .. } => Some(root.clone()),
                    _ => None,
                },
                published: None,
                record: None,
                folders: match &wanted.beside {
                    Beside::Disk { folders, .. } => folders.clone(),
                    _ => Vec::new(),
                },
                made_up_output: None,
            },
            made_up: wanted
                .is_made_up
                .then(|| made_up::outputs(&steps, &wanted.template.output)),
            log: Vec::new(),
            stop,
            until: wanted.until,
            published: None,
        };
        let failure = trial.steps().await.err();
        Ok(Tried {
            report: DryRunReport {
                output: match &failure {
                    Some(_) => json!({}),
                    None => trial.stage.output(),
                },
                failure: failure.map(|fault| trial.stage.redacted(&fault)),
                log: trial.log,
                published: trial.published,
                files: workspace.files()?,
                steps,
            },
            redactor: trial.stage.redactor,
        })
    }
}

impl Trial<'_> {
    fn say(&mut self, mut event: TaskEvent) {
        event.message = self.stage.redactor.redact(&event.message);
        self.log.push(event);
    }

    fn line(&mut self, step: &Step, (level, text): (LogLevel, String)) {
        self.say(TaskEvent {
            level: Some(level),
            ..TaskEvent::step(step, None, text)
        });
    }

    async fn steps(&mut self) -> Result<(), Fault> {
        let steps = self.stage.steps.clone();
        // The original counts a step of its own that gathers the files.
        let text = format!("Starting up task with {} steps", steps.len() + 1);
        self.say(TaskEvent::of(EventKind::Log, text));
        for step in &steps {
            if let Err(fault) = self.step(step).await {
                self.say(TaskEvent::step(step, Some(StepState::Failed), fault.to_string()));
                return Err(fault);
            }
            if self.published.is_some() {
                break;
            }
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Result<(), Fault> {
        let begun = format!("Beginning step {}", step.name);
        self.say(TaskEvent::step(step, Some(StepState::Processing), begun));
        let context = self.stage.context(None);
        if Stage::condition_fails(step, &context) {
            let text = format!("Skipping step {} because its if condition was false", step.id);
            self.say(TaskEvent::step(step, Some(StepState::Skipped), text));
            self.stage.progress.finish(&step.key, None);
            return Ok(());
        }
        let action = self.stage.action(step)?;
        let input = Stage::shown_input(step, &context);
        if self.until == Some(step.key.as_str()) {
            self.published = Some(would_publish(&self.workspace, &input)?);
            return Ok(());
        }
        let input = serde_json::to_string_pretty(&input).unwrap_or_default();
        let text = format!(
            "Running {} in dry-run mode with inputs (secrets redacted): {input}",
            step.action
        );
        self.line(step, (LogLevel::Info, text));
        if !action.has_dry_run() {
            let text = format!("Skipping because {} does not support dry-run", step.action);
            self.say(TaskEvent::step(step, Some(StepState::Skipped), text));
            let mut output = match action.schema().output {
                Value::Null => json!({}),
                schema => example(&schema),
            };
            if let Some(read) = self.made_up_output(step) {
                made_up::fill(&mut output, &read);
            }
            self.stage.note_published(&output);
            self.stage.progress.finish(&step.key, Some(output));
            return Ok(());
        }
        let output = self.rounds(step).await?;
        self.stage.progress.finish(&step.key, Some(output));
        let text = format!("Finished step {}", step.name);
        self.say(TaskEvent::step(step, Some(StepState::Completed), text));
        Ok(())
    }

    /// What later steps read of a step, where all is made up.
    fn made_up_output(&self, step: &Step) -> Option<Value> {
        let all = self.made_up.as_ref()?;
        Some(all.get(&step.id).cloned().unwrap_or_else(|| json!({})))
    }

    async fn rounds(&mut self, step: &Step) -> Result<Value, Fault> {
        let context = self.stage.context(None);
        let mut outputs = Vec::new();
        for round in self.stage.rounds_of(step, &context)? {
            if let Some(each) = &round.each {
                let verb = if round.input.is_some() {
                    "Running"
                } else {
                    "Skipping"
                };
                self.line(
                    step,
                    (LogLevel::Info, format!("{verb} step each: {}", shown(each))),
                );
            }
            if let Some(input) = round.input {
                outputs.push(self.act(step, input).await?);
            }
        }
        if step.each.is_some() {
            return Ok(joined(&outputs));
        }
        Ok(outputs.pop().unwrap_or_else(|| json!({})))
    }

    async fn act(&mut self, step: &Step, input: Value) -> Result<Value, Fault> {
        self.stage.limit.check(&step.action, Some(&input))?;
        let Some(actions) = self.stage.actions.get().cloned() else {
            return Err(Fault::error("The actions are not known yet"));
        };
        let log = JobLog::in_memory();
        let context = ActionContext {
            input,
            actor: self.actor.clone(),
            workspace: self.workspace.clone(),
            secrets: Secrets::new(self.stage.secrets.clone()),
            log: log.clone(),
            checkpoint: Checkpoint::in_memory(None),
            stop: self.stop.clone(),
            dry_run: true,
            template_run: Some(TemplateRun {
                published: self.stage.progress.published.clone(),
                made_up_output: self.made_up_output(step),
                ..self.run.clone()
            }),
        };
        let ended = actions.run(&step.action, context).await;
        for line in log.take() {
            self.line(step, line);
        }
        ended
    }
}

/// Puts what lies beside a template into a folder, where it is not on this disk already. The path of the template's own file.
fn base_url(beside: &Beside, folder: &Path) -> Result<String, Fault> {
    let address = |file: &Path| format!("file://{}", file.display());
    let written = match beside {
        Beside::Url(url) => return Ok(url.clone()),
        Beside::Disk { file, .. } => return Ok(address(file)),
        Beside::Files(files) => files,
    };
    let beside = folder.join("template");
    private_folder(&beside)?;
    lay_out(&beside, written)?;
    Ok(address(&beside.join(TEMPLATE_FILE)))
}

/// A value that fits a schema, for the output of a step that is passed over.
fn example(schema: &Value) -> Value {
    if let Some(first) = schema["examples"]
        .as_array()
        .and_then(|examples| examples.first())
    {
        return first.clone();
    }
    match schema["type"].as_str() {
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            properties
                .map(|(key, schema)| (key.clone(), example(schema)))
                .collect()
        }
        Some("array") => {
            let first = match &schema["items"] {
                Value::Array(all) => all.first(),
                Value::Null => None,
                one => Some(one),
            };
            first.map(example).into_iter().collect()
        }
        Some("string") => "<example>".into(),
        Some("number" | "integer") => 0.into(),
        Some("boolean") => false.into(),
        _ => "<unknown>".into(),
    }
}

#[cfg(test)]
mod tests;
