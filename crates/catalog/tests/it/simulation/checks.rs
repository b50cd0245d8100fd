//! What must hold once all is well again.

use std::collections::{BTreeMap, BTreeSet};

use model::diff;
use serde_json::Value;

use super::{NAMES, Simulation};
use crate::world::EVERYTHING;

impl Simulation {
    pub(super) fn check_entities(&self, served: &BTreeMap<String, Value>) {
        for name in 0..NAMES {
            let reference = format!("component:default/n{name}");
            let versions: BTreeSet<u32> = self
                .contents
                .iter()
                .filter_map(|content| content.get(&name))
                .copied()
                .collect();
            let found = served
                .get(&reference)
                .map(|entity| entity["spec"]["version"].as_u64().unwrap());
            match found {
                None => assert!(
                    versions.is_empty(),
                    "seed {}: {reference} is lost, expected {versions:?}",
                    self.seed
                ),
                Some(version) => assert!(
                    versions.contains(&u32::try_from(version).unwrap()),
                    "seed {}: {reference} has version {version}, expected one of {versions:?}",
                    self.seed
                ),
            }
        }
    }

    pub(super) fn check_relations(&self, served: &BTreeMap<String, Value>) {
        let mut expected: BTreeMap<&str, BTreeSet<(String, String)>> = BTreeMap::new();
        for (name, entity) in served {
            let of = expected.entry(name).or_default();
            of.insert(("ownedBy".to_owned(), "group:default/team".to_owned()));
            for other in entity["spec"]["dependsOn"].as_array().unwrap() {
                of.insert((
                    "dependsOn".to_owned(),
                    format!("component:default/{}", &other.as_str().unwrap()[10..]),
                ));
            }
        }
        for (name, entity) in served {
            for other in entity["spec"]["dependsOn"].as_array().unwrap() {
                let other = format!("component:default/{}", &other.as_str().unwrap()[10..]);
                if let Some((other, _)) = served.get_key_value(&other) {
                    expected
                        .entry(other)
                        .or_default()
                        .insert(("dependencyOf".to_owned(), name.clone()));
                }
            }
        }
        for (name, entity) in served {
            let found: BTreeSet<(String, String)> = entity["relations"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| {
                    (
                        one["type"].as_str().unwrap().to_owned(),
                        one["targetRef"].as_str().unwrap().to_owned(),
                    )
                })
                .collect();
            assert_eq!(
                found,
                expected[name.as_str()],
                "seed {}: relations of {name}",
                self.seed
            );
        }
    }

    /// Replaying the history forward gives each version, and in the end what is served.
    pub(super) async fn check_history(&self, served: &BTreeMap<String, Value>) {
        for name in 0..NAMES {
            let reference = format!("component:default/n{name}");
            let mut history = self
                .catalog
                .seen_by(&EVERYTHING)
                .history(&reference, None, 10_000)
                .await
                .unwrap();
            history.reverse();
            let mut current: Option<Value> = None;
            for entry in history {
                let version = self
                    .catalog
                    .seen_by(&EVERYTHING)
                    .version(&reference, entry.seq)
                    .await
                    .unwrap()
                    .entity;
                let place = format!("seed {}: {reference} at {}", self.seed, entry.seq);
                match entry.kind {
                    "created" => assert!(current.is_none() && version.is_some(), "{place}"),
                    "deleted" => assert!(current.is_some() && version.is_none(), "{place}"),
                    _ => {
                        let mut replayed = current.clone().unwrap_or_else(|| panic!("{place} was not there"));
                        diff::apply(&mut replayed, &entry.changes);
                        assert_eq!(Some(replayed), version, "{place}");
                        assert!(!entry.changes.is_empty(), "{place} changed nothing");
                    }
                }
                current = version;
            }
            assert_eq!(
                current.as_ref(),
                served.get(&reference),
                "seed {}: end of {reference}",
                self.seed
            );
        }
    }
}
