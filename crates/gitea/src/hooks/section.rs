//! The section `portal.gitea` of the configuration.

use model::{Fault, Problem};
use plugin::ConfigSection;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// Whether the portal keeps webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Webhook {
    /// It makes and repairs them.
    Manage,
    /// It leaves them alone.
    #[default]
    Leave,
}

/// Whose webhooks the portal keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// One for the whole server.
    System,
    /// One for each organisation.
    Organization,
}

/// Webhooks of one host, or of all hosts that say nothing themselves.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct WebhookSection {
    /// `manage`: the portal makes webhooks at Gitea and repairs them. `leave`, which is the default: people do.
    pub webhook: Option<Webhook>,
    /// The address that Gitea calls, for example one inside of the cluster. Default: `/api/events/http/gitea` below
    /// `backend.baseUrl`. An address without a path gets this path.
    pub webhook_url: Option<String>,
    /// `system`: one webhook for the whole server, which needs the token of an administrator. `organization`: one for each
    /// organisation, which needs the token of an owner. Default: `system` where the token may make one.
    pub webhook_level: Option<Level>,
    /// Organisations that get a webhook. Default: those of `catalog.providers.gitea`, else those that the token's user belongs to.
    pub webhook_organizations: Vec<String>,
}

/// A host that differs.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct HostSection {
    /// The host as it stands under `integrations.gitea`.
    #[schemars(required)]
    pub host: String,
    /// What differs.
    #[serde(flatten)]
    pub webhooks: WebhookSection,
}

/// Webhooks at Gitea.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct GiteaSection {
    /// For all hosts.
    #[serde(flatten)]
    pub webhooks: WebhookSection,
    /// Hosts that differ.
    pub hosts: Vec<HostSection>,
}

/// The section as the commands see it.
pub(super) struct Section;

impl ConfigSection for Section {
    fn path(&self) -> &'static str {
        "portal.gitea"
    }

    fn schema(&self) -> Value {
        let settings = SchemaSettings::default().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        settings
            .into_generator()
            .into_root_schema_for::<GiteaSection>()
            .to_value()
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/gitea.md")
    }

    fn check(&self, section: &Value) -> Vec<Problem> {
        // What has a wrong type is said by the schema.
        let section: Option<GiteaSection> = serde_json::from_value(section.clone()).unwrap_or_default();
        let section = section.unwrap_or_default();
        let mut problems: Vec<Problem> = address_problem("webhookUrl", &section.webhooks)
            .into_iter()
            .collect();
        for (index, host) in section.hosts.iter().enumerate() {
            if host.host.is_empty() {
                let fault = Fault::input("portal.gitea.hosts has an entry without a host".to_owned());
                let fault = fault.at(format!("hosts.{index}"));
                let hint = "Set host to the host of one of integrations.gitea.";
                problems.push(Problem::error(fault).hint(hint));
            }
            problems.extend(address_problem(
                &format!("hosts.{index}.webhookUrl"),
                &host.webhooks,
            ));
        }
        problems
    }
}

fn address_problem(key: &str, section: &WebhookSection) -> Option<Problem> {
    let address = section.webhook_url.as_deref()?;
    let is_web = Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    (!is_web).then(|| {
        let fault = Fault::input(format!("portal.gitea.{key} is no address: {address}")).at(key);
        let hint = "Write the address under which Gitea reaches the portal, for example http://portal.backstage.svc:7007.";
        Problem::error(fault).hint(hint)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(section: &Value, expected: &[&str]) {
        let found = Section.check(section).into_iter();
        let found: Vec<String> = found.map(|problem| problem.fault.message).collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, part) in found.iter().zip(expected) {
            assert!(found.contains(part), "{part} in {found}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        check(&Value::Null, &[]);
        check(
            &json!({"webhook": "manage", "hosts": [{"host": "h", "webhook": "leave"}]}),
            &[],
        );
        check(&json!({"webhook": "always"}), &[]);
        check(
            &json!({"webhookUrl": "portal.svc:7007"}),
            &["portal.gitea.webhookUrl is no address"],
        );
        check(
            &json!({"hosts": [{"webhookUrl": "ftp://h/"}]}),
            &[
                "an entry without a host",
                "portal.gitea.hosts.0.webhookUrl is no address",
            ],
        );
    }

    #[test]
    fn the_schema_has_all_keys() {
        let schema = Section.schema();
        for key in [
            "webhook",
            "webhookUrl",
            "webhookLevel",
            "webhookOrganizations",
            "hosts",
        ] {
            assert!(schema["properties"][key].is_object(), "{key} in {schema}");
        }
    }
}
