//! For which hosts the portal keeps webhooks, and where these are to call.

use config::{Config, IntegrationsSection, Secret};
use model::Fault;
use serde_json::Value;
use url::{Host, Url};

use super::EVENTS_TOPIC;
use super::section::{GiteaSection, Level, Webhook, WebhookSection};

/// Where deliveries are taken in.
const PATH: &str = "/api/events/http/gitea";

/// The webhooks of all hosts.
pub(crate) struct HookSettings {
    /// Every Gitea of the configuration.
    pub hosts: Vec<HookHost>,
    /// The secret of deliveries, where there is one.
    pub secret: Option<Secret>,
}

/// The webhooks of one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HookHost {
    /// The host as it stands in addresses.
    pub host: String,
    /// Address of the server for people.
    pub web: String,
    /// The portal keeps its webhooks.
    pub is_kept: bool,
    /// The address that webhooks call.
    pub url: String,
    /// Whose webhooks are kept; found out where nothing is said.
    pub level: Option<Level>,
    /// Organisations with a webhook; those of the token's user where there are none.
    pub organizations: Vec<String>,
    /// Why webhooks cannot be kept, and the way out.
    pub problem: Option<(String, String)>,
}

impl HookSettings {
    /// As the configuration says.
    pub fn of(config: &Config) -> Self {
        let own = config.value().pointer("/portal/gitea").cloned();
        // A section that cannot be read was reported by its check, and keeps nothing.
        let section: GiteaSection = own
            .and_then(|own| serde_json::from_value(own).ok())
            .unwrap_or_default();
        let secret = events::secret_of(config, EVENTS_TOPIC);
        let base = config.base_url();
        let integrations = config.integrations();
        let hosts = integrations.gitea.iter().map(|one| {
            let differs = section.hosts.iter().find(|host| host.host == one.host);
            let said = differs.map(|host| &host.webhooks);
            let organizations = organizations(config.value(), &one.host, said, &section.webhooks);
            let mut host = HookHost {
                organizations,
                ..host(&one.host, (said, &section.webhooks), &base)
            };
            host.web = scm::gitea::web_address(one);
            host.problem = problem(&host, secret.as_ref(), integrations);
            host
        });
        Self {
            hosts: hosts.collect(),
            secret,
        }
    }

    /// Whether webhooks of any host are kept.
    pub fn is_any_kept(&self) -> bool {
        self.hosts.iter().any(|host| host.is_kept)
    }
}

/// A host by what is said of it, else of all.
fn host(name: &str, (own, all): (Option<&WebhookSection>, &WebhookSection), base: &str) -> HookHost {
    let webhook = own
        .and_then(|own| own.webhook)
        .or(all.webhook)
        .unwrap_or_default();
    let url = own
        .and_then(|own| own.webhook_url.as_deref())
        .or(all.webhook_url.as_deref());
    HookHost {
        host: name.to_owned(),
        web: String::new(),
        is_kept: webhook == Webhook::Manage,
        url: with_path(url.unwrap_or(base)),
        level: own.and_then(|own| own.webhook_level).or(all.webhook_level),
        organizations: Vec::new(),
        problem: None,
    }
}

/// An address that has no path gets that of the endpoint.
fn with_path(address: &str) -> String {
    let address = address.trim_end_matches('/');
    match Url::parse(address) {
        Ok(url) if url.path().len() > 1 => address.to_owned(),
        _ => format!("{address}{PATH}"),
    }
}

/// The organisations that are named for a host: here, else by the providers that find repositories.
fn organizations(
    config: &Value,
    host: &str,
    own: Option<&WebhookSection>,
    all: &WebhookSection,
) -> Vec<String> {
    let said = own
        .map(|own| &own.webhook_organizations)
        .filter(|said| !said.is_empty());
    let said = said.unwrap_or(&all.webhook_organizations);
    if !said.is_empty() {
        return said.clone();
    }
    let providers = config
        .pointer("/catalog/providers/gitea")
        .and_then(Value::as_object);
    let mut found = Vec::new();
    for provider in providers.into_iter().flat_map(|all| all.values()) {
        if provider["host"] != host {
            continue;
        }
        let named = provider["organizations"].as_array().into_iter().flatten();
        let named: Vec<&str> = named
            .chain([&provider["organization"]])
            .filter_map(Value::as_str)
            .collect();
        if named.is_empty() {
            // One that finds all repositories wants all organisations.
            return Vec::new();
        }
        found.extend(named.into_iter().map(str::to_owned));
    }
    found.sort_by_key(|name| name.to_lowercase());
    found.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
    found
}

