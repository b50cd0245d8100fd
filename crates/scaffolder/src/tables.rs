//! The tables of tasks and their events, and all SQL about them.

use std::collections::BTreeMap;

use model::Fault;
use serde_json::{Value, json};
use store::{Arg, Migration, Row, Session, StoreError, Tx};
use work::{JobId, LogLevel};

use crate::conditions::Authors;
use crate::tasks::{
    EventKind, StepReport, StepState, TaskEvent, TaskFilter, TaskId, TaskOrder, TaskReport, TaskState,
};
use crate::template::Step;
use crate::updates;

/// The tables of the plugin.
pub const MIGRATIONS: &[Migration] = &[
    TASKS,
    updates::tables::MIGRATION,
    STEP_KEYS,
    updates::tables::BRANCHES,
    ACTION_LIMITS,
];

const TASKS: Migration = Migration {
    version: 1,
    sql: "
CREATE TABLE scaffolder_tasks (
    id {bytes} NOT NULL PRIMARY KEY,
    job {bytes} NOT NULL,
    template TEXT NOT NULL,
    spec TEXT NOT NULL,
    status TEXT NOT NULL,
    is_cancelled BIGINT NOT NULL DEFAULT 0,
    created_by TEXT,
    secrets TEXT,
    created_at BIGINT NOT NULL,
    heartbeat_at BIGINT NOT NULL
) {clustered};
CREATE INDEX scaffolder_tasks_newest ON scaffolder_tasks (created_at);
CREATE INDEX scaffolder_tasks_author ON scaffolder_tasks (created_by, created_at);
CREATE INDEX scaffolder_tasks_status ON scaffolder_tasks (status, heartbeat_at);
CREATE TABLE scaffolder_events (
    id {number_key},
    task {bytes} NOT NULL,
    kind TEXT NOT NULL,
    step TEXT,
    status TEXT,
    level TEXT,
    message TEXT NOT NULL,
    data TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX scaffolder_events_task ON scaffolder_events (task, id);
",
};

/// The step of an event where several steps have the same id.
const STEP_KEYS: Migration = Migration {
    version: 3,
    sql: "ALTER TABLE scaffolder_events ADD COLUMN step_key TEXT;",
};

/// The condition on the actions that a task may run.
const ACTION_LIMITS: Migration = Migration {
    version: 5,
    sql: "ALTER TABLE scaffolder_tasks ADD COLUMN action_limit TEXT;",
};

/// Most events in one answer.
const MOST_EVENTS: usize = 10_000;

/// A task that is to be kept.
pub(crate) struct NewTask<'a> {
    pub(crate) id: TaskId,
    pub(crate) job: JobId,
    pub(crate) spec: &'a Value,
    pub(crate) template: &'a str,
    pub(crate) secrets: &'a BTreeMap<String, String>,
    pub(crate) created_by: Option<String>,
    /// The condition on the actions that it may run.
    pub(crate) limit: Option<String>,
}

pub(crate) async fn insert(tx: &mut Tx, task: &NewTask<'_>) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let arguments = vec![
        task.id.0.into(),
        task.job.0.into(),
        task.template.into(),
        Arg::json(task.spec)?,
        task.created_by.clone().into(),
        secrets_arg(task.secrets)?,
        now.into(),
        now.into(),
        task.limit.clone().into(),
    ];
    tx.execute(
        "INSERT INTO scaffolder_tasks (id, job, template, spec, status, created_by, secrets, created_at, heartbeat_at, action_limit) \
         VALUES (?, ?, ?, ?, 'open', ?, ?, ?, ?, ?)",
        arguments,
    )
    .await
    .map(drop)
}

fn secrets_arg(secrets: &BTreeMap<String, String>) -> Result<Arg, StoreError> {
    if secrets.is_empty() {
        return Ok(Arg::Text(None));
    }
    Arg::json(&json!(secrets))
}

const COLUMNS: &str = "id, job, template, spec, status, is_cancelled, created_by, created_at, heartbeat_at";

fn report(row: &Row) -> Result<TaskReport, StoreError> {
    let spec: Value = row.json(3)?;
    let steps = spec["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let steps = Step::read_all(steps).into_iter().map(|step| StepReport {
        key: step.key,
        id: step.id,
        name: step.name,
        action: step.action,
        state: StepState::Waiting,
        started_at: None,
        ended_at: None,
    });
    Ok(TaskReport {
        id: TaskId(row.uuid(0)?),
        job: JobId(row.uuid(1)?),
        template: row.text(2)?,
        state: TaskState::of(&row.text(4)?).unwrap_or(TaskState::Failed),
        is_cancelled: row.flag(5)?,
        created_by: row.maybe_text(6)?,
        created_at: row.time(7)?,
        heartbeat_at: row.time(8)?,
        ended_at: None,
        steps: steps.collect(),
        output: None,
        problem: None,
        again_from: None,
        spec,
    })
}

