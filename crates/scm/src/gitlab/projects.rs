//! Projects, the namespaces that they are in, and people.

use http::Method;
use model::Fault;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Gitlab;
use crate::call::Call;

/// The access level of an owner (<https://docs.gitlab.com/api/access_requests/#valid-access-levels>).
const OWNER: u64 = 50;

/// A group, or the room of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Namespace {
    /// Its number.
    pub id: u64,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Project {
    /// Its number.
    pub id: u64,
    /// Its path with the groups that it is in.
    pub path_with_namespace: String,
    /// The address it is cloned from and pushed to.
    pub http_url_to_repo: String,
    /// The branch that is meant where none is named; nothing while the project is empty.
    #[serde(default)]
    pub default_branch: Option<String>,
    /// Nothing in it can be changed.
    #[serde(default)]
    pub archived: bool,
}

impl Gitlab {
    /// A group or person by its whole path, if the account sees it.
    pub async fn namespace(&self, path: &str) -> Result<Option<Namespace>, Fault> {
        let doing = format!("The namespace {path} cannot be looked up");
        self.rest.find(Call::new(&["namespaces", path], &doing)).await
    }

    /// The number of the token's user.
    pub async fn own_user(&self) -> Result<u64, Fault> {
        let doing = "The account cannot be read";
        let found: Value = self.rest.get(Call::new(&["user"], doing)).await?;
        let id = found["id"].as_u64();
        id.ok_or_else(|| Fault::error(format!("{doing}: {} names no user for the token", self.rest.name)))
    }

    /// The number of a person, by name.
    pub async fn user(&self, name: &str) -> Result<u64, Fault> {
        let doing = format!("The user {name} cannot be looked up");
        let query = [("username", name)];
        let found: Value = self.rest.get(Call::new(&["users"], &doing).query(&query)).await?;
        let id = found[0]["id"].as_u64();
        id.ok_or_else(|| Fault::not_found(format!("{doing}: there is no user of this name")))
    }

    /// A project by its number or whole path, if the account sees it.
    pub async fn project(&self, project: &str) -> Result<Option<Project>, Fault> {
        let doing = format!("The project {project} cannot be looked up");
        self.rest.find(Call::new(&["projects", project], &doing)).await
    }

    /// A project that must be there.
    pub async fn existing(&self, project: &str) -> Result<Project, Fault> {
        let doing = format!("The project {project} cannot be read");
        self.rest.get(Call::new(&["projects", project], &doing)).await
    }

    /// Makes a project (<https://docs.gitlab.com/api/projects/#create-a-project>).
    pub async fn create(&self, new: &Value) -> Result<Project, Fault> {
        let name = new["name"].as_str().unwrap_or_default();
        let doing = format!("The project {name} cannot be made");
        self.rest
            .change(Method::POST, Call::new(&["projects"], &doing), new)
            .await
    }

    /// Makes a person an owner of a project.
    pub async fn make_owner(&self, project: u64, user: u64) -> Result<(), Fault> {
        let doing = "The user cannot be made an owner of the project";
        let project = project.to_string();
        let body = json!({"user_id": user, "access_level": OWNER});
        let path = ["projects", project.as_str(), "members"];
        match self
            .rest
            .order(Method::POST, Call::new(&path, doing), Some(&body))
            .await
        {
            Err(fault) if fault.message.contains("already exists") => Ok(()),
            done => done,
        }
    }

    /// Makes an access token of a project, and gives it.
    pub async fn create_access_token(&self, project: &str, new: &Value) -> Result<String, Fault> {
        let doing = format!("An access token of the project {project} cannot be made");
        let path = ["projects", project, "access_tokens"];
        let made: Value = self
            .rest
            .change(Method::POST, Call::new(&path, &doing), new)
            .await?;
        let token = made["token"].as_str().map(str::to_owned);
        token.ok_or_else(|| Fault::error("Could not create project access token"))
    }
}
