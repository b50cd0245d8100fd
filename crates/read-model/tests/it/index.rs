//! The index against the plain reading of what it should answer, on random catalogs.

use std::collections::{BTreeMap, BTreeSet};

use model::{Filter, SearchRow};
use proptest::prelude::*;
use read_model::{Excerpt, Like, ReadModel, Room, Scan, ScanOrder, UidBound};
use uuid::Uuid;

use crate::plain::{KEYS, Plain, apply, filter, row, step, uid};

fn uids(model: &ReadModel, docs: impl IntoIterator<Item = u32>) -> BTreeSet<Uuid> {
    docs.into_iter().map(|doc| model.uid(doc)).collect()
}

/// Rows of an ordered list, by the plain reading: (value, uid).
fn plain_rows(
    plain: &Plain,
    filter: &Filter,
    key: &str,
    text: Option<&Like>,
    descending: bool,
) -> Vec<(String, Uuid)> {
    let mut rows: Vec<(String, Uuid)> = Vec::new();
    for (uid, held) in plain.iter().filter(|(_, rows)| filter.matches(rows)) {
        let values = held
            .iter()
            .filter(|row| row.key == key)
            .filter_map(|row| row.value.clone());
        rows.extend(
            values
                .filter(|value| text.is_none_or(|text| text.matches(value)))
                .map(|value| (value, *uid)),
        );
    }
    rows.sort();
    if descending {
        rows.reverse();
    }
    rows
}

/// Rows of an ordered list, gathered page by page.
fn walked_rows(
    model: &ReadModel,
    filter: &Filter,
    key: &str,
    text: Option<&Like>,
    descending: bool,
) -> Vec<(String, Uuid)> {
    let set = model.evaluate(filter);
    let mut rows: Vec<(String, Uuid)> = Vec::new();
    loop {
        let last = rows.last().cloned();
        let after = last
            .as_ref()
            .map(|(value, uid)| (value.as_str(), UidBound::parse(&uid.to_string())));
        let scan = Scan::by(ScanOrder::Key(key), &*set).descending(descending);
        let scan = scan.ties_descending(descending).after(after).matching(text);
        let page = model.scan(&scan.page(0, 3));
        if page.is_empty() {
            return rows;
        }
        rows.extend(
            page.iter()
                .map(|row| (row.value.unwrap_or_default().to_owned(), model.uid(row.doc))),
        );
    }
}