pub(crate) async fn show(session: &mut Session, id: TaskId) -> Result<Option<TaskReport>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM scaffolder_tasks WHERE id = ?");
    let row = session.row(text, vec![id.0.into()]).await?;
    row.as_ref().map(report).transpose()
}

/// The tasks with what their events say of steps and end.
pub(crate) async fn with_events(
    session: &mut Session,
    mut tasks: Vec<TaskReport>,
) -> Result<Vec<TaskReport>, StoreError> {
    let ids: Vec<uuid::Uuid> = tasks.iter().map(|task| task.id.0).collect();
    let text = "SELECT id, kind, step, status, level, message, data, at, step_key, task FROM scaffolder_events \
         WHERE (status IS NOT NULL OR kind IN ('completion', 'recovered')) AND task IN {list} ORDER BY id";
    let mut events: BTreeMap<TaskId, Vec<TaskEvent>> = BTreeMap::new();
    for row in session.rows_in(text, &ids).await? {
        events.entry(TaskId(row.uuid(9)?)).or_default().push(event(&row)?);
    }
    for task in &mut tasks {
        task.note_events(events.get(&task.id).map(Vec::as_slice).unwrap_or_default());
    }
    Ok(tasks)
}

pub(crate) async fn list(
    session: &mut Session,
    filter: &TaskFilter,
) -> Result<(Vec<TaskReport>, usize), StoreError> {
    let (mut conditions, mut arguments) = (vec!["1 = 1".to_owned()], Vec::<Arg>::new());
    for (column, words) in [("created_by", &filter.created_by), ("status", &filter.states)] {
        if !words.is_empty() {
            conditions.push(format!("{column} IN ({})", vec!["?"; words.len()].join(", ")));
            arguments.extend(words.iter().map(Arg::from));
        }
    }
    if let Some(template) = &filter.template {
        conditions.push("template = ?".to_owned());
        arguments.push(template.into());
    }
    conditions.extend(by_authors(&filter.seen, &mut arguments));
    let conditions = conditions.join(" AND ");
    let count = format!("SELECT count(*) FROM scaffolder_tasks WHERE {conditions}");
    let counted = session.row(count, arguments.clone()).await?;
    let total = counted.map_or(Ok(0), |row| row.int(0))?;
    arguments.extend([filter.limit.into(), filter.offset.into()]);
    let text = format!(
        "SELECT {COLUMNS} FROM scaffolder_tasks WHERE {conditions} ORDER BY {} LIMIT ? OFFSET ?",
        order(filter)
    );
    let rows = session.rows(text, arguments).await?;
    let tasks = rows.iter().map(report).collect::<Result<_, _>>()?;
    Ok((tasks, usize::try_from(total).unwrap_or_default()))
}

/// A condition on who began a task or made a project; nothing where everybody may have.
pub(crate) fn by_authors(seen: &Authors, arguments: &mut Vec<Arg>) -> Option<String> {
    let (Authors::Only(names) | Authors::AllBut(names)) = seen;
    arguments.extend(names.iter().map(Arg::from));
    let marks = vec!["?"; names.len()].join(", ");
    match seen {
        Authors::Only(names) if names.is_empty() => Some("1 = 0".to_owned()),
        Authors::Only(_) => Some(format!("created_by IN ({marks})")),
        Authors::AllBut(names) if names.is_empty() => None,
        Authors::AllBut(_) => Some(format!("(created_by IS NULL OR created_by NOT IN ({marks}))")),
    }
}

fn order(filter: &TaskFilter) -> String {
    let column = |by: TaskOrder| match by {
        TaskOrder::CreatedAt => "created_at",
        TaskOrder::Status => "status",
        TaskOrder::CreatedBy => "created_by",
    };
    let written = filter
        .order
        .iter()
        .map(|(by, is_descending)| format!("{}{}", column(*by), if *is_descending { " DESC" } else { "" }));
    written
        .chain(["created_at DESC".to_owned(), "id".to_owned()])
        .collect::<Vec<_>>()
        .join(", ")
}

fn event(row: &Row) -> Result<TaskEvent, StoreError> {
    let level = row.maybe_text(4)?;
    let step = row.maybe_text(2)?;
    Ok(TaskEvent {
        id: row.int(0)?,
        kind: EventKind::of(&row.text(1)?),
        step_key: row.maybe_text(8)?.or_else(|| step.clone()),
        step,
        status: row.maybe_text(3)?.and_then(|word| StepState::of(&word)),
        level: level.map(|word| match word.as_str() {
            "warning" => LogLevel::Warning,
            "error" => LogLevel::Error,
            _ => LogLevel::Info,
        }),
        message: row.text(5)?,
        data: row.maybe_json(6)?,
        at: row.time(7)?,
    })
}

