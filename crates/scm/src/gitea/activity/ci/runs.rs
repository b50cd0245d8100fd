//! Runs of Gitea Actions.
//!
//! A run has an id and a number. People know the number, the API the id, and the page of a run is named by the one or the
//! other, depending on the version: the server's own link decides.

use model::Fault;
use serde::Deserialize;
use serde_json::Value;

use super::super::super::Gitea;
use super::super::super::call::Call;
use super::super::super::repositories::or_default;
use super::State;

/// Tasks that are read at once: each run has several.
const TASKS_PER_RUN: usize = 4;
/// Largest page of tasks.
const MAX_TASKS: usize = 50;

/// A run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// Its number in the repository, which people know.
    pub number: u64,
    /// The name of its page behind `actions/runs/`.
    pub page: String,
    /// What it is about, mostly the title of the commit.
    pub title: String,
    /// The file of its workflow.
    pub workflow: String,
    /// What started it.
    pub event: String,
    /// The branch.
    pub branch: String,
    /// The commit.
    pub sha: String,
    /// How it is.
    pub state: State,
    /// When it was started, as the server writes it; empty while it waits.
    pub started_at: String,
    /// When it ended, as the server writes it; empty as long as it has not.
    pub ended_at: String,
}

/// A run or a task of one, in the words of the API.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Told {
    run_number: u64,
    #[serde(deserialize_with = "or_default")]
    display_title: String,
    #[serde(deserialize_with = "or_default")]
    path: String,
    #[serde(deserialize_with = "or_default")]
    workflow_id: String,
    event: String,
    head_branch: String,
    head_sha: String,
    status: String,
    #[serde(deserialize_with = "or_default")]
    conclusion: String,
    #[serde(deserialize_with = "or_default")]
    html_url: String,
    #[serde(deserialize_with = "or_default")]
    url: String,
    #[serde(deserialize_with = "or_default")]
    started_at: String,
    #[serde(deserialize_with = "or_default")]
    run_started_at: String,
    #[serde(deserialize_with = "or_default")]
    completed_at: String,
}

impl Gitea {
    /// The newest runs on a branch; nothing where the server or the repository has none.
    pub(super) async fn action_runs(
        &self,
        (owner, name): (&str, &str),
        (branch, limit): (&str, usize),
    ) -> Result<Option<Vec<Run>>, Fault> {
        let limit = limit.to_string();
        let query = [("branch", branch), ("limit", &limit)];
        let told = self.actions((owner, name), "runs", &query).await?;
        Ok(told.map(|told| told.into_iter().filter_map(Told::run).collect()))
    }

    /// Like [`Gitea::action_runs`], put together from tasks, which the server lists for all branches.
    pub(super) async fn action_tasks(
        &self,
        repository: (&str, &str),
        (branch, limit): (&str, usize),
    ) -> Result<Option<Vec<Run>>, Fault> {
        let most = (limit * TASKS_PER_RUN).min(MAX_TASKS).to_string();
        let told = self.actions(repository, "tasks", &[("limit", &most)]).await?;
        Ok(told.map(|told| {
            let of_branch = told.into_iter().filter(|task| task.head_branch == branch);
            let mut runs = together(of_branch.filter_map(Told::run));
            runs.truncate(limit);
            runs
        }))
    }

    async fn actions(
        &self,
        (owner, name): (&str, &str),
        list: &str,
        query: &[(&str, &str)],
    ) -> Result<Option<Vec<Told>>, Fault> {
        let doing = format!("The runs of Actions of {owner}/{name} cannot be listed");
        let path = ["repos", owner, name, "actions", list];
        let answer = self.find(Call::new(&path, &doing).query(query)).await;
        let answer: Option<Value> = match answer {
            Err(fault) if fault.is(&model::FaultKind::NotImplemented) => None,
            answer => answer?,
        };
        let Some(mut answer) = answer else {
            return Ok(None);
        };
        let told: Option<Vec<Told>> = serde_json::from_value(answer["workflow_runs"].take())
            .map_err(|error| Fault::error(format!("{doing}: the answer cannot be read ({error})")))?;
        Ok(Some(told.unwrap_or_default()))
    }
}

