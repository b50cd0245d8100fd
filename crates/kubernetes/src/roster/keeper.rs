//! Keeps the roster: hears of the clusters and of the catalog, and has judged again what changed.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use catalog::query::ListRequest;
use catalog::{IndexNews, Sight};
use model::{Clock, EntityRef, Fault, Filter, SystemClock};
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::known::{RowId, WorkloadRow};
use super::subjects::Subjects;
use super::{KINDS, Roster, STATE, TOPIC, judge};
use crate::engine::{ID, SELECTOR, Standing, Touched, topic};
use crate::health::Health;

/// How all entities run is the same for everybody; who sees what of them is asked with each request.
static SIGHT: Sight = Sight::system("how entities run is judged once for everybody");

/// Changes within this time are judged together.
const TOGETHER: Duration = Duration::from_millis(300);
/// How often what is not well is judged again, because time alone changes it.
const JUDGE_AGAIN: Duration = Duration::from_mins(1);
/// Workloads that are judged at a time.
const AT_A_TIME: usize = 20;
/// Open lists are told of changes no more often.
const TELL: Duration = Duration::from_secs(2);
/// More changed entities than these are read as all of them.
const FEW: usize = 200;
/// Entities with annotations, at most.
const MOST: usize = 50_000;

/// What the task holds.
pub(super) struct Keeper {
    roster: Roster,
    touched: Arc<Touched>,
    subjects: Subjects,
    /// Something changed that open lists were not told of yet.
    is_untold: bool,
    told: Instant,
}

/// What there is to do.
#[derive(Default)]
struct Todo {
    workloads: HashSet<RowId>,
    entities: BTreeSet<EntityRef>,
}

impl Keeper {
    pub fn new(roster: Roster) -> Self {
        Self {
            touched: roster.kubernetes().touched().clone(),
            roster,
            is_untold: false,
            told: Instant::now(),
            subjects: Subjects::default(),
        }
    }

    /// Keeps the roster until `stop` is cancelled.
    pub async fn run(mut self, stop: CancellationToken) {
        stop.run_until_cancelled(self.forever()).await;
    }

    async fn forever(&mut self) {
        let mut news = self.roster.inner.catalog.seen_by(&SIGHT).changes().applied;
        let mut todo = Todo::default();
        self.read_all(&mut todo).await;
        let mut again = tokio::time::interval(JUDGE_AGAIN);
        loop {
            let mut of_catalog = None;
            tokio::select! {
                () = self.touched.wait() => {}
                heard = heard(&mut news) => match heard {
                    Some(changed) => of_catalog = Some(changed),
                    None => return,
                },
                _ = again.tick() => todo.workloads.extend(self.unsteady()),
                () = tokio::time::sleep_until(self.told + TELL), if self.is_untold => {
                    self.tell();
                    continue;
                }
            }
            tokio::time::sleep(TOGETHER).await;
            if let Some(changed) = of_catalog {
                self.read(changed, &mut todo).await;
            }
            self.take(&mut todo);
            self.judge(std::mem::take(&mut todo)).await;
        }
    }

    /// What watches said.
    fn take(&mut self, todo: &mut Todo) {
        let pending = self.touched.take();
        todo.workloads.extend(pending.objects);
        if pending.watches {
            // What nothing was known of may be known now, and a cluster may be gone with its workloads.
            todo.entities.extend(self.subjects.all().cloned());
            let clusters = self.roster.kubernetes().cluster_names();
            let known = self.roster.inner.known.read();
            let gone = known
                .ids()
                .filter(|((cluster, _), _)| !clusters.iter().any(|name| **name == **cluster));
            todo.workloads.extend(gone.map(|(id, _)| id.clone()));
        }
    }

    /// Workloads of which time alone may change the verdict.
    fn unsteady(&self) -> Vec<RowId> {
        let known = self.roster.inner.known.read();
        let rows = known
            .ids()
            .filter(|(_, row)| !matches!(row.health, Health::Well | Health::Idle));
        rows.map(|(id, _)| id.clone()).collect()
    }

    /// Reads entities that changed.
    async fn read(&mut self, changed: Changed, todo: &mut Todo) {
        let Changed::These(references) = changed else {
            return self.read_all(todo).await;
        };
        let references: Vec<EntityRef> = references.into_iter().collect();
        match self
            .roster
            .inner
            .catalog
            .seen_by(&SIGHT)
            .entities(&references)
            .await
        {
            Ok(found) => {
                for (reference, entity) in references.iter().zip(&found) {
                    self.put(reference, entity.as_ref(), todo);
                }
            }
            Err(fault) => told(&fault),
        }
    }

