//! What providers deliver: batch by batch, and with a report of what was refused.

use model::{EntityRef, Fault, Problem};
use plugin::{DeferredEntity, MAX_BATCH_BYTES, Report, replace_all};
use serde_json::{Value, json};

use crate::world::World;

fn user(name: &str) -> DeferredEntity {
    DeferredEntity {
        entity: json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "User",
            "metadata": {"name": name, "annotations": {"backstage.io/managed-by-location": "ldap:x"}},
            "spec": {"memberOf": []},
        }),
        location_key: Some("ldap:x".to_owned()),
    }
}

fn with(name: &str, change: impl FnOnce(&mut Value)) -> DeferredEntity {
    let mut deferred = user(name);
    change(&mut deferred.entity);
    deferred
}

/// What the catalog's rules refuse.
fn invalid(name: &str) -> DeferredEntity {
    with(name, |entity| entity["spec"] = json!({"memberOf": 7}))
}

fn nameless() -> DeferredEntity {
    with("nobody", |entity| entity["metadata"]["name"] = Value::Null)
}

fn reference(name: &str) -> EntityRef {
    EntityRef::parse(&format!("user:default/{name}"), None, "default").unwrap()
}

fn refused(report: &Report) -> Vec<&str> {
    let refused = report.refused.iter();
    refused.map(|refused| refused.entity.as_str()).collect()
}

async fn started() -> World {
    let world = World::reading(&[]).await;
    world.start().await;
    world
}

/// The problems of the provider `people`, as place and message.
async fn shown(world: &World) -> Vec<(String, String)> {
    let sources = world.catalog.sources().await.unwrap();
    let people = sources
        .into_iter()
        .find(|source| source.source == "provider:people");
    let problems = people.unwrap().problems.into_iter();
    problems
        .map(|problem| (problem.place.unwrap_or_default().source, problem.fault.describe()))
        .collect()
}

#[tokio::test]
async fn everything_is_replaced_and_differences_are_taken() {
    let mut world = started().await;
    let sink = world.catalog.sink("people");
    let report = replace_all(&*sink, vec![user("ada"), user("grace")])
        .await
        .unwrap();
    assert_eq!((report.accepted, report.removed, report.refused), (2, 0, vec![]));
    assert_eq!(world.served().await, ["user:default/ada", "user:default/grace"]);
    let report = sink
        .change(vec![user("zoe")], vec![reference("ada")])
        .await
        .unwrap();
    assert_eq!((report.accepted, report.removed), (1, 1));
    assert_eq!(world.served().await, ["user:default/grace", "user:default/zoe"]);
    let report = replace_all(&*sink, vec![user("ada")]).await.unwrap();
    assert_eq!((report.accepted, report.removed), (1, 2));
    assert_eq!(world.served().await, ["user:default/ada"]);
    world.restart(|_| {}).await;
    assert_eq!(world.served().await, [""; 0], "the provider is gone");
}

#[tokio::test]
async fn one_bad_entity_refuses_only_itself() {
    let world = started().await;
    let sink = world.catalog.sink("people");
    replace_all(&*sink, vec![user("ada"), user("bob"), user("cleo"), user("dan")])
        .await
        .unwrap();
    let malformed = with("cleo", |entity| entity["apiVersion"] = Value::Null);
    let placeless = DeferredEntity {
        location_key: None,
        ..with("eve", |entity| entity["metadata"]["annotations"] = json!({}))
    };
    let second = vec![user("ada"), invalid("bob"), malformed, placeless, user("fay")];
    let report = replace_all(&*sink, second).await.unwrap();
    assert_eq!((report.accepted, report.removed), (2, 1), "{report:?}");
    let mut names = refused(&report);
    names.sort_unstable();
    assert_eq!(
        names,
        ["user:default/bob", "user:default/cleo", "user:default/eve"]
    );
    // Those that were good before stay as they were, and the one that was not delivered is gone.
    let expected = ["ada", "bob", "cleo", "fay"].map(|name| format!("user:default/{name}"));
    assert_eq!(world.served().await, expected);
    let problems = shown(&world).await;
    assert_eq!(problems.len(), 3, "{problems:?}");
    let of = |name: &str| {
        let found = problems
            .iter()
            .find(|(place, _)| *place == format!("user:default/{name}"));
        found.map(|(_, message)| message.clone()).unwrap()
    };
    assert!(of("bob").contains("/spec/memberOf"), "{}", of("bob"));
    assert!(of("cleo").starts_with("Malformed entity envelope, "));
    assert!(of("eve").ends_with("without the annotation backstage.io/managed-by-location"));
}

