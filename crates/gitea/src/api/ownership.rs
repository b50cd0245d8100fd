//! `GET /api/gitea/owners`: who owns a path.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use model::Fault;
use plugin::{Rows, Rule};
use serde_json::{Value, json};
use sight::{CurrentSight, for_sight};
use url::form_urlencoded;
use web::ApiError;
use web::api::Json;

use crate::READ;
use crate::ownership::{Answer, EntityOwner, NameStanding, Owners, PathPlace, Verdict};

/// Longest address that is taken, in bytes.
const MAX_ADDRESS: usize = 4_000;

/// A question: the place and, where it is not part of the address, the path.
pub(crate) struct Asked {
    /// The address as it was given; empty where a repository was named.
    pub address: String,
    /// Host and full name as they were given.
    pub repository: String,
    /// The path beside a repository.
    pub path: String,
}

impl Asked {
    /// Reads a query string.
    pub fn parse(query: &str) -> Self {
        let value = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            let found = pairs.find(|(key, _)| key == name);
            found
                .map(|(_, value)| value.trim().to_owned())
                .unwrap_or_default()
        };
        Self {
            address: value("url"),
            repository: value("repository"),
            path: value("path"),
        }
    }

    /// Whether nothing was asked.
    pub fn is_empty(&self) -> bool {
        self.address.is_empty() && self.repository.is_empty()
    }

    /// The place, and the path where it stands beside it.
    pub fn place(&self, owners: &Owners) -> Result<(PathPlace, Option<&str>), Fault> {
        if self.address.len().max(self.repository.len()).max(self.path.len()) > MAX_ADDRESS {
            return Err(Fault::input(format!(
                "an address has at most {MAX_ADDRESS} bytes"
            )));
        }
        if !self.address.is_empty() {
            return Ok((owners.hosts.place(&self.address)?, None));
        }
        let names = owners.hosts.names();
        let host = names.iter().find(|host| {
            let rest = self.repository.strip_prefix(**host);
            rest.is_some_and(|rest| rest.starts_with('/'))
        });
        let (host, full_name) = match (host, &names[..]) {
            (Some(host), _) => (*host, &self.repository[host.len() + 1..]),
            (None, [only]) => (*only, self.repository.as_str()),
            _ => return Err(self.unclear(&names)),
        };
        if full_name.split('/').filter(|part| !part.is_empty()).count() != 2 {
            return Err(self.unclear(&names));
        }
        let place = PathPlace {
            host: host.to_owned(),
            full_name: full_name.to_owned(),
            is_folder: self.path.ends_with('/'),
            ..PathPlace::default()
        };
        Ok((place, Some(&self.path)))
    }

    fn unclear(&self, hosts: &[&str]) -> Fault {
        Fault::input(format!(
            "repository '{}' must be host/owner/name, with one of the hosts {}",
            self.repository,
            hosts.join(", ")
        ))
    }
}

/// The rows below `/api/gitea`.
pub(crate) fn rows(owners: &Owners) -> Rows {
    Rows::new()
        .get("/owners", Rule::signed_in().needs(&READ), show)
        .with_state(owners)
}

async fn show(
    State(owners): State<Owners>,
    CurrentSight(sight): CurrentSight,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let asked = Asked::parse(&query.unwrap_or_default());
    if asked.is_empty() {
        let reason = "url is missing: the address of a file or folder; or repository and path";
        return Err(ApiError::new(Fault::input(reason)));
    }
    let (place, path) = asked.place(&owners)?;
    let answer = owners.answer(&place, path, &sight).await?;
    Ok(for_sight(&sight, Json(wire(&answer))))
}

fn wire(answer: &Answer) -> Value {
    let file = answer.file.as_ref().map(|(path, address, commit)| {
        json!({"path": path, "url": address, "commit": commit, "checkedAt": answer.checked_at})
    });
    let rules = answer.rules.iter().map(|matched| {
        let rule = &matched.rule;
        json!({"line": rule.line, "pattern": rule.pattern, "owners": rule.owners, "url": matched.address})
    });
    let entries = answer
        .entries
        .iter()
        .map(|entry| json!({"name": entry.name, "isFolder": entry.is_folder, "owners": entry.owners}));
    json!({
        "host": answer.host,
        "repository": answer.full_name,
        "branch": answer.branch,
        "path": answer.path,
        "exists": answer.is_there,
        "codeowners": file,
        "trouble": answer.trouble,
        "rules": rules.collect::<Vec<Value>>(),
        "owners": answer.owners.iter().map(name).collect::<Vec<Value>>(),
        "descriptor": descriptor(answer),
        "verdict": verdict(&answer.verdict),
        "entries": entries.collect::<Vec<Value>>(),
    })
}

fn name(standing: &NameStanding) -> Value {
    let entity = standing.entity.as_ref().map(|(entity, _)| entity.to_string());
    json!({"name": standing.name, "entityRef": entity, "knownToServer": standing.at_server})
}

fn descriptor(answer: &Answer) -> Value {
    let Some(found) = &answer.descriptor else {
        return Value::Null;
    };
    let entities = found.entities.iter().map(|one| {
        let owner = match &one.owner {
            EntityOwner::Entity(owner) if !found.hidden.contains(owner) => Some(owner.to_string()),
            _ => None,
        };
        json!({"entityRef": one.reference.to_string(), "title": one.title, "ownerRef": owner})
    });
    json!({"path": found.path, "url": found.address, "entities": entities.collect::<Vec<Value>>()})
}

fn verdict(verdict: &Verdict) -> Value {
    let word = match verdict {
        Verdict::Agree => "agree",
        Verdict::Disagree(_) => "disagree",
        Verdict::OnlyFile => "only-codeowners",
        Verdict::OnlyEntity => "only-entity",
        Verdict::Nobody => "nobody",
        Verdict::Unclear => "unclear",
    };
    word.into()
}
