//! Every index says what the store says: that which followed every change, that of the engine that was killed, and one
//! that is made anew.

use std::collections::BTreeMap;

use catalog::query::{Facet, ListRequest};
use catalog::{Caller, Catalog, View};
use model::HEALTH;
use serde_json::Value;

use super::{Simulation, build};
use crate::world::EVERYTHING;

/// Keys that are asked for at a time.
const KEYS_AT_ONCE: usize = 100;

/// Values of each key with the number of entities that have them.
type Counts = BTreeMap<String, BTreeMap<String, u64>>;

impl Simulation {
    pub(super) async fn check_indexes(&self) {
        let everything = store::ScanPosition::default();
        let (rows, _) = self.store.scan_finals(everything, 10_000).await.unwrap();
        let mut stored: Vec<String> = rows.into_iter().map(|row| row.json).collect();
        stored.sort();
        let counted = counts(&stored);
        let anew = build(
            self.folder.path(),
            &self.store,
            &self.clock,
            &self.chance,
            &self.web,
        );
        let mut healths: Vec<Counts> = Vec::new();
        for (name, catalog) in [
            ("follower", &self.watcher),
            ("engine", &self.catalog),
            ("new one", &anew),
        ] {
            let place = format!("seed {}: the index of the {name}", self.seed);
            let (served, facets) = asked(catalog, &counted).await;
            assert_eq!(served, stored, "{place}");
            for (key, expected) in &counted {
                assert_eq!(&facets[key], expected, "{place}, {key}");
            }
            healths.push(health(catalog));
            assert_eq!(healths[0], healths[healths.len() - 1], "{place}");
        }
    }
}

/// What the rows of these entities say.
fn counts(entities: &[String]) -> Counts {
    let mut counts = Counts::new();
    for entity in entities {
        let entity: Value = serde_json::from_str(entity).unwrap();
        for row in model::search_rows(&entity).unwrap() {
            let Some(value) = row.original.or(row.value) else {
                continue;
            };
            *counts.entry(row.key).or_default().entry(value).or_default() += 1;
        }
    }
    counts
}

/// What an index derives of how entities are: it must be the same whichever way the index came to be.
fn health(catalog: &Catalog) -> Counts {
    const KEYS: [&str; 5] = [
        HEALTH,
        "status.cause",
        "status.missing",
        "status.unserved",
        "status.source",
    ];
    let keys: Vec<String> = KEYS.map(str::to_owned).to_vec();
    let found = catalog
        .seen_by(&EVERYTHING)
        .facets(&keys, None, &Caller::default())
        .unwrap();
    let values = |facets: Vec<Facet>| {
        facets
            .into_iter()
            .map(|facet| (facet.value, facet.count))
            .collect()
    };
    keys.into_iter().zip(found.into_iter().map(values)).collect()
}

/// What an index says: all entities, and the values of each key.
async fn asked(catalog: &Catalog, keys: &Counts) -> (Vec<String>, Counts) {
    catalog.catch_up().await.unwrap();
    let view: View<'_> = catalog.seen_by(&EVERYTHING);
    let listed = view.list(&ListRequest::default()).await.unwrap();
    let bodies = view.bodies(&listed.versions).await.unwrap();
    let mut served: Vec<String> = bodies.iter().map(ToString::to_string).collect();
    served.sort();
    let keys: Vec<String> = keys.keys().cloned().collect();
    let mut facets = Counts::new();
    for keys in keys.chunks(KEYS_AT_ONCE) {
        let found = view.facets(keys, None, &Caller::default()).unwrap();
        let values = |facets: Vec<Facet>| {
            facets
                .into_iter()
                .map(|facet| (facet.value, facet.count))
                .collect()
        };
        facets.extend(keys.iter().cloned().zip(found.into_iter().map(values)));
    }
    (served, facets)
}
