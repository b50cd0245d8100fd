//! What happened to a task, in the order in which it happened.

use jiff::Timestamp;
use serde_json::{Value, json};
use work::LogLevel;

use super::report::wire_time;
use super::{StepState, TaskId};
use crate::template::Step;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A line of the log, possibly with a change of a step's state.
    Log,
    /// The task ended.
    Completion,
    /// A person asked it to end.
    Cancelled,
    /// It is tried again.
    Recovered,
}

impl EventKind {
    /// The word that is stored and served.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Completion => "completion",
            Self::Cancelled => "cancelled",
            Self::Recovered => "recovered",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Self {
        match word {
            "completion" => Self::Completion,
            "cancelled" => Self::Cancelled,
            "recovered" => Self::Recovered,
            _ => Self::Log,
        }
    }
}

/// Something that happened to a task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskEvent {
    /// Its number; later events have higher ones.
    pub id: i64,
    /// What it is about.
    pub kind: EventKind,
    /// The id of the step that it belongs to.
    pub step: Option<String>,
    /// The key of that step, which is its id unless an earlier step has the same.
    pub step_key: Option<String>,
    /// The state that the step came to.
    pub status: Option<StepState>,
    /// How much a line matters; nothing for what the engine itself says.
    pub level: Option<LogLevel>,
    /// The text, one or more lines, without colours.
    pub message: String,
    /// What else it carries: `output` or `error` of an end.
    pub data: Option<Value>,
    /// When it was kept.
    pub at: Timestamp,
}

impl TaskEvent {
    /// An event that is not yet kept.
    pub(crate) fn of(kind: EventKind, message: impl Into<String>) -> Self {
        Self {
            id: 0,
            kind,
            step: None,
            step_key: None,
            status: None,
            level: None,
            message: message.into(),
            data: None,
            at: Timestamp::UNIX_EPOCH,
        }
    }

    /// What the engine says about a step.
    pub(crate) fn step(step: &Step, status: Option<StepState>, message: impl Into<String>) -> Self {
        Self {
            step: Some(step.id.clone()),
            step_key: Some(step.key.clone()),
            status,
            ..Self::of(EventKind::Log, message)
        }
    }

    /// The key of its step where the id alone does not tell which step it is.
    pub(crate) fn telling_key(&self) -> Option<&str> {
        let key = self.step_key.as_deref();
        key.filter(|_| self.step_key != self.step)
    }

    /// The event as clients of the API read it.
    pub fn to_wire(&self, task: TaskId, is_recoverable: bool) -> Value {
        json!({
            "id": self.id,
            "isTaskRecoverable": is_recoverable,
            "taskId": task.to_string(),
            "body": self.body(),
            "type": self.kind.as_str(),
            "createdAt": wire_time(self.at),
        })
    }

    /// As programs read what a command printed: without colours.
    pub fn plain(&self) -> Value {
        let mut plain = json!({ "message": self.message });
        if let Some(step) = &self.step {
            plain["step"] = step.as_str().into();
        }
        if let Some(key) = self.telling_key() {
            plain["stepKey"] = key.into();
        }
        if let Some(status) = self.status {
            plain["status"] = status.as_str().into();
        }
        plain
    }

    /// The body alone.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({});
        if self.kind != EventKind::Recovered {
            body["message"] = self.coloured().into();
        }
        if let Some(step) = &self.step {
            body["stepId"] = step.as_str().into();
        }
        if let Some(key) = self.telling_key() {
            body["stepKey"] = key.into();
        }
        if let Some(status) = self.status {
            body["status"] = status.as_str().into();
        }
        for (key, value) in self.data.iter().filter_map(Value::as_object).flatten() {
            body[key] = value.clone();
        }
        body
    }

    /// Lines of actions as the original's logger writes them.
    fn coloured(&self) -> String {
        let (colour, word) = match self.level {
            None => return self.message.clone(),
            Some(LogLevel::Info) => (32, "info"),
            Some(LogLevel::Warning) => (33, "warn"),
            Some(LogLevel::Error) => (31, "error"),
        };
        format!("\u{1b}[{colour}m{word}\u{1b}[39m: {}", self.message)
    }
}
