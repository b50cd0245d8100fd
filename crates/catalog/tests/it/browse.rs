//! What pages list: order, text, counts and pages, read from the index.

use catalog::browse::{self, Listing};
use catalog::query::{Direction, ListRequest};
use model::{Filter, HEALTH, entity};
use serde_json::json;

use crate::world::{World, component, join};

/// Four components; one without a title, one without a system.
async fn world() -> World {
    let one = |name: &str, more: &str, spec: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}{more}}}\n\
             spec: {{type: service, lifecycle: production, owner: team{spec}}}\n"
        )
    };
    let world = World::reading(&["./all.yaml"]).await;
    world.write(
        "all.yaml",
        &join(&[
            one("delta", ", title: Payments", ", system: b"),
            one("alpha", ", title: Ledger, tags: [java, go]", ", system: c"),
            one("gamma", ", tags: [go]", ""),
            one("beta", ", title: Payouts", ", system: a"),
        ]),
    );
    world.start().await;
    world.catalog.catch_up().await.unwrap();
    world
}

fn components(text: &str, order: &str, limit: usize) -> ListRequest {
    let request = ListRequest {
        text: text.to_owned(),
        ..ListRequest::for_people(browse::one_of("kind", &["Component".to_owned()]))
    };
    request.by(order, Direction::Ascending).page(0, limit)
}

fn names(listing: &Listing) -> Vec<&str> {
    listing.entities.iter().filter_map(entity::name).collect()
}

#[tokio::test]
async fn entities_without_the_field_come_last_in_both_directions() {
    let world = world().await;
    let request = components("", "spec.system", 10);
    let up = world.seen().listing(&request).await.unwrap();
    assert_eq!(names(&up), ["beta", "delta", "alpha", "gamma"]);
    let request = request.by("spec.system", Direction::Descending);
    let down = world.seen().listing(&request).await.unwrap();
    assert_eq!(names(&down), ["alpha", "delta", "beta", "gamma"]);
}

#[tokio::test]
async fn text_is_found_in_names_and_titles_without_regard_to_case() {
    let world = world().await;
    let seen = world.seen();
    let found = async |text: &str| {
        seen.listing(&components(text, "metadata.name", 10))
            .await
            .unwrap()
    };
    assert_eq!(names(&found("PAY").await), ["beta", "delta"]);
    assert_eq!(names(&found(" amm ").await), ["gamma"]);
    assert_eq!(found("nothing").await.total, 0);
}

#[tokio::test]
async fn pages_meet_without_gap_or_overlap() {
    let world = world().await;
    let mut request = components("", "metadata.name", 3);
    let first = world.seen().listing(&request).await.unwrap();
    assert_eq!((names(&first), first.total), (vec!["alpha", "beta", "delta"], 4));
    assert_eq!(first.previous, None);
    request.offset = first.next;
    let second = world.seen().listing(&request).await.unwrap();
    assert_eq!((names(&second), second.next), (vec!["gamma"], None));
    request.offset = second.previous;
    assert_eq!(
        names(&world.seen().listing(&request).await.unwrap()),
        names(&first)
    );
}

#[tokio::test]
async fn counts_are_those_of_the_chosen_entities() {
    let world = world().await;
    let counts = |filter: &Filter, text| world.seen().counts(filter, text, &["metadata.tags", "nothing"]);
    let all = browse::one_of("kind", &["component".to_owned()]);
    let tag = |name: &str, count| (name.to_owned(), count);
    assert_eq!(counts(&all, ""), [vec![tag("go", 2), tag("java", 1)], vec![]]);
    assert_eq!(
        counts(&all, "ledger"),
        [vec![tag("go", 1), tag("java", 1)], vec![]]
    );
}

#[tokio::test]
async fn health_is_counted_and_filtered_as_it_changes() {
    let keeps = json!({"orphanStrategy": "keep"});
    let world = World::with(&["./a.yaml", "./b.yaml", "./team.yaml"], keeps).await;
    let team = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team}\nspec: {type: team, children: []}\n";
    let good = join(&[component("a", ""), component("b", "")]);
    world.write("a.yaml", &good);
    world.write("b.yaml", &component("c", ""));
    world.write("team.yaml", team);
    world.start().await;
    let all = browse::one_of("kind", &["component".to_owned()]);
    let counts = async || {
        world.catalog.catch_up().await.unwrap();
        world.seen().counts_of(&all, "", HEALTH)
    };
    let held = |word: &str, count| (word.to_owned(), count);
    assert_eq!(counts().await, [held("healthy", 3)]);

    world.write(
        "a.yaml",
        &join(&[
            component("a", ""),
            "kind: Component\nmetadata:\n  name: b\n x: [\n".to_owned(),
        ]),
    );
    world.write("b.yaml", &component("d", ""));
    world.look().await;
    let expected = [held("error", 1), held("healthy", 2), held("orphaned", 1)];
    assert_eq!(counts().await, expected);
    let failing = ListRequest {
        filter: Some(Filter::All(vec![
            all.clone(),
            browse::one_of(HEALTH, &["error".to_owned()]),
        ])),
        ..components("", "metadata.name", 10)
    };
    assert_eq!(names(&world.seen().listing(&failing).await.unwrap()), ["b"]);

    world.write("a.yaml", &good);
    world.look().await;
    world.catalog.catch_up().await.unwrap();
    assert_eq!(world.seen().listing(&failing).await.unwrap().total, 0);
}
