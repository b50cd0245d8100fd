//! The place of a repository as templates write it: `host?owner=o&repo=r`, filled in part by part.

use serde_json::Value;
use url::form_urlencoded::{Serializer, parse};

use super::reading::Sent;
use super::schema::{field_name, option};

/// A Git host that the portal knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GitHost {
    /// Host with port.
    pub host: String,
    /// The type's name, for example `gitea`.
    pub kind: String,
}

/// A part of a place behind the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// Name in the place.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// The place is none without it.
    pub is_needed: bool,
}

const fn part(name: &'static str, title: &'static str, is_needed: bool) -> Part {
    Part {
        name,
        title,
        is_needed,
    }
}

/// All parts in the order in which they are written.
const ORDER: [&str; 5] = ["owner", "repo", "organization", "workspace", "project"];

/// The parts that a host of this type needs.
pub(crate) fn parts(kind: &str) -> Vec<Part> {
    let repository = part("repo", "Repository", true);
    match kind {
        "gitea" => vec![part("owner", "Organisation or user", false), repository],
        "gitlab" => vec![part("owner", "Group", true), repository],
        "azure" => vec![
            part("organization", "Organisation", true),
            part("project", "Project", true),
            repository,
        ],
        "bitbucketCloud" => vec![
            part("workspace", "Workspace", true),
            part("project", "Project", true),
            repository,
        ],
        "bitbucketServer" => vec![part("project", "Project", true), repository],
        "gerrit" => vec![part("owner", "Owner", false), repository],
        _ => vec![part("owner", "Owner", true), repository],
    }
}

/// The type of a host: as configured, else by its well-known name.
pub(crate) fn kind_of<'a>(host: &str, known: &'a [GitHost]) -> &'a str {
    let configured = known.iter().find(|one| one.host == host);
    configured.map_or_else(|| kind_by_name(host), |one| one.kind.as_str())
}

fn kind_by_name(host: &str) -> &'static str {
    let known = [
        ("gitlab", "gitlab"),
        ("gitea", "gitea"),
        ("dev.azure.com", "azure"),
        ("bitbucket.org", "bitbucketCloud"),
    ];
    let found = known.iter().find(|(word, _)| host.contains(word));
    found.map_or("github", |(_, kind)| kind)
}

/// A place taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RepositoryPlace {
    /// The host.
    pub host: String,
    values: Vec<(String, String)>,
}

impl RepositoryPlace {
    /// Takes a written place apart.
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.split_once("://").map_or(text, |(_, rest)| rest);
        let (host, query) = text.split_once('?').unwrap_or((text, ""));
        Self {
            host: host.trim_matches('/').to_owned(),
            values: parse(query.as_bytes()).into_owned().collect(),
        }
    }

    /// A place with a value for each part that its host needs.
    pub(crate) fn with_parts(host: &str, value: impl Fn(&str) -> String) -> Self {
        let parts = parts(kind_of(host, &[])).into_iter();
        let parts = parts.filter(|part| part.is_needed || part.name == "owner");
        Self {
            host: host.to_owned(),
            values: parts
                .map(|part| (part.name.to_owned(), value(part.name)))
                .collect(),
        }
    }

    /// A part's value; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.values.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// As templates read it. Empty where nothing but the host is known.
    pub(crate) fn written(&self) -> String {
        let mut query = Serializer::new(String::new());
        let known = ORDER.iter().filter(|name| !self.get(name).is_empty());
        for name in known.clone() {
            query.append_pair(name, self.get(name));
        }
        if known.count() == 0 {
            return String::new();
        }
        format!("{}?{}", self.host, query.finish())
    }
}

/// The name of the control of a part.
pub(crate) fn part_name(pointer: &str, part: &str) -> String {
    format!("{pointer}#{part}")
}

/// The place that was sent part by part; nothing when it was not part of the form.
pub(crate) fn read(sent: &Sent, pointer: &str) -> Option<String> {
    let value = |part: &str| {
        sent.last(&part_name(pointer, part))
            .map(|text| text.trim().to_owned())
    };
    let host = value("host")?;
    let values = ORDER
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), value(name)?)));
    let place = RepositoryPlace {
        host: host.clone(),
        values: values.collect(),
    };
    let written = place.written();
    // The choice of a host alone is kept, so that the form shows the host's parts.
    Some(if written.is_empty() {
        format!("{host}?")
    } else {
        written
    })
}

/// Whether a template wants to act on the Git host as the person who fills in the form.
pub(crate) fn asks_for_credentials(schema: &Value) -> bool {
    let is_about_hosts = field_name(schema).is_some_and(|name| name.starts_with("Repo"));
    is_about_hosts && option(schema, "requestUserCredentials").is_some_and(Value::is_object)
}

/// Whether nothing of a place was chosen by a person: the host, and parts of which only one value is possible, are
/// there from the beginning.
pub(crate) fn is_untouched(schema: &Value, text: &str) -> bool {
    let place = RepositoryPlace::parse(text);
    let is_chosen = |name: &&'static str| !place.get(name).is_empty() && allowed(schema, name).len() != 1;
    !ORDER.iter().any(is_chosen)
}

/// The hosts to choose from: those that the template allows, else all that the portal knows.
pub(crate) fn hosts(schema: &Value, known: &[GitHost]) -> Vec<String> {
    let allowed = option(schema, "allowedHosts").and_then(Value::as_array);
    let allowed: Vec<String> = allowed
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    if allowed.is_empty() {
        known.iter().map(|one| one.host.clone()).collect()
    } else {
        allowed
    }
}

/// Values that the template allows for a part; empty where any will do.
pub(crate) fn allowed(schema: &Value, part: &str) -> Vec<String> {
    let key = match part {
        "owner" => "allowedOwners",
        "organization" => "allowedOrganizations",
        "project" => "allowedProjects",
        "repo" => "allowedRepos",
        _ => return Vec::new(),
    };
    let listed = option(schema, key).and_then(Value::as_array);
    let texts = listed.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// What is missing or wrong in a place.
pub(crate) fn mistake(schema: &Value, text: &str, known: &[GitHost]) -> Option<String> {
    let place = RepositoryPlace::parse(text);
    if place.host.is_empty() {
        return Some("Choose the Git host.".to_owned());
    }
    let hosts = hosts(schema, known);
    if !hosts.is_empty() && !hosts.contains(&place.host) {
        return Some(format!(
            "This template may not write to {}. It allows: {}.",
            place.host,
            hosts.join(", ")
        ));
    }
    let parts = parts(kind_of(&place.host, known));
    let missing = parts
        .iter()
        .find(|part| part.is_needed && place.get(part.name).is_empty());
    if let Some(part) = missing {
        return Some(format!("{} is missing.", part.title));
    }
    let is_refused = |part: &&Part| {
        let allowed = allowed(schema, part.name);
        let value = place.get(part.name);
        !allowed.is_empty() && !value.is_empty() && !allowed.iter().any(|one| one == value)
    };
    let refused = parts.iter().find(is_refused)?;
    Some(format!(
        "{} has to be one of: {}.",
        refused.title,
        allowed(schema, refused.name).join(", ")
    ))
}
