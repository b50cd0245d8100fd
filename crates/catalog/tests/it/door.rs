//! The door to the catalog's data: for any catalog, any sight and any question, the answer is that of a catalog which
//! holds only what may be seen.
//!
//! Three catalogs are asked: the whole one with a restricted sight, and two that hold only what may be seen, without
//! restriction: one with the entities as they are, which the wire serves, and one whose entities do not relate to
//! hidden ones, which pages show.

mod lab;
mod questions;

use std::collections::BTreeSet;

use catalog::query::{ListRequest, PageRequest, SeenNews, Wanted};
use catalog::{Catalog, Sight, View};
use model::Filter;
use plugin::{Condition, Decision};
use proptest::prelude::*;
use serde_json::json;
use store::ChangeKind;

use crate::world::EVERYTHING;
use lab::{Lab, NAMES, Step, steps};

fn condition() -> impl Strategy<Value = Condition> {
    let rule = |name: &str, parameters| Condition::Rule {
        name: name.to_owned(),
        parameters,
    };
    let leaf = prop_oneof![
        prop::sample::select(vec!["group:default/team-pay", "group:default/shops"])
            .prop_map(move |group| rule("IS_ENTITY_OWNER", json!({"claims": [group]}))),
        prop::sample::select(vec!["Component", "API", "Group"])
            .prop_map(move |kind| rule("IS_ENTITY_KIND", json!({"kinds": [kind, "User"]}))),
        prop::sample::select(vec!["A", "b"])
            .prop_map(move |value| rule("HAS_SPEC", json!({"key": "type", "value": value}))),
        Just(rule("HAS_METADATA", json!({"key": "tags", "value": "java"}))),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 1..3).prop_map(Condition::Any),
            inner.prop_map(|part| Condition::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn what_is_hidden_is_as_good_as_missing(
        before in prop::collection::vec(steps(), 0..20),
        after in prop::collection::vec(steps(), 0..20),
        condition in condition(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sight = Sight::of(&Decision::Conditional(condition)).unwrap();
        runtime.block_on(check(&before, &after, &sight));
    }
}

async fn check(before: &[Step], after: &[Step], sight: &Sight) {
    let mut whole = Lab::new().await;
    whole.replay(before).await;
    whole.catalog.catch_up().await.unwrap();
    // From here on the sight is kept, and brought forward by the changes.
    let mut seen = references(&whole.catalog, sight).await;
    let mut changes = whole.catalog.seen_by(sight).changes();
    whole.replay(after).await;
    whole.add_pending().await;
    whole.catalog.catch_up().await.unwrap();
    while let Ok(applied) = changes.applied.try_recv() {
        let Some(SeenNews::Change(change)) = changes.sight.see(&applied) else {
            continue;
        };
        let is_news = match change.kind {
            ChangeKind::Created => seen.insert(change.reference.clone()),
            ChangeKind::Deleted => seen.remove(&change.reference),
            _ => seen.contains(&change.reference),
        };
        assert!(is_news, "{change:?} does not fit what was seen before");
    }
    assert_eq!(
        seen,
        references(&whole.catalog, sight).await,
        "as the changes told"
    );

    let all: Vec<Step> = before.iter().chain(after).cloned().collect();
    let passes = lab::passes(&whole, sight).await;
    let hidden = whole.hidden(&passes);
    let visible = Lab::of(&all, &passes, &BTreeSet::new()).await;
    let unrelated = Lab::of(&all, &passes, &hidden).await;
    let asked = questions::Compared {
        whole: whole.catalog.seen_by(sight),
        visible: visible.catalog.seen_by(&EVERYTHING),
        unrelated: unrelated.catalog.seen_by(&EVERYTHING),
        hidden: &hidden,
    };
    asked.on_the_wire().await;
    asked.on_pages().await;
    questions::feed(&whole, sight).await;
    asked.near_and_beside();
    questions::history(&whole, sight).await;
    asked.doing().await;
}

/// References of all that is seen, by the way of the wire.
async fn references(catalog: &Catalog, sight: &Sight) -> BTreeSet<String> {
    let view = catalog.seen_by(sight);
    let all: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    let bodies = view.by_references(&all, None).await.unwrap();
    let found: BTreeSet<String> = all
        .into_iter()
        .zip(bodies)
        .filter_map(|(name, body)| body.map(|_| name))
        .collect();
    assert_eq!(found.len() as u64, view.count(None));
    found
}

#[tokio::test]
async fn more_sights_than_are_kept_see_right_and_listeners_are_not_forgotten() {
    let mut lab = Lab::new().await;
    lab.replay(&lab::one_of_each("a")).await;
    lab.catalog.catch_up().await.unwrap();
    let sights: Vec<Sight> = (0..200)
        .map(|number| {
            let values = vec!["b".to_owned(), format!("x{number}")];
            Sight::only(Filter::In {
                key: "spec.type".to_owned(),
                values,
            })
        })
        .collect();
    let mut listening: Vec<_> = sights
        .iter()
        .map(|sight| lab.catalog.seen_by(sight).changes())
        .collect();
    lab.replay(&lab::one_of_each("b")).await;
    lab.catalog.catch_up().await.unwrap();
    for (sight, changes) in sights.iter().zip(&mut listening) {
        assert_eq!(lab.catalog.seen_by(sight).total(), NAMES.len());
        let applied = changes.applied.try_recv().unwrap();
        let seen = changes.sight.see(&applied);
        assert!(matches!(seen, Some(SeenNews::Change(change)) if change.kind == ChangeKind::Created));
    }
}

/// All that a view shows, to be fetched.
async fn wanted(view: View<'_>) -> Vec<Wanted> {
    let listed = view.list(&ListRequest::default()).await.unwrap();
    listed.versions.into_iter().map(Some).collect()
}

/// What a view gives of the entities, in every way in which their bodies are fetched.
async fn bodies(view: View<'_>) -> Vec<String> {
    let mut portions = view.portions(wanted(view).await);
    let mut found: Vec<String> = Vec::new();
    while let Some(portion) = portions.next().await.unwrap() {
        found.extend(portion.iter().flatten().map(ToString::to_string));
    }
    let page = view.page(&PageRequest::first(None, Vec::new())).await.unwrap();
    let items = view.bodies(&page.versions).await.unwrap();
    found.extend(items.iter().map(ToString::to_string));
    for name in NAMES {
        found.extend(
            view.by_reference(name)
                .await
                .unwrap()
                .map(|body| body.to_string()),
        );
        let node = view.node(&name.parse().unwrap()).await.unwrap();
        found.extend(node.and_then(|node| node.final_json));
    }
    let references: Vec<model::EntityRef> = NAMES.iter().map(|name| name.parse().unwrap()).collect();
    let entities = view.entities(&references).await.unwrap();
    found.extend(entities.iter().flatten().map(ToString::to_string));
    found
}

/// An entity may be hidden between the moment in which a question finds it and that in which its body is fetched.
#[tokio::test]
async fn a_form_that_is_hidden_is_not_given_for_one_that_was_seen() {
    let types = |value: &str| {
        Sight::only(Filter::In {
            key: "spec.type".to_owned(),
            values: vec![value.to_owned()],
        })
    };
    let (sight, is_hidden) = (types("a"), |body: &String| body.contains(r#""type":"b""#));
    let mut lab = Lab::new().await;
    lab.replay(&lab::one_of_each("a")).await;
    lab.catalog.catch_up().await.unwrap();
    let view = lab.catalog.clone();
    let view = view.seen_by(&sight);
    let wanted = wanted(view).await;
    assert_eq!(wanted.len(), NAMES.len());
    let mut early = view.portions(wanted.clone());
    // The store is ahead of the index from here on.
    lab.replay(&lab::one_of_each("b")).await;
    let portion = early.next().await.unwrap().unwrap();
    assert!(portion.iter().all(Option::is_none), "{portion:?}");
    assert!(!bodies(view).await.iter().any(is_hidden));
    // A caller who sees everything has the newer bodies kept.
    let whole = bodies(view.catalog().seen_by(&EVERYTHING)).await;
    assert!(whole.iter().all(is_hidden), "{whole:?}");
    assert!(!bodies(view).await.iter().any(is_hidden));
    view.catalog().catch_up().await.unwrap();
    let portion = view.portions(wanted).next().await.unwrap().unwrap();
    assert!(portion.iter().all(Option::is_none), "{portion:?}");
    assert_eq!(bodies(view).await, Vec::<String>::new());
    lab.replay(&lab::one_of_each("a")).await;
    view.catalog().catch_up().await.unwrap();
    assert!(bodies(view).await.len() >= 5 * NAMES.len());
}

/// A body that was seen is given although its entity is hidden by now only if nothing says so yet.
#[tokio::test]
async fn what_goes_out_of_sight_between_two_portions_is_left_out() {
    let mut lab = Lab::new().await;
    lab.replay(&lab::one_of_each("a")).await;
    lab.catalog.catch_up().await.unwrap();
    let sight = Sight::only(Filter::In {
        key: "spec.type".to_owned(),
        values: vec!["a".to_owned()],
    });
    let catalog = lab.catalog.clone();
    let view = catalog.seen_by(&sight);
    // Their bodies are kept, and known to be those of their versions.
    assert!(!bodies(view).await.is_empty());
    let mut portions = view.portions(wanted(view).await);
    lab.replay(&lab::one_of_each("b")).await;
    catalog.catch_up().await.unwrap();
    let portion = portions.next().await.unwrap().unwrap();
    assert!(portion.iter().all(Option::is_none), "{portion:?}");
}
