//! Who may do what in a repository, and what it has beside its files: topics, variables, secrets' rules, watching.

use http::Method;
use model::{Fault, FaultKind};
use serde_json::{Value, json};

use super::{FullName, Github, Scope};
use crate::call::Call;

/// Somebody who gets access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grantee<'a> {
    /// A person, by login.
    User(&'a str),
    /// A team of the repository's organisation, by its short name.
    Team(&'a str),
}

impl Github {
    /// Fails where an organisation has no team of this name.
    pub async fn check_team(&self, organization: &str, team: &str) -> Result<(), Fault> {
        let doing = format!("The team {team} of {organization} cannot be looked up");
        let path = ["orgs", organization, "teams", team];
        match self.rest.find::<Value>(Call::new(&path, &doing)).await? {
            Some(_) => Ok(()),
            None => Err(Fault::not_found(format!(
                "Received 'Not Found' from the API; one of org: {organization} or team: {team} was not found within GitHub."
            ))),
        }
    }

    /// Gives somebody a permission: `pull`, `triage`, `push`, `maintain`, `admin`, or a role of the organisation.
    pub async fn grant(&self, at: FullName<'_>, grantee: Grantee<'_>, permission: &str) -> Result<(), Fault> {
        let (path, who) = match grantee {
            Grantee::User(user) => (vec!["repos", at.owner, at.name, "collaborators", user], user),
            Grantee::Team(team) => (
                vec!["orgs", at.owner, "teams", team, "repos", at.owner, at.name],
                team,
            ),
        };
        let doing = format!("{who} cannot be given {permission} access to {at}");
        let body = json!({ "permission": permission });
        self.rest
            .order(Method::PUT, Call::new(&path, &doing), Some(&body))
            .await
    }

    /// Sets the topics of a repository.
    pub async fn set_topics(&self, at: FullName<'_>, topics: &[String]) -> Result<(), Fault> {
        let doing = format!("The topics of {at} cannot be set");
        let path = ["repos", at.owner, at.name, "topics"];
        let body = json!({ "names": topics });
        self.rest
            .order(Method::PUT, Call::new(&path, &doing), Some(&body))
            .await
    }

    /// Sets a variable of workflows.
    pub async fn set_variable(&self, scope: Scope<'_>, name: &str, value: &str) -> Result<(), Fault> {
        let doing = format!("The variable {name} of {} cannot be set", scope.at);
        let body = json!({"name": name, "value": value});
        let path = scope.path(&["variables"]);
        match self
            .rest
            .order(Method::POST, Call::new(&path, &doing), Some(&body))
            .await
        {
            Err(fault) if fault.is(&FaultKind::Conflict) => {
                let path = scope.path(&["variables", name]);
                self.rest
                    .order(Method::PATCH, Call::new(&path, &doing), Some(&body))
                    .await
            }
            other => other,
        }
    }

    /// Sets what identity tokens of workflows say about the repository.
    pub async fn customize_oidc(&self, at: FullName<'_>, body: &Value) -> Result<(), Fault> {
        let doing = format!("The OIDC subject of {at} cannot be set");
        let path = [
            "repos",
            at.owner,
            at.name,
            "actions",
            "oidc",
            "customization",
            "sub",
        ];
        self.rest
            .order(Method::PUT, Call::new(&path, &doing), Some(body))
            .await
    }

    /// Has the token's user watch a repository.
    pub async fn subscribe(&self, at: FullName<'_>) -> Result<(), Fault> {
        let doing = format!("The repository {at} cannot be watched");
        let path = ["repos", at.owner, at.name, "subscription"];
        let body = json!({"subscribed": true, "ignored": false});
        self.rest
            .order(Method::PUT, Call::new(&path, &doing), Some(&body))
            .await
    }

    /// Adds labels to an issue or pull request.
    pub async fn add_labels(&self, at: FullName<'_>, number: u64, labels: &[String]) -> Result<(), Fault> {
        let doing = format!("Labels cannot be added to number {number} of {at}");
        let number = number.to_string();
        let path = ["repos", at.owner, at.name, "issues", &number, "labels"];
        let body = json!({ "labels": labels });
        self.rest
            .order(Method::POST, Call::new(&path, &doing), Some(&body))
            .await
    }
}
