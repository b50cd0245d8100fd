//! What changed in the catalog, as pages tell it: who is behind it, and nothing that may not be seen.

use catalog::{ChangeClass, FeedEntry, Sight};
use model::Filter;

use crate::world::{World, component, join};

const TEAM: &str = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team}\nspec: {type: team, children: []}\n";
const SYSTEM: &str =
    "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: shop}\nspec: {owner: team}\n";

/// A team and a system; then a component of both is added, and later changed.
async fn world() -> World {
    let world = World::reading(&["./a.yaml", "./team.yaml"]).await;
    world.write("team.yaml", &join(&[TEAM.to_owned(), SYSTEM.to_owned()]));
    world.start().await;
    world.write("a.yaml", &component("a", ", system: shop"));
    world.look().await;
    world.write("a.yaml", &component("a", ", system: shop, subcomponentOf: b"));
    world.look().await;
    world.catalog.catch_up().await.unwrap();
    world
}

fn lines(entries: &[FeedEntry]) -> Vec<String> {
    let line = |entry: &FeedEntry| {
        let class = entry.told.class.as_str();
        format!("{} {} {class}", entry.reference.name(), entry.kind.as_str())
    };
    entries.iter().map(line).collect()
}

#[tokio::test]
async fn the_feed_tells_who_is_behind_a_change() {
    let world = world().await;
    let feed = world.seen().feed(None).await.unwrap();
    let mut found = lines(&feed.entries);
    assert_eq!(found[0], "a changed descriptor");
    found.sort();
    assert_eq!(
        found,
        [
            "a changed descriptor",
            "a created descriptor",
            "shop changed relations",
            "shop created descriptor",
            "team changed relations",
            "team created descriptor",
        ]
    );
    let newest = &feed.entries[0];
    let fields: Vec<&str> = newest
        .told
        .fields
        .iter()
        .map(|field| field.path.as_str())
        .collect();
    assert_eq!(fields, ["/spec/subcomponentOf"]);
    assert_eq!(newest.told.relations.len(), 1, "{:?}", newest.told.relations);
    assert_eq!(newest.owner.as_ref().unwrap().name(), "team");
    assert!(newest.origin.as_ref().unwrap().ends_with("/a.yaml"));
    let classes = feed.entries.iter().map(|entry| entry.told.class);
    assert!(!classes.into_iter().any(|class| class == ChangeClass::Status));

    let lately = world.seen().recent_changes(10).await.unwrap();
    let lately: Vec<(&str, &str)> = lately
        .iter()
        .map(|recent| (recent.reference.name(), recent.kind.as_str()))
        .collect();
    assert_eq!(lately[0], ("a", "changed"));
    assert!(
        lately[1..].iter().all(|(_, kind)| *kind == "created"),
        "{lately:?}"
    );
}

#[tokio::test]
async fn the_feed_goes_on_where_it_ended() {
    let world = world().await;
    let whole = world.seen().feed(None).await.unwrap();
    let at = whole.entries[1].seq;
    let rest = world.seen().feed(Some(at)).await.unwrap();
    assert_eq!(rest.entries, whole.entries[2..]);
    assert_eq!((whole.older, rest.older), (None, None));
}

#[tokio::test]
async fn relations_to_what_is_hidden_are_no_changes() {
    let world = world().await;
    let only = |kinds: &[&str]| {
        Sight::only(Filter::In {
            key: "kind".to_owned(),
            values: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        })
    };
    let told = async |sight: &Sight| {
        let feed = world.catalog.seen_by(sight).feed(None).await.unwrap();
        feed.entries
    };
    // The component came between the two entries of the system: not for one who does not see components.
    let hiding = only(&["system"]);
    let found = told(&hiding).await;
    assert_eq!(lines(&found), ["shop created descriptor"]);
    assert_eq!(found[0].owner, None, "the team is hidden");
    let seeing = only(&["system", "component"]);
    let found = told(&seeing).await;
    assert_eq!(found.len(), 4, "{:?}", lines(&found));
    assert!(found.iter().all(|entry| entry.owner.is_none()));
    let nothing = Sight::only(Filter::Any(Vec::new()));
    assert!(told(&nothing).await.is_empty());
}

#[tokio::test]
async fn versions_are_counted_by_entity() {
    let world = world().await;
    let seen = world.seen();
    let history = seen.history("component:default/a", None, 10).await.unwrap();
    let numbers: Vec<usize> = history.iter().map(|version| version.number).collect();
    assert_eq!(numbers, [2, 1]);
    let older = seen
        .history("component:default/a", Some(history[0].seq), 10)
        .await
        .unwrap();
    assert_eq!(older, history[1..]);
    let version = seen.version("component:default/a", history[0].seq).await.unwrap();
    assert_eq!(version.number, 2);
    assert_eq!(history[0].class, "descriptor");
}