proptest! {
    #[test]
    fn answers_as_the_plain_reading_does(
        steps in prop::collection::vec(step(), 1..120),
        filters in prop::collection::vec(filter(), 1..4),
        descending in any::<bool>(),
        text in prop::option::of(prop::sample::select(vec!["e", "z%", "_o", "1"])),
    ) {
        let (mut model, mut plain) = (ReadModel::default(), Plain::new());
        apply(&mut model, &mut plain, &steps);
        let text = text.map(Like::containing);
        prop_assert_eq!(model.len(), plain.len() as u64);
        for filter in &filters {
            let set = model.evaluate(filter).into_owned();
            let expected: BTreeSet<Uuid> =
                plain.iter().filter(|(_, rows)| filter.matches(rows)).map(|(uid, _)| *uid).collect();
            prop_assert_eq!(uids(&model, &set), expected, "{:?}", filter);
            for doc in model.everything().iter() {
                prop_assert_eq!(model.matches(filter, doc), set.contains(doc), "{:?}", filter);
            }
            for key in KEYS.iter().chain(&["metadata.name", "kind"]) {
                let expected = plain_rows(&plain, filter, key, text.as_ref(), descending);
                prop_assert_eq!(walked_rows(&model, filter, key, text.as_ref(), descending), expected, "{}", key);
                let mut counts: BTreeMap<String, u64> = BTreeMap::new();
                for row in plain.values().filter(|rows| filter.matches(rows)).flatten() {
                    if row.key == **key && row.value.is_some() {
                        *counts.entry(row.original.clone().unwrap_or_default()).or_default() += 1;
                    }
                }
                prop_assert_eq!(model.facet(key, Some(&set)), counts.into_iter().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn offset_leaves_out_the_first_rows(
        steps in prop::collection::vec(step(), 1..80),
        offset in 0_usize..40,
        limit in 0_usize..20,
        descending in any::<bool>(),
    ) {
        let (mut model, mut plain) = (ReadModel::default(), Plain::new());
        apply(&mut model, &mut plain, &steps);
        let everything = Filter::All(Vec::new());
        let set = model.everything();
        let scan = |order| {
            let scan = Scan::by(order, &*set).descending(descending).ties_descending(descending);
            model.scan(&scan.page(offset, limit))
        };
        let expected = plain_rows(&plain, &everything, "spec.type", None, descending);
        let expected: Vec<Uuid> = expected.into_iter().skip(offset).take(limit).map(|(_, uid)| uid).collect();
        let found: Vec<Uuid> = scan(ScanOrder::Key("spec.type")).iter().map(|row| model.uid(row.doc)).collect();
        prop_assert_eq!(found, expected);

        let mut expected: Vec<Uuid> = plain.keys().copied().collect();
        if descending { expected.reverse(); }
        let expected: Vec<Uuid> = expected.into_iter().skip(offset).take(limit).collect();
        let found: Vec<Uuid> = scan(ScanOrder::Uid).iter().map(|row| model.uid(row.doc)).collect();
        prop_assert_eq!(found, expected);

        let mut expected: Vec<String> = plain.values().map(|rows| reference(rows)).collect();
        expected.sort();
        if descending { expected.reverse(); }
        let expected: Vec<String> = expected.into_iter().skip(offset).take(limit).collect();
        let found: Vec<String> = scan(ScanOrder::Reference).iter().map(|row| model.reference(row.doc)).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn people_find_equal_values_by_name(
        steps in prop::collection::vec(step(), 1..80),
        key in prop::sample::select(vec!["spec.type", "metadata.tags", "spec.nothing", "metadata.name"]),
        offset in 0_usize..40,
        limit in 1_usize..20,
        descending in any::<bool>(),
    ) {
        let (mut model, mut plain) = (ReadModel::default(), Plain::new());
        apply(&mut model, &mut plain, &steps);
        let expected: Vec<Uuid> = plain_by_value(&plain, key, descending).into_iter().skip(offset).take(limit).collect();
        let found = model.page_by_value(&*model.everything(), key, descending, offset, limit);
        let found: Vec<Uuid> = found.iter().map(|doc| model.uid(*doc)).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn references_lead_to_their_entity(steps in prop::collection::vec(step(), 1..80)) {
        let (mut model, mut plain) = (ReadModel::default(), Plain::new());
        apply(&mut model, &mut plain, &steps);
        for (uid, rows) in &plain {
            let doc = model.by_reference(&reference(rows));
            prop_assert_eq!(doc.map(|doc| model.uid(doc)), Some(*uid));
            prop_assert_eq!(model.by_uid(*uid), doc);
            prop_assert_eq!(model.by_half_uid(uid.as_u64_pair().0), doc);
        }
        prop_assert_eq!(model.by_reference("component:default/name-400"), None);
    }
}

fn reference(rows: &[SearchRow]) -> String {
    let value = |key: &str| {
        rows.iter()
            .find(|row| row.key == key)
            .and_then(|row| row.value.clone())
            .expect("has it")
    };
    format!(
        "{}:{}/{}",
        value("kind"),
        value("metadata.namespace"),
        value("metadata.name")
    )
}

/// Entities by their first value of a key in the direction, then by name; those without a value last.
fn plain_by_value(plain: &Plain, key: &str, descending: bool) -> Vec<Uuid> {
    let name = |rows: &[SearchRow]| reference(rows).rsplit('/').next().unwrap_or_default().to_owned();
    let value = |rows: &[SearchRow]| {
        let held = rows.iter().filter(|row| row.key == key && row.value.is_some());
        let held = held.map(|row| (row.value.clone(), row.original.clone()));
        if descending { held.max() } else { held.min() }
    };
    let mut all: Vec<_> = plain
        .iter()
        .map(|(uid, rows)| (value(rows), name(rows), *uid))
        .collect();
    all.sort_by(|left, right| {
        let values = match (&left.0, &right.0) {
            (Some(left), Some(right)) if descending => right.cmp(left),
            (Some(left), Some(right)) => left.cmp(right),
            (left, right) => right.is_some().cmp(&left.is_some()),
        };
        values.then_with(|| left.1.cmp(&right.1))
    });
    all.into_iter().map(|(.., uid)| uid).collect()
}

#[test]
fn values_beside_a_text_are_found_on_both_sides_as_far_as_they_count() {
    let mut model = ReadModel::default();
    for (id, name) in (0..).zip(["alpha", "beta", "delta", "epsilon", "gamma"]) {
        let values = [
            ("kind", "Component"),
            ("metadata.name", name),
            ("metadata.namespace", "d"),
        ];
        let rows: Vec<SearchRow> = values.iter().map(|(key, value)| row(key, Some(value))).collect();
        model.upsert(uid(id), &rows).expect("rows are complete");
    }
    let everything = model.everything();
    let check = |text: &str, most: usize, hidden: &str, expected: &str| {
        let seen = everything
            .iter()
            .filter(|doc| !model.reference(*doc).ends_with(hidden));
        let excerpt = Excerpt::new(seen.collect(), Room::default());
        let found = model.beside("metadata.name", text, most, Some(&excerpt));
        let names: Vec<String> = found
            .iter()
            .map(|doc| model.reference(*doc).replace("component:d/", ""))
            .collect();
        assert_eq!(names.join(" "), expected, "{text} {most} {hidden}");
    };
    check("delta", 1, "-", "delta beta");
    check("cheta", 2, "-", "delta epsilon beta alpha");
    check("cheta", 1, "delta", "epsilon beta");
    check("zeta", 3, "-", "gamma epsilon delta");
    assert!(model.beside("nothing", "x", 3, None).is_empty());
}

#[test]
fn large_sets_are_walked_in_the_same_order_as_small_ones() {
    let mut model = ReadModel::default();
    let mut expected = Vec::new();
    for id in 0..5000_u32 {
        let uid = Uuid::from_u128(u128::from(id.wrapping_mul(2_654_435_761)) << 90 | u128::from(id));
        let kind = if id % 50 == 0 { "Group" } else { "Component" };
        let values = [
            ("kind", kind),
            ("metadata.name", &format!("n{id}")),
            ("metadata.namespace", "default"),
            ("spec.type", "x"),
        ];
        let rows: Vec<SearchRow> = values.iter().map(|(key, value)| row(key, Some(value))).collect();
        model.upsert(uid, &rows).expect("rows are complete");
        expected.push((kind, uid));
    }
    for kind in ["group", "component"] {
        let mut uids: Vec<Uuid> = expected
            .iter()
            .filter(|(held, _)| held.to_lowercase() == kind)
            .map(|(_, uid)| *uid)
            .collect();
        uids.sort();
        let filter = Filter::In {
            key: "kind".into(),
            values: vec![kind.into()],
        };
        assert_eq!(
            walked_rows(&model, &filter, "spec.type", None, false)
                .iter()
                .map(|(_, uid)| *uid)
                .collect::<Vec<_>>(),
            uids
        );
    }
}

#[test]
fn memory_is_given_back_when_values_go() {
    let mut model = ReadModel::default();
    let fill = |model: &mut ReadModel, round: u32| {
        for id in 0..2000_u32 {
            let values = [
                ("kind", "Component".to_owned()),
                ("metadata.name", format!("n{id}")),
                ("metadata.namespace", "default".to_owned()),
                (
                    "metadata.description",
                    format!("a description of some length, {id} in round {round}").repeat(3),
                ),
            ];
            let rows: Vec<SearchRow> = values.iter().map(|(key, value)| row(key, Some(value))).collect();
            model
                .upsert(Uuid::from_u128(id.into()), &rows)
                .expect("rows are complete");
        }
    };
    fill(&mut model, 0);
    let once = model.heap_bytes();
    for round in 1..20 {
        fill(&mut model, round);
    }
    assert!(
        model.heap_bytes() < 3 * once,
        "{} bytes after changes, {once} before",
        model.heap_bytes()
    );
    for id in 0..2000_u32 {
        assert!(model.remove(Uuid::from_u128(id.into())));
    }
    assert!(model.is_empty());
    assert_eq!(model.keys().count(), 0);
}
