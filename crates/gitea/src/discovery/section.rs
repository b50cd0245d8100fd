//! The section `catalog.providers.gitea` of the configuration.

use std::collections::BTreeMap;

use config::Config;
use model::Problem;
use plugin::ConfigSection;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::settings::{self, ProviderSection};
use crate::integration;

/// Its key.
const KEY: &str = "catalog.providers.gitea";

/// The section as the commands see it.
pub struct Section;

impl ConfigSection for Section {
    fn path(&self) -> &'static str {
        KEY
    }

    fn schema(&self) -> Value {
        let settings = SchemaSettings::default().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        let schema = settings
            .into_generator()
            .into_root_schema_for::<BTreeMap<String, ProviderSection>>();
        let mut schema = schema.to_value();
        schema["description"] = json!(
            "Repositories of Gitea and Forgejo whose descriptors the catalog reads, by names of your own."
        );
        schema
    }

    fn check(&self, section: &Value) -> Vec<Problem> {
        settings::read(section).1
    }
}

/// The section of a configuration; null where there is none.
pub(super) fn of(config: &Config) -> &Value {
    let section = config.value().pointer("/catalog/providers/gitea");
    section.unwrap_or(&Value::Null)
}

/// Providers whose host has no integration.
pub(crate) fn problems(config: &Config) -> Vec<Problem> {
    let (providers, _) = settings::read(of(config));
    let lost = providers.into_iter().filter_map(|one| {
        let key = format!("{KEY}.{}", one.id);
        integration::missing(config, &key, &one.host, "no repository is found")
    });
    lost.collect()
}
