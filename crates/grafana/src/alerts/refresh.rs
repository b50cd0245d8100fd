//! The job that asks for alerts: one call for each host and source of rules, whatever the number of entities.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use catalog::query::QueryError;
use catalog::{Caller, Catalog, Sight};
use futures::future::try_join_all;
use model::{Clock, Fault, Filter, SystemClock};
use store::{Lane, Store, StoreError};
use work::{BackOff, Job, JobFailure, JobHandler, JobPolicy};

use super::known::REFRESHED;
use super::{HostAlerts, Rule, read, tables};
use crate::annotations::{ALERTS, DASHBOARDS, HOST, OLD_DASHBOARDS};
use crate::grafana::{Grafana, Grafanas};
use crate::selector::{AlertSelector, Selector};
use crate::trouble::Trouble;

/// The kind of the job, and the name of its schedule.
pub(crate) const KIND: &str = "grafana.alerts";
/// The topic of open pages: an alert began or ended.
pub(crate) const TOPIC: &str = "grafana.alerts";

/// The portal asks for the alerts of all entities, whoever will see them.
static SIGHT: Sight = Sight::system("alerts are asked for once for all entities");

/// Asks for alerts and keeps them.
pub(crate) struct Refresh {
    pub(crate) grafanas: Arc<Grafanas>,
    pub(crate) catalog: Catalog,
    pub(crate) store: Store,
}

#[async_trait]
impl JobHandler for Refresh {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn policy(&self) -> JobPolicy {
        JobPolicy {
            attempts: 1,
            back_off: BackOff::new(Duration::from_secs(5), Duration::from_secs(30)),
            time: Duration::from_mins(1),
            at_once: 1,
        }
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        for host in self.grafanas.all() {
            if !self
                .is_wanted(host)
                .map_err(|error| Fault::error(error.to_string()))?
            {
                job.log.info(format!(
                    "no entity selects alerts of {}; it is not asked",
                    host.settings.id
                ));
                continue;
            }
            let answer = ask(host).await;
            match &answer {
                Ok(rules) => job
                    .log
                    .info(format!("{} has {} rules", host.settings.id, rules.len())),
                Err(trouble) => job.log.warning(trouble.message.clone()),
            }
            let kept = self.keep(host, answer).await;
            kept.map_err(|error| Fault::error(format!("the answer could not be kept: {error}")))?;
        }
        Ok(())
    }
}

/// The rules of Grafana and of the data sources that have rules of their own. All of them or none, so that an alert is
/// never missing without a word.
async fn ask(host: &Grafana) -> Result<Vec<Rule>, Trouble> {
    let sources = host
        .settings
        .rules_from
        .iter()
        .map(|source| Some(source.as_str()));
    let sources: Vec<Option<&str>> = std::iter::once(None).chain(sources).collect();
    let answers = try_join_all(sources.iter().map(|source| host.client.rules(*source))).await?;
    let rules = answers
        .iter()
        .zip(sources)
        .flat_map(|(answer, source)| read::rules(answer, source));
    Ok(rules.collect())
}

impl Refresh {
    /// Whether any entity selects alerts of this host.
    fn is_wanted(&self, host: &Grafana) -> Result<bool, QueryError> {
        let seen = self.catalog.seen_by(&SIGHT);
        let keys = [ALERTS, DASHBOARDS, OLD_DASHBOARDS].map(key);
        let filter = Filter::All(vec![
            Filter::Any(
                keys.iter()
                    .map(|key| Filter::Exists { key: key.clone() })
                    .collect(),
            ),
            self.names(host),
        ]);
        let found = seen.facets(&keys, Some(&filter), &Caller::default())?;
        let mut values = found.iter();
        let any_alerts = values
            .next()
            .is_some_and(|alerts| alerts.iter().any(|one| AlertSelector::parse(&one.value).is_ok()));
        let by_dashboards = |value: &str| {
            let selector = Selector::parse(value).ok();
            selector.is_some_and(|selector| AlertSelector::of_dashboards(&selector).is_some())
        };
        Ok(any_alerts || values.flatten().any(|one| by_dashboards(&one.value)))
    }

    /// Entities that mean this host.
    fn names(&self, host: &Grafana) -> Filter {
        let (key, id) = (key(HOST), host.settings.id.to_lowercase());
        let named = Filter::In {
            key: key.clone(),
            values: vec![id],
        };
        if self.grafanas.is_default(host) {
            Filter::Any(vec![named, Filter::Not(Box::new(Filter::Exists { key }))])
        } else {
            named
        }
    }

    /// Keeps an answer. Pages hear of it if an alert began or ended.
    async fn keep(&self, host: &Grafana, answer: Result<Vec<Rule>, Trouble>) -> Result<(), StoreError> {
        let now = SystemClock.now();
        let mut tx = self.store.write_unordered(Lane::Bulk).await?;
        let before = tables::all(&mut tx)
            .await?
            .into_iter()
            .find(|(id, _)| *id == host.settings.id);
        let before = before.map(|(_, known)| known).unwrap_or_default();
        let known = match answer {
            Ok(rules) => HostAlerts {
                tried_at: Some(now),
                known_at: Some(now),
                trouble: None,
                rules,
            },
            Err(trouble) => HostAlerts {
                tried_at: Some(now),
                trouble: Some(trouble),
                ..before.clone()
            },
        };
        tables::put(&mut tx, &host.settings.id, &known).await?;
        tx.announce(REFRESHED);
        let is_news =
            before.outline() != known.outline() || before.trouble.is_some() != known.trouble.is_some();
        if is_news || before.known_at.is_none() {
            tx.announce(TOPIC);
        }
        tx.commit().await
    }
}

fn key(annotation: &str) -> String {
    format!("metadata.annotations.{annotation}")
}
