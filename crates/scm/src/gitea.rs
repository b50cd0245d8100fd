//! Writing to Gitea and Forgejo: owners and repositories.

use std::time::Duration;

use config::{IntegrationsSection, Secret};
use http::header::AUTHORIZATION;
use http::{Method, StatusCode};
use model::{Fault, FaultKind};
use outside::{Answer, Host, HostPolicy, OutsideCalls};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::integrations::basic;

/// Pauses between two looks at a branch that is not there yet.
const FIRST_PAUSE: Duration = Duration::from_millis(25);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// An account at a Gitea server, with which the portal writes. Cloning is cheap.
#[derive(Clone)]
pub struct Gitea {
    name: String,
    base: String,
    /// For the API.
    token: Secret,
    /// For Git itself, which takes a sign-in only.
    git: Secret,
    host: Host,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GiteaRepository {
    /// Its name with its owner's, as the server writes them.
    pub full_name: String,
    /// It has no commit yet.
    #[serde(default)]
    pub empty: bool,
    /// Only those with access see it.
    #[serde(default)]
    pub private: bool,
}

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

impl Gitea {
    /// The account at a host of the configuration. Fails for a host without integration or without credentials.
    pub fn of(section: &IntegrationsSection, calls: &OutsideCalls, host: &str) -> Result<Self, Fault> {
        let integration = section.gitea.iter().find(|one| one.host == host);
        let integration = integration.ok_or_else(|| {
            Fault::input(format!(
                "No matching integration configuration for host {host}, please check your integrations config"
            ))
        })?;
        let password = integration.password.as_ref().ok_or_else(|| {
            Fault::input(format!(
                "The integration for {host} has no token; set integrations.gitea[].password to a token with the scopes \
                 write:repository, write:organization and read:user"
            ))
        })?;
        let (token, git) = match &integration.username {
            Some(user) => (basic(user, password), basic(user, password)),
            None => (
                Secret::new(format!("token {}", password.expose().trim())),
                // Git's own sign-in takes a token as the password of any name.
                basic("token", password),
            ),
        };
        let base = integration
            .base_url
            .as_deref()
            .map(|base| base.trim_end_matches('/').to_owned());
        let prepared = calls.host(host, &HostPolicy::default());
        Ok(Self {
            name: host.to_owned(),
            base: base.unwrap_or_else(|| format!("https://{host}")),
            token,
            git,
            host: prepared.map_err(|error| Fault::error(error.to_string()))?,
        })
    }

    /// Address of the server, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The server, for pushes.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The `Authorization` header of Git itself.
    pub fn git_authorization(&self) -> &Secret {
        &self.git
    }

    /// The name of the account's own user.
    pub async fn own_user(&self) -> Result<String, Fault> {
        let found: Value = self
            .ask(Method::GET, &["user"], None, "The account cannot be read")
            .await?;
        let login = found["login"].as_str().map(str::to_owned);
        login.ok_or_else(|| Fault::error(format!("{} names no user for the token", self.name)))
    }

    /// A repository, if there is one that the account sees.
    pub async fn repository(&self, owner: &str, name: &str) -> Result<Option<GiteaRepository>, Fault> {
        let doing = format!("The repository {owner}/{name} cannot be looked up");
        self.find(&["repos", owner, name], &doing).await
    }

    /// Makes a repository; the existing one where there is one of this name, and whether it was made.
    pub async fn create(&self, new: &NewRepository<'_>) -> Result<(GiteaRepository, bool), Fault> {
        let own = self.own_user().await?;
        let owner = new.owner.unwrap_or(&own);
        let (name, doing) = (
            new.name,
            format!("The repository {owner}/{} cannot be made", new.name),
        );
        if let Some(known) = self.repository(owner, name).await? {
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
            "name": name,
            "description": new.description,
            "private": new.private,
            "default_branch": new.branch,
            "auto_init": false,
        });
        let made = self.ask(Method::POST, &path, Some(&body), &doing).await?;
        Ok((made, true))
    }

