//! New repositories, and the wait until a server shows what was pushed to one.

use std::time::Duration;

use http::Method;
use model::{Fault, FaultKind};
use serde_json::{Value, json};

use super::call::{Anything, Call};
use super::{Gitea, Repository};

/// Pauses between two looks at a branch that is not there yet.
const FIRST_PAUSE: Duration = Duration::from_millis(25);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A repository that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRepository<'a> {
    /// The organisation or user; without one the account's own user.
    pub owner: Option<&'a str>,
    /// Its name.
    pub name: &'a str,
    /// What it is.
    pub description: &'a str,
    /// Only those with access see it.
    pub private: bool,
    /// The first branch.
    pub branch: &'a str,
}

impl NewRepository<'_> {
    /// `private` or `public`.
    pub fn visibility(&self) -> &'static str {
        if self.private { "private" } else { "public" }
    }
}

impl Gitea {
    /// The name of the account's own user.
    pub async fn own_user(&self) -> Result<String, Fault> {
        let found: Value = self
            .get(Call::new(&["user"], "The account cannot be read"))
            .await?;
        let login = found["login"].as_str().map(str::to_owned);
        login.ok_or_else(|| Fault::error(format!("{} names no user for the token", self.name)))
    }

    /// Makes a repository; the existing one where there is one of this name, and whether it was made.
    pub async fn create(&self, new: &NewRepository<'_>) -> Result<(Repository, bool), Fault> {
        let own = self.own_user().await?;
        let owner = new.owner.unwrap_or(&own);
        let doing = format!("The repository {owner}/{} cannot be made", new.name);
        if let Some(known) = self.repository(owner, new.name).await? {
            return Ok((known, false));
        }
        let path: Vec<&str> = if owner.eq_ignore_ascii_case(&own) {
            vec!["user", "repos"]
        } else if self.is_organization(owner).await? {
            vec!["orgs", owner, "repos"]
        } else if self.is_user(owner).await? {
            // Only an administrator's account may do this.
            vec!["admin", "users", owner, "repos"]
        } else {
            return Err(Fault::not_found(format!(
                "{doing}: {} has no organisation or user {owner} that the token sees. Make it first, or name another \
                 owner in repoUrl or in scaffolder.defaultOwner",
                self.name
            )));
        };
        let body = json!({
            "name": new.name,
            "description": new.description,
            "private": new.private,
            "default_branch": new.branch,
            "auto_init": false,
        });
        let made = self.change(Method::POST, Call::new(&path, &doing), &body).await?;
        Ok((made, true))
    }

    /// Waits until the server shows a commit on a branch, at most this long; whether it does. A server takes note of a push
    /// shortly after it has answered, and until then its files are not found.
    pub async fn shows(
        &self,
        repository: &Repository,
        branch: &str,
        commit: &str,
        longest: Duration,
    ) -> Result<bool, Fault> {
        let (owner, name) = repository.owner_and_name();
        let doing = format!(
            "The branch {branch} of {} cannot be looked up",
            repository.full_name
        );
        let end = tokio::time::Instant::now() + longest;
        let mut pause = FIRST_PAUSE;
        loop {
            let path = ["repos", owner, name, "branches", branch];
            let found = self.find::<Value>(Call::new(&path, &doing)).await;
            if let Ok(Some(found)) = &found
                && found["commit"]["id"] == commit
            {
                return Ok(true);
            }
            if tokio::time::Instant::now() + pause > end {
                return found.map(|_| false);
            }
            // Between a push and its being noted a server may answer with an error of its own.
            if let Err(fault) = found
                && !matches!(fault.kind(), FaultKind::Plain | FaultKind::Unavailable)
            {
                return Err(fault);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn is_organization(&self, owner: &str) -> Result<bool, Fault> {
        let doing = format!("The organisation {owner} cannot be looked up");
        let found: Option<Anything> = self.find(Call::new(&["orgs", owner], &doing)).await?;
        Ok(found.is_some())
    }

    async fn is_user(&self, owner: &str) -> Result<bool, Fault> {
        let doing = format!("The user {owner} cannot be looked up");
        let found: Option<Anything> = self.find(Call::new(&["users", owner], &doing)).await?;
        Ok(found.is_some())
    }
}
