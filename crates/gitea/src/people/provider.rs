//! Delivers people to the catalog, again and again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use config::Config;
use jiff::SignedDuration;
use model::{Clock, Fault, Problem, Severity, SystemClock};
use parking_lot::Mutex;
use plugin::{DeferredEntity, EntityProvider, ProviderSink, Services};
use scm::gitea::Gitea;
use store::{Lane, Store, StoreError};
use tokio_util::sync::CancellationToken;

use super::entities::{Made, Maker};
use super::roster::{self, Reading, Roster};
use super::settings::Settings;
use super::tables::{self, NameRow};

/// Longest time until what failed is read again.
const AGAIN: Duration = Duration::from_mins(5);
/// How long a new name is said.
const SAID: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Entities of one batch.
const BATCH: usize = 2_000;
/// Most problems that are shown of one reading.
const MAX_SHOWN: usize = 200;

/// The people of one server.
pub(crate) struct People {
    name: String,
    settings: Settings,
    gitea: Gitea,
    store: Store,
    clock: Arc<dyn Clock>,
    /// The last reading without gaps.
    before: Mutex<Option<Roster>>,
}

impl People {
    /// The people of the server that the settings name.
    pub fn new(settings: Settings, config: &Config, services: &Services) -> Result<Self, Fault> {
        Ok(Self {
            name: settings.provider(),
            gitea: Gitea::reading(config.integrations(), &services.outside, &settings.host)?,
            settings,
            store: services.store.clone(),
            clock: Arc::new(SystemClock),
            before: Mutex::default(),
        })
    }

    /// Reads and delivers once; whether all could be read.
    async fn round(&self, sink: &dyn ProviderSink) -> Result<bool, Fault> {
        let before = self.before.lock().clone();
        let read = roster::read(&self.gitea, &self.settings, before.as_ref());
        let reading = tokio::time::timeout(self.settings.time, read).await;
        let reading = reading.map_err(|_| {
            Fault::error(format!(
                "The people of {} were not read within {} s; give catalog.providers.{} a longer schedule.timeout, or name fewer orgs",
                self.settings.host,
                self.settings.time.as_secs(),
                self.name.replace(':', "."),
            ))
        })??;
        let maker = Maker {
            settings: &self.settings,
            web: self.gitea.web(),
        };
        let mut made = maker.make(&reading.roster);
        if self.settings.members_only {
            let foreign = self
                .foreign_groups(&made)
                .await
                .map_err(|error| catalog::store_fault(&error))?;
            made.only_members_of(|group| foreign.contains(group));
        }
        let problems = self.problems(&reading, &made).await?;
        if reading.has_gaps {
            // Who is missing may be there, and who is there may be in more groups.
            for batch in batches(made.groups) {
                sink.change(batch, Vec::new()).await?;
            }
        } else {
            let mut replacement = sink.replace().await?;
            for batch in batches(made.groups).into_iter().chain(batches(made.users)) {
                replacement.put(batch).await?;
            }
            replacement.finish().await?;
            *self.before.lock() = Some(reading.roster);
        }
        for problem in problems.into_iter().take(MAX_SHOWN) {
            sink.problem(problem).await;
        }
        Ok(reading.failed.is_empty())
    }

    /// Groups that the users would belong to and that another source brings.
    async fn foreign_groups(&self, made: &Made) -> Result<HashSet<String>, StoreError> {
        let groups = made.names.iter().filter(|((kind, _), _)| *kind != "user");
        let groups: Vec<String> = groups.map(|(_, (reference, _))| reference.clone()).collect();
        let nodes = self.store.nodes(&groups).await?;
        let foreign = nodes.into_iter().filter(|node| {
            node.location_key.as_deref() != Some(self.name.as_str()) && node.final_json.is_some()
        });
        Ok(foreign.map(|node| node.reference).collect())
    }

    async fn problems(&self, reading: &Reading, made: &Made) -> Result<Vec<Problem>, Fault> {
        let kept = "What was known of them stays as it was.";
        let gap = "Nobody is removed, and users are not changed, until it can be read.";
        let hint = if reading.has_gaps { gap } else { kept };
        let failed = reading.failed.iter();
        let mut problems: Vec<Problem> = failed
            .map(|fault| Problem::warning(fault.clone()).hint(hint))
            .collect();
        problems.extend(self.unseen(reading));
        problems.extend(made.problems.iter().cloned());
        if !reading.has_gaps {
            let renamed = self.note_names(made).await;
            problems.extend(renamed.map_err(|error| catalog::store_fault(&error))?);
        }
        Ok(problems)
    }

