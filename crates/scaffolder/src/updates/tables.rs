//! The table of projects: repositories that templates made, and how far each is behind its template.

use serde_json::json;
use store::{Arg, Engine, Migration, Row, Session, StoreError, Tx};
use uuid::Uuid;

use crate::conditions::Authors;
use crate::tables::by_authors;
use crate::tasks::TaskId;

/// The table.
pub(crate) const MIGRATION: Migration = Migration {
    version: 2,
    sql: "
CREATE TABLE scaffolder_projects (
    id {bytes} NOT NULL PRIMARY KEY,
    repository TEXT NOT NULL UNIQUE,
    template TEXT NOT NULL,
    task {bytes} NOT NULL,
    created_by TEXT,
    created_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    commits TEXT NOT NULL,
    recorded TEXT,
    newest TEXT,
    problem TEXT,
    proposal TEXT,
    checked_at BIGINT
) {clustered};
",
};

/// The branch of a proposal without a request, and the commit of a repository in which the record was read.
pub(crate) const BRANCHES: Migration = Migration {
    version: 4,
    sql: "
ALTER TABLE scaffolder_projects ADD COLUMN proposal_branch TEXT;
ALTER TABLE scaffolder_projects ADD COLUMN head TEXT;
",
};

/// Most projects of one list.
pub(crate) const MOST_LISTED: usize = 1_000;

/// How a project stands to its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// The template has changed since.
    Behind,
    /// It cannot be said.
    Unknown,
    /// It was not looked at yet.
    Unchecked,
    /// The template has not changed since.
    Current,
}

impl Standing {
    const ALL: [Self; 4] = [Self::Behind, Self::Unknown, Self::Unchecked, Self::Current];

    /// The word of table and API.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Behind => "behind",
            Self::Unknown => "unknown",
            Self::Unchecked => "unchecked",
            Self::Current => "current",
        }
    }

    fn of(word: &str) -> Self {
        let found = Self::ALL.into_iter().find(|one| one.word() == word);
        found.unwrap_or(Self::Unknown)
    }
}

/// A repository that a template made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Project {
    pub id: Uuid,
    /// Address of its files at its branch; at hosts without pull requests the address that Git takes.
    pub repository: String,
    /// Reference of the template.
    pub template: String,
    /// The task that made it.
    pub task: TaskId,
    pub created_by: Option<String>,
    pub created_at: jiff::Timestamp,
    /// Commits of the template that the portal itself has put into the record. Another one could be that of a stranger: a server
    /// shows commits of forks below the address of the repository.
    pub commits: Vec<String>,
    pub found: Found,
    /// The last update that was proposed.
    pub proposal: Option<Proposal>,
    /// When it was looked at.
    pub checked_at: Option<jiff::Timestamp>,
}

/// An update that was proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proposal {
    /// The page of the pull request; of the branch where the host has no requests.
    pub page: String,
    /// The branch, where there is no request.
    pub branch: Option<String>,
}

/// What a look at a project found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub standing: Standing,
    /// The template's commit in the repository's record.
    pub recorded: Option<String>,
    /// The newest commit that changed the template.
    pub newest: Option<String>,
    /// Why it cannot be said.
    pub problem: Option<String>,
    /// The commit of the repository that has the record; nothing where the look ended before, and where the record is in another
    /// branch than the default one.
    pub head: Option<String>,
}

/// A repository that a task has made.
pub(crate) struct NewProject<'a> {
    pub repository: &'a str,
    pub template: &'a str,
    pub task: TaskId,
    pub created_by: Option<&'a str>,
    pub commit: &'a str,
}

/// Notes a repository; one of the same address is the new one.
pub(crate) async fn add(tx: &mut Tx, new: &NewProject<'_>) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let arguments = vec![
        Uuid::new_v4().into(),
        new.repository.into(),
        new.template.into(),
        new.task.0.into(),
        new.created_by.map(str::to_owned).into(),
        now.into(),
        new.commit.into(),
        Arg::json(&json!([new.commit]))?,
    ];
    let text = "INSERT INTO scaffolder_projects (id, repository, template, task, created_by, created_at, state, recorded, commits) \
         VALUES (?, ?, ?, ?, ?, ?, 'unchecked', ?, ?) \
         ON CONFLICT (repository) DO UPDATE SET template = excluded.template, task = excluded.task, \
         created_by = excluded.created_by, created_at = excluded.created_at, state = excluded.state, \
         recorded = excluded.recorded, commits = excluded.commits, newest = NULL, problem = NULL, proposal = NULL, proposal_branch = NULL, \
         head = NULL, checked_at = NULL";
    tx.execute(text, arguments).await.map(drop)
}