    /// Waits until the server shows a commit on a branch, at most this long; whether it does. A server takes note of a push
    /// shortly after it has answered, and until then its files are not found.
    pub async fn shows(
        &self,
        repository: &GiteaRepository,
        branch: &str,
        commit: &str,
        longest: Duration,
    ) -> Result<bool, Fault> {
        let (owner, name) = repository.full_name.split_once('/').unwrap_or_default();
        let doing = format!(
            "The branch {branch} of {} cannot be looked up",
            repository.full_name
        );
        let end = tokio::time::Instant::now() + longest;
        let mut pause = FIRST_PAUSE;
        loop {
            let found = self
                .find::<Value>(&["repos", owner, name, "branches", branch], &doing)
                .await;
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
                && !fault.is(&FaultKind::Plain)
            {
                return Err(fault);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn is_organization(&self, owner: &str) -> Result<bool, Fault> {
        let doing = format!("The organisation {owner} cannot be looked up");
        Ok(self.find::<Value>(&["orgs", owner], &doing).await?.is_some())
    }

    async fn is_user(&self, owner: &str) -> Result<bool, Fault> {
        let doing = format!("The user {owner} cannot be looked up");
        Ok(self.find::<Value>(&["users", owner], &doing).await?.is_some())
    }

    async fn find<T: for<'de> Deserialize<'de>>(
        &self,
        path: &[&str],
        doing: &str,
    ) -> Result<Option<T>, Fault> {
        match self.ask(Method::GET, path, None, doing).await {
            Ok(found) => Ok(Some(found)),
            Err(fault) if fault.is(&FaultKind::NotFound) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn ask<T: for<'de> Deserialize<'de>>(
        &self,
        method: Method,
        path: &[&str],
        body: Option<&Value>,
        doing: &str,
    ) -> Result<T, Fault> {
        let failed = |error: outside::OutsideError| Fault::error(format!("{doing}: {error}"));
        let mut request = self
            .host
            .request(method, self.address(path)?)
            .secret_header(AUTHORIZATION, self.token.expose())
            .any_status();
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(failed)?;
        if answer.is_success() {
            return answer.json().await.map_err(failed);
        }
        Err(self.refused(answer, doing).await)
    }

    fn address(&self, path: &[&str]) -> Result<Url, Fault> {
        let wrong = || {
            Fault::input(format!(
                "{} is no address of a server; correct integrations.gitea[].baseUrl",
                self.base
            ))
        };
        let mut url = Url::parse(&format!("{}/api/v1", self.base)).map_err(|_| wrong())?;
        url.path_segments_mut().map_err(|()| wrong())?.extend(path);
        Ok(url)
    }

    /// What an answer without success means, and the way out.
    async fn refused(&self, answer: Answer, doing: &str) -> Fault {
        let status = answer.status();
        let said = answer.text().await.unwrap_or_default();
        let said: Value = serde_json::from_str(&said).unwrap_or_default();
        let said = said["message"].as_str().unwrap_or_default().trim().to_owned();
        let said = if said.is_empty() {
            said
        } else {
            format!(" ({said})")
        };
        let (kind, why) = match status {
            StatusCode::UNAUTHORIZED => (
                FaultKind::Authentication,
                "does not accept the token; put a valid one into integrations.gitea[].password",
            ),
            StatusCode::FORBIDDEN => (
                FaultKind::NotAllowed,
                "does not allow it; the token needs the scopes write:repository, write:organization and read:user, and \
                 its user the right to make repositories there",
            ),
            StatusCode::NOT_FOUND => (
                FaultKind::NotFound,
                "does not know it, or does not show it to this token",
            ),
            StatusCode::CONFLICT => (FaultKind::Conflict, "has one of this name already"),
            StatusCode::UNPROCESSABLE_ENTITY => (
                FaultKind::Input,
                "does not take these values; the name may be reserved or have signs that it must not have",
            ),
            StatusCode::LOCKED => (
                FaultKind::Conflict,
                "has archived it, and nothing in it can be changed",
            ),
            _ => (FaultKind::Plain, "fails at it"),
        };
        let text = format!(
            "{doing}: {} answers {} and {why}{said}",
            self.name,
            status.as_u16()
        );
        Fault::new(kind, text)
    }
}
