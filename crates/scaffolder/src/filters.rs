//! The filters and functions that templates have beside those of the language.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::EntityRef;
use nunjucks::Extensions;
use scm::Integrations;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

/// Git hosts by their name, each with its type.
pub(crate) type Hosts = Arc<BTreeMap<String, String>>;

/// The Git hosts of the configuration.
pub(crate) fn hosts(integrations: &Integrations) -> Hosts {
    let hosts = integrations
        .iter()
        .map(|one| (one.host.clone(), one.kind().to_owned()));
    Arc::new(hosts.collect())
}

/// Filters for all templates.
pub(crate) fn filters(hosts: &Hosts) -> Extensions {
    let (parsed, slug) = (hosts.clone(), hosts.clone());
    Extensions::default()
        .filter("parseRepoUrl", move |values| {
            parse_repo_url(text(values)?, &parsed).map(Some)
        })
        .filter("projectSlug", move |values| {
            let repository = parse_repo_url(text(values)?, &slug)?;
            let part = |key: &str| repository[key].as_str().unwrap_or_default().to_owned();
            Ok(Some(format!("{}/{}", part("owner"), part("repo")).into()))
        })
        .filter("parseEntityRef", |values| parse_entity_ref(values).map(Some))
        .filter("pick", |values| Ok(pick(values)))
}

/// The same with `always()` and `failure()`, for the conditions of steps.
pub(crate) fn with_state(filters: &Extensions, has_failed: bool) -> Extensions {
    filters
        .clone()
        .function("always", |_| Ok(Some(true.into())))
        .function("failure", move |_| Ok(Some(has_failed.into())))
}

fn text(values: &[Option<Value>]) -> Result<&str, String> {
    let value = values.first().and_then(Option::as_ref).and_then(Value::as_str);
    value.ok_or_else(|| "it is applied to a text".to_owned())
}

/// Takes `host?owner=…&repo=…` apart. Its host must be a configured one.
pub(crate) fn parse_repo_url(text: &str, hosts: &BTreeMap<String, String>) -> Result<Value, String> {
    let url = Url::parse(&format!("https://{text}"))
        .map_err(|error| format!("Invalid repo URL passed to publisher, got {text}, {error}"))?;
    let host = url.host_str().unwrap_or_default();
    let host = url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let kind = hosts.get(&host).ok_or_else(|| {
        format!(
            "No matching integration configuration for host {host}, please check your integrations config"
        )
    })?;
    let mut parsed = json!({ "host": host });
    for key in ["owner", "repo", "organization", "workspace", "project"] {
        let found =
            form_urlencoded::parse(url.query().unwrap_or_default().as_bytes()).find(|(name, _)| name == key);
        let value = found.map(|(_, value)| value.trim_matches('/').to_owned());
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            parsed[key] = value.into();
        }
    }
    let needed: &[&str] = match kind.as_str() {
        "gitlab" if parsed.get("project").is_some() => &[],
        "gitea" | "gerrit" => &["repo"],
        "azure" | "bitbucketServer" => &["project", "repo"],
        "bitbucketCloud" => &["workspace", "project", "repo"],
        _ => &["repo", "owner"],
    };
    match needed.iter().find(|key| parsed.get(**key).is_none()) {
        Some(missing) => Err(format!(
            "Invalid repo URL passed to publisher: {url}, missing {missing}"
        )),
        None => Ok(parsed),
    }
}

fn parse_entity_ref(values: &[Option<Value>]) -> Result<Value, String> {
    let value = values.first().cloned().flatten().unwrap_or_default();
    let options = values.get(1).cloned().flatten().unwrap_or_default();
    let default = |key: &str| options[key].as_str();
    if let Some(name) = value["name"].as_str() {
        let part = |key: &str, default: Option<&str>| value[key].as_str().or(default).map(str::to_owned);
        let kind = part("kind", default("defaultKind")).ok_or("the reference has no kind")?;
        let namespace = part("namespace", default("defaultNamespace").or(Some("default")));
        return Ok(json!({"kind": kind, "namespace": namespace, "name": name}));
    }
    let text = value.as_str().ok_or("it is applied to a text or an object")?;
    let parts = EntityRef::parse_parts(text).map_err(|fault| fault.message)?;
    let kind = parts.kind.as_deref().or(default("defaultKind"));
    let kind = kind.ok_or_else(|| format!("Entity reference \"{text}\" had missing or empty kind"))?;
    let namespace = parts
        .namespace
        .as_deref()
        .or(default("defaultNamespace"))
        .unwrap_or("default");
    Ok(json!({"kind": kind, "namespace": namespace, "name": parts.name}))
}

fn pick(values: &[Option<Value>]) -> Option<Value> {
    let value = values.first()?.clone()?;
    let path = values.get(1)?.as_ref()?.as_str()?.to_owned();
    path.split('.').try_fold(value, |value, key| match &value {
        Value::Array(items) => items.get(key.parse::<usize>().ok()?).cloned(),
        other => other.get(key).cloned(),
    })
}
