//! What a task has come to, as its job's checkpoint keeps it.

use std::collections::BTreeMap;

use model::Fault;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::template::Step;
use crate::updates::record::Record;

/// What a task has come to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Progress {
    /// The task has come to its end; a run after that is another try.
    pub(crate) has_ended: bool,
    /// Outputs of finished steps by their keys; nothing for one that failed or was passed over.
    steps: Vec<(String, Option<Value>)>,
    /// Outputs of the rounds that are done of a step with `each`.
    rounds: BTreeMap<String, Vec<Value>>,
    /// The first failure.
    pub(crate) failure: Option<Fault>,
    /// What the last step that published made; a step that registers without input takes it.
    pub(crate) published: Option<Value>,
    /// What repositories of the task keep about their beginning.
    pub(crate) origin: Option<Record>,
}

impl Progress {
    /// Reads what [`Progress::to_json`] wrote. What another version wrote is as good as nothing.
    pub(crate) fn of(kept: Option<Value>) -> Self {
        kept.and_then(|kept| serde_json::from_value(kept).ok())
            .unwrap_or_default()
    }

    pub(crate) fn to_json(&self) -> Value {
        json!(self)
    }

    pub(crate) fn finished(&self) -> usize {
        self.steps.iter().filter(|(_, output)| output.is_some()).count()
    }

    /// Whether something is done, be it one round of the first step.
    pub(crate) fn has_begun(&self) -> bool {
        self.finished() > 0 || !self.rounds.is_empty()
    }

    pub(crate) fn is_finished(&self, step: &str) -> bool {
        self.steps.iter().any(|(id, _)| id == step)
    }

    pub(crate) fn finish(&mut self, step: &str, output: Option<Value>) {
        self.rounds.remove(step);
        self.steps.push((step.to_owned(), output));
    }

    pub(crate) fn rounds(&self, step: &str) -> Vec<Value> {
        self.rounds.get(step).cloned().unwrap_or_default()
    }

    pub(crate) fn finish_round(&mut self, step: &str, output: Value) {
        self.rounds.entry(step.to_owned()).or_default().push(output);
    }

    /// Whether a round of a step came to its end with success; the only one of a step without `each` is the first.
    pub(crate) fn is_done(&self, step: &str, round: usize) -> bool {
        let is_finished = |(id, output): &(String, Option<Value>)| id == step && output.is_some();
        self.steps.iter().any(is_finished) || self.rounds.get(step).is_some_and(|rounds| round < rounds.len())
    }

    /// The outputs as expressions see them: `{<id>: {output: …}}`, of steps with one id the output of the last that ran.
    pub(crate) fn outputs(&self, steps: &[Step]) -> Value {
        let outputs = steps.iter().filter_map(|step| {
            let (_, output) = self.steps.iter().find(|(key, _)| *key == step.key)?;
            Some((step.id.clone(), json!({ "output": output.as_ref()? })))
        });
        Value::Object(outputs.collect::<Map<_, _>>())
    }

    /// What failed or was passed over is judged anew, and these steps are done again whatever became of them.
    pub(crate) fn for_another_try(mut self, again: &[String]) -> Self {
        self.steps
            .retain(|(step, output)| output.is_some() && !again.contains(step));
        self.rounds.retain(|step, _| !again.contains(step));
        self.failure = None;
        self.has_ended = false;
        self
    }
}
