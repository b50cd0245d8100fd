//! How well entities are: who is blamed for what, and that lists, counts and pages agree.

use catalog::query::HealthCounts;
use catalog::{Finding, Sight, browse};
use model::{Cause, HEALTH, Health};
use serde_json::json;

use crate::world::{World, component, join, location};

const BLAME: &str = include_str!("health/blame.yaml");

/// What is wrong, as cause, subject and how many suffer from it.
fn told(findings: &[Finding]) -> Vec<(&'static str, &str, usize)> {
    findings
        .iter()
        .map(|one| (one.cause.as_str(), one.subject.as_str(), one.affected_total))
        .collect()
}

/// References of the entities that are this healthy, without the locations of the configuration.
fn having(world: &World, health: Health) -> Vec<String> {
    let filter = browse::one_of(HEALTH, &[health.as_str().to_owned()]);
    let found = world.seen().written(&filter, &["kind"], 100);
    let mut names: Vec<String> = found
        .into_iter()
        .map(|(reference, _)| reference.to_string())
        .collect();
    names.retain(|name| !name.starts_with("location:default/generated-"));
    names.sort();
    names
}

fn team() -> String {
    "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team}\nspec: {type: team, children: []}\n".to_owned()
}

#[tokio::test]
async fn blame_goes_to_the_entity_that_is_wrong_and_not_to_its_neighbours() {
    let world = World::reading(&["./a.yaml"]).await;
    world.write("a.yaml", BLAME);
    world.start().await;
    world.catalog.catch_up().await.unwrap();
    let findings = world.seen().findings();
    assert_eq!(
        told(&findings),
        [
            ("invalid", "component:default/stitch-fails", 3),
            ("missing-reference", "resource:default/no-such-db", 1),
        ]
    );
    assert!(!findings[0].is_served);
    assert_eq!(findings[0].owner.as_deref(), Some("group:default/brewers"));
    assert_eq!(findings[1].affected, ["component:default/dangling"]);
    assert_eq!(having(&world, Health::Warning), ["component:default/dangling"]);
    assert_eq!(having(&world, Health::Error), [""; 0]);
    let counts = HealthCounts {
        errors: 1,
        warnings: 1,
        orphans: 0,
    };
    assert_eq!(world.seen().health_counts(), counts);
}

#[tokio::test]
async fn a_reference_that_leads_nowhere_is_a_warning_until_its_target_comes_and_again_when_it_goes() {
    let world = World::reading(&["./a.yaml", "./b.yaml"]).await;
    world.write("a.yaml", &component("a", ""));
    world.write("b.yaml", &component("b", ", dependsOn: [component:c]"));
    let warned = async |expected: &[&str], step: &str| {
        world.look().await;
        world.catalog.catch_up().await.unwrap();
        assert_eq!(having(&world, Health::Warning), expected, "{step}");
    };
    world.start().await;
    warned(&["component:default/a", "component:default/b"], "no team").await;
    world.write("a.yaml", &join(&[component("a", ""), team()]));
    warned(&["component:default/b"], "a team").await;
    world.write("a.yaml", &join(&[component("a", ""), team(), component("c", "")]));
    warned(&[], "all there").await;
    world.write("a.yaml", &join(&[component("a", ""), team()]));
    warned(&["component:default/b"], "c is gone").await;
    let b = "component:default/b".parse().unwrap();
    let said = world.seen().said_of(&b, Vec::new(), None);
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].problem.subject.as_deref(), Some("component:default/c"));
}

#[tokio::test]
async fn entities_below_a_source_that_cannot_be_read_say_so() {
    let world = World::reading(&["./root.yaml", "./other.yaml"]).await;
    world.write("root.yaml", &join(&[location("nested", "./one.yaml"), team()]));
    world.write("one.yaml", &component("lone", ""));
    world.write("other.yaml", &component("fine", ""));
    world.start().await;
    std::fs::remove_file(world.folder.path().join("one.yaml")).unwrap();
    world.look().await;
    world.catalog.catch_up().await.unwrap();
    assert_eq!(having(&world, Health::Warning), ["component:default/lone"]);
    assert_eq!(having(&world, Health::Error), ["location:default/nested"]);
    let findings = world.seen().findings();
    assert_eq!(told(&findings), [("source-unread", "location:default/nested", 1)]);
    let lone = "component:default/lone".parse().unwrap();
    let said = world.seen().said_of(&lone, Vec::new(), None);
    assert_eq!(said[0].cause, Cause::SourceUnread);
    assert!(
        said[0].problem.fault.message.contains("does not exist"),
        "{said:?}"
    );

    std::fs::remove_file(world.folder.path().join("root.yaml")).unwrap();
    world.write("one.yaml", &component("lone", ""));
    world.look().await;
    world.catalog.catch_up().await.unwrap();
    let said = world.seen().said_of(&lone, Vec::new(), None);
    assert_eq!(said[0].cause, Cause::Ancestor, "{said:?}");
    world.write("root.yaml", &join(&[location("nested", "./one.yaml"), team()]));
    world.look().await;
    world.catalog.catch_up().await.unwrap();
    assert_eq!(having(&world, Health::Warning), [""; 0]);
    assert_eq!(world.seen().findings(), []);
}

