//! Mistakes: what they say, where they show, and what they leave alone.

use serde_json::json;

use crate::world::{World, component, join, location};

#[tokio::test]
async fn a_broken_document_leaves_its_neighbours_and_its_last_good_form() {
    let world = World::reading(&["./a.yaml"]).await;
    world.write("a.yaml", &join(&[component("a", ""), component("b", "")]));
    world.start().await;
    let good = world.entity("component:default/b").await.unwrap();
    world.write(
        "a.yaml",
        &join(&[
            component("a", ", system: new"),
            "kind: Component\nmetadata:\n  name: b\n x: [\n".to_owned(),
        ]),
    );
    world.look().await;
    assert_eq!(
        world.served().await,
        ["component:default/a", "component:default/b"]
    );
    assert_eq!(
        world.entity("component:default/a").await.unwrap()["spec"]["system"],
        json!("new")
    );
    let b = world.entity("component:default/b").await.unwrap();
    assert_eq!(b["spec"], good["spec"]);
    assert!(world.status("component:default/b").await[0].starts_with("Error: YAML error at file:"));
    let place = world
        .store
        .node("component:default/b")
        .await
        .unwrap()
        .unwrap()
        .problems[0]
        .place
        .clone()
        .unwrap();
    assert_eq!((place.document, place.line.is_some()), (Some(1), true));
    world.write("a.yaml", &join(&[component("a", ""), component("b", "")]));
    world.look().await;
    assert_eq!(world.entity("component:default/b").await.unwrap(), good);
}

/// A document that is still the same is not processed again; what is wrong with it still is.
#[tokio::test]
async fn an_unchanged_broken_document_stays_on_the_sources_page() {
    let world = World::reading(&["./a.yaml"]).await;
    let broken = component("b", "").replace(", owner: team", "");
    world.write("a.yaml", &join(&[component("a", ""), broken.clone()]));
    world.start().await;
    world.write("a.yaml", &join(&[component("a", ", system: new"), broken]));
    world.look().await;
    let sources = world.catalog.sources().await.unwrap();
    let problems = sources.iter().flat_map(|source| &source.problems);
    let faults: Vec<String> = problems.map(|problem| problem.fault.to_string()).collect();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].contains("component:default/b"), "{faults:?}");
}

#[tokio::test]
async fn an_invalid_document_shows_place_and_hint() {
    let world = World::reading(&["./a.yaml"]).await;
    world.write("a.yaml", &component("a", ""));
    world.start().await;
    world.write("a.yaml", "# one\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\nspec:\n  type: service\n  lifecycle: x\n");
    world.look().await;
    assert_eq!(
        world.status("component:default/a").await,
        [
            "InputError: Processor BuiltinKindsEntityProcessor threw an error while validating the entity \
          component:default/a; caused by TypeError: /spec must have required property 'owner' - missingProperty: owner"
        ]
    );
    let node = world.store.node("component:default/a").await.unwrap().unwrap();
    let problem = &node.problems[0];
    assert_eq!(
        problem.place.as_ref().unwrap().path.as_deref(),
        Some("/spec/owner")
    );
    assert!(problem.hint.is_some());
    let listed = world.seen().unprocessed().await.unwrap();
    assert_eq!((listed.len(), listed[0].is_hidden), (1, false));
}

