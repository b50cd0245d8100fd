//! The repository of a project at its host: Gitea, GitHub, GitLab, or any Git server over HTTP(S).
//!
//! Files come and commits go by Git itself, so that modes and links are at every host what they are. Only pull requests are
//! different calls at each.

use std::sync::Arc;

use bytes::Bytes;
use model::{Fault, FaultKind};
use scm::git::{Base, Branches, Objects, Remote, Service, fetch, fetch_file, fetch_files};
use scm::gitea::{self, Gitea, NewPullRequest, PullRequest};
use scm::github::{self, FullName, Github};
use scm::gitlab::{self, Gitlab};
use scm::{GitRemote, Integrations, SignIn, TreeLimits};
use serde_json::json;
use url::Url;

use super::desk::Desk;
use super::merge::Folder;
use super::record;

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
    /// The default branch; nothing where Git has to say it.
    branch: Option<String>,
}

/// A branch and its newest commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tip<'a> {
    pub branch: &'a str,
    pub commit: &'a str,
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
    pub base: Arc<Base>,
    /// The host has pull requests; to another one a branch is pushed.
    pub has_requests: bool,
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

/// Whether pull requests are known of the host of an address.
pub(crate) fn has_requests(integrations: &Integrations, address: &str) -> bool {
    kind(integrations, address).is_some_and(|(kind, _)| matches!(kind, "gitea" | "github" | "gitlab"))
}

/// Kind and name of the host of an address that has an integration.
fn kind<'a>(integrations: &'a Integrations, address: &str) -> Option<(&'static str, &'a str)> {
    let integration = integrations.by_url(&Url::parse(address).ok()?)?;
    Some((integration.kind(), integration.host.as_str()))
}

