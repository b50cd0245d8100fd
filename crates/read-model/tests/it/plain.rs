//! Random catalogs beside a reading of them that needs no cleverness to be right.

use std::collections::BTreeMap;

use model::{Filter, SearchRow};
use proptest::prelude::*;
use read_model::{ReadModel, SnapshotFile};
use uuid::Uuid;

/// A catalog as a map, which needs no cleverness to be right.
pub type Plain = BTreeMap<Uuid, Vec<SearchRow>>;

#[derive(Debug, Clone)]
pub enum Step {
    Upsert(u8, Vec<(u8, u8)>),
    Remove(u8),
    SaveAndRead,
    Ask,
}

pub const KEYS: [&str; 5] = [
    "spec.type",
    "metadata.tags",
    "metadata.title",
    "spec.nothing",
    "relations.ownedby",
];
pub const VALUES: [Option<&str>; 9] = [
    Some("service"),
    Some("Service"),
    Some("API"),
    Some(""),
    Some("Zoë"),
    Some("zo%"),
    Some("group:default/a"),
    None,
    Some("10"),
];

pub fn row(key: &str, original: Option<&str>) -> SearchRow {
    SearchRow {
        key: key.to_owned(),
        value: original.map(str::to_lowercase),
        original: original.map(str::to_owned),
    }
}

/// Well-mixed, so that the order of uids is not the order of arrival.
pub fn uid(id: u8) -> Uuid {
    Uuid::from_u128(u128::from(id).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835))
}

pub fn rows(id: u8, values: &[(u8, u8)]) -> Vec<SearchRow> {
    // As texts, `default-2/` comes before `default/`, and letter case makes no difference.
    let kinds = ["Component", "API", "component", "Component-Set"];
    let namespaces = ["default", "default-2", "Default", "d"];
    let mut rows = vec![
        row("kind", Some(kinds[usize::from(id) % kinds.len()])),
        row("metadata.name", Some(&format!("Name-{id}"))),
        row(
            "metadata.namespace",
            Some(namespaces[usize::from(id / 4) % namespaces.len()]),
        ),
        row("metadata.uid", Some(&uid(id).to_string())),
    ];
    for (key, value) in values {
        let row = row(
            KEYS[usize::from(*key) % KEYS.len()],
            VALUES[usize::from(*value) % VALUES.len()],
        );
        if !rows
            .iter()
            .any(|held| held.key == row.key && held.value == row.value)
        {
            rows.push(row);
        }
    }
    rows
}

/// The same model, out of a file.
pub fn saved_and_read(model: &ReadModel) -> ReadModel {
    let folder = tempfile::tempdir().unwrap();
    let file = SnapshotFile::new(folder.path().join("new/catalog.index"));
    let stamp = model::LogMark {
        epoch: 3,
        seq: 7,
        uid: uid(7),
        at: -7,
    };
    file.save(model, stamp).unwrap();
    let (read, found) = file.read().unwrap().unwrap();
    assert_eq!(found, stamp);
    read
}

pub fn step() -> impl Strategy<Value = Step> {
    let values = prop::collection::vec((any::<u8>(), any::<u8>()), 0..8);
    prop_oneof![
        6 => (any::<u8>(), values).prop_map(|(id, values)| Step::Upsert(id, values)),
        2 => any::<u8>().prop_map(Step::Remove),
        1 => Just(Step::SaveAndRead),
        1 => Just(Step::Ask),
    ]
}

pub fn filter() -> impl Strategy<Value = Filter> {
    let key = prop::sample::select(vec![
        "kind",
        "spec.type",
        "metadata.tags",
        "metadata.uid",
        "nope",
        "spec.nothing",
        "relations.ownedby",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "service",
            "api",
            "component",
            "",
            "zoë",
            "10",
            "group:default/a"
        ])
        .prop_map(str::to_owned),
        any::<u8>().prop_map(|id| uid(id).to_string()),
    ];
    let leaf = prop_oneof![
        key.clone().prop_map(|key| Filter::Exists { key: key.to_owned() }),
        (key.clone(), prop::collection::vec(value, 0..3)).prop_map(|(key, values)| Filter::In {
            key: key.to_owned(),
            values
        }),
        (key, prop::sample::select(vec!["", "s", "se", "zo", "9"])).prop_map(|(key, prefix)| {
            Filter::Prefix {
                key: key.to_owned(),
                prefix: prefix.to_owned(),
            }
        }),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::Any),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

pub fn apply(model: &mut ReadModel, plain: &mut Plain, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Upsert(id, values) => {
                let rows = rows(*id, values);
                model.upsert(uid(*id), &rows).expect("rows are complete");
                plain.insert(uid(*id), rows);
            }
            Step::Remove(id) => {
                assert_eq!(model.remove(uid(*id)), plain.remove(&uid(*id)).is_some());
            }
            // Orders are made on the first question and must be kept up from there.
            Step::SaveAndRead => {
                *model = saved_and_read(model);
            }
            Step::Ask => {
                model.prepare_orders();
                for key in KEYS {
                    model.facet(key, None);
                }
            }
        }
    }
}