pub(crate) async fn events(
    session: &mut Session,
    id: TaskId,
    after: i64,
) -> Result<Vec<TaskEvent>, StoreError> {
    let text = "SELECT id, kind, step, status, level, message, data, at, step_key FROM scaffolder_events \
         WHERE task = ? AND (id > ? OR kind = 'completion') ORDER BY id LIMIT ?";
    let arguments = vec![id.0.into(), after.into(), MOST_EVENTS.into()];
    let rows = session.rows(text, arguments).await?;
    rows.iter().map(event).collect()
}

pub(crate) async fn add_event(tx: &mut Tx, id: TaskId, event: &TaskEvent) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let data = event.data.as_ref().map_or(Ok(Arg::Text(None)), Arg::json)?;
    let arguments = vec![
        id.0.into(),
        event.kind.as_str().into(),
        event.step.clone().into(),
        event.status.map(StepState::as_str).map(str::to_owned).into(),
        event.level.map(LogLevel::as_str).map(str::to_owned).into(),
        event.message.replace('\0', "").into(),
        data,
        now.into(),
        event.telling_key().map(str::to_owned).into(),
    ];
    tx.execute(
        "INSERT INTO scaffolder_events (task, kind, step, status, level, message, data, at, step_key) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments,
    )
    .await?;
    let text = "UPDATE scaffolder_tasks SET heartbeat_at = ? WHERE id = ?";
    tx.execute(text, vec![now.into(), id.0.into()]).await.map(drop)
}

/// Notes that a person wants the task to end, and forgets its secrets unless a step still needs them.
pub(crate) async fn ask_to_end(tx: &mut Tx, id: TaskId) -> Result<(), StoreError> {
    let text = "UPDATE scaffolder_tasks SET is_cancelled = 1, secrets = NULL WHERE id = ?";
    tx.execute(text, vec![id.0.into()]).await.map(drop)
}

/// What a task begins with: its secrets, and the condition on its actions.
pub(crate) type Begun = (BTreeMap<String, String>, Option<String>);

/// Begins a run of the task; its secrets, or nothing where it has ended.
pub(crate) async fn begin(tx: &mut Tx, id: TaskId) -> Result<Option<Begun>, StoreError> {
    let text = "UPDATE scaffolder_tasks SET status = 'processing' WHERE id = ? AND status IN ('open', 'processing') \
         RETURNING secrets, action_limit";
    let row = tx.row(text, vec![id.0.into()]).await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let secrets: Option<BTreeMap<String, String>> = row.maybe_json(0)?;
    Ok(Some((secrets.unwrap_or_default(), row.maybe_text(1)?)))
}

/// Whether a person wants the task to end.
pub(crate) async fn is_cancelled(session: &mut Session, id: TaskId) -> Result<bool, StoreError> {
    let text = "SELECT is_cancelled FROM scaffolder_tasks WHERE id = ?";
    let row = session.row(text, vec![id.0.into()]).await?;
    row.map_or(Ok(false), |row| row.flag(0))
}

/// Ends a task with its output or its error, once.
pub(crate) async fn end(tx: &mut Tx, id: TaskId, result: &Result<Value, Fault>) -> Result<(), StoreError> {
    let state = if result.is_ok() {
        TaskState::Completed
    } else {
        TaskState::Failed
    };
    let text = "UPDATE scaffolder_tasks SET status = ?, secrets = NULL WHERE id = ? AND status IN ('open', 'processing')";
    let ended = tx.execute(text, vec![state.as_str().into(), id.0.into()]).await?;
    if ended == 0 {
        return Ok(());
    }
    let data = match result {
        Ok(output) => json!({"output": output}),
        Err(fault) => json!({"error": {"name": fault.name, "message": fault.describe()}}),
    };
    let event = TaskEvent {
        data: Some(data),
        ..TaskEvent::of(
            EventKind::Completion,
            format!("Run completed with status: {}", state.as_str()),
        )
    };
    add_event(tx, id, &event).await
}

/// Opens a task that had ended, with other secrets.
pub(crate) async fn reopen(
    tx: &mut Tx,
    id: TaskId,
    job: JobId,
    secrets: &BTreeMap<String, String>,
) -> Result<(), StoreError> {
    let text =
        "UPDATE scaffolder_tasks SET status = 'open', is_cancelled = 0, job = ?, secrets = ? WHERE id = ?";
    tx.execute(text, vec![job.0.into(), secrets_arg(secrets)?, id.0.into()])
        .await?;
    let text = "DELETE FROM scaffolder_events WHERE task = ? AND kind IN ('cancelled', 'completion')";
    tx.execute(text, vec![id.0.into()]).await.map(drop)
}