impl Hosted {
    /// Looks the repository of an address up. Fails where there is none.
    pub(crate) async fn of(desk: &Desk, address: &str) -> Result<Self, Fault> {
        let missing = || Fault::not_found(format!("{address} names no repository that is there"));
        let (section, calls) = (&desk.integrations, &desk.calls);
        match kind(desk.reader.integrations(), address) {
            Some(("gitea", host)) => {
                let gitea = Gitea::of(section, calls, host)?;
                let (owner, name) = gitea.repository_in(address).ok_or_else(missing)?;
                let found = gitea.repository(&owner, &name).await?.ok_or_else(missing)?;
                Ok(Self::at_gitea(gitea, found))
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

    fn at_gitea(gitea: Gitea, found: gitea::Repository) -> Self {
        Self {
            address: format!("{}/{}.git", gitea.base(), found.full_name),
            branch: named(&found.default_branch),
            at: At::Gitea(gitea, Box::new(found)),
        }
    }

    fn at_github(github: Github, found: github::Repository) -> Result<Self, Fault> {
        Ok(Self {
            address: github.remote(&found)?,
            branch: named(&found.default_branch),
            at: At::Github(github, Box::new(found)),
        })
    }

    fn at_gitlab(gitlab: Gitlab, found: gitlab::Project) -> Result<Self, Fault> {
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

    /// The branches of the repository.
    pub(crate) async fn branches(&self) -> Result<Branches, Fault> {
        self.remote()?.branches(Service::Fetch).await
    }

    /// The branch of this name, else the default one of the repository: updates go into the one that the record names, else into that.
    pub(crate) fn tip<'a>(
        &'a self,
        branches: &'a Branches,
        named: Option<&'a str>,
    ) -> Result<Tip<'a>, Fault> {
        let default = self.branch.as_deref().or(branches.default.as_deref());
        let branch = named.or(default).ok_or_else(|| {
            Fault::input(format!(
                "{} does not say which branch is its default one; set it at the Git server",
                self.address
            ))
        })?;
        let commit = branches.heads.get(branch).ok_or_else(|| {
            let hint = if named.is_some() {
                format!("; {} in the default branch names it", record::PATH)
            } else {
                String::new()
            };
            Fault::not_found(format!(
                "{} has no branch {branch} with commits{hint}",
                self.address
            ))
        })?;
        Ok(Tip { branch, commit })
    }

    /// Reads a branch with its files, without links and repositories within.
    pub(crate) async fn read(&self, branches: &Branches, tip: &Tip<'_>) -> Result<(Ground, Folder), Fault> {
        let limits = TreeLimits::default();
        let (base, tree) = fetch_files(&self.remote()?, branches, tip.commit, &limits).await?;
        let ground = Ground {
            branch: tip.branch.to_owned(),
            base: Arc::new(base),
            has_requests: self.has_requests(),
        };
        Ok((ground, tree.files))
    }

    /// Reads one file of a branch.
    pub(crate) async fn file(
        &self,
        desk: &Desk,
        branches: &Branches,
        tip: &Tip<'_>,
        path: &str,
    ) -> Result<Bytes, Fault> {
        if let Some(page) = self.page(("src/commit", tip.commit), path) {
            return Ok(desk.reader.read_url(&page, None).await?.bytes);
        }
        // A server that cannot leave the other files out sends them all.
        let _turn = desk.turn().await?;
        let file = fetch_file(&self.remote()?, branches, tip.commit, path).await?;
        file.ok_or_else(|| Fault::not_found("there is no such file"))
    }

    /// Where a file of a branch is, for people.
    pub(crate) fn place(&self, tip: &Tip<'_>, path: &str) -> String {
        let page = self.page(("src/branch", tip.branch), path);
        page.unwrap_or_else(|| format!("{path} in the branch {} of {}", tip.branch, self.address))
    }

    /// The page of a file at a branch or commit, with the word that Gitea has before it; nothing for a host whose pages are not known.
    fn page(&self, (word, version): (&str, &str), path: &str) -> Option<String> {
        let before = match &self.at {
            At::Gitea(gitea, repository) => format!("{}/{word}", gitea.page(&repository.full_name)),
            At::Github(_, repository) => format!("{}/blob", repository.html_url),
            At::Gitlab(_, project) => format!("{}/-/blob", project.http_url_to_repo.trim_end_matches(".git")),
            At::Plain(_) => return None,
        };
        Some(format!("{before}/{version}/{path}"))
    }

    /// The proposal of an update that is there already: the page and branch of the open request to merge one of these branches. At a
    /// host without requests it is a branch with just the files of the update.
    pub(crate) async fn open_request(
        &self,
        branches: &Branches,
        names: &[&str],
        update: &Objects,
    ) -> Result<Option<(String, String)>, Fault> {
        match &self.at {
            At::Gitea(gitea, repository) => {
                let open = gitea.open_pull_requests(repository).await?;
                let is_ours = |one: &PullRequest| {
                    one.head.repo_id == repository.id && names.contains(&one.head.name.as_str())
                };
                let found = open.into_iter().find(is_ours);
                let page = |one: &PullRequest| gitea.pull_request_page(repository, one.number);
                Ok(found.map(|one| (page(&one), one.head.name)))
            }
            At::Github(github, repository) => {
                let at = full_name(repository)?;
                for branch in names {
                    if let Some(found) = github.open_pull(at, (repository, branch)).await? {
                        return Ok(Some((found.html_url, (*branch).to_owned())));
                    }
                }
                Ok(None)
            }
            At::Gitlab(gitlab, project) => {
                let path = &project.path_with_namespace;
                for branch in names {
                    if let Some(found) = gitlab.open_merge_request(path, branch).await? {
                        return Ok(Some((found.web_url, (*branch).to_owned())));
                    }
                }
                Ok(None)
            }
            At::Plain(remote) => {
                for branch in names {
                    let commit = &branches.heads[*branch];
                    let base = fetch(&remote.remote(), branches, commit).await?;
                    if update.has_files_of(&base) {
                        return Ok(Some((branch_page(remote, branch), (*branch).to_owned())));
                    }
                }
                Ok(None)
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

    /// Fails where nothing in the repository can be changed.
    pub(crate) fn check_archived(&self) -> Result<(), Fault> {
        let (is_archived, name) = match &self.at {
            At::Gitea(_, found) => (found.archived, &found.full_name),
            At::Github(_, found) => (found.archived, &found.full_name),
            At::Gitlab(_, found) => (found.archived, &found.path_with_namespace),
            At::Plain(_) => return Ok(()),
        };
        if !is_archived {
            return Ok(());
        }
        Err(Fault::new(
            FaultKind::Conflict,
            format!(
                "{name} is archived, so that nothing in it can be changed; take it out of the archive first"
            ),
        ))
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
