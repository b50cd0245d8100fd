//! How the CI of a branch is, from whatever the server has: runs of Gitea Actions (1.25 and later), their tasks (1.22 to 1.24,
//! Forgejo), else the statuses that any CI sets on commits.
//!
//! A server says 404 for what it has not and for what is turned off in the repository: both lead to the next source.

mod runs;
mod statuses;
mod words;

pub use runs::Run;
pub use statuses::{Check, CommitState};
pub use words::State;

use model::Fault;

use super::super::{Features, Gitea, Version};

/// The first version that lists runs.
const RUNS: Version = Version::new(1, 25);
/// The first version that lists tasks.
const TASKS: Version = Version::new(1, 22);

/// What a server says about CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Runs of Actions.
    Runs,
    /// Tasks of Actions, put together to runs.
    Tasks,
    /// Statuses of the newest commit.
    Statuses,
}

/// The CI of a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ci {
    /// Where it comes from.
    pub source: Source,
    /// The newest runs, the newest first.
    pub runs: Vec<Run>,
    /// Statuses of the newest commit, where there are no runs.
    pub checks: Vec<Check>,
}

impl Ci {
    /// How the branch is: of each workflow the newest run, of these the worst. Nothing where no CI runs.
    pub fn state(&self) -> Option<State> {
        let mut workflows: Vec<&str> = Vec::new();
        let newest = self.runs.iter().filter(|run| {
            let is_new = !workflows.contains(&run.workflow.as_str());
            workflows.extend(is_new.then_some(run.workflow.as_str()));
            is_new
        });
        let states = newest.map(|run| run.state);
        states.chain(self.checks.iter().map(|check| check.state)).max()
    }

    /// How a commit is by the runs on it. Nothing where none of the runs is on it.
    pub fn state_of(&self, sha: &str) -> Option<State> {
        let runs = Self {
            source: self.source,
            runs: self.runs.iter().filter(|run| run.sha == sha).cloned().collect(),
            checks: Vec::new(),
        };
        runs.state()
    }
}

impl Gitea {
    /// The CI of a branch: its newest runs, at most this many.
    pub async fn ci(&self, repository: (&str, &str), branch: &str, limit: usize) -> Result<Ci, Fault> {
        // Without a version each source is tried.
        let features = self.features().await.unwrap_or_default();
        let (source, runs) = self.runs_of(&features, repository, (branch, limit)).await?;
        let checks = if runs.is_empty() {
            self.commit_state(repository, branch).await?.checks
        } else {
            Vec::new()
        };
        let source = if runs.is_empty() { Source::Statuses } else { source };
        Ok(Ci { source, runs, checks })
    }

    async fn runs_of(
        &self,
        features: &Features,
        repository: (&str, &str),
        asked: (&str, usize),
    ) -> Result<(Source, Vec<Run>), Fault> {
        if features.since(RUNS)
            && let Some(runs) = self.action_runs(repository, asked).await?
        {
            return Ok((Source::Runs, runs));
        }
        if features.since(TASKS)
            && let Some(runs) = self.action_tasks(repository, asked).await?
        {
            return Ok((Source::Tasks, runs));
        }
        Ok((Source::Statuses, Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(workflow: &str, sha: &str, state: State) -> Run {
        Run {
            workflow: workflow.to_owned(),
            sha: sha.to_owned(),
            state,
            ..Run::default()
        }
    }

    #[test]
    fn a_branch_is_as_the_newest_run_of_its_worst_workflow() {
        let ci = Ci {
            source: Source::Runs,
            runs: vec![
                run("build", "c", State::Success),
                run("lint", "b", State::Running),
                run("build", "a", State::Failing),
            ],
            checks: Vec::new(),
        };
        assert_eq!(ci.state(), Some(State::Running));
        assert_eq!(ci.state_of("a"), Some(State::Failing));
        assert_eq!(ci.state_of("c"), Some(State::Success));
        assert_eq!(ci.state_of("d"), None);
    }
}
