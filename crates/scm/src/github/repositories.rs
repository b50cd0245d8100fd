//! Repositories: what there is, and new ones.

use http::Method;
use model::{Fault, FaultKind};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{FullName, Github};
use crate::call::Call;

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Repository {
    /// Its name.
    pub name: String,
    /// Owner and name.
    pub full_name: String,
    /// Its page.
    pub html_url: String,
    /// The address it is cloned from and pushed to.
    pub clone_url: String,
    /// The branch that is meant where none is named.
    #[serde(default)]
    pub default_branch: String,
    /// Nothing in it can be changed.
    #[serde(default)]
    pub archived: bool,
    /// What the account may do; nothing for a token that shows nothing of it.
    #[serde(default)]
    pub permissions: Option<Permissions>,
    /// The repository that this one is a fork of.
    #[serde(default)]
    pub parent: Option<Box<Repository>>,
}

/// What an account may do in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Permissions {
    /// It may push.
    pub push: bool,
}

/// What an owner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerKind {
    /// A company or another group.
    Organization,
    /// A person.
    User,
}

impl OwnerKind {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Organization => "Organization",
            Self::User => "User",
        }
    }
}

impl Github {
    /// The login of the token's user; nothing for a token that belongs to no user.
    pub async fn own_login(&self) -> Result<Option<String>, Fault> {
        let asked = self
            .rest
            .get::<Value>(Call::new(&["user"], "The account cannot be read"))
            .await;
        match asked {
            Ok(user) => Ok(user["login"].as_str().map(str::to_owned)),
            // The token of an App's installation or of a workflow has no user.
            Err(fault) if fault.is(&FaultKind::NotAllowed) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// What an owner is. Fails where there is none of this name.
    pub async fn owner_kind(&self, owner: &str) -> Result<OwnerKind, Fault> {
        let doing = format!("The owner {owner} cannot be looked up");
        let found: Value = self.rest.get(Call::new(&["users", owner], &doing)).await?;
        Ok(match found["type"].as_str() {
            Some("Organization") => OwnerKind::Organization,
            _ => OwnerKind::User,
        })
    }

    /// A repository, if the account sees one.
    pub async fn repository(&self, at: FullName<'_>) -> Result<Option<Repository>, Fault> {
        let doing = format!("The repository {at} cannot be looked up");
        self.rest
            .find(Call::new(&["repos", at.owner, at.name], &doing))
            .await
    }

    /// A repository that must be there.
    pub async fn existing(&self, at: FullName<'_>) -> Result<Repository, Fault> {
        let doing = format!("The repository {at} cannot be read");
        self.rest
            .get(Call::new(&["repos", at.owner, at.name], &doing))
            .await
    }

    /// Makes a repository of an owner; `settings` are the further keys of the call
    /// (<https://docs.github.com/en/rest/repos/repos#create-an-organization-repository>).
    pub async fn create(
        &self,
        at: FullName<'_>,
        kind: OwnerKind,
        settings: &Value,
    ) -> Result<Repository, Fault> {
        let doing = format!("Failed to create the {} repository {at}", kind.word());
        let path: Vec<&str> = match kind {
            OwnerKind::Organization => vec!["orgs", at.owner, "repos"],
            OwnerKind::User => {
                self.check_own(at, &doing).await?;
                vec!["user", "repos"]
            }
        };
        let mut body = settings.clone();
        body["name"] = at.name.into();
        self.rest
            .change(Method::POST, Call::new(&path, &doing), &body)
            .await
    }

    /// A token makes repositories for its own user only.
    async fn check_own(&self, at: FullName<'_>, doing: &str) -> Result<(), Fault> {
        match self.own_login().await? {
            Some(own) if !own.eq_ignore_ascii_case(at.owner) => Err(Fault::not_allowed(format!(
                "{doing}: {} is a user, and the token belongs to {own}; a token makes repositories for its own user and for \
                 organisations",
                at.owner
            ))),
            _ => Ok(()),
        }
    }

    /// The fork of a repository that belongs to the token's user; made where there is none yet.
    pub async fn own_fork(&self, at: FullName<'_>) -> Result<(String, Repository), Fault> {
        let doing = format!("The repository {at} cannot be forked");
        let own = self.own_login().await?;
        let own = own.ok_or_else(|| {
            Fault::input(format!(
                "{doing}: the token belongs to no user; use the token of a person"
            ))
        })?;
        let name = FullName {
            owner: &own,
            name: at.name,
        };
        let known = self.repository(name).await?;
        let is_fork = |one: &Repository| {
            one.parent
                .as_ref()
                .is_some_and(|parent| parent.full_name == at.to_string())
        };
        if let Some(known) = known.filter(is_fork) {
            return Ok((own, known));
        }
        let path = ["repos", at.owner, at.name, "forks"];
        let made = self
            .rest
            .change(Method::POST, Call::new(&path, &doing), &json!({}))
            .await?;
        Ok((own, made))
    }
}