#[tokio::test]
async fn sources_say_what_is_wrong_with_them() {
    let world = World::reading(&["./root.yaml", "./gone.yaml", "./dir"]).await;
    std::fs::create_dir(world.folder.path().join("dir")).unwrap();
    world.write(
        "root.yaml",
        &join(&[
            location("missing", "./not-there.yaml"),
            location("slash", "./more/"),
            "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: foreign}\nspec: {type: pigeon, target: x}\n".to_owned(),
            "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: blocked}\nspec: {type: url, target: 'https://blocked.invalid/x.yaml'}\n".to_owned(),
        ]),
    );
    world.start().await;
    let folder = world.folder.path().display().to_string();
    let mut found: Vec<String> = Vec::new();
    for source in world.catalog.sources().await.unwrap() {
        found.extend(
            source
                .problems
                .iter()
                .map(|problem| problem.fault.to_string().replace(&folder, "")),
        );
    }
    found.sort();
    assert_eq!(
        found,
        [
            "Error: Unable to read url, Reading from 'https://blocked.invalid/x.yaml' is not allowed. You may need to configure an integration for the target host, or add it to the configured list of allowed hosts at 'backend.reading.allow'",
            "Error: file /dir could not be read, it is a folder; name a file in it or use a pattern such as *.yaml",
            "InputError: LocationEntityProcessor cannot handle file type location with target /root.yaml that ends with a path separator",
            "InputError: Registered locations must be of an allowed type [\"url\"]",
            "NotFoundError: file /gone.yaml does not exist",
            "NotFoundError: file /not-there.yaml does not exist",
        ]
    );
    // Locations that were never read are not served, as in the original.
    assert_eq!(world.served().await, [""; 0]);
}

#[tokio::test]
async fn the_first_owner_of_a_name_keeps_it_until_it_lets_go() {
    let world = World::reading(&["./a/*.yaml"]).await;
    world.write("a/1.yaml", &component("x", ", system: first"));
    world.write("a/2.yaml", &component("X", ", system: second"));
    world.start().await;
    assert_eq!(
        world.entity("component:default/x").await.unwrap()["spec"]["system"],
        json!("first")
    );
    let problems = &world.catalog.sources().await.unwrap()[0].problems;
    assert_eq!(problems[0].fault.name, "ConflictError");
    assert!(
        problems[0].fault.message.contains("already referenced by file:"),
        "{}",
        problems[0].fault
    );
    std::fs::remove_file(world.folder.path().join("a/1.yaml")).unwrap();
    world.look().await;
    world.look().await;
    assert_eq!(
        world.entity("component:default/x").await.unwrap()["spec"]["system"],
        json!("second")
    );
}

#[tokio::test]
async fn of_two_documents_with_one_name_the_last_is_served() {
    let world = World::reading(&["./a.yaml"]).await;
    world.write(
        "a.yaml",
        &join(&[
            component("x", ", system: first"),
            component("x", ", system: second"),
        ]),
    );
    world.start().await;
    assert_eq!(
        world.entity("component:default/x").await.unwrap()["spec"]["system"],
        json!("second")
    );
}

#[tokio::test]
async fn the_original_s_strictness_can_be_had() {
    let world = World::with(&["./a.yaml"], json!({"discardFileOnError": true})).await;
    world.write("a.yaml", &join(&[component("a", ""), "just text\n".to_owned()]));
    world.start().await;
    assert_eq!(world.served().await, [""; 0]);
}

#[tokio::test]
async fn children_survive_a_run_with_errors() {
    let world = World::reading(&["./a.yaml"]).await;
    world.write("a.yaml", &join(&[component("a", ""), component("b", "")]));
    world.start().await;
    world.write("a.yaml", "just text\n");
    world.look().await;
    assert_eq!(
        world.served().await,
        ["component:default/a", "component:default/b"]
    );
    std::fs::remove_file(world.folder.path().join("a.yaml")).unwrap();
    world.look().await;
    assert_eq!(world.served().await.len(), 2);
}

