//! What a repository is given once it is there: settings, topics, people, secrets of its Actions.

use config::Secret;
use http::Method;
use model::{Fault, FaultKind};
use serde_json::{Map, Value, json};

use super::call::{Anything, Call};
use super::features::Version;
use super::{Gitea, Repository};

/// The first version with secrets of Actions in its API.
const SECRETS_SINCE: Version = Version::new(1, 21);

impl Gitea {
    /// Sets fields of a repository, in the words of the API.
    pub async fn set_up(
        &self,
        repository: &Repository,
        fields: &Map<String, Value>,
    ) -> Result<Repository, Fault> {
        let (owner, name) = repository.owner_and_name();
        let doing = format!("The settings of {} cannot be changed", repository.full_name);
        let body = Value::Object(fields.clone());
        let path = ["repos", owner, name];
        self.change(Method::PATCH, Call::new(&path, &doing), &body).await
    }

    /// Sets the topics of a repository, in place of those that it has.
    pub async fn set_topics(&self, repository: &Repository, topics: &[String]) -> Result<(), Fault> {
        let doing = format!("The topics of {} cannot be set", repository.full_name);
        self.put(repository, &["topics"], &doing, &json!({ "topics": topics }))
            .await
    }

    /// Gives a user a right in a repository: `read`, `write` or `admin`.
    pub async fn add_collaborator(
        &self,
        repository: &Repository,
        user: &str,
        right: &str,
    ) -> Result<(), Fault> {
        let doing = format!(
            "The user {user} cannot be given access to {}",
            repository.full_name
        );
        let body = json!({ "permission": right });
        self.put(repository, &["collaborators", user], &doing, &body)
            .await
    }

    /// Gives a team of the organisation access to a repository, with the right that the team has.
    pub async fn add_team(&self, repository: &Repository, team: &str) -> Result<(), Fault> {
        let (owner, name) = repository.owner_and_name();
        let doing = format!(
            "The team {team} cannot be given access to {}",
            repository.full_name
        );
        let path = ["repos", owner, name, "teams", team];
        // Adding a team again is refused.
        let has: Option<Anything> = self.find(Call::new(&path, &doing)).await?;
        if has.is_some() {
            return Ok(());
        }
        self.put(repository, &["teams", team], &doing, &json!({})).await
    }

    /// Sets a secret that the runs of Actions see.
    pub async fn set_secret(
        &self,
        repository: &Repository,
        secret: &str,
        value: &Secret,
    ) -> Result<(), Fault> {
        let doing = format!("The secret {secret} of {} cannot be set", repository.full_name);
        let features = self.features().await?;
        if !features.since(SECRETS_SINCE) {
            return Err(Fault::new(
                FaultKind::NotImplemented,
                format!(
                    "{doing}: {} is Gitea {}, and secrets of Actions can be set from 1.21 on",
                    self.name, features.named
                ),
            ));
        }
        let body = json!({ "data": value.expose() });
        let path = ["actions", "secrets", secret];
        match self.put(repository, &path, &doing, &body).await {
            Err(fault) if fault.is(&FaultKind::NotFound) => Err(Fault::not_found(format!(
                "{doing}: {} has no Actions there. Turn them on in the settings of the repository or of the server",
                self.name
            ))),
            put => put,
        }
    }

    async fn put(
        &self,
        repository: &Repository,
        below: &[&str],
        doing: &str,
        body: &Value,
    ) -> Result<(), Fault> {
        let (owner, name) = repository.owner_and_name();
        let path = [&["repos", owner, name], below].concat();
        let sent = self.send(Method::PUT, Call::new(&path, doing), Some(body)).await;
        sent.map(drop)
    }
}
