//! What people and machines do in a repository: issues, pull requests, releases, runs and commit statuses.

use jiff::Timestamp;

/// An issue or a pull request; both are counted together.
#[derive(Debug, Clone)]
pub(super) struct Issue {
    pub id: u64,
    pub number: u64,
    pub title: String,
    pub body: String,
    pub open: bool,
    pub user: String,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub pull: Option<Pull>,
}

/// The part of a pull request that issues do not have.
#[derive(Debug, Clone)]
pub(super) struct Pull {
    pub head: String,
    pub base: String,
    pub draft: bool,
    pub merged: bool,
}

/// A release.
#[derive(Debug, Clone)]
pub struct Release {
    /// Given by the server.
    pub id: u64,
    /// The tag, which is made at the head of the default branch if it is new.
    pub tag: String,
    /// What it is called.
    pub name: String,
    /// Notes, as Markdown.
    pub body: String,
    /// Not published yet.
    pub draft: bool,
    /// Not for everybody yet.
    pub prerelease: bool,
    /// When it was made.
    pub created: Timestamp,
}

impl Release {
    /// A published release of a tag, which is its name, too.
    pub fn new(tag: &str) -> Self {
        Self {
            id: 0,
            tag: tag.to_owned(),
            name: tag.to_owned(),
            body: String::new(),
            draft: false,
            prerelease: false,
            created: Timestamp::UNIX_EPOCH,
        }
    }
}

/// A run of Gitea Actions.
#[derive(Debug, Clone)]
pub struct Run {
    /// The number in addresses of the API, which is **not** the one that people see; given by the server.
    pub id: u64,
    /// The number that people see; given by the server.
    pub number: u64,
    /// File of the workflow, such as `build.yaml`.
    pub workflow: String,
    /// What it was started for.
    pub title: String,
    /// The branch.
    pub branch: String,
    /// The commit; empty for the head of the branch.
    pub commit: String,
    /// `push`, `pull_request` and others.
    pub event: String,
    /// `queued`, `in_progress`, `completed`.
    pub status: String,
    /// `success`, `failure` and others; empty until it is completed.
    pub conclusion: String,
    /// When it was started.
    pub started: Timestamp,
}

impl Run {
    /// A completed run of a workflow for the head of a branch.
    pub fn new(workflow: &str, branch: &str, conclusion: &str) -> Self {
        Self {
            id: 0,
            number: 0,
            workflow: workflow.to_owned(),
            title: format!("Run of {workflow}"),
            branch: branch.to_owned(),
            commit: String::new(),
            event: "push".to_owned(),
            status: "completed".to_owned(),
            conclusion: conclusion.to_owned(),
            started: Timestamp::UNIX_EPOCH,
        }
    }

    /// Not done yet: `queued` or `in_progress`.
    pub fn status(mut self, status: &str) -> Self {
        status.clone_into(&mut self.status);
        self.conclusion.clear();
        self
    }
}

/// What a machine says about a commit.
#[derive(Debug, Clone)]
pub(super) struct Status {
    pub id: u64,
    pub commit: String,
    pub context: String,
    pub state: String,
    pub description: String,
    pub target_url: String,
    /// Nobody for a status of Actions.
    pub creator: Option<String>,
    pub created: Timestamp,
}
