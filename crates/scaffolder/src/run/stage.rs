//! What steps are run with: names that expressions see, secrets, what is done so far. It decides what each step does, and
//! does nothing itself; a task and a dry run do.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Fault, FaultKind};
use nunjucks::Extensions;
use plugin::{Action, ActionRegistry, Slot};
use serde_json::{Map, Value, json};

use super::progress::Progress;
use crate::conditions::ActionLimit;
use crate::filters;
use crate::redaction::Redactor;
use crate::rendering::{self, Context};
use crate::settings::Settings;
use crate::template::Step;
use crate::validation;

/// Most rounds of a step.
const MOST_ROUNDS: usize = 10_000;
/// What stands in place of each secret where inputs are shown.
const SHOWN_SECRET: &str = "***";

/// What steps are run with.
pub(crate) struct Stage {
    pub(crate) actions: Slot<ActionRegistry>,
    pub(crate) filters: Extensions,
    pub(crate) settings: Arc<Settings>,
    /// The steps with their defaults, values and person.
    pub(crate) spec: Value,
    /// The steps.
    pub(crate) steps: Vec<Step>,
    /// The task's id, as expressions see it.
    pub(crate) task: String,
    pub(crate) secrets: BTreeMap<String, String>,
    pub(crate) redactor: Redactor,
    pub(crate) progress: Progress,
    /// The actions that may be run.
    pub(crate) limit: ActionLimit,
}

/// One round of a step.
pub(crate) struct Round {
    /// What `each` is in it.
    pub(crate) each: Option<Value>,
    /// The input of the action; nothing where the condition does not hold.
    pub(crate) input: Option<Value>,
}

impl Stage {
    /// A stage on which nothing has happened yet; secrets are hidden from now on.
    pub(crate) fn new(
        (actions, filters, settings): (Slot<ActionRegistry>, Extensions, Arc<Settings>),
        spec: Value,
        task: String,
        secrets: BTreeMap<String, String>,
    ) -> Self {
        let mut redactor = Redactor::default();
        let environment = settings.environment_secrets.as_object().into_iter().flatten();
        let environment = environment.filter_map(|(_, value)| value.as_str());
        environment
            .chain(secrets.values().map(String::as_str))
            .for_each(|secret| redactor.hide(secret));
        let steps = spec["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
        Self {
            actions,
            filters,
            settings,
            steps: Step::read_all(steps),
            spec,
            task,
            secrets,
            redactor,
            progress: Progress::default(),
            limit: ActionLimit::default(),
        }
    }

    /// What expressions see, in a round of `each` with its entry.
    pub(crate) fn context(&self, each: Option<&Value>) -> Context {
        let mut open = json!({
            "parameters": self.spec["parameters"],
            "steps": self.progress.outputs(&self.steps),
            "context": {"task": {"id": self.task}},
            "environment": {"parameters": self.settings.environment},
        });
        if let Some(user) = self.spec.get("user") {
            open["user"] = user.clone();
        }
        if let Some(each) = each {
            open["each"] = each.clone();
        }
        let mut with_secrets = open.clone();
        with_secrets["secrets"] = json!(self.secrets);
        with_secrets["environment"]["secrets"] = self.settings.environment_secrets.clone();
        Context {
            open,
            with_blanks: with_each_secret(&with_secrets, ""),
            with_secrets,
            extensions: filters::with_state(&self.filters, self.progress.failure.is_some()),
        }
    }

    /// Why a step is passed over although nothing has failed.
    pub(crate) fn condition_fails(step: &Step, context: &Context) -> bool {
        // Of a step with rounds each round is judged on its own.
        let judged = step.condition.as_ref().filter(|_| step.each.is_none());
        judged.is_some_and(|judged| !rendering::holds(judged, &context.open, &context.extensions))
    }

    /// Whether a step is passed over because an earlier one failed.
    pub(crate) fn is_given_up(&self, step: &Step) -> bool {
        self.progress.failure.is_some() && !rendering::is_asked_after_failure(step.condition.as_ref())
    }

    /// The rounds of a step with their inputs, all of which are made and checked before the first is run.
    pub(crate) fn rounds_of(&mut self, step: &Step, context: &Context) -> Result<Vec<Round>, Fault> {
        self.action(step)?;
        let Some(each) = &step.each else {
            let input = self.input(step, context, None)?;
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
                Some(self.input(step, &context, each["key"].as_str())?)
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

    /// The action of a step. Fails where there is none of this name.
    pub(crate) fn action(&self, step: &Step) -> Result<Arc<dyn Action>, Fault> {
        let actions = self.actions.get();
        let actions =
            actions.ok_or_else(|| Fault::new(FaultKind::Unavailable, "The actions are not known yet"))?;
        let found = actions.get(&step.action).cloned();
        found.ok_or_else(|| {
            Fault::not_found(format!(
                "Template action with ID '{}' is not registered. See /create/actions for those there are.",
                step.action
            ))
        })
    }

    fn input(&mut self, step: &Step, context: &Context, key: Option<&str>) -> Result<Value, Fault> {
        let written = step.input.clone().unwrap_or_else(|| json!({}));
        self.redactor.hide_made_with_secrets(&written, context);
        let input = rendering::render(&written, &context.with_secrets, &context.extensions);
        let input = input.unwrap_or_else(|| json!({}));
        let wrong = validation::of_input(&self.action(step)?.schema().input, &input);
        if wrong.is_empty() {
            return Ok(input);
        }
        let round = key.map_or_else(String::new, |key| format!("[{key}]"));
        Err(Fault::input(format!(
            "Invalid input passed to action {}{round}, {}",
            step.action,
            wrong.join(", ")
        )))
    }

    /// The input of a step for people: with a sign in place of each secret, and without a round.
    pub(crate) fn shown_input(step: &Step, context: &Context) -> Value {
        let written = step.input.clone().unwrap_or_else(|| json!({}));
        let names = with_each_secret(&context.with_secrets, SHOWN_SECRET);
        rendering::render(&written, &names, &context.extensions).unwrap_or_else(|| json!({}))
    }

    /// Notes what a step made, for a step that registers without input.
    pub(crate) fn note_published(&mut self, output: &Value) {
        if output["repoContentsUrl"].is_string() {
            self.progress.published = Some(output.clone());
        }
    }

    /// What the task shows at its end.
    pub(crate) fn output(&self) -> Value {
        rendering::output(&self.spec["output"], &self.context(None))
    }

    /// A fault without secrets.
    pub(crate) fn redacted(&self, fault: &Fault) -> Fault {
        Fault::new(fault.name.clone(), self.redactor.redact(&fault.describe()))
    }
}

/// The same names with a text in place of each secret.
fn with_each_secret(names: &Value, text: &str) -> Value {
    let mut names = names.clone();
    for secrets in ["/secrets", "/environment/secrets"] {
        let secrets = names.pointer_mut(secrets).and_then(Value::as_object_mut);
        secrets
            .into_iter()
            .flat_map(|all| all.values_mut())
            .for_each(|value| *value = text.into());
    }
    names
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

/// An entry as the log shows it: its value is a text.
pub(crate) fn shown(each: &Value) -> String {
    let value = match &each["value"] {
        Value::String(text) => text.clone(),
        Value::Object(_) => "[object Object]".to_owned(),
        Value::Array(items) => {
            let items = items.iter().map(|item| match item {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            });
            items.collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    };
    json!({"key": each["key"], "value": value}).to_string()
}

/// The outputs of all rounds: for each name the list of its values.
pub(crate) fn joined(rounds: &[Value]) -> Value {
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