/// Why the webhooks of a host cannot be kept.
fn problem(
    host: &HookHost,
    secret: Option<&Secret>,
    integrations: &IntegrationsSection,
) -> Option<(String, String)> {
    if !host.is_kept {
        return None;
    }
    let said = |fault: &str, hint: &str| Some((fault.to_owned(), hint.to_owned()));
    if secret.is_none() {
        return said(
            "Webhooks cannot be kept without a secret: nothing would prove that a delivery comes from Gitea",
            "Add `events: { modules: { gitea: { webhookSecret: '${GITEA_WEBHOOK_SECRET}' } } }`, a random text of at least 8 \
             characters.",
        );
    }
    let one = integrations.gitea.iter().find(|one| one.host == host.host)?;
    if one.password.is_none() {
        return said(
            &format!("Webhooks of {} cannot be kept without a token", host.host),
            "Put a token with the scopes `read:user` and `write:organization` into `integrations.gitea[].password`; for one \
             webhook of the whole server, one of an administrator with `write:admin`.",
        );
    }
    let server = Url::parse(&scm::gitea::base_address(one)).ok();
    if is_own_machine(&host.url) && !server.is_some_and(|server| is_own_machine(server.as_str())) {
        return said(
            &format!("{} cannot reach {}: that is its own machine", host.host, host.url),
            "Set `backend.baseUrl` to the address of the portal for others, or `portal.gitea.webhookUrl` to the one for Gitea.",
        );
    }
    None
}

/// Whether an address means the machine that calls it.
fn is_own_machine(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unspecified(),
        None => false,
    }
}

impl HookHost {
    /// The problem that keeps the portal from keeping webhooks, as a fault.
    pub fn fault(&self) -> Option<Fault> {
        let (fault, _) = self.problem.as_ref()?;
        Some(Fault::input(fault.clone()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    fn settings(more: &Value) -> HookSettings {
        let mut config = json!({
            "backend": {"baseUrl": "https://portal.example"},
            "integrations": {"gitea": [{"host": "gitea.example", "password": "t"}, {"host": "127.0.0.1:3000", "baseUrl": "http://127.0.0.1:3000", "password": "t"}]},
            "events": {"modules": {"gitea": {"webhookSecret": "a-long-secret"}}},
        });
        for (key, value) in more.as_object().unwrap() {
            config[key] = value.clone();
        }
        HookSettings::of(&Config::from_value(config, Path::new("/")).unwrap())
    }

    #[test]
    fn the_address_that_is_called() {
        let url = |portal: Value| {
            settings(&json!({"portal": {"gitea": portal}})).hosts[0]
                .url
                .clone()
        };
        assert_eq!(url(json!({})), "https://portal.example/api/events/http/gitea");
        assert_eq!(
            url(json!({"webhookUrl": "http://p.svc:7007/"})),
            "http://p.svc:7007/api/events/http/gitea"
        );
        let whole = "http://p.svc/portal/api/events/http/gitea";
        assert_eq!(url(json!({"webhookUrl": whole})), whole);
        let differs = json!({"webhookUrl": "http://all", "hosts": [{"host": "gitea.example", "webhookUrl": "http://one"}]});
        assert_eq!(url(differs), "http://one/api/events/http/gitea");
    }

    #[test]
    fn a_host_may_differ() {
        let kept = |portal: Value| -> Vec<bool> {
            let settings = settings(&json!({"portal": {"gitea": portal}}));
            settings.hosts.iter().map(|host| host.is_kept).collect()
        };
        assert_eq!(kept(json!({})), [false, false]);
        assert_eq!(kept(json!({"webhook": "manage"})), [true, true]);
        let but = json!({"webhook": "manage", "hosts": [{"host": "gitea.example", "webhook": "leave"}]});
        assert_eq!(kept(but), [false, true]);
        assert_eq!(
            kept(json!({"hosts": [{"host": "gitea.example", "webhook": "manage"}]})),
            [true, false]
        );
    }

    #[test]
    fn organizations_are_those_that_are_found() {
        let found = |providers: Value| {
            let more = json!({"catalog": {"providers": {"gitea": providers}}});
            settings(&more).hosts[0].organizations.clone()
        };
        let two = json!({"a": {"host": "gitea.example", "organization": "Talent"}, "b": {"host": "gitea.example", "organizations": ["talent", "platform"]}});
        assert_eq!(found(two), ["platform", "Talent"]);
        let all =
            json!({"a": {"host": "gitea.example", "organization": "talent"}, "b": {"host": "gitea.example"}});
        assert_eq!(found(all), [""; 0]);
        assert_eq!(
            found(json!({"a": {"host": "elsewhere", "organization": "talent"}})),
            [""; 0]
        );
    }

    #[test]
    fn what_keeps_the_portal_from_it() {
        let problems = |more: Value| -> Vec<Option<String>> {
            let mut all = json!({"portal": {"gitea": {"webhook": "manage"}}});
            all.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            let hosts = settings(&all).hosts.into_iter();
            hosts.map(|host| host.problem.map(|(fault, _)| fault)).collect()
        };
        assert_eq!(problems(json!({})), [None, None]);
        let said = problems(json!({"backend": {"baseUrl": "http://localhost:7007"}}));
        assert!(
            said[0]
                .as_deref()
                .unwrap()
                .contains("gitea.example cannot reach http://localhost:7007"),
            "{said:?}"
        );
        assert_eq!(said[1], None, "both are on this machine");
        let said = problems(json!({"events": {"modules": {}}}));
        assert!(
            said[0].as_deref().unwrap().contains("without a secret"),
            "{said:?}"
        );
        let said = problems(json!({"integrations": {"gitea": [{"host": "gitea.example"}]}}));
        assert!(
            said[0].as_deref().unwrap().contains("without a token"),
            "{said:?}"
        );
        let said = problems(json!({"portal": {"gitea": {}}, "events": {"modules": {}}}));
        assert_eq!(said, [None, None], "nothing is kept");
    }
}