#[tokio::test]
async fn what_is_declared_twice_is_told_of_the_entity() {
    let world = World::reading(&["./a.yaml", "./b.yaml"]).await;
    world.write(
        "a.yaml",
        &join(&[
            team(),
            component("a", ""),
            component("twice", ""),
            component("twice", ""),
        ]),
    );
    world.write("b.yaml", &component("a", ""));
    world.start().await;
    world.catalog.catch_up().await.unwrap();
    let findings = world.seen().findings();
    assert_eq!(
        told(&findings),
        [
            ("conflict", "component:default/a", 0),
            ("duplicate", "component:default/twice", 0)
        ]
    );
    assert_eq!(
        having(&world, Health::Warning),
        ["component:default/a", "component:default/twice"]
    );
    assert!(
        findings
            .iter()
            .all(|one| one.problem.place.is_some() && one.is_served)
    );
}

#[tokio::test]
async fn a_kind_that_is_not_allowed_is_named_once() {
    let world = World::with(
        &["./a.yaml"],
        json!({"rules": [{"allow": ["Component", "Group", "Location"]}]}),
    )
    .await;
    let user =
        "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: u}\nspec: {memberOf: [team]}\n";
    world.write("a.yaml", &join(&[team(), component("a", ""), user.to_owned()]));
    world.start().await;
    world.catalog.catch_up().await.unwrap();
    assert_eq!(
        told(&world.seen().findings()),
        [("not-allowed", "user:default/u", 0)]
    );
}

#[tokio::test]
async fn a_viewer_is_told_and_counts_only_what_it_sees() {
    let world = World::reading(&["./a.yaml"]).await;
    let bad = component("never", "").replace(", owner: team", "");
    let others = component("b", ", dependsOn: [component:y]").replace("owner: team", "owner: group:ghosts");
    world.write(
        "a.yaml",
        &join(&[team(), component("a", ", dependsOn: [component:x]"), others, bad]),
    );
    world.start().await;
    world.catalog.catch_up().await.unwrap();
    assert_eq!(world.seen().health_counts().problems(), 4);
    let only_a = Sight::only(browse::one_of("metadata.name", &["a".to_owned()]));
    let seen = world.catalog.seen_by(&only_a);
    assert_eq!(
        told(&seen.findings()),
        [("missing-reference", "component:default/x", 1)]
    );
    assert_eq!(
        (seen.health_counts().errors, seen.health_counts().warnings),
        (0, 1)
    );
    let nothing = Sight::only(model::Filter::Any(Vec::new()));
    assert_eq!(
        world.catalog.seen_by(&nothing).health_counts(),
        HealthCounts::default()
    );
}

#[tokio::test]
async fn a_restricted_viewer_reads_neither_other_files_nor_hidden_owners() {
    let world = World::reading(&["./a.yaml", "./secret.yaml"]).await;
    world.write("a.yaml", &join(&[team(), component("a", "")]));
    world.write("secret.yaml", &component("a", ""));
    world.start().await;
    world.catalog.catch_up().await.unwrap();
    let whole = world.seen().findings();
    assert!(
        whole[0].problem.fault.message.contains("secret.yaml"),
        "{whole:?}"
    );
    assert_eq!(whole[0].owner.as_deref(), Some("group:default/team"));
    let only_a = Sight::only(browse::one_of("metadata.name", &["a".to_owned()]));
    let seen = world.catalog.seen_by(&only_a);
    let findings = seen.findings();
    assert_eq!(told(&findings), [("conflict", "component:default/a", 0)]);
    let said = seen.said_of(&"component:default/a".parse().unwrap(), Vec::new(), None);
    for text in [format!("{:?}", findings[0].problem), format!("{said:?}")] {
        assert!(!text.contains("secret"), "{text}");
    }
    assert_eq!(findings[0].owner, None);
}

#[tokio::test]
async fn a_near_name_of_the_same_kind_is_offered() {
    let world = World::reading(&["./a.yaml"]).await;
    world.write(
        "a.yaml",
        &join(&[team(), component("payments", ""), component("teams", "")]),
    );
    world.start().await;
    world.catalog.catch_up().await.unwrap();
    let meant = |name: &str| -> Vec<String> {
        let found = world.seen().meant(&name.parse().unwrap(), 3);
        found.iter().map(ToString::to_string).collect()
    };
    assert_eq!(meant("component:default/paymets"), ["component:default/payments"]);
    assert_eq!(meant("group:default/tean"), ["group:default/team"]);
    assert_eq!(meant("component:other/payments"), ["component:default/payments"]);
    assert_eq!(meant("group:default/zebra"), [""; 0]);
    // What only begins alike is another name.
    assert_eq!(meant("group:default/team-bumblebee"), [""; 0]);
}
