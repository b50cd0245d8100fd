//! How well entities are, kept as rows of the read model, so that lists filter, count and order by it.
//!
//! An entity's own form says [`model::LEVEL`]. From this, from its relations and from what the roster says of it follow
//! the rows below. They are brought forward with every change, for the entities that it touches alone.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::{Cause, Filter, HEALTH, Health, LEVEL, SearchRow};
use read_model::ReadModel;

use super::handle::Index;
use crate::health::{Marks, Roster};

/// Key of why an entity is not healthy.
pub(crate) const CAUSE: &str = "status.cause";
/// Key of what an entity refers to that the catalog does not have.
pub(crate) const MISSING: &str = "status.missing";
/// Key of what an entity refers to that is declared, but not served for a mistake of its own.
pub(crate) const UNSERVED: &str = "status.unserved";
/// Key of the source above an entity that cannot be read.
pub(crate) const SOURCE: &str = "status.source";

const DERIVED: [&str; 5] = [HEALTH, CAUSE, MISSING, UNSERVED, SOURCE];
const RELATIONS: &str = "relations.";
/// Entities judged without letting a reader in.
const SLICE: usize = 64;

/// Keys of relations. They are few and never forgotten, while the model has about as many keys as entities.
#[derive(Debug, Default)]
pub(super) struct RelationKeys(BTreeSet<String>);

impl RelationKeys {
    /// Takes in the keys of a whole model.
    pub fn note_model(&mut self, model: &ReadModel) {
        let keys = model.keys().filter(|key| key.starts_with(RELATIONS));
        self.0.extend(keys.map(str::to_owned));
    }

    /// Takes in the keys of an entity's rows.
    pub fn note_rows(&mut self, rows: &[SearchRow]) {
        for row in rows.iter().filter(|row| row.key.starts_with(RELATIONS)) {
            if !self.0.contains(&row.key) {
                self.0.insert(row.key.clone());
            }
        }
    }

    /// Entities that refer to another one.
    fn referrers(&self, model: &ReadModel, target: &str) -> Vec<u32> {
        self.0
            .iter()
            .flat_map(|key| holders(model, key, target))
            .collect()
    }
}

/// Entities whose health a change may have changed.
#[derive(Debug, Default)]
pub(super) struct Touched(BTreeSet<u32>);

impl Touched {
    /// Takes in what a change did: whether its entity was there before, and where it is now.
    pub fn note(&mut self, model: &ReadModel, keys: &RelationKeys, reference: &str, was_there: bool) {
        let now = model.by_reference(reference);
        self.0.extend(now);
        if now.is_some() == was_there {
            return;
        }
        if was_there {
            self.0.extend(keys.referrers(model, reference));
        } else {
            for key in [MISSING, UNSERVED] {
                self.0.extend(holders(model, key, reference));
            }
        }
    }

    /// The entities, which are touched no more.
    pub fn take(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.0).into_iter().collect()
    }
}

impl Index {
    /// What is wrong, as it was last read.
    pub fn roster(&self) -> Arc<Roster> {
        self.roster.read().clone()
    }

    /// A number that changes whenever something else is said of entities.
    pub fn judgements(&self) -> u64 {
        self.judgements.load(Ordering::Relaxed)
    }

    /// Takes in what is wrong now, and judges the entities anew that it may concern.
    pub async fn put_roster(&self, roster: Roster) {
        let roster = Arc::new(roster);
        let docs = self.exchange_roster(&roster);
        for docs in docs.chunks(SLICE) {
            self.judge(&mut self.write(), docs);
            tokio::task::yield_now().await;
        }
    }

    /// Puts another roster in the place of the former one; the entities that this may concern.
    fn exchange_roster(&self, roster: &Arc<Roster>) -> Vec<u32> {
        let former = std::mem::replace(&mut *self.roster.write(), roster.clone());
        self.judgements.fetch_add(1, Ordering::Relaxed);
        let is_first = !self.has_roster.swap(true, Ordering::Relaxed);
        if !is_first && former.marks == roster.marks {
            return Vec::new();
        }
        let model = self.read();
        concerned(&model, &self.relation_keys.lock(), &former.marks, &roster.marks)
    }

