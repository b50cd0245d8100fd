//! The repository of a project at its host: Gitea, GitHub, GitLab, or any Git server over HTTP(S).
//!
//! Files come and commits go by Git itself, so that modes and links are at every host what they are. Only pull requests are
//! different calls at each.

use model::{Fault, FaultKind};
use scm::git::{Base, Branches, Remote, Service, fetch_files};
use scm::gitea::{self, Gitea, NewPullRequest, PullRequest};
use scm::github::{self, FullName, Github};
use scm::gitlab::{self, Gitlab};
use scm::{GitRemote, Integrations, SignIn, TreeLimits};
use serde_json::{Value, json};
use url::Url;

use super::desk::Desk;
use super::merge::Folder;

/// How Gitea knows drafts, by its setting `WORK_IN_PROGRESS_PREFIXES`.
const GITEA_DRAFT: &str = "WIP: ";
/// How GitLab knows drafts (<https://docs.gitlab.com/user/project/merge_requests/drafts/>).
const GITLAB_DRAFT: &str = "Draft: ";
/// What GitHub says where the plan of an account has no drafts.
const NO_DRAFTS: &str = "Draft pull requests are not supported";

/// A repository that a project has, and who may write to it.
pub(crate) struct Hosted {
    at: At,
    /// The address, as Git takes it.
    address: String,
    /// The branch that updates go into; nothing where Git has to say it.
    branch: Option<String>,
}

enum At {
    Gitea(Gitea, Box<gitea::Repository>),
    Github(Github, Box<github::Repository>),
    Gitlab(Gitlab, gitlab::Project),
    Plain(Box<GitRemote>),
}

/// What a branch had when it was read.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    /// The branch.
    pub branch: String,
    /// Its commit.
    pub base: Base,
    /// The host has pull requests; to another one a branch is pushed.
    pub has_requests: bool,
    /// Its files, without links and repositories within.
    pub files: Folder,
}

/// A request to merge a branch.
pub(crate) struct Request<'a> {
    pub branch: &'a str,
    pub onto: &'a str,
    pub title: &'a str,
    /// What it says, in Markdown.
    pub body: &'a str,
    /// A person has to decide something before it is merged.
    pub is_draft: bool,
}

/// Whether pull requests are known of a host. Its files can also be read one by one.
pub(crate) fn has_requests(integrations: &Integrations, address: &str) -> bool {
    kind(integrations, address).is_some_and(|(kind, _)| matches!(kind, "gitea" | "github" | "gitlab"))
}

/// The address by which a project knows the repository that a step has published: its files at its branch where pull requests are
/// known of the host, else what Git takes.
pub(crate) fn address_of<'a>(integrations: &Integrations, output: &'a Value) -> Option<&'a str> {
    let contents = output["repoContentsUrl"].as_str();
    let remote = output["remoteUrl"].as_str();
    let remote = remote.filter(|remote| remote.starts_with("http://") || remote.starts_with("https://"));
    contents
        .filter(|contents| has_requests(integrations, contents))
        .or(remote)
        .or(contents)
}

/// Kind and name of the host of an address that has an integration.
fn kind<'a>(integrations: &'a Integrations, address: &str) -> Option<(&'static str, &'a str)> {
    let integration = integrations.by_url(&Url::parse(address).ok()?)?;
    Some((integration.kind(), integration.host.as_str()))
}