#[tokio::test]
async fn placeholders_are_read_and_refused_as_by_the_original() {
    let mut world = World::reading(&["./a.yaml"]).await;
    world.write("a.yaml", &component("a", ", note: {$text: ./note.txt}"));
    world.write("note.txt", "hello");
    world
        .restart(|config| config["portal"] = json!({"resolveFilePlaceholders": false}))
        .await;
    let unprocessed = world.seen().unprocessed().await.unwrap();
    let folder = world.folder.path().display().to_string();
    assert_eq!(
        unprocessed[0].problems[0].fault.describe().replace(&folder, ""),
        "Processor PlaceholderProcessor threw an error while preprocessing; caused by Error: Placeholder $text could not \
         form a URL out of /a.yaml and ./note.txt, TypeError: Invalid URL"
    );
    let hint = unprocessed[0].problems[0].hint.as_deref().unwrap_or_default();
    assert!(hint.contains("portal.resolveFilePlaceholders: true"), "{hint}");
    world.restart(|config| config["portal"] = json!({})).await;
    assert_eq!(
        world.entity("component:default/a").await.unwrap()["spec"]["note"],
        json!("hello")
    );
    world.write("note.txt", "changed");
    world.look().await;
    assert_eq!(
        world.entity("component:default/a").await.unwrap()["spec"]["note"],
        json!("changed")
    );
}

#[tokio::test]
async fn hostile_files_hurt_only_themselves() {
    let world = World::reading(&["./*.yaml"]).await;
    world.write("good.yaml", &component("good", ""));
    world.write("bomb.yaml", &alias_bomb());
    world.write("deep.yaml", &"[".repeat(100_000));
    std::fs::write(world.folder.path().join("latin.yaml"), b"a: \xff\n").unwrap();
    std::os::unix::fs::symlink("loop.yaml", world.folder.path().join("loop.yaml")).unwrap();
    world.write("lines.yaml", &"# ten bytes\n".repeat(1_000_000));
    world.start().await;
    assert_eq!(world.served().await, ["component:default/good"]);
    let problems = &world.catalog.sources().await.unwrap()[0].problems;
    for file in ["bomb", "deep", "latin", "loop"] {
        let named = format!("{file}.yaml");
        let is_told = problems.iter().any(|problem| {
            let place = problem
                .place
                .as_ref()
                .is_some_and(|place| place.source.contains(&named));
            place || problem.fault.message.contains(&named)
        });
        assert!(is_told, "{named}: {problems:?}");
    }
}

fn alias_bomb() -> String {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let previous = format!("*a{}, ", level - 1).repeat(9);
        text.push_str(&format!("a{level}: &a{level} [{previous}]\n"));
    }
    text
}

#[tokio::test]
async fn a_reference_of_unreasonable_length_hurts_only_its_entity() {
    let world = World::reading(&["./a.yaml"]).await;
    let long = format!(", dependsOn: ['component:{}']", "x".repeat(9_000));
    world.write("a.yaml", &join(&[component("a", ""), component("b", &long)]));
    world.start().await;
    assert_eq!(world.served().await, ["component:default/a"]);
    let node = world.store.node("component:default/b").await.unwrap().unwrap();
    assert!(
        node.problems[0]
            .fault
            .message
            .ends_with("… has 9018 bytes, more than 1000"),
        "{:?}",
        node.problems
    );
}

/// Problems of all sources, with the hint of each.
async fn told(world: &World) -> Vec<(String, String)> {
    let sources = world.catalog.sources().await.unwrap();
    let problems = sources.into_iter().flat_map(|source| source.problems);
    problems
        .map(|problem| (problem.fault.to_string(), problem.hint.unwrap_or_default()))
        .collect()
}

#[tokio::test]
async fn the_item_at_fault_is_the_one_in_the_file() {
    for (field, wrong) in [
        ("dependsOn", "bare"),
        ("dependencyOf", "bare"),
        ("providesApis", "a:"),
    ] {
        let world = World::reading(&["./a.yaml"]).await;
        let text = format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{ name: a }}\nspec:\n  type: service\n  \
             lifecycle: x\n  owner: o\n  {field}:\n    - component:z\n    - component:y\n    - component:x\n    - '{wrong}'\n"
        );
        world.write("a.yaml", &text);
        world.start().await;
        let node = world.store.node("component:default/a").await.unwrap().unwrap();
        let place = node.problems[0].place.clone().unwrap();
        assert_eq!(
            (place.line, place.path.as_deref()),
            (Some(12), Some(format!("/spec/{field}/3").as_str())),
            "{field}"
        );
        world.write("a.yaml", &text.replace(&format!("'{wrong}'"), "component:w"));
        world.look().await;
        let sorted = world.entity("component:default/a").await.unwrap()["spec"][field].clone();
        assert_eq!(
            sorted,
            json!(["component:w", "component:x", "component:y", "component:z"])
        );
    }
}