    /// What the token is not shown, as few sentences as possible.
    fn unseen(&self, reading: &Reading) -> Vec<Problem> {
        let way_out = "Use the token of an administrator, or of an owner of the organisation, with the scopes read:organization and \
             read:user.";
        let unseen = reading.unseen.iter();
        let mut problems: Vec<Problem> = unseen
            .map(|fault| Problem::warning(fault.clone()).hint(way_out))
            .collect();
        if !reading.roster.by_administrator {
            let fault = Fault::not_allowed(format!(
                "The token for {} is not an administrator's: private organisations that its user is not in, hidden e-mail addresses and \
                 which accounts are switched off are not seen",
                self.settings.host
            ));
            problems.push(Problem {
                severity: Severity::Info,
                ..Problem::warning(fault)
            });
        }
        problems
    }

    /// Keeps the references of all things, and says which of them have a new name.
    async fn note_names(&self, made: &Made) -> Result<Vec<Problem>, StoreError> {
        let known = tables::names(&mut self.store.read().await?, &self.name).await?;
        let (changed, all) = compared(&known, made, self.clock.now());
        let gone: Vec<(String, i64)> = known
            .keys()
            .filter(|(kind, id)| !all.iter().any(|row| row.kind == *kind && row.id == *id))
            .cloned()
            .collect();
        if !changed.is_empty() || !gone.is_empty() {
            let mut tx = self.store.write_unordered(Lane::Bulk).await?;
            tables::put_names(&mut tx, &self.name, &changed).await?;
            tables::forget_names(&mut tx, &self.name, &gone).await?;
            tx.commit().await?;
        }
        let used: HashSet<&String> = all.iter().map(|row| &row.reference).collect();
        let now = self.clock.now();
        let renamed = all.iter().filter_map(|row| {
            let (former, at) = row.former.as_ref()?;
            let is_said = now.duration_since(*at) < SAID && !used.contains(former);
            is_said.then(|| renamed(row, former))
        });
        Ok(renamed.collect())
    }
}

/// Rows that are new or changed, and all rows as they are now.
fn compared(
    known: &HashMap<(String, i64), NameRow>,
    made: &Made,
    now: jiff::Timestamp,
) -> (Vec<NameRow>, Vec<NameRow>) {
    let (mut changed, mut all) = (Vec::new(), Vec::with_capacity(made.names.len()));
    for ((kind, id), (reference, _)) in &made.names {
        let before = known.get(&((*kind).to_owned(), *id));
        let former = match before {
            Some(before) if before.reference != *reference => Some((before.reference.clone(), now)),
            Some(before) => before.former.clone(),
            None => None,
        };
        let row = NameRow {
            kind: (*kind).to_owned(),
            id: *id,
            reference: reference.clone(),
            former,
        };
        if before != Some(&row) {
            changed.push(row.clone());
        }
        all.push(row);
    }
    (changed, all)
}

fn renamed(row: &NameRow, former: &str) -> Problem {
    let NameRow {
        kind, id, reference, ..
    } = row;
    let fault = Fault::conflict(format!(
        "The {kind} number {id} was renamed: {former} is {reference} now, and what names {former} finds nothing"
    ));
    Problem::warning(fault).hint(format!("Name {reference} in the descriptors that name {former}."))
}

fn batches(entities: Vec<DeferredEntity>) -> Vec<Vec<DeferredEntity>> {
    let mut entities = entities.into_iter().peekable();
    let mut batches = Vec::new();
    while entities.peek().is_some() {
        batches.push(entities.by_ref().take(BATCH).collect());
    }
    batches
}

#[async_trait]
impl EntityProvider for People {
    fn name(&self) -> &str {
        &self.name
    }

    async fn run(&self, sink: Arc<dyn ProviderSink>, stop: CancellationToken) -> Result<(), Fault> {
        let mut pause = self.settings.delay;
        loop {
            if tokio::time::timeout(pause, stop.cancelled()).await.is_ok() {
                return Ok(());
            }
            let round = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                round = self.round(&*sink) => round,
            };
            let is_whole = round?;
            pause = if is_whole {
                self.settings.every
            } else {
                self.settings.every.min(AGAIN)
            };
        }
    }
}
