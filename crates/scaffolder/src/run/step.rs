//! One step of a task: its condition, its rounds, its action, and how it ended, each kept when it is known.

use std::time::Duration;

use model::{Fault, FaultKind};
use plugin::{ActionContext, Secrets, TemplateRun};
use serde_json::{Value, json};
use store::Lane;
use work::{JobLog, LogLevel};

use super::set_aside::part_of;
use super::stage::{Round, Stage, joined, shown};
use super::{Halt, Run};
use crate::tasks::{StepState, TaskEvent};
use crate::template::{Step, template_version};
use crate::updates;
use crate::updates::record::Record;
use crate::updates::tables::NewProject;

/// How often lines of an action are kept.
const KEPT: Duration = Duration::from_millis(250);
/// How long an action that is asked to end may take for it.
const GRACE: Duration = Duration::from_secs(5);

impl Run<'_> {
    /// Does a step and keeps how it ended. A failure ends the task, but not before later steps that want to run anyway.
    pub(super) async fn step(&mut self, step: &Step) -> Result<(), Halt> {
        if self.stage.is_given_up(step) {
            self.stage.progress.finish(&step.key, None);
            self.keep_files(step).await;
            let skipped = Self::skipped(step, "a previous step failed");
            return self.keep_with(&[skipped]).await;
        }
        let begun = format!("Beginning step {}", step.name);
        self.say(&[TaskEvent::step(step, Some(StepState::Processing), begun)])
            .await?;
        let context = self.stage.context(None);
        if Stage::condition_fails(step, &context) {
            self.stage.progress.finish(&step.key, None);
            self.keep_files(step).await;
            let skipped = Self::skipped(step, "its if condition was false");
            return self.keep_with(&[skipped]).await;
        }
        let done = match self.stage.rounds_of(step, &context) {
            Ok(rounds) => self.do_rounds(step, rounds).await?,
            Err(fault) => Err(fault),
        };
        let events = match done {
            Ok(output) => {
                self.stage.progress.finish(&step.key, Some(output));
                let text = format!("Finished step {}", step.name);
                vec![TaskEvent::step(step, Some(StepState::Completed), text)]
            }
            Err(fault) => self.failed(step, &fault),
        };
        self.keep_files(step).await;
        self.keep_with(&events).await
    }

    fn failed(&mut self, step: &Step, fault: &Fault) -> Vec<TaskEvent> {
        let event = |text: String| TaskEvent::step(step, Some(StepState::Failed), text);
        let mut events = vec![event(fault.to_string())];
        if self.stage.progress.failure.is_some() {
            events.push(event(format!("Additional error occurred: {}", fault.message)));
        }
        let fault = self.stage.redacted(fault);
        self.stage.progress.failure.get_or_insert(fault);
        self.stage.progress.finish(&step.key, None);
        events
    }

    async fn do_rounds(&mut self, step: &Step, rounds: Vec<Round>) -> Result<Result<Value, Fault>, Halt> {
        let has_rounds = step.each.is_some();
        let done = self.stage.progress.rounds(&step.key).len();
        for (number, round) in rounds.into_iter().enumerate().skip(done) {
            if let Some(each) = &round.each {
                let verb = if round.input.is_some() {
                    "Running"
                } else {
                    "Skipping"
                };
                let line = (LogLevel::Info, format!("{verb} step each: {}", shown(each)));
                self.say(&Self::lines(step, vec![line])).await?;
            }
            let output = match round.input {
                None => json!({}),
                Some(input) => match self.act(step, number, input).await? {
                    Ok(output) => {
                        self.note_project(step, &output).await?;
                        output
                    }
                    Err(fault) => return Ok(Err(fault)),
                },
            };
            self.stage.note_published(&output);
            if !has_rounds {
                return Ok(Ok(output));
            }
            self.stage.progress.finish_round(&step.key, output);
            self.keep_with(&[]).await?;
        }
        Ok(Ok(joined(&self.stage.progress.rounds(&step.key))))
    }

    /// Runs the action, and keeps what it says on the way.
    async fn act(&mut self, step: &Step, round: usize, input: Value) -> Result<Result<Value, Fault>, Halt> {
        if let Err(fault) = self.stage.limit.check(&step.action, Some(&input)) {
            return Ok(Err(fault));
        }
        let Some(actions) = self.stage.actions.get().cloned() else {
            return Ok(Err(Fault::new(
                FaultKind::Unavailable,
                "The actions are not known yet",
            )));
        };
        let log = JobLog::in_memory();
        let stop = self.job.stop.child_token();
        let context = ActionContext {
            input,
            actor: self.job.actor.clone(),
            workspace: self.workspace.clone(),
            secrets: Secrets::new(self.stage.secrets.clone()),
            log: log.clone(),
            checkpoint: self.job.checkpoint.part(&part_of(&step.key, round)),
            stop: stop.clone(),
            dry_run: false,
            template_run: Some(self.template_run(step)),
        };
        let running = actions.run(&step.action, context);
        tokio::pin!(running);
        let mut pause = tokio::time::interval(KEPT);
        let ended = loop {
            tokio::select! {
                ended = &mut running => break Some(ended),
                () = stop.cancelled() => break tokio::time::timeout(GRACE, &mut running).await.ok(),
                _ = pause.tick() => self.keep_lines(step, &log).await?,
            }
        };
        self.keep_lines(step, &log).await?;
        if self.job.stop.is_cancelled() && !matches!(ended, Some(Ok(_))) {
            self.check_stop().await?;
        }
        Ok(ended.unwrap_or_else(|| Err(Fault::error("The action was ended"))))
    }

    /// Notes the repository that a step has made, if it keeps a record.
    async fn note_project(&self, step: &Step, output: &Value) -> Result<(), Halt> {
        let origin = self.stage.progress.origin.as_ref();
        let integrations = self.runner.origins.reader.integrations();
        let (Some(origin), Some(repository)) = (origin, updates::made_by(integrations, step, output)) else {
            return Ok(());
        };
        let mut tx = self.runner.tasks.store().write_unordered(Lane::Bulk).await?;
        let new = NewProject {
            repository,
            template: &origin.template,
            task: self.task.id,
            created_by: self.task.created_by.as_deref(),
            commit: &origin.commit,
        };
        updates::tables::add(&mut tx, &new).await?;
        Ok(tx.commit().await?)
    }

    async fn keep_lines(&self, step: &Step, log: &JobLog) -> Result<(), Halt> {
        let lines = log.take();
        if lines.is_empty() {
            return Ok(());
        }
        Ok(self.say(&Self::lines(step, lines)).await?)
    }

    fn template_run(&self, step: &Step) -> TemplateRun {
        let origin = self.stage.progress.origin.clone();
        // Of a step with rounds the values alone do not tell the repositories apart.
        let origin = origin.filter(|_| step.each.is_none()).map(|origin| Record {
            step: step.key.clone(),
            ..origin
        });
        let base_url = self.task.spec["templateInfo"]["baseUrl"].as_str();
        TemplateRun {
            task: self.task.id.to_string(),
            begun_at: self.task.created_at,
            template: self.task.template.clone(),
            base_url: base_url.map(str::to_owned),
            version: template_version(&self.task.spec),
            root: None,
            published: self.stage.progress.published.clone(),
            record: origin.map(|origin| origin.text()),
            folders: Vec::new(),
            made_up_output: None,
        }
    }
}