impl Hosted {
    /// Looks the repository of an address up. Fails where there is none, and where nothing in it can be changed.
    pub(crate) async fn of(desk: &Desk, address: &str) -> Result<Self, Fault> {
        let missing = || Fault::not_found(format!("{address} names no repository that is there"));
        let (section, calls) = (&desk.integrations, &desk.calls);
        match kind(desk.reader.integrations(), address) {
            Some(("gitea", host)) => {
                let gitea = Gitea::of(section, calls, host)?;
                let (owner, name) = gitea.repository_in(address).ok_or_else(missing)?;
                let found = gitea.repository(&owner, &name).await?.ok_or_else(missing)?;
                Self::at_gitea(gitea, found)
            }
            Some(("github", host)) => {
                let github = Github::of(section, calls, host, None)?;
                let (owner, name) = Github::repository_in(address).ok_or_else(missing)?;
                let at = FullName {
                    owner: &owner,
                    name: &name,
                };
                let found = github.repository(at).await?.ok_or_else(missing)?;
                Self::at_github(github, found)
            }
            Some(("gitlab", host)) => {
                let gitlab = Gitlab::of(section, calls, host, None)?;
                let path = gitlab.project_in(address).ok_or_else(missing)?;
                let found = gitlab.project(&path).await?.ok_or_else(missing)?;
                Self::at_gitlab(gitlab, found)
            }
            _ => {
                let remote = desk.reader.git_remote(calls, address, &SignIn::default())?;
                Ok(Self {
                    address: remote.address.clone(),
                    at: At::Plain(Box::new(remote)),
                    branch: None,
                })
            }
        }
    }

    fn at_gitea(gitea: Gitea, found: gitea::Repository) -> Result<Self, Fault> {
        check_archived(found.archived, &found.full_name)?;
        Ok(Self {
            address: format!("{}/{}.git", gitea.base(), found.full_name),
            branch: named(&found.default_branch),
            at: At::Gitea(gitea, Box::new(found)),
        })
    }

    fn at_github(github: Github, found: github::Repository) -> Result<Self, Fault> {
        check_archived(found.archived, &found.full_name)?;
        Ok(Self {
            address: github.remote(&found)?,
            branch: named(&found.default_branch),
            at: At::Github(github, Box::new(found)),
        })
    }

    fn at_gitlab(gitlab: Gitlab, found: gitlab::Project) -> Result<Self, Fault> {
        check_archived(found.archived, &found.path_with_namespace)?;
        Ok(Self {
            address: gitlab.remote(&found)?,
            branch: found.default_branch.as_deref().and_then(named),
            at: At::Gitlab(gitlab, found),
        })
    }

