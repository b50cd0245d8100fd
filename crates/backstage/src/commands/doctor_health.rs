//! `backstage doctor`: what the health checks of all plugins answer.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use config::Config;
use plugin::Health;
use portal::HealthAnswer;

use super::doctor::{Finding, bad, doubtful, good};
use crate::settings;

const CHECK: &str = "health";
/// Longest time for opening the database and asking all checks.
const LONGEST: Duration = Duration::from_secs(30);
/// What to do about a check that fails.
const FIX: &str =
    "see the section of this plugin in the configuration, and whether what it needs can be reached from here";

/// One finding for each check.
pub async fn check(config: &Config) -> Vec<Finding> {
    let asked = tokio::time::timeout(LONGEST, ask(config));
    let asked = asked
        .await
        .unwrap_or_else(|_| Err(anyhow!("no answer within {} s", LONGEST.as_secs())));
    match asked {
        Ok(answers) => answers.into_iter().map(finding).collect(),
        Err(error) => {
            let text = format!("the plugins cannot be asked: {error:#}");
            vec![bad(CHECK, text, "correct what the other findings name first")]
        }
    }
}

async fn ask(config: &Config) -> Result<Vec<HealthAnswer>> {
    let outside = portal::outside_calls(config, settings::extra_authorities()?)?;
    let store = settings::open_store(config).await?;
    let answers = portal::ask_health(&Arc::new(config.clone()), &store, outside, Vec::new()).await;
    store.close().await;
    answers
}

fn finding(answer: HealthAnswer) -> Finding {
    let HealthAnswer {
        plugin,
        check,
        health,
    } = answer;
    let of = format!("{check} (plugin {plugin})");
    match health {
        Health::Ok => good(CHECK, format!("{of} works")),
        Health::Degraded(reason) => doubtful(CHECK, format!("{of} works in part: {reason}"), None),
        Health::Failed(reason) => bad(CHECK, format!("{of} does not work: {reason}"), FIX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_names_the_plugin_and_its_answer() {
        let told = |health| {
            let finding = finding(HealthAnswer {
                plugin: plugin::PluginId::built_in("teapots"),
                check: "kettle".to_owned(),
                health,
            });
            finding.to_string()
        };
        assert_eq!(told(Health::Ok), "ok    health: kettle (plugin teapots) works");
        assert_eq!(
            told(Health::Degraded("lime scale".to_owned())),
            "?     health: kettle (plugin teapots) works in part: lime scale"
        );
        let failed = told(Health::Failed("no water".to_owned()));
        assert!(
            failed.starts_with("FAIL  health: kettle (plugin teapots) does not work: no water"),
            "{failed}"
        );
    }
}
