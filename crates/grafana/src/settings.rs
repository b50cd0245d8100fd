//! The section `grafana` of the configuration: where Grafana is for browsers and for the portal, and how it is asked.
//!
//! The keys of the original hold. Its proxy endpoint (`proxy.endpoints`) still gives address and token, so that a
//! configuration that worked goes on to work; `url` and `token` of our own go before it.

mod check;

use std::time::Duration;

use config::{HumanDuration, Secret};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use plugin::ConfigSection;
use serde_json::{Value, json};
use url::Url;

use crate::boards::signals::Signals;

/// The path under which the original's plugin calls Grafana unless told otherwise.
const PROXY_PATH: &str = "/grafana/api";
/// How often alerts are asked for: as often as Grafana evaluates a rule unless told otherwise.
const EVERY: Duration = Duration::from_mins(1);
/// Shortest time between two questions for alerts.
const SHORTEST: Duration = Duration::from_secs(5);
/// Dashboards on one page of a search, and the most that Grafana gives.
const PAGE: usize = 1_000;
const LARGEST_PAGE: usize = 5_000;
/// Pages of a search.
const PAGES: usize = 10;
/// The id of the only instance.
const ONLY: &str = "default";

/// All instances of Grafana.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The instances, at least one.
    pub(crate) hosts: Vec<HostSettings>,
    /// The id of the one that entities mean which name none.
    pub(crate) default: String,
    /// How often alerts are asked for.
    pub(crate) every: Duration,
}

/// An instance of Grafana.
#[derive(Debug, Clone)]
pub(crate) struct HostSettings {
    /// Its name in `grafana/host-id`.
    pub(crate) id: String,
    /// Its address in browsers, without a slash at the end.
    pub(crate) domain: String,
    /// Its address for the portal, without a slash at the end.
    pub(crate) server: String,
    /// The path of the proxy's endpoint, where it is configured.
    pub(crate) proxy_path: Option<String>,
    /// The `Authorization` header.
    pub(crate) authorization: Option<Secret>,
    /// Data sources whose own alert rules count too: Mimir, Prometheus.
    pub(crate) rules_from: Vec<String>,
    /// Data sources that are alert managers whose silences count too.
    pub(crate) silences_from: Vec<String>,
    /// The data source of panels that name none.
    pub(crate) default_data_source: Option<String>,
    /// Templates may write annotations.
    pub(crate) annotates: bool,
    /// Panels that are not drawn here are pictures of Grafana's renderer.
    pub(crate) has_pictures: bool,
    /// Panels that are not drawn here are frames of Grafana.
    pub(crate) embeds: bool,
    /// Charts for entities without a dashboard.
    pub(crate) signals: Option<Signals>,
    /// The organisation in paths of the newer API.
    pub(crate) namespace: String,
    /// Dashboards are asked for by the newer API alone.
    pub(crate) is_new_api: bool,
    /// Dashboards on one page of a search.
    pub(crate) page: usize,
    /// Most pages of a search.
    pub(crate) pages: usize,
}

impl HostSettings {
    /// Whether panels that are not drawn here are shown at all.
    pub(crate) fn shows_others(&self) -> bool {
        self.has_pictures || self.embeds
    }

    /// An address in browsers for a path of Grafana.
    pub(crate) fn link(&self, path: &str) -> String {
        // A Grafana that is served below a path says so in its addresses.
        let origin = Url::parse(&self.domain).ok();
        let below = origin.as_ref().map_or("", |url| url.path().trim_end_matches('/'));
        match path.strip_prefix(below) {
            Some(rest) if !below.is_empty() && rest.starts_with('/') => format!("{}{rest}", self.domain),
            _ => format!("{}{path}", self.domain),
        }
    }

    /// The page of a rule.
    pub(crate) fn rule_link(&self, uid: Option<&str>, name: &str) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        match uid {
            Some(uid) => self.link(&format!("/alerting/grafana/{}/view", encoded(uid))),
            None => self.link(&format!(
                "/alerting/list?search={}",
                encoded(&format!("rule:\"{name}\""))
            )),
        }
    }
}

/// Makes a secret of a path one that follows its file.
pub(crate) type Followed<'a> = dyn Fn(&[&str], Secret) -> Secret + 'a;

