//! A dry run as the editor shows it.

use std::collections::BTreeMap;

use model::{Actor, Fault};
use plugin::Decision;
use serde_json::Value;
use workspace::WorkspaceFile;

use crate::Scaffolder;
use crate::api::access::{self, Caller};
use crate::dry_run::{Beside, DryRun};
use crate::permissions::{TASK_CREATE, TEMPLATE_DRY_RUN};
use crate::redaction::Redactor;
use crate::tasks::{StepState, TaskEvent};
use crate::template::Template;
use crate::validation;

/// Most files that are shown.
const MOST_FILES: usize = 400;
/// Most bytes of the texts of all files that are shown.
const MOST_BYTES: usize = 1 << 20;

/// What is tried.
pub(super) struct Wanted<'a> {
    pub scaffolder: &'a Scaffolder,
    pub caller: &'a Caller,
    pub actor: &'a Actor,
    pub template: &'a Template,
    pub values: &'a Value,
    pub secrets: BTreeMap<String, String>,
    pub files: Vec<WorkspaceFile>,
    pub base_url: Option<String>,
}

/// What a dry run gave. No secrets.
#[derive(Debug, Default)]
pub(in crate::pages) struct TrialView {
    pub steps: Vec<TrialStep>,
    pub files: Vec<TrialFile>,
    /// Files that are not shown.
    pub more_files: usize,
    pub output: Value,
    /// Why it ended early: the step, if one failed, and the reason.
    pub failure: Option<(Option<String>, String)>,
}

/// A step of a dry run.
#[derive(Debug)]
pub(in crate::pages) struct TrialStep {
    pub key: String,
    pub name: String,
    pub action: String,
    pub state: StepState,
    pub log: Vec<TaskEvent>,
}

/// A file that a dry run made.
#[derive(Debug)]
pub(in crate::pages) struct TrialFile {
    pub path: String,
    pub size: usize,
    /// Its text; nothing where it is none, or too much is shown already.
    pub text: Option<String>,
    pub language: ui::Language,
}

/// Tries a template. Fails where the caller may not; what goes wrong on the way is part of the result.
pub(super) async fn run(wanted: Wanted<'_>) -> Result<TrialView, Fault> {
    let Wanted {
        scaffolder, caller, ..
    } = wanted;
    for needed in [&TASK_CREATE, &TEMPLATE_DRY_RUN] {
        if caller.permissions.decide(&caller.viewer, needed).await? == Decision::Deny {
            return Err(Fault::not_allowed(format!(
                "This needs the permission {}",
                needed.name
            )));
        }
    }
    let limit = access::check_actions(wanted.template, &caller.viewer, &caller.permissions).await?;
    let wrong = validation::check(wanted.template, wanted.values, &wanted.secrets);
    if let Some(first) = wrong.first() {
        let place = first.path.join(".");
        let reason = format!("The values do not fit: {place} {}", first.message);
        return Ok(TrialView {
            failure: Some((None, reason)),
            ..TrialView::default()
        });
    }
    let dry_run = DryRun {
        template: wanted.template,
        values: wanted.values,
        secrets: wanted.secrets,
        user: scaffolder.tasks.user(&caller.viewer).await?,
        actor: wanted.actor.clone(),
        environment: None,
        beside: wanted.base_url.map_or(Beside::Files(wanted.files), Beside::Url),
        until: None,
        is_made_up: false,
        limit,
    };
    let tried = scaffolder.dry_runs.try_out(dry_run, &scaffolder.stop).await;
    Ok(match tried {
        Ok(tried) => {
            let failed = tried.report.failure.as_ref().map(Fault::describe);
            shown(wanted.template, tried.report, failed, &tried.redactor)
        }
        Err(fault) => TrialView {
            failure: Some((None, fault.describe())),
            ..TrialView::default()
        },
    })
}

fn shown(
    template: &Template,
    report: crate::dry_run::DryRunReport,
    failed: Option<String>,
    redactor: &Redactor,
) -> TrialView {
    let of_steps = report.log;
    let step = |step: &crate::template::Step| {
        let of_step = of_steps
            .iter()
            .filter(|event| event.step_key.as_deref() == Some(&step.key));
        let log: Vec<TaskEvent> = of_step.cloned().collect();
        TrialStep {
            key: step.key.clone(),
            name: step.name.clone(),
            action: step.action.clone(),
            state: log
                .iter()
                .rev()
                .find_map(|event| event.status)
                .unwrap_or(StepState::Waiting),
            log,
        }
    };
    let steps: Vec<TrialStep> = template.steps.iter().map(step).collect();
    let failed_step = steps.iter().find(|step| step.state == StepState::Failed);
    let failure = failed.map(|reason| (failed_step.map(|step| step.key.clone()), reason));
    let more_files = report.files.len().saturating_sub(MOST_FILES);
    let mut room = MOST_BYTES;
    let file = |file: WorkspaceFile| {
        let fits = file.bytes.len() <= room && !file.bytes.contains(&0);
        let size = file.bytes.len();
        let text = fits.then(|| String::from_utf8(file.bytes).ok()).flatten();
        room -= text.as_ref().map_or(0, String::len);
        TrialFile {
            language: ui::Language::of_path(&file.path),
            path: redactor.redact(&file.path),
            size,
            text: text.map(|text| redactor.redact(&text)),
        }
    };
    let files = report.files.into_iter().take(MOST_FILES).map(file).collect();
    let output = redactor.redact(&report.output.to_string());
    TrialView {
        steps,
        files,
        more_files,
        output: serde_json::from_str(&output).unwrap_or_default(),
        failure,
    }
}