#[tokio::test]
async fn a_nul_hurts_only_its_document() {
    let world = World::reading(&["./*.yaml"]).await;
    world.write("note.txt", "hello");
    for (index, bad) in [
        component("bad", "").replace("owner: team", "owner: \"te\\0am\""),
        component("bad", ", dependsOn: [\"component:a\\0b\"]"),
        component("\"b\\0ad\"", ""),
        component("bad", "").replace("name: bad", "name: bad, namespace: \"n\\0s\""),
        component("bad", ", note: {$text: \"./note\\0.txt\"}"),
        component("bad", "").replace("kind: Component", "kind: \"Comp\\0onent\""),
    ]
    .into_iter()
    .enumerate()
    {
        world.write(
            "a.yaml",
            &join(&[component("before", ""), bad.clone(), component("after", "")]),
        );
        if index == 0 {
            world.start().await;
        } else {
            world.look().await;
        }
        assert_eq!(
            world.served().await,
            ["component:default/after", "component:default/before"],
            "{bad}"
        );
        assert_eq!(told(&world).await.len(), 1, "{bad}: {:?}", told(&world).await);
    }
}

#[tokio::test]
async fn a_byte_that_is_no_utf8_hides_nothing() {
    let world = World::reading(&["./a.yaml"]).await;
    let bytes = [
        component("a", ", note: cafE").into_bytes(),
        b"---\n".to_vec(),
        component("b", "").into_bytes(),
    ]
    .concat();
    let bytes: Vec<u8> = bytes
        .into_iter()
        .map(|byte| if byte == b'E' { 0xe9 } else { byte })
        .collect();
    std::fs::write(world.folder.path().join("a.yaml"), bytes).unwrap();
    world.start().await;
    assert_eq!(
        world.served().await,
        ["component:default/a", "component:default/b"]
    );
    assert_eq!(
        world.entity("component:default/a").await.unwrap()["spec"]["note"],
        json!("caf\u{fffd}")
    );
    let source = &world.catalog.sources().await.unwrap()[0];
    assert_eq!(source.status, catalog::SourceStatus::Warning);
    assert!(
        source.problems[0]
            .fault
            .message
            .contains("is not UTF-8: the first invalid byte is in line")
    );
    // A warning keeps nothing that is gone.
    world.write("a.yaml", &component("a", ", base: {<<: {a: b}}"));
    world.look().await;
    assert_eq!(world.served().await, ["component:default/a"]);
    assert!(
        told(&world).await[0].0.contains("/spec/base/<< is kept as a key"),
        "{:?}",
        told(&world).await
    );
}

#[tokio::test]
async fn a_relative_target_of_type_url_in_a_file_has_a_way_out() {
    let world = World::reading(&["./a.yaml"]).await;
    let text = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: l}\nspec: {type: url, targets: [./b.yaml]}\n";
    world.write("a.yaml", text);
    world.start().await;
    let told = told(&world).await;
    assert!(
        told[0].0.contains("Invalid URL") && told[0].1.starts_with("Remove `type: url`"),
        "{told:?}"
    );
}

#[tokio::test]
async fn an_unfilled_template_is_told() {
    let world = World::reading(&["./a.yaml"]).await;
    world.write("a.yaml", &component("'${{ values.name }}-api'", ""));
    world.start().await;
    let told = told(&world).await;
    assert!(
        told[0].1.contains("not filled in, as `${{ values.name }}` tells"),
        "{told:?}"
    );
}