impl Settings {
    /// The settings, where there are usable ones. `proxy` is the section of that name.
    /// `followed` makes a secret of a path one that follows its file.
    pub(crate) fn read(section: &Value, proxy: &Value, followed: &Followed<'_>) -> Option<Self> {
        let hosts: Vec<HostSettings> = match section.get("hosts").and_then(Value::as_array) {
            Some(hosts) if !hosts.is_empty() => hosts
                .iter()
                .enumerate()
                .filter_map(|(at, host)| {
                    let path = ["grafana", "hosts", &at.to_string(), "token"];
                    read_host(host, section, proxy, &|token| followed(&path, token))
                })
                .collect(),
            _ => read_host(section, section, proxy, &|token| {
                followed(&["grafana", "token"], token)
            })
            .into_iter()
            .collect(),
        };
        let first = hosts.first()?.id.clone();
        let named = section.get("defaultHost").and_then(Value::as_str);
        let default = named.filter(|id| hosts.iter().any(|host| host.id == *id));
        let every = section
            .get("alertsEvery")
            .and_then(|every| HumanDuration::read(every, "grafana.alertsEvery").ok());
        Some(Self {
            default: default.map_or(first, str::to_owned),
            hosts,
            every: every.map_or(EVERY, |every| every.0).max(SHORTEST),
        })
    }
}

fn read_host(
    host: &Value,
    section: &Value,
    proxy: &Value,
    followed: &dyn Fn(Secret) -> Secret,
) -> Option<HostSettings> {
    let text = |key: &str| {
        host.get(key)
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let domain = address(text("domain")?)?;
    let proxy_path = text("proxyPath").unwrap_or(PROXY_PATH);
    let endpoint = endpoint(proxy, proxy_path);
    let target = endpoint.and_then(|endpoint| endpoint.get("target").or(Some(endpoint))?.as_str());
    let server = text("url").or(target).and_then(address);
    let token = text("token").map(|token| followed(Secret::new(token)));
    let token = token.map(|token| token.shaped(|token| format!("Bearer {}", token.trim())));
    let headers = endpoint.and_then(|endpoint| endpoint.get("headers")?.as_object());
    let header = headers.and_then(|headers| {
        headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("authorization"))
    });
    let header = header.and_then(|(_, value)| value.as_str().map(str::to_owned));
    let list = |key: &str| -> Vec<String> {
        let list = host
            .get(key)
            .or_else(|| section.get(key))
            .and_then(Value::as_array);
        let uids = list.into_iter().flatten().filter_map(Value::as_str);
        uids.map(str::to_owned).collect()
    };
    let is = |key: &str| host.get(key).or_else(|| section.get(key)) == Some(&Value::Bool(true));
    let number = |key: &str| {
        section
            .get(key)
            .and_then(Value::as_u64)
            .and_then(|number| usize::try_from(number).ok())
    };
    Some(HostSettings {
        id: text("id").unwrap_or(ONLY).to_owned(),
        server: server.unwrap_or_else(|| domain.clone()),
        domain,
        proxy_path: endpoint.map(|_| proxy_path.to_owned()),
        authorization: token.or(header.map(Secret::new)),
        rules_from: list("rulesFrom"),
        silences_from: list("silencesFrom"),
        default_data_source: text("defaultDataSource").map(str::to_owned),
        annotates: is("annotate"),
        has_pictures: is("pictures"),
        embeds: is("embed"),
        signals: Signals::read(
            host.get("signals")
                .or_else(|| section.get("signals"))
                .unwrap_or(&Value::Null),
        ),
        namespace: text("namespace").unwrap_or(ONLY).to_owned(),
        is_new_api: text("api") == Some("new"),
        page: number("grafanaDashboardSearchLimit")
            .unwrap_or(PAGE)
            .clamp(1, LARGEST_PAGE),
        pages: number("grafanaDashboardMaxPages").unwrap_or(PAGES).clamp(1, 100),
    })
}

/// An address without the slash at its end, if it is one of the web.
fn address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    is_web.then(|| text.trim_end_matches('/').to_owned())
}

/// The endpoint of a path in the proxy's section, in its newer or its older form.
fn endpoint<'a>(proxy: &'a Value, path: &str) -> Option<&'a Value> {
    proxy
        .get("endpoints")
        .and_then(|all| all.get(path))
        .or_else(|| proxy.get(path))
}

/// The section as the commands see it.
pub struct Section;

