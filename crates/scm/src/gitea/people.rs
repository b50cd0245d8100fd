//! Organisations, their teams, and people.
//!
//! What an account sees of them depends on who it is: the members of a team are shown to its members, to owners of the
//! organisation and to administrators, and only administrators see whose account is switched off.

use model::Fault;
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::repositories::or_default;
use super::{Gitea, Listing};

/// An organisation. Its identity is its number: the name changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Organization {
    /// Its number on this server.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The name that it shows; may be empty.
    #[serde(deserialize_with = "or_default")]
    pub full_name: String,
    /// What it is.
    #[serde(deserialize_with = "or_default")]
    pub description: String,
    /// Its e-mail address; may be empty.
    #[serde(deserialize_with = "or_default")]
    pub email: String,
    /// Address of its picture.
    #[serde(deserialize_with = "or_default")]
    pub avatar_url: String,
}

/// A team of an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Team {
    /// Its number on this server.
    pub id: i64,
    /// Its name, which no other team of the organisation has.
    pub name: String,
    /// What it is.
    #[serde(deserialize_with = "or_default")]
    pub description: String,
    /// `none`, `read`, `write`, `admin` or `owner`.
    pub permission: String,
}

/// A person, or an account of a machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// Its number on this server.
    pub id: i64,
    /// The name with which it signs in.
    pub login: String,
    /// The name that it shows; may be empty.
    #[serde(deserialize_with = "or_default")]
    pub full_name: String,
    /// Its e-mail address; one that the server made up where it is hidden.
    #[serde(deserialize_with = "or_default")]
    pub email: String,
    /// Address of its picture.
    #[serde(deserialize_with = "or_default")]
    pub avatar_url: String,
    /// It is an administrator of the server. Shown to itself and to administrators; `false` to others.
    pub is_admin: bool,
    /// Its account was confirmed. Shown to itself and to administrators; `false` to others.
    pub active: bool,
    /// It may not sign in. Shown to itself and to administrators; `false` to others.
    pub prohibit_login: bool,
}

impl User {
    /// Whether the account is switched off, as an administrator sees it.
    pub fn is_switched_off(&self) -> bool {
        !self.active || self.prohibit_login
    }

    /// The e-mail address, if it is one at which the person can be written to.
    pub fn real_email(&self) -> Option<&str> {
        let (_, domain) = self.email.split_once('@')?;
        (!domain.starts_with("noreply")).then_some(self.email.as_str())
    }
}

impl Gitea {
    /// The account's own user.
    pub async fn account(&self) -> Result<User, Fault> {
        self.get(Call::new(&["user"], "The account cannot be read")).await
    }

    /// The organisations that everybody with an account sees; an administrator's account sees all.
    pub async fn organizations(&self) -> Result<Listing<Organization>, Fault> {
        let doing = "The organisations cannot be listed";
        self.list(Call::new(&["orgs"], doing)).await
    }

    /// The organisations that the account's own user belongs to, private ones included.
    pub async fn own_organizations(&self) -> Result<Listing<Organization>, Fault> {
        let doing = "The organisations of the account cannot be listed";
        self.list(Call::new(&["user", "orgs"], doing)).await
    }

    /// An organisation, if there is one that the account sees.
    pub async fn organization(&self, name: &str) -> Result<Option<Organization>, Fault> {
        let doing = format!("The organisation {name} cannot be looked up");
        self.find(Call::new(&["orgs", name], &doing)).await
    }

    /// The teams of an organisation.
    pub async fn teams(&self, organization: &str) -> Result<Listing<Team>, Fault> {
        let doing = format!("The teams of the organisation {organization} cannot be listed");
        self.list(Call::new(&["orgs", organization, "teams"], &doing))
            .await
    }

    /// The members of a team, which `name` names in errors.
    pub async fn team_members(&self, id: i64, name: &str) -> Result<Listing<User>, Fault> {
        let (doing, id) = (
            format!("The members of the team {name} cannot be listed"),
            id.to_string(),
        );
        self.list(Call::new(&["teams", &id, "members"], &doing)).await
    }

    /// All users, for an administrator's account.
    pub async fn users_for_administrators(&self) -> Result<Listing<User>, Fault> {
        let doing = "The users cannot be listed";
        self.list(Call::new(&["admin", "users"], doing)).await
    }

    /// The users that the account sees.
    pub async fn users(&self) -> Result<Listing<User>, Fault> {
        let doing = "The users cannot be listed";
        self.list_below(Call::new(&["users", "search"], doing), Some("data"))
            .await
    }

    /// A user or an organisation of this name, if there is one that the account sees.
    pub async fn user(&self, login: &str) -> Result<Option<User>, Fault> {
        let doing = format!("The user {login} cannot be looked up");
        self.find(Call::new(&["users", login], &doing)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_the_server_made_up_is_none() {
        for (email, expected) in [
            ("ada@example.com", Some("ada@example.com")),
            ("ada@noreply.gitea.example.com", None),
            ("3+ada@noreply.localhost", None),
            ("", None),
            ("ada", None),
        ] {
            let user = User {
                email: email.to_owned(),
                ..User::default()
            };
            assert_eq!(user.real_email(), expected);
        }
    }
}
