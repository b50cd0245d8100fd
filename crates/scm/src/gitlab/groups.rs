//! Groups.

use http::Method;
use model::Fault;
use serde::Deserialize;
use serde_json::json;

use super::Gitlab;
use crate::call::Call;

/// A group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Group {
    /// Its number.
    pub id: u64,
}

impl Gitlab {
    /// A group by its whole path, if the account sees it.
    pub async fn group(&self, path: &str) -> Result<Option<Group>, Fault> {
        let doing = format!("The group {path} cannot be looked up");
        self.rest.find(Call::new(&["groups", path], &doing)).await
    }

    /// Makes a group, in another one or at the top.
    pub async fn create_group(&self, name: &str, parent: Option<Group>) -> Result<Group, Fault> {
        let doing = format!("The group {name} cannot be made");
        let mut body = json!({"name": name, "path": name});
        if let Some(parent) = parent {
            body["parent_id"] = parent.id.into();
        }
        self.rest
            .change(Method::POST, Call::new(&["groups"], &doing), &body)
            .await
    }
}