impl ConfigSection for Section {
    fn path(&self) -> &'static str {
        "grafana"
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/grafana.md")
    }

    fn schema(&self) -> Value {
        let host = host_schema();
        let mut whole = host.clone();
        whole["description"] = json!("Dashboards, charts and alerts of entities, from Grafana.");
        for (key, value) in own_keys(&host) {
            whole["properties"][key] = value;
        }
        whole
    }

    fn check(&self, section: &Value) -> Vec<model::Problem> {
        check::problems(section)
    }
}

/// Keys of the section beside those of an instance.
fn own_keys(host: &Value) -> [(&'static str, Value); 5] {
    let mut listed = host.clone();
    listed["required"] = json!(["id", "domain"]);
    listed["properties"]["id"] =
        json!({"type": "string", "description": "Its name in the annotation grafana/host-id."});
    [
        (
            "hosts",
            json!({"type": "array", "items": listed, "description": "Several instances, instead of domain."}),
        ),
        (
            "defaultHost",
            json!({"type": "string", "description": "The id of the instance that entities mean which name none; the first one unless set."}),
        ),
        (
            "alertsEvery",
            json!({"type": ["string", "object"], "format": "human-duration", "description": "How often alerts are asked for, with one call for all entities: one minute unless set."}),
        ),
        (
            "grafanaDashboardSearchLimit",
            json!({"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "description": "Dashboards on one page of a search: 1,000 unless set."}),
        ),
        (
            "grafanaDashboardMaxPages",
            json!({"type": "integer", "minimum": 1, "description": "Pages of a search: 10 unless set."}),
        ),
    ]
}

/// Keys of an instance.
fn host_schema() -> Value {
    let address = |what: &str| json!({"type": "string", "format": "uri", "description": what});
    json!({
        "type": "object",
        "properties": {
            "domain": address("The address at which browsers open Grafana."),
            "url": address("The address at which the portal calls Grafana, where it is another one."),
            "token": {
                "type": "string", "visibility": "secret",
                "description": "The token of a service account with the role Viewer.",
            },
            "proxyPath": {
                "type": "string",
                "description": "The proxy endpoint whose target and Authorization header are used where url and token are not set: /grafana/api unless set.",
            },
            "unifiedAlerting": {
                "type": "boolean",
                "description": "Accepted; Grafana has no other alerting since version 11.",
            },
            "rulesFrom": {
                "type": "array", "items": {"type": "string"},
                "description": "The uids of data sources whose own alert rules count too (Prometheus, Mimir).",
            },
            "silencesFrom": {
                "type": "array", "items": {"type": "string"},
                "description": "The uids of data sources that are alert managers whose silences count too; those of Grafana itself always do.",
            },
            "annotate": {
                "type": "boolean",
                "description": "Templates may write annotations with the action grafana:annotation:create; the service account needs the right to: false unless set.",
            },
            "pictures": {
                "type": "boolean",
                "description": "Panels of types that the portal does not draw are pictures of Grafana's image renderer: false unless set.",
            },
            "embed": {
                "type": "boolean",
                "description": "Panels of types that the portal does not draw are frames with Grafana's own page, where Grafana lets itself be framed: false unless set.",
            },
            "signals": signals_schema(),
            "api": {
                "enum": ["auto", "new"],
                "description": "How dashboards are asked for: new for Grafana's API with labels (/apis, from version 12); auto, the older one while it is there, unless set.",
            },
            "namespace": {
                "type": "string",
                "description": "The organisation in paths of the newer API: default unless set, org-2 for the organisation 2.",
            },
            "defaultDataSource": {
                "type": "string",
                "description": "The uid of the data source of panels that name none.",
            },
        },
    })
}

/// Keys of the charts for entities without a dashboard.
fn signals_schema() -> Value {
    let text = |what: &str| json!({"type": "string", "description": what});
    json!({
        "type": "object",
        "description": "Charts for entities that have no dashboard: requests, errors, latency, processor and memory.",
        "properties": {
            "dataSource": text("The uid of a data source that is a Prometheus, or speaks as one; without it there are no such charts."),
            "queries": {
                "type": "array", "maxItems": 12,
                "description": "Other charts, in place of the usual ones.",
                "items": {"type": "object", "required": ["title", "query"], "properties": {
                    "title": text("The heading."),
                    "query": text("PromQL. $labels stands for the labels of the entity's selector, $name for its name as a regular expression."),
                    "unit": text("A unit by Grafana's name: reqps, s, bytes, percentunit."),
                    "legend": text("The name of a line, with labels as {{pod}}."),
                }},
            },
        },
    })
}

#[cfg(test)]
mod tests;