    /// Reads all entities with an annotation.
    async fn read_all(&mut self, todo: &mut Todo) {
        let catalog = self.roster.inner.catalog.clone();
        let found = async {
            let exists = |name: &str| json!({format!("metadata.annotations.{name}"): {"$exists": true}});
            let filter = Filter::from_predicate(&json!({"$any": [exists(ID), exists(SELECTOR)]}))?;
            let request = ListRequest::for_people(filter).page(0, MOST);
            catalog.seen_by(&SIGHT).listing(&request).await
        };
        let found = match found.await {
            Ok(found) => found.entities,
            Err(fault) => return told(&fault),
        };
        let mut gone: HashSet<EntityRef> = self.subjects.all().cloned().collect();
        for entity in &found {
            if let Some(reference) = EntityRef::of(entity) {
                gone.remove(&reference);
                self.put(&reference, Some(entity), todo);
            }
        }
        for reference in gone {
            self.put(&reference, None, todo);
        }
    }

    /// An entity as it is now. The workloads that it had may be those of others, and any may be its own now.
    fn put(&mut self, reference: &EntityRef, entity: Option<&serde_json::Value>, todo: &mut Todo) {
        if !self.subjects.put(reference, entity) {
            return;
        }
        todo.entities.insert(reference.clone());
        let inner = &self.roster.inner;
        todo.workloads.extend(
            inner
                .known
                .read()
                .rows_of(reference)
                .into_iter()
                .map(|(id, _)| id),
        );
        if let Some(Ok(question)) = self.subjects.question(reference) {
            todo.workloads.extend(inner.kubernetes.selected(question, &KINDS));
        }
    }

    /// Judges what changed, and says so to open pages.
    async fn judge(&mut self, mut todo: Todo) {
        let mut done = HashSet::new();
        while !todo.workloads.is_empty() {
            let some: Vec<RowId> = todo.workloads.iter().take(AT_A_TIME).cloned().collect();
            for id in some {
                todo.workloads.remove(&id);
                self.is_untold |= self.workload(&id, &mut todo, &done);
                done.insert(id);
            }
            tokio::task::yield_now().await;
        }
        let changed: Vec<EntityRef> = todo
            .entities
            .iter()
            .filter(|entity| self.entity(entity))
            .cloned()
            .collect();
        let kubernetes = self.roster.kubernetes();
        for entity in &changed {
            kubernetes.announce(&topic(entity, STATE));
        }
        self.is_untold |= !changed.is_empty();
    }

    fn tell(&mut self) {
        self.roster.kubernetes().announce(TOPIC);
        self.is_untold = false;
        self.told = Instant::now();
    }

    /// Judges a workload; says whether it is another one than before.
    fn workload(&self, id: &RowId, todo: &mut Todo, done: &HashSet<RowId>) -> bool {
        let inner = &self.roster.inner;
        let (cluster, uid) = id;
        match inner.kubernetes.standing(cluster, uid, &KINDS) {
            Standing::Gone(left) => {
                let is_changed = self.keep(id, None, todo);
                todo.workloads
                    .extend(left.into_iter().map(|uid| (cluster.clone(), uid)));
                is_changed
            }
            Standing::Below(above) => {
                let is_changed = self.keep(id, None, todo);
                // Owners may go round in a circle.
                let above = (cluster.clone(), above);
                if !done.contains(&above) {
                    todo.workloads.insert(above);
                }
                is_changed
            }
            Standing::Root(tree) => {
                // What came before its owner stood by itself until now.
                let mut is_changed = false;
                for below in tree.ids_below() {
                    is_changed |= self.keep(&(cluster.clone(), below.clone()), None, todo);
                }
                let now = SystemClock.now();
                let row = || judge::row(&inner.kubernetes, &self.subjects, &tree, now);
                is_changed | self.keep(id, tree.is_workload().then(row), todo)
            }
        }
    }

    fn keep(&self, id: &RowId, row: Option<WorkloadRow>, todo: &mut Todo) -> bool {
        let (is_changed, concerned) = self.roster.inner.known.write().put(id, row);
        todo.entities.extend(concerned);
        is_changed
    }

    /// Judges an entity; says whether its state is another one than before.
    fn entity(&self, entity: &EntityRef) -> bool {
        let inner = &self.roster.inner;
        let rows = inner.known.read().rows_of(entity);
        let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
        let question = self.subjects.question(entity);
        let runtime = question.map(|question| judge::runtime(&inner.kubernetes, question, &rows));
        inner.known.write().set_runtime(entity, runtime)
    }
}

/// Entities that changed.
enum Changed {
    These(BTreeSet<EntityRef>),
    Many,
}

/// Waits for a change of the catalog, and takes what came with it; nothing where the catalog is gone.
async fn heard(news: &mut Receiver<IndexNews>) -> Option<Changed> {
    let mut found = BTreeSet::new();
    let mut next = news.recv().await;
    loop {
        match next {
            Ok(IndexNews::Change(change)) => found.extend(change.reference.parse::<EntityRef>()),
            Ok(IndexNews::Reloaded) | Err(RecvError::Lagged(_)) => return Some(Changed::Many),
            Err(RecvError::Closed) => return None,
        }
        if found.len() > FEW {
            // What else came is read with all.
            *news = news.resubscribe();
            return Some(Changed::Many);
        }
        match news.try_recv() {
            Ok(more) => next = Ok(more),
            Err(_) => return Some(Changed::These(found)),
        }
    }
}

fn told(fault: &Fault) {
    tracing::warn!("entities are not looked up for their workloads: {fault}");
}
