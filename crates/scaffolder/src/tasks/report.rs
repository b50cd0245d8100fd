//! Tasks and their steps as people and clients see them.

use std::fmt;
use std::str::FromStr;

use crate::conditions::Authors;
use jiff::Timestamp;
use model::Fault;
use serde_json::{Value, json};
use uuid::Uuid;
use work::JobId;

use super::TaskEvent;

/// The key of the step from which a task is done again, in the event that says so and in requests.
pub(crate) const FROM_STEP: &str = "fromStep";

/// Names a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(pub Uuid);

impl TaskId {
    pub(crate) fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for TaskId {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let id = Uuid::parse_str(text);
        id.map(Self)
            .map_err(|_| Fault::not_found(format!("No task with id '{text}' found")))
    }
}

/// Where a task is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskState {
    /// It waits for a place.
    Open,
    /// Its steps are being done.
    Processing,
    /// All went well.
    Completed,
    /// A step failed, or a person ended it.
    Failed,
}

impl TaskState {
    /// All of them, in the order of a task's life.
    pub const ALL: [Self; 4] = [Self::Open, Self::Processing, Self::Completed, Self::Failed];

    /// The word that is stored and served.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// The state of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether something will happen to the task by itself.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Processing)
    }
}

/// Where a step is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// It is being done.
    Processing,
    /// It went well.
    Completed,
    /// It failed.
    Failed,
    /// It was passed over.
    Skipped,
    /// A person ended it.
    Cancelled,
}

impl StepState {
    /// The word that is stored and served.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "open",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of a word.
    pub fn of(word: &str) -> Option<Self> {
        let all = [
            Self::Waiting,
            Self::Processing,
            Self::Completed,
            Self::Failed,
            Self::Skipped,
            Self::Cancelled,
        ];
        all.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether something will happen to the step, as long as its task is open.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Processing)
    }
}

/// A step of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct StepReport {
    /// Its name among all steps of the task.
    pub key: String,
    /// Its name for expressions.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The action.
    pub action: String,
    /// Where it is in its life.
    pub state: StepState,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// A task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskReport {
    /// The task.
    pub id: TaskId,
    /// The job that runs it.
    pub job: JobId,
    /// Reference of its template.
    pub template: String,
    /// Steps with their defaults, values, person and template, as the wire contract names them. No secrets.
    pub spec: Value,
    /// Where it is in its life.
    pub state: TaskState,
    /// Whether a person has asked it to end, also after it has ended.
    pub is_cancelled: bool,
    /// Reference of the person who began it.
    pub created_by: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last gave a sign of life.
    pub heartbeat_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Its steps, in their order.
    pub steps: Vec<StepReport>,
    /// What it shows after a good end: `links`, `text` and whatever else the template says.
    pub output: Option<Value>,
    /// Why it failed.
    pub problem: Option<Fault>,
    /// The key of the step from which it was done again the last time, where a person chose one.
    pub again_from: Option<String>,
}

impl TaskReport {
    /// Title of its template, or the template's name.
    pub fn title(&self) -> &str {
        let metadata = &self.spec["templateInfo"]["entity"]["metadata"];
        let title = metadata["title"].as_str().or(metadata["name"].as_str());
        title.unwrap_or(&self.template)
    }

    /// The values that it was begun with.
    pub fn values(&self) -> &Value {
        &self.spec["parameters"]
    }

    /// What becomes of finished steps when the task is tried again.
    pub(crate) fn recover_strategy(&self) -> &str {
        let strategy = &self.spec["EXPERIMENTAL_recovery"]["EXPERIMENTAL_strategy"];
        strategy.as_str().unwrap_or("none")
    }

    /// The task as clients of the API read it.
    pub fn to_wire(&self) -> Value {
        let mut wire = json!({
            "id": self.id.to_string(),
            "spec": self.spec,
            "status": self.state.as_str(),
            "createdAt": wire_time(self.created_at),
            "lastHeartbeatAt": wire_time(self.heartbeat_at),
        });
        if let Some(author) = &self.created_by {
            wire["createdBy"] = author.as_str().into();
        }
        wire
    }

    /// The states of the steps, told by the events of the task.
    pub(crate) fn note_events(&mut self, events: &[TaskEvent]) {
        for event in events {
            match event.kind {
                super::EventKind::Completion => {
                    self.ended_at = Some(event.at);
                    self.note_end(event.data.as_ref());
                }
                super::EventKind::Recovered => self.note_another_try(event.data.as_ref()),
                _ => {}
            }
            let (Some(key), Some(state)) = (&event.step_key, event.status) else {
                continue;
            };
            let Some(step) = self.steps.iter_mut().find(|step| step.key == *key) else {
                continue;
            };
            step.state = state;
            if state == StepState::Processing {
                step.started_at = Some(event.at);
                step.ended_at = None;
            } else {
                step.ended_at = Some(event.at);
            }
        }
    }

    /// Steps that will be done again wait again.
    fn note_another_try(&mut self, data: Option<&Value>) {
        let from = data.and_then(|data| data[FROM_STEP].as_str());
        let at = from.and_then(|from| self.steps.iter().position(|step| step.key == from));
        let starts_over = from.is_none() && self.recover_strategy() == "startOver";
        for (number, step) in self.steps.iter_mut().enumerate() {
            let is_again = at.is_some_and(|at| number >= at);
            if is_again || starts_over || step.state != StepState::Completed {
                step.state = StepState::Waiting;
                (step.started_at, step.ended_at) = (None, None);
            }
        }
        self.again_from = from.map(str::to_owned);
    }

    fn note_end(&mut self, data: Option<&Value>) {
        let Some(data) = data else { return };
        self.output = data.get("output").cloned();
        self.problem = data.get("error").map(|error| {
            let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
            Fault::new(text("name"), text("message"))
        });
    }
}

/// A time as the wire contract writes it: UTC with milliseconds.
pub(crate) fn wire_time(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Which tasks are listed, in which order; an empty list asks for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFilter {
    /// Begun by one of these persons.
    pub created_by: Vec<String>,
    /// Of those that the caller sees.
    pub seen: Authors,
    /// In one of these states, by their words.
    pub states: Vec<String>,
    /// Of this template.
    pub template: Option<String>,
    /// The order.
    pub order: Vec<(TaskOrder, bool)>,
    /// Tasks that are left out at the beginning.
    pub offset: usize,
    /// Most tasks.
    pub limit: usize,
}

impl Default for TaskFilter {
    fn default() -> Self {
        Self {
            created_by: Vec::new(),
            seen: Authors::default(),
            states: Vec::new(),
            template: None,
            order: Vec::new(),
            offset: 0,
            limit: 50,
        }
    }
}

/// What a list of tasks is ordered by; `true` beside it is for the descending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskOrder {
    /// When they were begun.
    CreatedAt,
    /// Their state.
    Status,
    /// Who began them.
    CreatedBy,
}

/// Part of a list of tasks.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskPage {
    /// The tasks.
    pub tasks: Vec<TaskReport>,
    /// All that fit, on every page.
    pub total: usize,
}
