//! One step: its condition, its rounds, its input, its action.

use std::time::Duration;

use model::{Fault, FaultKind};
use plugin::{ActionContext, Secrets, TemplateRun};
use serde_json::{Map, Value, json};
use work::JobLog;

use super::{Halt, Run};
use crate::rendering::{self, Context};
use crate::tasks::{StepState, TaskEvent};
use crate::template::Step;

/// How often lines of an action are kept.
const KEPT: Duration = Duration::from_millis(250);
/// How long an action that is asked to end may take for it.
const GRACE: Duration = Duration::from_secs(5);
/// Most rounds of a step.
const MOST_ROUNDS: usize = 10_000;

/// One round of a step.
struct Round {
    /// What `each` is in it.
    each: Option<Value>,
    /// The input of the action; nothing where the condition does not hold.
    input: Option<Value>,
}

impl Run<'_> {
    /// Does a step and keeps how it ended. A failure ends the task, but not before later steps that want to run anyway.
    pub(super) async fn step(&mut self, step: &Step) -> Result<(), Halt> {
        let context = self.context(None);
        if let Some(why) = self.reason_to_skip(step, &context) {
            self.progress.finish(&step.id, None);
            return self.keep_with(&[Self::skipped(step, why)]).await;
        }
        let begun = format!("Beginning step {}", step.name);
        self.say(&[TaskEvent::step(&step.id, Some(StepState::Processing), begun)])
            .await?;
        let done = match self.rounds_of(step, &context) {
            Ok(rounds) => self.do_rounds(step, rounds).await?,
            Err(fault) => Err(fault),
        };
        let event = match done {
            Ok(output) => {
                self.progress.finish(&step.id, Some(output));
                TaskEvent::step(
                    &step.id,
                    Some(StepState::Completed),
                    format!("Finished step {}", step.name),
                )
            }
            Err(fault) => self.failed(step, fault),
        };
        self.keep_with(&[event]).await
    }

    fn failed(&mut self, step: &Step, fault: Fault) -> TaskEvent {
        let text = match &self.progress.failure {
            None => fault.to_string(),
            Some(_) => format!("Additional error occurred: {fault}"),
        };
        let fault = Fault::new(fault.name.clone(), self.redactor.redact(&fault.describe()));
        self.progress.failure.get_or_insert(fault);
        self.progress.finish(&step.id, None);
        TaskEvent::step(&step.id, Some(StepState::Failed), text)
    }

    fn reason_to_skip(&self, step: &Step, context: &Context) -> Option<&'static str> {
        let condition = step.condition.as_ref();
        if self.progress.failure.is_some() && !rendering::is_asked_after_failure(condition) {
            return Some("a previous step failed");
        }
        // Of a step with rounds each round is judged on its own.
        let judged = condition.filter(|_| step.each.is_none())?;
        let holds = rendering::holds(judged, &context.open, &context.extensions);
        (!holds).then_some("its if condition was false")
    }

    /// The rounds of a step with their inputs, all of which are made and checked before the first is run.
    fn rounds_of(&mut self, step: &Step, context: &Context) -> Result<Vec<Round>, Fault> {
        let Some(each) = &step.each else {
            let input = self.input(step, context)?;
            return Ok(vec![Round {
                each: None,
                input: Some(input),
            }]);
        };
        let mut rounds = Vec::new();
        for each in entries(step, each, context)? {
            let context = self.context(Some(&each));
            let holds = step
                .condition
                .as_ref()
                .is_none_or(|judged| rendering::holds(judged, &context.with_secrets, &context.extensions));
            let input = if holds {
                Some(self.input(step, &context)?)
            } else {
                None
            };
            rounds.push(Round {
                each: Some(each),
                input,
            });
        }
        Ok(rounds)
    }

    fn input(&mut self, step: &Step, context: &Context) -> Result<Value, Fault> {
        let written = step.input.clone().unwrap_or_else(|| json!({}));
        self.redactor.hide_made_with_secrets(&written, context);
        let input = rendering::render(&written, &context.with_secrets, &context.extensions);
        let input = input.unwrap_or_else(|| json!({}));
        let actions = self.runner.actions.get();
        let actions =
            actions.ok_or_else(|| Fault::new(FaultKind::Unavailable, "The actions are not known yet"))?;
        if actions.get(&step.action).is_none() {
            return Err(Fault::not_found(format!(
                "Template action with ID '{}' is not registered. See /create/actions for those there are.",
                step.action
            )));
        }
        actions.check(&step.action, &input)?;
        Ok(input)
    }

    async fn do_rounds(&mut self, step: &Step, rounds: Vec<Round>) -> Result<Result<Value, Fault>, Halt> {
        let has_rounds = step.each.is_some();
        let done = self.progress.rounds(&step.id).len();
        for (number, round) in rounds.into_iter().enumerate().skip(done) {
            let output = match (round.input, &round.each) {
                (None, Some(each)) => {
                    let text = format!("Skipping step each: {}", shown(each));
                    self.say(&[TaskEvent::step(&step.id, None, text)]).await?;
                    json!({})
                }
                (input, each) => {
                    if let Some(each) = each {
                        let text = format!("Running step each: {}", shown(each));
                        self.say(&[TaskEvent::step(&step.id, None, text)]).await?;
                    }
                    match self.act(step, number, input.unwrap_or_default()).await? {
                        Ok(output) => output,
                        Err(fault) => return Ok(Err(fault)),
                    }
                }
            };
            self.note_published(&output);
            if !has_rounds {
                return Ok(Ok(output));
            }
            self.progress.finish_round(&step.id, output);
            self.keep_with(&[]).await?;
        }
        Ok(Ok(joined(&self.progress.rounds(&step.id))))
    }

    /// Notes what a step made, for a step that registers without input.
    fn note_published(&mut self, output: &Value) {
        if output["repoContentsUrl"].is_string() {
            self.progress.published = Some(output.clone());
        }
    }

    /// Runs the action, and keeps what it says on the way.
    async fn act(&mut self, step: &Step, round: usize, input: Value) -> Result<Result<Value, Fault>, Halt> {
        let Some(actions) = self.runner.actions.get().cloned() else {
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
            secrets: Secrets::new(self.secrets.clone()),
            log: log.clone(),
            checkpoint: self.job.checkpoint.part(&format!("step {} {round}", step.id)),
            stop: stop.clone(),
            dry_run: false,
            template_run: Some(self.template_run()),
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

    async fn keep_lines(&self, step: &Step, log: &JobLog) -> Result<(), Halt> {
        let lines = log.take();
        if lines.is_empty() {
            return Ok(());
        }
        Ok(self.say(&Self::lines(step, lines)).await?)
    }

    fn template_run(&self) -> TemplateRun {
        let base_url = self.task.spec["templateInfo"]["baseUrl"].as_str();
        TemplateRun {
            task: self.task.id.to_string(),
            begun_at: self.task.created_at,
            template: self.task.template.clone(),
            base_url: base_url.map(str::to_owned),
            published: self.progress.published.clone(),
        }
    }
}

/// The entries that `each` stands for.
fn entries(step: &Step, each: &Value, context: &Context) -> Result<Vec<Value>, Fault> {
    let rendered = rendering::render(each, &context.with_secrets, &context.extensions);
    let entry = |key: String, value: &Value| json!({"key": key, "value": value});
    let entries: Vec<Value> = match &rendered {
        None => {
            return Err(Fault::input(format!(
                "Invalid value on action {}.each parameter, {each} cannot be resolved to a value",
                step.action
            )));
        }
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .map(|(index, value)| entry(index.to_string(), value))
            .collect(),
        Some(Value::Object(entries)) => entries
            .iter()
            .map(|(key, value)| entry(key.clone(), value))
            .collect(),
        Some(_) => {
            return Err(Fault::input(format!(
                "Invalid value on action {}.each parameter, must resolve to an array or object",
                step.action
            )));
        }
    };
    if entries.len() > MOST_ROUNDS {
        return Err(Fault::input(format!(
            "The step {} would be done {} times, and {MOST_ROUNDS} are allowed",
            step.id,
            entries.len()
        )));
    }
    Ok(entries)
}

/// An entry as the log shows it.
fn shown(each: &Value) -> Value {
    match &each["value"] {
        Value::Object(_) => json!({"key": each["key"], "value": "[object Object]"}),
        _ => each.clone(),
    }
}

/// The outputs of all rounds: for each name the list of its values.
fn joined(rounds: &[Value]) -> Value {
    let mut all: Map<String, Value> = Map::new();
    for round in rounds {
        for (name, value) in round.as_object().into_iter().flatten() {
            let list = all.entry(name.clone()).or_insert_with(|| json!([]));
            if let Some(list) = list.as_array_mut() {
                list.push(value.clone());
            }
        }
    }
    Value::Object(all)
}
