//! Entities that go from one file to another, and files of which not everything can be read.

use serde_json::json;

use crate::world::{World, component, join};

const A: &str = "component:default/a";
const B: &str = "component:default/b";

impl World {
    fn remove(&self, path: &str) {
        std::fs::remove_file(self.folder.path().join(path)).unwrap();
    }

    async fn uid(&self, reference: &str) -> serde_json::Value {
        self.entity(reference).await.unwrap_or_default()["metadata"]["uid"].clone()
    }

    async fn source_problems(&self) -> Vec<String> {
        let sources = self.catalog.sources().await.unwrap();
        let problems = sources.into_iter().flat_map(|source| source.problems);
        problems.map(|problem| problem.fault.message).collect()
    }
}

#[tokio::test]
async fn a_file_that_moves_keeps_its_entities() {
    let world = World::reading(&["./g/**/*.yaml"]).await;
    world.write("g/a.yaml", &component("a", ""));
    world.write("g/b.yaml", &component("b", ""));
    world.start().await;
    let uid = world.uid(A).await;
    world.remove("g/a.yaml");
    world.write("g/team/a.yaml", &component("a", ""));
    world.look().await;
    assert_eq!(world.served().await, [A, B]);
    assert_eq!(world.uid(A).await, uid);
    let entity = world.entity(A).await.unwrap();
    let location = entity["metadata"]["annotations"]["backstage.io/managed-by-location"].as_str();
    assert!(location.unwrap().ends_with("/g/team/a.yaml"), "{location:?}");
    assert_eq!(world.source_problems().await, [""; 0]);
}

#[tokio::test]
async fn a_document_that_moves_to_another_file_stays_while_its_owner_has_it() {
    let world = World::reading(&["./g/*.yaml"]).await;
    world.write("g/m.yaml", &join(&[component("a", ""), component("b", "")]));
    world.start().await;
    let uid = world.uid(A).await;
    // The copy is read before the file that owns the entity.
    world.write("g/c.yaml", &component("a", ", system: copy"));
    world.look().await;
    assert_eq!(world.entity(A).await.unwrap()["spec"]["system"], json!(null));
    assert!(
        world.source_problems().await[0].starts_with("Detected conflicting entityRef component:default/a")
    );
    world.write("g/m.yaml", &component("b", ""));
    world.look().await;
    assert_eq!(world.entity(A).await.unwrap()["spec"]["system"], json!("copy"));
    assert_eq!(world.uid(A).await, uid);
    assert_eq!(world.source_problems().await, [""; 0]);
}

#[tokio::test]
async fn whoever_lost_a_conflict_takes_over_at_once() {
    for strategy in ["delete", "keep"] {
        let world = World::with(&["./m.yaml", "./n.yaml"], json!({"orphanStrategy": strategy})).await;
        world.write("m.yaml", &join(&[component("a", ""), component("b", "")]));
        world.write("n.yaml", &component("a", ", system: second"));
        world.start().await;
        assert_eq!(world.entity(A).await.unwrap()["spec"]["system"], json!(null));
        world.write("m.yaml", &component("b", ""));
        let sources = world.catalog.sources().await.unwrap();
        let of_m = sources
            .iter()
            .find(|source| source.location.ends_with("m.yaml"))
            .unwrap();
        world
            .catalog
            .mark_dirty(std::slice::from_ref(&of_m.source))
            .await
            .unwrap();
        world.catalog.settle().await.unwrap();
        assert_eq!(
            world.entity(A).await.unwrap()["spec"]["system"],
            json!("second"),
            "{strategy}"
        );
        assert_eq!(world.source_problems().await, [""; 0]);
    }
}

#[tokio::test]
async fn what_is_gone_goes_although_something_else_is_wrong() {
    let world = World::reading(&["./g/*.yaml"]).await;
    let template =
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: t}\nspec: {}\n";
    let broken = "kind: Component\nmetadata: [";
    world.write(
        "g/refused.yaml",
        &join(&[component("a", ""), component("b", ""), template.to_owned()]),
    );
    world.write(
        "g/broken.yaml",
        &join(&[component("c", ""), component("d", ""), broken.to_owned()]),
    );
    world.write("g/e.yaml", &component("e", ""));
    world.write("g/f.yaml", &component("f", ""));
    world.start().await;
    assert_eq!(world.served().await.len(), 6);
    world.write(
        "g/refused.yaml",
        &join(&[component("a", ""), template.to_owned()]),
    );
    // Nobody knows what the broken document is: it may be `d`.
    world.write("g/broken.yaml", &join(&[component("c", ""), broken.to_owned()]));
    world.write("g/e.yaml", &component("e2", ""));
    world.remove("g/f.yaml");
    world.look().await;
    let expected = ["a", "c", "d", "e2"].map(|name| format!("component:default/{name}"));
    assert_eq!(world.served().await, expected);
    assert_eq!(world.source_problems().await.len(), 2);
}

#[tokio::test]
async fn the_history_of_what_is_gone_names_its_file() {
    let world = World::reading(&["./g/*.yaml"]).await;
    world.write("g/a.yaml", &component("a", ""));
    world.write("g/b.yaml", &component("b", ""));
    world.start().await;
    world.remove("g/b.yaml");
    world.look().await;
    let last = &world.seen().history(B, None, 1).await.unwrap()[0];
    assert_eq!(last.kind, "deleted");
    let location = last.cause["location"].as_str().unwrap();
    assert!(location.ends_with("/g/b.yaml"), "{location}");
}

#[tokio::test]
async fn keys_that_differ_only_in_case_are_told() {
    let world = World::reading(&["./a.yaml"]).await;
    let clash = component("b", "").replace("{name: b}", "{name: b, annotations: {Foo: a, foo: b}}");
    world.write("a.yaml", &join(&[component("a", ""), clash]));
    world.start().await;
    assert_eq!(world.served().await, [A]);
    let node = world.store.node(B).await.unwrap().unwrap();
    let told = node.problems[0].fault.to_string();
    assert_eq!(
        told,
        "InputError: Entity has duplicate keys that vary only in casing, 'metadata.annotations.foo'"
    );
    world.write("a.yaml", &join(&[component("a", ""), component("b", "")]));
    world.look().await;
    assert_eq!(world.served().await, [A, B]);
    assert_eq!(world.status(B).await, [""; 0]);
}
