//! The job that asks for alerts: one call for each host and source of rules, whatever the number of entities.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use catalog::query::QueryError;
use catalog::{Caller, Catalog, Sight};
use futures::future::{join_all, try_join_all};
use model::{Clock, Fault, Filter, SystemClock};
use store::{Lane, Store, StoreError};
use work::{BackOff, Job, JobFailure, JobHandler, JobPolicy};

use super::known::REFRESHED;
use super::{HostAlerts, Rule, State, read, silences, tables};
use crate::annotations::{ALERTS, DASHBOARDS, HOST, OLD_DASHBOARDS};
use crate::grafana::{Grafana, Grafanas};
use crate::selector::{AlertSelector, Selector};
use crate::trouble::Trouble;

/// The kind of the job, and the name of its schedule.
pub(crate) const KIND: &str = "grafana.alerts";
/// The topic of open pages: an alert began or ended.
pub(crate) const TOPIC: &str = "grafana.alerts";

/// The portal asks for the alerts of all entities, whoever will see them.
pub(crate) static SIGHT: Sight = Sight::system("alerts are asked for once for all entities");

/// How soon the catalog is looked at again while no entity selects alerts: after a start it is still being read.
const IDLE: Duration = Duration::from_secs(5);
/// How long one job asks before another one takes over.
const SHIFT: Duration = Duration::from_hours(1);
/// Longest time for asking all hosts once.
const ROUND: Duration = Duration::from_mins(2);

/// Asks for alerts and keeps them.
pub(crate) struct Refresh {
    /// How often.
    pub(crate) every: Duration,
    pub(crate) grafanas: Arc<Grafanas>,
    pub(crate) catalog: Catalog,
    pub(crate) store: Store,
}

/// What came of asking all hosts once.
#[derive(Debug, Default)]
pub(crate) struct Round {
    /// A line about each.
    pub(crate) lines: Vec<String>,
    /// One of them was asked.
    is_asked: bool,
}

/// Why asking came to nothing; a Grafana that does not answer is not among it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RefreshError {
    #[error("which alerts are wanted could not be found out: {0}")]
    Catalog(#[from] QueryError),
    #[error("the answer could not be kept: {0}")]
    Store(#[from] StoreError),
}

#[async_trait]
impl JobHandler for Refresh {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn policy(&self) -> JobPolicy {
        JobPolicy {
            attempts: 3,
            back_off: BackOff::new(Duration::from_secs(1), Duration::from_secs(30)),
            time: SHIFT + ROUND,
            at_once: 1,
        }
    }

    /// Asks again and again for a while, so that the list of jobs does not fill with questions.
    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let begun = Instant::now();
        let mut told: Vec<String> = Vec::new();
        loop {
            let round = self.ask_all().await;
            let Round { lines, is_asked } = round.map_err(|error| Fault::error(error.to_string()))?;
            for line in lines.iter().filter(|line| !told.contains(line)) {
                job.log.info(line.clone());
            }
            told = lines;
            let pause = if is_asked {
                self.every
            } else {
                self.every.min(IDLE)
            };
            let is_asked_to_end = tokio::time::timeout(pause, job.stop.cancelled()).await.is_ok();
            if is_asked_to_end || begun.elapsed() > SHIFT {
                return Ok(());
            }
        }
    }
}

/// Grafana itself, and data sources behind it.
fn sources(others: &[String]) -> Vec<Option<&str>> {
    let others = others.iter().map(|source| Some(source.as_str()));
    std::iter::once(None).chain(others).collect()
}

/// The rules of Grafana and of the data sources that have rules of their own. All of them or none, so that an alert is
/// never missing without a word.
async fn ask(host: &Grafana) -> Result<Vec<Rule>, Trouble> {
    let sources = sources(&host.settings.rules_from);
    let answers = try_join_all(sources.iter().map(|source| host.client.rules(*source))).await?;
    let rules = answers
        .iter()
        .zip(sources)
        .flat_map(|(answer, source)| read::rules(answer, source));
    Ok(rules.collect())
}

/// Notes the silences of alerts. Nobody asks for silences while nothing is loud; without an answer nothing counts as silenced.
async fn note_silences(host: &Grafana, rules: &mut [Rule]) -> Option<Trouble> {
    let mut alerts = rules.iter().flat_map(|rule| &rule.alerts);
    if !alerts.any(|alert| alert.state <= State::Pending) {
        return None;
    }
    let sources = sources(&host.settings.silences_from);
    let answers = join_all(sources.iter().map(|source| host.client.silences(*source))).await;
    let (mut silences, mut failed) = (Vec::new(), None);
    for answer in answers {
        match answer {
            Ok(answer) => silences.extend(silences::read(&answer)),
            Err(trouble) => failed = Some(trouble),
        }
    }
    silences::note(rules, &silences);
    failed
}

impl Refresh {
    /// Asks every host once.
    pub(crate) async fn ask_all(&self) -> Result<Round, RefreshError> {
        let Round {
            mut lines,
            mut is_asked,
        } = Round::default();
        for host in self.grafanas.all() {
            let id = &host.settings.id;
            if !self.is_wanted(host)? {
                lines.push(format!("no entity selects alerts of {id}; it is not asked"));
                continue;
            }
            is_asked = true;
            let answer = tokio::time::timeout(ROUND / 2, ask(host)).await;
            let answer = answer.unwrap_or_else(|_| Err(Trouble::new(format!("{id} gave no answer in time"))));
            let answer = match answer {
                Ok(mut rules) => {
                    lines.push(format!("{id} has {} rules", rules.len()));
                    let asked = tokio::time::timeout(ROUND / 4, note_silences(host, &mut rules)).await;
                    let slow = || {
                        Some(Trouble::new(format!(
                            "{id} gave no answer about silences in time"
                        )))
                    };
                    let failed = asked.unwrap_or_else(|_| slow());
                    lines
                        .extend(failed.map(|trouble| format!("silences are not known: {}", trouble.message)));
                    Ok(rules)
                }
                Err(trouble) => {
                    lines.push(trouble.message.clone());
                    Err(trouble)
                }
            };
            self.keep(host, answer).await?;
        }
        Ok(Round { lines, is_asked })
    }

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