/// The same broken entity again is refused again, although it is not processed again.
#[tokio::test]
async fn a_refusal_lasts_until_the_entity_is_corrected() {
    let world = started().await;
    let sink = world.catalog.sink("people");
    for _ in 0..2 {
        let report = replace_all(&*sink, vec![user("ada"), invalid("bob")])
            .await
            .unwrap();
        assert_eq!(report.accepted, 1);
        assert_eq!(refused(&report), ["user:default/bob"]);
    }
    // A change of others leaves it where it is, on the sources page.
    let report = sink.change(vec![user("zoe")], Vec::new()).await.unwrap();
    assert_eq!(refused(&report), [""; 0]);
    assert_eq!(shown(&world).await[0].0, "user:default/bob");
    sink.change(vec![user("bob")], Vec::new()).await.unwrap();
    assert_eq!(shown(&world).await, []);
}

#[tokio::test]
async fn an_entity_without_a_name_may_be_any_of_its_location_key() {
    let world = started().await;
    let sink = world.catalog.sink("people");
    let elsewhere = DeferredEntity {
        location_key: Some("ldap:y".to_owned()),
        ..user("yves")
    };
    replace_all(&*sink, vec![user("ada"), user("bob"), elsewhere])
        .await
        .unwrap();
    let report = replace_all(&*sink, vec![user("ada"), nameless()]).await.unwrap();
    assert_eq!(refused(&report), ["entity 2 of the delivery"]);
    assert_eq!(report.removed, 1);
    assert_eq!(world.served().await, ["user:default/ada", "user:default/bob"]);
    let lost = DeferredEntity {
        location_key: None,
        ..nameless()
    };
    let report = replace_all(&*sink, vec![lost]).await.unwrap();
    assert_eq!(report.removed, 0, "it may be any");
}

#[tokio::test]
async fn batches_are_taken_one_by_one_and_the_end_removes_the_rest() {
    let world = started().await;
    let sink = world.catalog.sink("people");
    replace_all(&*sink, vec![user("old")]).await.unwrap();
    let mut dropped = sink.replace().await.unwrap();
    dropped.put(vec![user("ada")]).await.unwrap();
    drop(dropped);
    assert!(world.served().await.contains(&"user:default/old".to_owned()));
    let mut replacement = sink.replace().await.unwrap();
    for batch in 0..3 {
        let users = (0..600).map(|number| user(&format!("u{batch}-{number}")));
        replacement.put(users.collect()).await.unwrap();
    }
    let written = world.store.size().await.unwrap().nodes;
    assert!(written > 1, "much is written before the end: {written} nodes");
    let report = replacement.finish().await.unwrap();
    assert_eq!(report.accepted, 1_800);
    let served = world.served().await;
    assert_eq!(served.len(), 1_800);
    assert!(!served.contains(&"user:default/old".to_owned()));
}

#[tokio::test]
async fn deliveries_are_bounded_in_bytes() {
    let world = started().await;
    let sink = world.catalog.sink("people");
    let large =
        |name: &str, bytes: usize| with(name, |entity| entity["spec"]["text"] = "x".repeat(bytes).into());
    let too_large = large("huge", usize::try_from(model::MAX_FILE_BYTES).unwrap());
    let report = replace_all(&*sink, vec![user("ada"), too_large]).await.unwrap();
    assert_eq!(refused(&report), ["user:default/huge"]);
    let message = &report.refused[0].problem.fault.message;
    assert_eq!(
        message,
        "Provider people delivered user:default/huge with more than 10 MiB"
    );
    let many = (0..5).map(|number| large(&format!("l{number}"), MAX_BATCH_BYTES / 4));
    let fault = sink.change(many.collect(), Vec::new()).await.unwrap_err();
    assert_eq!(
        fault.message,
        "Provider people delivered 40 MiB at once, of at most 32 MiB; deliver in smaller batches"
    );
    assert_eq!(world.served().await, ["user:default/ada"]);
}

#[tokio::test]
async fn a_problem_of_the_provider_is_shown_until_it_delivers_everything_anew() {
    let world = started().await;
    let sink = world.catalog.sink("people");
    let problem = || Problem::warning(Fault::error("the directory leaves out groups"));
    sink.problem(problem()).await;
    sink.problem(problem()).await;
    let expected = (String::new(), "the directory leaves out groups".to_owned());
    assert_eq!(shown(&world).await, [expected.clone()]);
    sink.change(vec![user("ada")], Vec::new()).await.unwrap();
    assert_eq!(shown(&world).await, [expected]);
    replace_all(&*sink, vec![user("ada")]).await.unwrap();
    assert_eq!(shown(&world).await, []);
}
