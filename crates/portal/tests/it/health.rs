//! The health checks of all plugins, as `doctor` asks them: without a running portal.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use config::Config;
use outside::Trust;
use plugin::{Contributions, Declaration, Feeds, Health, HealthCheck, PluginId};
use portal::{AddedPlugin, ask_health};
use serde_json::json;
use store::{Database, Store};

use crate::plugin_of_every_point::teapots;

/// A check that panics.
struct Cracked;

#[async_trait]
impl HealthCheck for Cracked {
    fn name(&self) -> &'static str {
        "handle"
    }

    async fn check(&self) -> Health {
        panic!("as the test wants it")
    }
}

fn cracked() -> AddedPlugin {
    let id = PluginId::built_in("cracked");
    AddedPlugin::new(Declaration::new(id.clone()), |_| {
        let contributions = Contributions {
            health_checks: vec![Arc::new(Cracked)],
            ..Contributions::of(id)
        };
        Ok((Feeds::default(), contributions))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_check_is_asked_and_names_its_plugin() {
    let built_in = portal::declarations();
    let store = Store::open_with(&Database::SqliteMemory, &portal::tables(&built_in)).await;
    let config = Arc::new(Config::from_value(json!({}), Path::new("/")).unwrap());
    let outside = portal::outside_calls(&config, Trust::default()).unwrap();
    let answers = ask_health(&config, &store.unwrap(), outside, vec![teapots(), cracked()]).await;
    let told: Vec<(String, String, Health)> = answers
        .unwrap()
        .into_iter()
        .map(|answer| (answer.plugin.to_string(), answer.check, answer.health))
        .collect();
    let expect = |plugin: &str, check: &str, health| (plugin.to_owned(), check.to_owned(), health);
    assert_eq!(
        told,
        [
            expect("ui", "database", Health::Ok),
            expect("connections", "connections", Health::Ok),
            expect("teapots", "kettle", Health::Degraded("lime scale".to_owned())),
            expect(
                "cracked",
                "handle",
                Health::Failed("the check panicked".to_owned())
            ),
        ]
    );
}