impl Told {
    fn run(self) -> Option<Run> {
        let state = State::read(&self.conclusion).or_else(|| State::read(&self.status))?;
        let workflow = if self.path.is_empty() {
            self.workflow_id
        } else {
            self.path.split('@').next().unwrap_or_default().to_owned()
        };
        let link = if self.html_url.is_empty() {
            &self.url
        } else {
            &self.html_url
        };
        let started = if self.started_at.is_empty() {
            self.run_started_at
        } else {
            self.started_at
        };
        Some(Run {
            number: self.run_number,
            page: page(link).unwrap_or_else(|| self.run_number.to_string()),
            title: self.display_title,
            workflow: file_name(&workflow),
            event: self.event,
            branch: self.head_branch,
            sha: self.head_sha,
            state,
            started_at: moment(started),
            ended_at: moment(self.completed_at),
        })
    }
}

/// The name of a run's page in the server's own link to it.
fn page(link: &str) -> Option<String> {
    let (before, rest) = link.rsplit_once("/actions/runs/")?;
    let name = rest.split(['/', '?', '#']).next()?;
    let is_page =
        !before.contains("/api/v1/") && !name.is_empty() && name.bytes().all(|one| one.is_ascii_digit());
    is_page.then(|| name.to_owned())
}

/// The file of a workflow without its folder.
fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// A moment; the server writes the first day of its time for one that has not come.
fn moment(text: String) -> String {
    if text.starts_with("0001-") || text.starts_with("1970-") {
        return String::new();
    }
    text
}

/// Tasks as runs, in the order in which their first task came: as bad as the worst task, as long as the longest.
fn together(tasks: impl Iterator<Item = Run>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for task in tasks {
        let known = runs
            .iter_mut()
            .find(|run| run.number == task.number && run.workflow == task.workflow);
        match known {
            Some(run) => {
                run.state = run.state.max(task.state);
                if !task.started_at.is_empty()
                    && (run.started_at.is_empty() || task.started_at < run.started_at)
                {
                    run.started_at = task.started_at;
                }
            }
            None => runs.push(task),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(value: Value) -> Option<Run> {
        serde_json::from_value::<Told>(value).unwrap().run()
    }

    #[test]
    fn the_page_of_a_run_is_named_by_the_servers_link_and_not_by_the_id() {
        let run = told(json!({
            "id": 4711, "run_number": 12, "display_title": "orders: faster", "path": "build.yaml@refs/heads/main",
            "html_url": "https://git.example.com/shop/orders/actions/runs/12", "head_sha": "abc", "status": "completed",
            "conclusion": "failure", "started_at": "2026-11-24T08:00:00Z", "completed_at": "0001-01-01T00:00:00Z",
        }));
        let run = run.unwrap();
        assert_eq!(
            (run.page.as_str(), run.number, run.state),
            ("12", 12, State::Failing)
        );
        assert_eq!((run.workflow.as_str(), run.ended_at.as_str()), ("build.yaml", ""));
        assert_eq!(
            page("https://g/o/r/actions/runs/4711/jobs/0"),
            Some("4711".to_owned())
        );
        assert_eq!(page("https://g/api/v1/repos/o/r/actions/runs/4711"), None);
    }

    #[test]
    fn tasks_become_runs() {
        let task = |number: u64, state: &str| {
            told(
                json!({"run_number": number, "workflow_id": "build.yaml", "status": state, "head_branch": "main"}),
            )
        };
        let tasks = [
            task(7, "running"),
            task(7, "success"),
            task(6, "success"),
            task(6, "failure"),
        ];
        let runs = together(tasks.into_iter().flatten());
        let states: Vec<(u64, State)> = runs.iter().map(|run| (run.number, run.state)).collect();
        assert_eq!(states, [(7, State::Running), (6, State::Failing)]);
    }
}