    /// The repository, for Git itself.
    pub(crate) fn remote(&self) -> Result<Remote<'_>, Fault> {
        let (host, authorization) = match &self.at {
            At::Gitea(gitea, _) => return gitea.remote(&self.address),
            At::Plain(remote) => return Ok(remote.remote()),
            At::Github(github, _) => (github.host(), github.git_authorization()),
            At::Gitlab(gitlab, _) => (gitlab.host(), gitlab.git_authorization()),
        };
        Ok(Remote {
            host,
            repository: &self.address,
            authorization: Some(authorization),
        })
    }

    /// Reads the branch that updates go into.
    pub(crate) async fn read(&self) -> Result<Ground, Fault> {
        let remote = self.remote()?;
        let branches = remote.branches(Service::Fetch).await?;
        let branch = self.branch(&branches)?;
        let commit = branches.heads.get(branch).ok_or_else(|| {
            Fault::not_found(format!("{} has no branch {branch} with commits", self.address))
        })?;
        let limits = TreeLimits::default();
        let (base, tree) = fetch_files(&remote, &branches, commit, &limits).await?;
        Ok(Ground {
            branch: branch.to_owned(),
            base,
            has_requests: self.has_requests(),
            files: tree.files,
        })
    }

    fn branch<'a>(&'a self, branches: &'a Branches) -> Result<&'a str, Fault> {
        let branch = self.branch.as_deref().or(branches.default.as_deref());
        branch.ok_or_else(|| {
            Fault::input(format!(
                "{} does not say which branch is its default one; set it at the Git server",
                self.address
            ))
        })
    }

    /// The page of the open request to merge one of these branches. A host without requests has the branch alone.
    pub(crate) async fn open_request(&self, branches: &[&str]) -> Result<Option<(String, String)>, Fault> {
        match &self.at {
            At::Gitea(gitea, repository) => {
                let open = gitea.open_pull_requests(repository).await?;
                let is_ours = |one: &PullRequest| {
                    one.head.repo_id == repository.id && branches.contains(&one.head.name.as_str())
                };
                let found = open.into_iter().find(is_ours);
                let page = |one: &PullRequest| gitea.pull_request_page(repository, one.number);
                Ok(found.map(|one| (page(&one), one.head.name)))
            }
            At::Github(github, repository) => {
                let at = full_name(repository)?;
                for branch in branches {
                    if let Some(found) = github.open_pull(at, (at.owner, branch)).await? {
                        return Ok(Some((found.html_url, (*branch).to_owned())));
                    }
                }
                Ok(None)
            }
            At::Gitlab(gitlab, project) => {
                let path = &project.path_with_namespace;
                for branch in branches {
                    if let Some(found) = gitlab.open_merge_request(path, branch).await? {
                        return Ok(Some((found.web_url, (*branch).to_owned())));
                    }
                }
                Ok(None)
            }
            At::Plain(remote) => {
                let branch = branches.last();
                Ok(branch.map(|branch| (branch_page(remote, branch), (*branch).to_owned())))
            }
        }
    }

    /// Opens a request; its page. At a host without requests it is the page of the branch.
    pub(crate) async fn open(&self, new: &Request<'_>) -> Result<String, Fault> {
        match &self.at {
            At::Gitea(gitea, repository) => {
                let title = marked(GITEA_DRAFT, new);
                let new = NewPullRequest {
                    head: new.branch,
                    base: new.onto,
                    title: &title,
                    body: new.body,
                    assignees: &[],
                };
                let opened = gitea.propose(repository, &new).await?;
                Ok(gitea.pull_request_page(repository, opened.number))
            }
            At::Github(github, repository) => open_at_github(github, repository, new).await,
            At::Gitlab(gitlab, project) => {
                let body = json!({
                    "source_branch": new.branch, "target_branch": new.onto, "title": marked(GITLAB_DRAFT, new),
                    "description": new.body, "remove_source_branch": true,
                });
                Ok(gitlab.open(&project.path_with_namespace, &body).await?.web_url)
            }
            At::Plain(remote) => Ok(branch_page(remote, new.branch)),
        }
    }

    /// Whether the host has requests.
    pub(crate) fn has_requests(&self) -> bool {
        !matches!(self.at, At::Plain(_))
    }
}

async fn open_at_github(
    github: &Github,
    repository: &github::Repository,
    new: &Request<'_>,
) -> Result<String, Fault> {
    let at = full_name(repository)?;
    let body = json!({
        "title": new.title, "body": new.body, "head": format!("{}:{}", at.owner, new.branch), "base": new.onto,
        "draft": new.is_draft,
    });
    match github.open(at, &body).await {
        // Private repositories of small plans have none.
        Err(fault) if new.is_draft && fault.message.contains(NO_DRAFTS) => {
            let mut plain = body;
            plain["draft"] = false.into();
            plain["title"] = marked(GITLAB_DRAFT, new).into();
            Ok(github.open(at, &plain).await?.html_url)
        }
        opened => Ok(opened?.html_url),
    }
}

fn full_name(repository: &github::Repository) -> Result<FullName<'_>, Fault> {
    let parts = repository.full_name.split_once('/');
    let wrong = || Fault::error(format!("{} is no owner and name", repository.full_name));
    parts
        .map(|(owner, name)| FullName { owner, name })
        .ok_or_else(wrong)
}

/// The files of a branch; where the host has no page for them that is known, the address of the repository with the branch behind
/// it.
fn branch_page(remote: &GitRemote, branch: &str) -> String {
    let page = remote.contents_address(branch);
    page.unwrap_or_else(|| format!("{}#{branch}", remote.address))
}

fn marked(mark: &str, new: &Request<'_>) -> String {
    let mark = if new.is_draft { mark } else { "" };
    format!("{mark}{}", new.title)
}

fn named(branch: &str) -> Option<String> {
    (!branch.is_empty()).then(|| branch.to_owned())
}

fn check_archived(is_archived: bool, name: &str) -> Result<(), Fault> {
    if !is_archived {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Conflict,
        format!("{name} is archived, so that nothing in it can be changed; take it out of the archive first"),
    ))
}
