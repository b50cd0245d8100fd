//! Catalogs made of steps, with or without what is hidden.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog::{Catalog, Sight};
use config::Config;
use jiff::{SignedDuration, Timestamp};
use model::{Fault, Problem, diff};
use proptest::prelude::*;
use serde_json::{Value, json};
use store::{ChangeKind, Database, Lane, NewChange, Node, SourceKey, Store};
use testkit::TestClock;
use uuid::Uuid;

/// References of the entities there may be. Some have names near others.
pub const NAMES: [&str; 9] = [
    "component:default/pay",
    "api:default/payments",
    "group:default/team-pay",
    "user:default/payer",
    "component:default/pays",
    "system:default/shop",
    "group:default/shops",
    "component:default/opay",
    "location:default/pay-files",
];
const RELATIONS: [&str; 6] = [
    "dependsOn",
    "dependencyOf",
    "ownedBy",
    "hasMember",
    "parentOf",
    "memberOf",
];
/// A reference that never leads anywhere.
const NOWHERE: &str = "component:default/nowhere";
/// Declared, but never served.
const PENDING: &str = "component:default/pending";

/// Something that happens to an entity: another form, or its end.
#[derive(Debug, Clone)]
pub struct Step {
    who: usize,
    form: Option<Form>,
}

#[derive(Debug, Clone)]
struct Form {
    spec_type: &'static str,
    is_tagged: bool,
    is_broken: bool,
    is_orphan: bool,
    relations: BTreeSet<(usize, usize)>,
}

pub fn steps() -> impl Strategy<Value = Step> {
    let relations = prop::collection::btree_set((0..RELATIONS.len(), 0..=NAMES.len()), 0..4);
    let form = (
        prop::sample::select(vec!["a", "b", "A"]),
        any::<(bool, bool, bool)>(),
        relations,
    );
    let form = form.prop_map(|(spec_type, (is_tagged, is_broken, is_orphan), relations)| Form {
        spec_type,
        is_tagged,
        is_broken,
        is_orphan,
        relations,
    });
    (0..NAMES.len(), prop::option::weighted(0.85, form)).prop_map(|(who, form)| Step { who, form })
}

/// Every entity in a plain form of this type.
pub fn one_of_each(spec_type: &'static str) -> Vec<Step> {
    let form = Form {
        spec_type,
        is_tagged: false,
        is_broken: false,
        is_orphan: false,
        relations: BTreeSet::new(),
    };
    let step = |who| Step {
        who,
        form: Some(form.clone()),
    };
    (0..NAMES.len()).map(step).collect()
}

/// An entry of the history as it must be.
pub struct Entry {
    pub seq: i64,
    pub reference: String,
    pub kind: ChangeKind,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// A catalog and what happened in it.
pub struct Lab {
    pub catalog: Catalog,
    pub entries: Vec<Entry>,
    /// What is served, by reference.
    pub served: BTreeMap<String, Value>,
    store: Store,
    /// How often each entity was made.
    made: [u128; NAMES.len()],
    /// References to which no entity relates.
    avoided: BTreeSet<String>,
}

impl Lab {
    pub async fn new() -> Self {
        let store = Store::open(&Database::SqliteMemory).await.unwrap();
        let config = Config::from_value(json!({}), std::path::Path::new("/")).unwrap();
        let catalog = Catalog::builder(Arc::new(config), store.clone())
            .clock(Arc::new(TestClock::default()))
            .build()
            .unwrap();
        Self {
            catalog,
            entries: Vec::new(),
            served: BTreeMap::new(),
            store,
            made: [0; NAMES.len()],
            avoided: BTreeSet::new(),
        }
    }

    /// A catalog in which only what concerns these entities happened, and no entity relates to the avoided ones.
    pub async fn of(steps: &[Step], only: &BTreeSet<String>, avoided: &BTreeSet<String>) -> Self {
        let mut lab = Self::new().await;
        lab.avoided.clone_from(avoided);
        let steps: Vec<Step> = steps
            .iter()
            .filter(|step| only.contains(NAMES[step.who]))
            .cloned()
            .collect();
        lab.replay(&steps).await;
        lab.catalog.catch_up().await.unwrap();
        lab
    }

