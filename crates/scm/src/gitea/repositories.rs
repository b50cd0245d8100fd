//! Repositories: what a server says about each, all that an account sees, one by name or by number.

use model::Fault;
use serde::{Deserialize, Deserializer, Serialize};

use super::call::Call;
use super::{Gitea, Listing};

/// A repository. Its identity is its number: owner and name change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Repository {
    /// Its number on this server.
    pub id: i64,
    /// Its name with its owner's, as the server writes them.
    pub full_name: String,
    /// Its name.
    pub name: String,
    /// The organisation or user that it belongs to.
    pub owner: Owner,
    /// What it is.
    #[serde(deserialize_with = "or_default")]
    pub description: String,
    /// It has no commit yet.
    pub empty: bool,
    /// Only those with access see it.
    pub private: bool,
    /// Everybody who is signed in sees it.
    pub internal: bool,
    /// It is a copy of another repository.
    pub fork: bool,
    /// It follows another repository.
    pub mirror: bool,
    /// Others are made from it.
    pub template: bool,
    /// Nothing in it can be changed.
    pub archived: bool,
    /// The branch that is meant without a branch.
    pub default_branch: String,
    /// The language with most bytes, if the server has counted.
    #[serde(deserialize_with = "or_default")]
    pub language: String,
    /// Its topics.
    #[serde(deserialize_with = "or_default")]
    pub topics: Vec<String>,
    /// Its size in KiB.
    pub size: u64,
    /// Open issues, pull requests not counted.
    pub open_issues_count: u64,
    /// Open pull requests.
    pub open_pr_counter: u64,
    /// Releases.
    pub release_counter: u64,
    /// When it was changed last, as the server writes it.
    pub updated_at: String,
    /// What the account may do with it.
    #[serde(deserialize_with = "or_default")]
    pub permissions: Permissions,
}

/// An organisation or user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Owner {
    /// Its number on this server.
    pub id: i64,
    /// Its name.
    pub login: String,
}

/// What an account may do with a repository.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Permissions {
    /// Change its settings.
    pub admin: bool,
    /// Write.
    pub push: bool,
    /// Read.
    pub pull: bool,
}

/// Which repositories are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepositoryQuery {
    /// Only with this topic.
    pub topic: Option<String>,
    /// Only archived ones, or only others.
    pub archived: Option<bool>,
    /// Only private ones, or only others.
    pub private: Option<bool>,
    /// Only those of the owner of this number.
    pub owner: Option<i64>,
}

impl Repository {
    /// Owner and name apart.
    pub fn owner_and_name(&self) -> (&str, &str) {
        self.full_name.split_once('/').unwrap_or_default()
    }
}

impl Gitea {
    /// A repository, if there is one that the account sees. A renamed one is found by its old name, too.
    pub async fn repository(&self, owner: &str, name: &str) -> Result<Option<Repository>, Fault> {
        let doing = format!("The repository {owner}/{name} cannot be looked up");
        self.find(Call::new(&["repos", owner, name], &doing)).await
    }

    /// The repository of a number, if there is one that the account sees.
    pub async fn repository_by_id(&self, id: i64) -> Result<Option<Repository>, Fault> {
        let (doing, id) = (
            format!("The repository number {id} cannot be looked up"),
            id.to_string(),
        );
        self.find(Call::new(&["repositories", &id], &doing)).await
    }

    /// The organisation or user of a name, if there is one that the account sees.
    pub async fn owner(&self, name: &str) -> Result<Option<Owner>, Fault> {
        let doing = format!("The organisation or user {name} cannot be looked up");
        self.find(Call::new(&["users", name], &doing)).await
    }

    /// All repositories that the account sees and that the query names, by number: the order stays while others are made.
    pub async fn repositories(&self, query: &RepositoryQuery) -> Result<Listing<Repository>, Fault> {
        let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string());
        let (archived, private) = (flag(query.archived), flag(query.private));
        let owner = query.owner.map(|owner| owner.to_string());
        let mut pairs = vec![("sort", "id"), ("order", "asc")];
        pairs.extend(archived.as_deref().map(|archived| ("archived", archived)));
        pairs.extend(private.as_deref().map(|private| ("is_private", private)));
        if let Some(owner) = owner.as_deref() {
            pairs.extend([("uid", owner), ("exclusive", "true")]);
        }
        if let Some(topic) = query.topic.as_deref() {
            pairs.extend([("q", topic), ("topic", "true")]);
        }
        let doing = "The repositories cannot be listed";
        let call = Call::new(&["repos", "search"], doing).query(&pairs);
        self.list_below(call, Some("data")).await
    }

    /// The repositories of one organisation.
    pub async fn repositories_of_organization(
        &self,
        organization: &str,
    ) -> Result<Listing<Repository>, Fault> {
        let doing = format!("The repositories of the organisation {organization} cannot be listed");
        self.list(Call::new(&["orgs", organization, "repos"], &doing))
            .await
    }

    /// The repositories of one user.
    pub async fn repositories_of_user(&self, user: &str) -> Result<Listing<Repository>, Fault> {
        let doing = format!("The repositories of the user {user} cannot be listed");
        self.list(Call::new(&["users", user, "repos"], &doing)).await
    }
}

/// A value that a server may also write as `null`.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}