    /// Brings the rows of entities in line with what is known.
    pub(super) fn judge(&self, model: &mut ReadModel, docs: &[u32]) {
        let roster = self.roster();
        let mut changed = Vec::new();
        for doc in docs.iter().copied() {
            // It may have gone since it was touched.
            if model.is_live(doc) && bring_in_line(model, doc, &roster.marks) {
                changed.push(doc);
            }
        }
        if !changed.is_empty() {
            self.judgements.fetch_add(1, Ordering::Relaxed);
        }
        if !changed.is_empty() && !self.sights().is_empty() {
            self.sights().bring_forward(model, &changed);
        }
    }
}

/// Judges every entity of a model that is not in use yet.
pub(super) fn judge_all(model: &mut ReadModel, marks: &Marks) {
    let docs: Vec<u32> = model.docs().collect();
    for doc in docs {
        bring_in_line(model, doc, marks);
    }
}

fn bring_in_line(model: &mut ReadModel, doc: u32, marks: &Marks) -> bool {
    let rows = rows(model, doc, marks);
    model.set_derived(doc, &DERIVED, &rows)
}

/// Entities of which other marks say something else, and those that are not healthy: what is said of them may be of an
/// earlier process.
fn concerned(model: &ReadModel, keys: &RelationKeys, former: &Marks, now: &Marks) -> Vec<u32> {
    let mut docs: BTreeSet<u32> = BTreeSet::new();
    for key in [CAUSE, UNSERVED] {
        docs.extend(model.evaluate(&Filter::Exists { key: key.to_owned() }).iter());
    }
    for marks in [former, now] {
        let named = marks.said.keys().chain(marks.above.keys());
        docs.extend(named.filter_map(|name| model.by_reference(name)));
    }
    for target in former.unserved.symmetric_difference(&now.unserved) {
        docs.extend(keys.referrers(model, target));
    }
    docs.into_iter().collect()
}

fn holders(model: &ReadModel, key: &str, value: &str) -> Vec<u32> {
    let filter = Filter::In {
        key: key.to_owned(),
        values: vec![value.to_owned()],
    };
    model.evaluate(&filter).iter().collect()
}

/// What is to be said of an entity.
fn rows(model: &ReadModel, doc: u32, marks: &Marks) -> Vec<SearchRow> {
    let reference = model.reference(doc);
    let mut healths: BTreeSet<Health> = model
        .values(doc, LEVEL)
        .into_iter()
        .filter_map(Health::parse)
        .collect();
    let mut causes: BTreeSet<Cause> = BTreeSet::new();
    let mut found: Vec<(&str, String)> = Vec::new();
    for target in model.values_below(doc, RELATIONS) {
        if !target.contains(':') || model.by_reference(target).is_some() {
            continue;
        }
        if marks.unserved.contains(target) {
            found.push((UNSERVED, target.to_owned()));
        } else {
            causes.insert(Cause::MissingReference);
            healths.insert(Health::Warning);
            found.push((MISSING, target.to_owned()));
        }
    }
    for (health, cause) in marks.said.get(&reference).into_iter().flatten() {
        healths.insert(*health);
        causes.insert(*cause);
    }
    if let Some(above) = marks.above.get(&reference) {
        healths.insert(Health::Warning);
        causes.insert(if above.is_direct {
            Cause::SourceUnread
        } else {
            Cause::Ancestor
        });
        found.push((SOURCE, above.source.clone()));
    }
    if healths.contains(&Health::Orphaned) {
        causes.insert(Cause::Orphaned);
    }
    if healths.len() > 1 || healths.is_empty() {
        healths.remove(&Health::Healthy);
    }
    if healths.is_empty() {
        healths.insert(Health::Healthy);
    }
    found.extend(healths.iter().map(|health| (HEALTH, health.as_str().to_owned())));
    found.extend(causes.iter().map(|cause| (CAUSE, cause.as_str().to_owned())));
    found.into_iter().map(|(key, value)| row(key, value)).collect()
}

fn row(key: &str, value: String) -> SearchRow {
    SearchRow {
        key: key.to_owned(),
        original: Some(value.clone()),
        value: Some(value),
    }
}