    pub async fn replay(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step).await;
        }
    }

    async fn step(&mut self, step: &Step) {
        let reference = NAMES[step.who].to_owned();
        let before = self.served.get(&reference).cloned();
        if before.is_none() && step.form.is_some() {
            self.made[step.who] += 1;
        }
        let uid = self.uid(step.who);
        let after = step.form.as_ref().map(|form| self.entity(step.who, uid, form));
        let kind = match (&before, &after) {
            (None, Some(_)) => ChangeKind::Created,
            (Some(before), Some(after)) if before != after => ChangeKind::Changed,
            (Some(_), None) => ChangeKind::Deleted,
            _ => return,
        };
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(60);
        let mut tx = self.store.write(Lane::Bulk).await.unwrap();
        match (&after, &step.form) {
            (Some(after), Some(form)) => {
                tx.upsert_nodes(&[node(&reference, uid, after, form)])
                    .await
                    .unwrap();
                let location = NAMES[NAMES.len() - 1].to_owned();
                if self.served.contains_key(&location) {
                    let source = SourceKey::Entity(location);
                    tx.set_edges(&source, std::slice::from_ref(&reference), &[])
                        .await
                        .unwrap();
                }
            }
            _ => tx.delete_nodes(std::slice::from_ref(&reference)).await.unwrap(),
        }
        let body_before = before
            .as_ref()
            .filter(|_| after.is_none())
            .map(ToString::to_string);
        let difference = diff::changes(before.as_ref(), after.as_ref());
        let change = NewChange {
            reference: reference.clone(),
            uid,
            kind,
            at,
            cause: json!({}),
            diff: serde_json::to_value(difference).unwrap(),
            body_before,
        };
        tx.append_changes(&[change]).await.unwrap();
        let seq = tx.commit().await.unwrap().unwrap();
        match &after {
            Some(after) => drop(self.served.insert(reference.clone(), after.clone())),
            None => drop(self.served.remove(&reference)),
        }
        self.entries.push(Entry {
            seq,
            reference,
            kind,
            before,
            after,
        });
    }

    /// An entity that is declared and not served, so that only those see it who see everything.
    pub async fn add_pending(&self) {
        let mut pending = node(PENDING, Uuid::from_u128(7 << 64), &Value::Null, &broken());
        pending.final_json = None;
        let mut tx = self.store.write(Lane::Bulk).await.unwrap();
        tx.upsert_nodes(&[pending]).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn uid(&self, who: usize) -> Uuid {
        let number = u128::try_from(who).unwrap() * 1_000 + self.made[who];
        Uuid::from_u128((number * 0x9E37_79B9_7F4A_7C15) << 64 | number)
    }

    fn entity(&self, who: usize, uid: Uuid, form: &Form) -> Value {
        let (kind, name) = NAMES[who].split_once(":default/").unwrap();
        let target = |at: &usize| *NAMES.get(*at).unwrap_or(&NOWHERE);
        let relations: Vec<Value> = form
            .relations
            .iter()
            .filter(|(_, at)| !self.avoided.contains(target(at)))
            .map(|(kind, at)| json!({"type": RELATIONS[*kind], "targetRef": target(at)}))
            .collect();
        let mut entity = json!({
            "apiVersion": "x/v1",
            "kind": kind,
            "metadata": {"name": name, "namespace": "default", "uid": uid.to_string()},
            "relations": relations,
            "spec": {"type": form.spec_type},
        });
        if form.is_tagged {
            entity["metadata"]["tags"] = json!(["java", form.spec_type]);
            entity["metadata"]["title"] = json!(format!("The {name}"));
        }
        entity
    }

    /// Whether an entity is served in a form that passes, or everything does.
    pub fn is_seen(&self, sight: &Sight, reference: &str) -> bool {
        sight.is_everything()
            || self
                .served
                .get(reference)
                .is_some_and(|form| passes_form(sight, form))
    }

    /// References of what is served and not among these.
    pub fn hidden(&self, passes: &BTreeSet<String>) -> BTreeSet<String> {
        self.served
            .keys()
            .filter(|name| !passes.contains(*name))
            .cloned()
            .collect()
    }
}

/// References of what a sight may see: what is served and passes, and what is gone and passed at the end.
pub async fn passes(whole: &Lab, sight: &Sight) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for name in NAMES {
        let last = whole.entries.iter().rev().find(|entry| entry.reference == name);
        let form = last.and_then(|entry| entry.after.as_ref().or(entry.before.as_ref()));
        if form.is_some_and(|form| passes_form(sight, form)) {
            found.insert(name.to_owned());
        }
    }
    // The plain reading of the filter, and that of the index.
    for name in whole.served.keys() {
        let body = whole.catalog.seen_by(sight).by_reference(name).await.unwrap();
        assert_eq!(body.is_some(), found.contains(name), "{name}");
    }
    found
}

/// Whether a form passes, by the rows of the sight's filter.
pub fn passes_form(sight: &Sight, form: &Value) -> bool {
    sight.sees(form)
}

fn broken() -> Form {
    Form {
        spec_type: "b",
        is_tagged: true,
        is_broken: true,
        is_orphan: true,
        relations: BTreeSet::new(),
    }
}

fn node(reference: &str, uid: Uuid, entity: &Value, form: &Form) -> Node {
    let problem = || Problem::error(Fault::input("It is broken"));
    Node {
        reference: reference.to_owned(),
        uid,
        location_key: None,
        raw: None,
        raw_hash: "raw".to_owned(),
        processed: None,
        result_hash: "result".to_owned(),
        problems: form.is_broken.then(problem).into_iter().collect(),
        final_json: Some(entity.to_string()),
        etag: None,
        orphan: form.is_orphan,
        place: None,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}
