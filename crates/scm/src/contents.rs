//! From the address of a repository, as people copy it from the browser, to that of its files on the default branch.

use model::Fault;

use crate::UrlReader;
use crate::git::Service;
use crate::git_remote::SignIn;
use crate::git_url::GitUrl;

impl UrlReader {
    /// Whether an address names a repository of a Gitea, GitHub or GitLab that is configured, and no file, folder or branch in it.
    pub fn names_repository(&self, address: &str) -> bool {
        let Ok(url) = url::Url::parse(address) else {
            return false;
        };
        // Only their files are searched for a name.
        let is_known = |kind: &str| matches!(kind, "gitea" | "github" | "gitlab");
        let has_integration = self
            .integrations()
            .by_url(&url)
            .is_some_and(|one| is_known(one.kind()));
        let is_bare = |parsed: GitUrl| {
            let inside = [&parsed.reference, &parsed.file, &parsed.file_kind];
            !parsed.owner.is_empty() && !parsed.name.is_empty() && inside.iter().all(|part| part.is_empty())
        };
        has_integration && GitUrl::parse_safe(address).is_ok_and(is_bare)
    }

    /// The address of the files on the default branch of a repository, with a slash at the end where the host has paths. The
    /// repository is asked as Git asks, so that it works alike at every host.
    ///
    /// # Errors
    /// The address is none of a repository that may be read, the repository is empty, or its host does not answer.
    pub async fn contents_of(&self, address: &str) -> Result<String, Fault> {
        let offline = || Fault::error("This portal reads no repositories");
        let calls = self.inner.calls.as_ref().ok_or_else(offline)?;
        let page = address.trim_end_matches('/').trim_end_matches(".git");
        let remote = self.git_remote(calls, &format!("{page}.git"), &SignIn::default())?;
        let branches = remote.remote().branches(Service::Fetch).await?;
        let empty = || Fault::not_found(format!("The repository {address} has no commit yet"));
        let branch = branches
            .default
            .or_else(|| branches.heads.into_keys().next())
            .ok_or_else(empty)?;
        let unknown = || {
            Fault::not_allowed(format!(
                "The host of {address} is none of the configured 'integrations'"
            ))
        };
        remote.contents_address(&branch).ok_or_else(unknown)
    }
}