const COLUMNS: &str = "id, repository, template, task, created_by, created_at, state, recorded, newest, problem, \
     proposal, checked_at, commits, proposal_branch, head";

fn project(row: &Row) -> Result<Project, StoreError> {
    let branch = row.maybe_text(13)?;
    Ok(Project {
        id: row.uuid(0)?,
        repository: row.text(1)?,
        template: row.text(2)?,
        task: TaskId(row.uuid(3)?),
        created_by: row.maybe_text(4)?,
        created_at: row.time(5)?,
        commits: row.json(12)?,
        found: Found {
            standing: Standing::of(&row.text(6)?),
            recorded: row.maybe_text(7)?,
            newest: row.maybe_text(8)?,
            problem: row.maybe_text(9)?,
            head: row.maybe_text(14)?,
        },
        proposal: row.maybe_text(10)?.map(|page| Proposal { page, branch }),
        checked_at: row.maybe_time(11)?,
    })
}

/// The projects of these authors, the newest first.
pub(crate) async fn list(session: &mut Session, seen: &Authors) -> Result<Vec<Project>, StoreError> {
    let mut arguments: Vec<Arg> = Vec::new();
    let by = by_authors(seen, &mut arguments).unwrap_or_else(|| "1 = 1".to_owned());
    let text =
        format!("SELECT {COLUMNS} FROM scaffolder_projects WHERE {by} ORDER BY created_at DESC, id LIMIT ?");
    arguments.push(MOST_LISTED.into());
    let rows = session.rows(text, arguments).await?;
    rows.iter().map(project).collect()
}

/// A project, if there is one.
pub(crate) async fn show(session: &mut Session, id: Uuid) -> Result<Option<Project>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM scaffolder_projects WHERE id = ?");
    let row = session.row(text, vec![id.into()]).await?;
    row.as_ref().map(project).transpose()
}

/// Keeps what a look has found. A repository that another task has made anew meanwhile is left as it is.
pub(crate) async fn note(tx: &mut Tx, project: &Project, found: &Found) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let text = "UPDATE scaffolder_projects SET state = ?, recorded = ?, newest = ?, problem = ?, head = ?, checked_at = ? \
         WHERE id = ? AND task = ?";
    let arguments = vec![
        found.standing.word().into(),
        found.recorded.clone().into(),
        found.newest.clone().into(),
        found.problem.clone().into(),
        found.head.clone().into(),
        now.into(),
        project.id.into(),
        project.task.0.into(),
    ];
    tx.execute(text, arguments).await.map(drop)
}

/// Lets records name a further commit of the template from now on, beside those that are let by then. A repository that another task
/// has made anew meanwhile is left as it is.
pub(crate) async fn admit(tx: &mut Tx, project: &Project, commit: &str) -> Result<(), StoreError> {
    let lock = match tx.engine() {
        Engine::Sqlite => "",
        Engine::Postgres => " FOR UPDATE",
    };
    let text = format!("SELECT commits FROM scaffolder_projects WHERE id = ? AND task = ?{lock}");
    let row = tx
        .row(text, vec![project.id.into(), project.task.0.into()])
        .await?;
    let Some(row) = row else {
        return Ok(());
    };
    let mut commits: Vec<String> = row.json(0)?;
    if commits.iter().any(|known| known == commit) {
        return Ok(());
    }
    commits.push(commit.to_owned());
    let text = "UPDATE scaffolder_projects SET commits = ? WHERE id = ?";
    tx.execute(text, vec![Arg::json(&json!(commits))?, project.id.into()])
        .await
        .map(drop)
}

/// Keeps the last proposal.
pub(crate) async fn note_proposal(
    tx: &mut Tx,
    project: &Project,
    proposal: &Proposal,
) -> Result<(), StoreError> {
    let text = "UPDATE scaffolder_projects SET proposal = ?, proposal_branch = ? WHERE id = ? AND task = ?";
    let arguments = vec![
        proposal.page.as_str().into(),
        proposal.branch.clone().into(),
        project.id.into(),
        project.task.0.into(),
    ];
    tx.execute(text, arguments).await.map(drop)
}
