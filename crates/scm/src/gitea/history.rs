//! Commits: one by name, and the one that last changed a path.

use model::{Fault, FaultKind};
use serde_json::Value;

use super::call::Call;
use super::place::Place;
use super::{Gitea, Repository};

/// What makes an answer with commits small and quick.
const BRIEF: [(&str, &str); 3] = [("stat", "false"), ("verification", "false"), ("files", "false")];

fn name_of(commit: &Value) -> Option<String> {
    commit["sha"].as_str().map(str::to_owned)
}

impl Gitea {
    /// What the server says about a commit.
    pub(crate) async fn commit_named(&self, owner: &str, name: &str, sha: &str) -> Result<Value, Fault> {
        let doing = format!("The commit {sha} of {owner}/{name} cannot be read");
        let path = ["repos", owner, name, "git", "commits", sha];
        self.get(Call::new(&path, &doing).query(&BRIEF)).await
    }

    /// What the server says about the commits that `head` has and `base` has not.
    pub(crate) async fn compared(
        &self,
        (owner, name): (&str, &str),
        base: &str,
        head: &str,
    ) -> Result<Value, Fault> {
        let doing = format!("{base} and {head} of {owner}/{name} cannot be compared");
        let range = format!("{base}...{head}");
        let path = ["repos", owner, name, "compare", &range];
        self.get(Call::new(&path, &doing).query(&BRIEF)).await
    }

    /// The commit that last changed a place; nothing where the server names none. Fails with [`FaultKind::NotFound`] where there
    /// is no such place. `doing` is what fails without it.
    pub(crate) async fn last_commit(&self, place: &Place, doing: &str) -> Result<Option<String>, Fault> {
        let fault = match self.newest_at(place, doing).await {
            Err(fault) if fault.is(&FaultKind::Unavailable) && !place.path.is_empty() => fault,
            commit => return Ok(commit?.as_ref().and_then(name_of)),
        };
        // Gitea 1.26 fails at a path of a reference that it does not know; without a path it says that.
        match self.newest_at(&place.with_path(""), doing).await {
            Err(unknown) if unknown.is(&FaultKind::NotFound) => Err(unknown),
            _ => Err(fault),
        }
    }

    /// What the server says about the commit that last changed a place.
    pub(crate) async fn newest_at(&self, place: &Place, doing: &str) -> Result<Option<Value>, Fault> {
        let path = ["repos", &place.owner, &place.name, "commits"];
        let mut query = vec![("limit", "1")];
        query.extend(BRIEF);
        query.extend(place.reference.as_deref().map(|reference| ("sha", reference)));
        if !place.path.is_empty() {
            query.push(("path", &place.path));
        }
        let told: Vec<Value> = self.get(Call::new(&path, doing).query(&query)).await?;
        Ok(told.into_iter().next())
    }

    /// Why nothing is known of a place: `fault` with what is missing, as far as the server says.
    pub(crate) async fn missing(&self, place: &Place, fault: Fault, doing: &str) -> Fault {
        let repository = place.repository();
        let found = self.repository(&place.owner, &place.name).await;
        let why = match (found, place.reference.as_deref()) {
            (Ok(Some(Repository { empty: true, .. })), _) => format!("{repository} has no commits yet"),
            (Ok(Some(_)), Some(reference)) if place.path.is_empty() => {
                format!(
                    "{repository} at {} has no branch, tag or commit {reference}",
                    self.name
                )
            }
            (Ok(Some(_)), Some(reference)) => format!(
                "{repository} at {} has no branch, tag or commit {reference}, or nothing at {} in it",
                self.name, place.path
            ),
            _ => return Fault::new(FaultKind::NotFound, fault.message),
        };
        Fault::not_found(format!("{doing}: {why}"))
    }
}
