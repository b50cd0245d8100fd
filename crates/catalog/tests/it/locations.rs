//! Registered locations, dry runs and validation.

use config::ConflictStrategy;
use serde_json::json;
use testkit::Mode;

use catalog::Fate;

use crate::world::{ACTOR, EVERYTHING, World, component, join};

#[tokio::test]
async fn a_location_lives_from_registration_to_removal() {
    let world = World::reading(&[]).await;
    world.start().await;
    world
        .server
        .put("/a.yaml", join(&[component("a", ""), component("b", "")]));
    world.server.put("/other.yaml", component("c", ""));
    let target = world.server.url("/a.yaml");
    let catalog = &world.catalog;
    let located = catalog
        .register_location(&ACTOR, ("url", &target), None, None)
        .await
        .unwrap();
    catalog.settle().await.unwrap();
    assert_eq!(
        world.served().await,
        ["component:default/a", "component:default/b"]
    );
    let fault = catalog
        .register_location(&ACTOR, ("url", &target), None, None)
        .await
        .unwrap_err();
    assert_eq!(
        fault.to_string(),
        format!("ConflictError: Location url:{target} already exists")
    );
    let again = catalog
        .register_location(&ACTOR, ("url", &target), None, Some(ConflictStrategy::Refresh))
        .await
        .unwrap();
    assert_eq!(again.location, located.location);

    let id = located.location.id.to_string();
    let updated = catalog
        .update_location(&ACTOR, &id, ("url", &world.server.url("/other.yaml")))
        .await
        .unwrap();
    assert_eq!(updated.location.entity_ref, located.location.entity_ref);
    catalog.settle().await.unwrap();
    assert_eq!(world.served().await, ["component:default/c"]);

    catalog.unregister_location(&ACTOR, &id).await.unwrap();
    assert_eq!(world.served().await, [""; 0]);
    assert_eq!(catalog.locations().await.unwrap(), []);
    let fault = catalog.unregister_location(&ACTOR, &id).await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        format!("NotFoundError: Found no location with ID {id}")
    );
}

#[tokio::test]
async fn locations_that_cannot_work_are_refused() {
    let world = World::with(&[], json!({"readonly": false})).await;
    for (kind, target, expected) in [
        (
            "file",
            "/etc/hosts",
            "InputError: Registered locations must be of an allowed type [\"url\"]",
        ),
        (
            "url",
            "",
            "InputError: Unable to stringify location ref, empty target",
        ),
        (
            "url",
            " JavaScript\n:alert(1)",
            "InputError: Invalid location ref 'url: JavaScript\n:alert(1)', target is a javascript: URL",
        ),
    ] {
        let fault = world
            .catalog
            .register_location(&ACTOR, (kind, target), None, None)
            .await
            .unwrap_err();
        assert_eq!(fault.to_string(), expected);
    }
    assert_eq!(world.catalog.locations().await.unwrap(), []);
    let readonly = World::with(&[], json!({"readonly": true})).await;
    let fault = readonly
        .catalog
        .register_location(&ACTOR, ("url", "https://x/y"), None, None)
        .await
        .unwrap_err();
    assert_eq!(
        fault.to_string(),
        "NotAllowedError: This operation not allowed in readonly mode"
    );
}

#[tokio::test]
async fn a_preview_goes_on_after_mistakes_and_says_what_would_become_of_each() {
    let world = World::reading(&["./own.yaml"]).await;
    world.write("own.yaml", &component("mine", ""));
    world.start().await;
    world.catalog.catch_up().await.unwrap();
    world.server.put(
        "/all.yaml",
        join(&[
            component("new", ", dependsOn: ['component:good', 'component:gone']"),
            component("Not a name", ""),
            component("mine", ""),
            component("good", ""),
            component("good", ""),
            "kind: Component\nmetadata: [\n".to_owned(),
        ]),
    );
    let preview = world
        .catalog
        .preview_location("url", &world.server.url("/all.yaml"))
        .await
        .unwrap();
    let entities: Vec<(&str, Fate)> = preview
        .entities
        .iter()
        .map(|(entity, fate)| (entity["metadata"]["name"].as_str().unwrap(), *fate))
        .collect();
    assert_eq!(
        entities,
        [("new", Fate::New), ("mine", Fate::Taken), ("good", Fate::New)]
    );
    let told: Vec<(String, Option<u32>)> = preview
        .problems
        .iter()
        .map(|problem| {
            let line = problem.place.as_ref().and_then(|place| place.line);
            (
                problem.fault.root().message.lines().next().unwrap().to_owned(),
                line,
            )
        })
        .collect();
    let find = |text: &str| told.iter().find(|(message, _)| message.contains(text));
    for (text, line) in [
        ("\"metadata.name\" is not valid", 8),
        ("Detected conflicting entityRef component:default/mine", 11),
        ("component:default/good occurs more than once", 21),
        (
            "new refers to what is not in the catalog: component:default/gone, group:default/team",
            1,
        ),
        ("Flow sequence", 28),
    ] {
        assert_eq!(
            find(text).and_then(|(_, line)| *line),
            Some(line),
            "{text} in {told:?}"
        );
    }
    // Registered, it is there already.
    world.server.put("/all.yaml", component("good", ""));
    let target = world.server.url("/all.yaml");
    world
        .catalog
        .register_location(&ACTOR, ("url", &target), None, None)
        .await
        .unwrap();
    world.catalog.settle().await.unwrap();
    let preview = world.catalog.preview_location("url", &target).await.unwrap();
    assert_eq!((preview.exists, preview.entities[0].1), (true, Fate::Known));
}

#[tokio::test]
async fn a_dry_run_shows_what_would_come_and_stores_nothing() {
    let world = World::reading(&[]).await;
    world.start().await;
    let server = &world.server;
    server.put("/all.yaml", "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec: {targets: [./a.yaml, ./b.yaml]}\n");
    server.put(
        "/a.yaml",
        component("a", ", note: {$text: ./note.txt}, settings: {$json: ./note.json}"),
    );
    server.put("/b.yaml", component("b", ""));
    server.put("/note.txt", "hello");
    server.put("/note.json", "{\"k\": [1]}");
    server.put("/no-json.yaml", component("a", ", x: {$json: ./note.txt}"));
    server.put(
        "/twice.yaml",
        join(&[component("a", ""), component("b", ""), component("a", "")]),
    );
    server.put("/text.yaml", "hello world\n");
    server.put("/kind.yaml", "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: t}\nspec: {type: x, steps: []}\n");
    let base = server.url("");
    let run = world
        .catalog
        .dry_run_location("url", &server.url("/all.yaml"))
        .await
        .unwrap();
    let names: Vec<&str> = run
        .entities
        .iter()
        .skip(1)
        .map(|entity| entity["metadata"]["name"].as_str().unwrap())
        .collect();
    assert_eq!((run.exists, names), (false, vec!["all", "b", "a"]));
    assert_eq!(run.entities[3]["spec"]["note"], json!("hello"));
    assert_eq!(run.entities[3]["spec"]["settings"], json!({"k": [1]}));
    assert_eq!(world.served().await, [""; 0]);
    for (path, expected) in [
        (
            "/gone.yaml",
            "NotFoundError: Unable to read url, no matching files found for BASE/gone.yaml",
        ),
        ("/twice.yaml", "Duplicate nested entity: component:default/a"),
        ("/text.yaml", "Error: Expected object at root, got string"),
        (
            "/kind.yaml",
            "NotAllowedError: Entity template:default/t at url:BASE/kind.yaml, originated at url:BASE/kind.yaml, is not of an allowed kind for that location",
        ),
        (
            "/no-json.yaml",
            "InputError: Processor PlaceholderProcessor threw an error while preprocessing; caused by Error: Placeholder $json failed to parse JSON data at ./note.txt, SyntaxError: Unexpected token 'h', \"hello\" is not valid JSON",
        ),
        (
            "/*.yaml",
            "Error: Unable to read url, Unsupported search pattern URL",
        ),
    ] {
        let fault = world
            .catalog
            .dry_run_location("url", &server.url(path))
            .await
            .unwrap_err();
        assert_eq!(
            fault.to_string(),
            format!("InputError: {}", expected.replace("BASE", &base)),
            "{path}"
        );
    }
}

#[tokio::test]
async fn entities_are_validated_without_being_stored() {
    let world = World::reading(&[]).await;
    let entity = json!({"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": "x"}, "spec": {}});
    let faults = world
        .catalog
        .validate_entity(entity.clone(), "url:https://x.invalid/a.yaml")
        .await
        .unwrap();
    assert!(
        faults[0]
            .describe()
            .contains("must have required property 'type'"),
        "{faults:?}"
    );
    for (location, expected) in [
        (
            "file:/tmp/x.yaml",
            "TypeError: Invalid location ref file:/tmp/x.yaml, only 'url:<target>' is supported, e.g. url:https://host/path",
        ),
        (
            "nonsense",
            "TypeError: Unable to parse location ref 'nonsense', expected '<type>:<target>', e.g. 'url:https://host/path'",
        ),
        (
            "http://h/x",
            "TypeError: Invalid location ref 'http://h/x', please prefix it with 'url:', e.g. 'url:http://h/x'",
        ),
    ] {
        let fault = world
            .catalog
            .validate_entity(entity.clone(), location)
            .await
            .unwrap_err();
        assert_eq!(fault.to_string(), expected);
    }
    let faults = world
        .catalog
        .validate_entity(json!({"kind": "X"}), "url:https://x.invalid/a.yaml")
        .await
        .unwrap();
    assert_eq!(
        faults[0].to_string(),
        "TypeError: <root> must have required property 'apiVersion' - missingProperty: apiVersion"
    );
    let answer = world
        .catalog
        .analyze_location("https://github.com/lumen/shop")
        .unwrap();
    assert_eq!(
        answer["generateEntities"][0]["entity"]["metadata"]["name"],
        json!("shop")
    );
    let fault = world.catalog.analyze_location("nonsense").unwrap_err();
    assert_eq!(
        fault.to_string(),
        "InputError: The given location.target is not a URL"
    );
}

#[tokio::test]
async fn a_server_that_fails_leaves_the_last_good_form() {
    let mut world = World::reading(&["./local.yaml"]).await;
    let limits = json!({"reading": {"totalTimeout": "1 second", "maxBytes": 1_000_000}});
    world.restart(|config| config["portal"] = limits).await;
    world.server.put("/a.yaml", component("a", ""));
    world
        .catalog
        .register_location(&ACTOR, ("url", &world.server.url("/a.yaml")), None, None)
        .await
        .unwrap();
    world.catalog.settle().await.unwrap();
    let requests = world.server.requests();
    world.look().await;
    assert_eq!(world.server.requests(), requests + 1);
    let modes = [
        Mode::Slow,
        Mode::Endless,
        Mode::Garbage,
        Mode::ServerError,
        Mode::NotFound,
    ];
    for (number, mode) in modes.into_iter().enumerate() {
        world.server.set_mode(mode);
        let name = format!("local-{number}");
        world.write("local.yaml", &component(&name, ""));
        world.look().await;
        let expected = [
            "component:default/a".to_owned(),
            format!("component:default/{name}"),
        ];
        assert_eq!(world.served().await, expected, "{mode:?}");
        let sources = world.catalog.sources().await.unwrap();
        let broken: Vec<&str> = sources
            .iter()
            .filter(|source| !source.problems.is_empty())
            .map(|source| source.location.as_str())
            .collect();
        assert_eq!(
            broken,
            [format!("url:{}", world.server.url("/a.yaml"))],
            "{mode:?}"
        );
    }
    world.server.set_mode(Mode::Ok);
    world.look().await;
    assert!(
        world
            .catalog
            .sources()
            .await
            .unwrap()
            .iter()
            .all(|source| source.problems.is_empty())
    );
}

#[tokio::test]
async fn a_location_whose_entity_was_deleted_comes_back() {
    let world = World::reading(&["./configured.yaml"]).await;
    world.write("configured.yaml", &component("a", ""));
    world.start().await;
    world.server.put("/b.yaml", component("b", ""));
    let target = world.server.url("/b.yaml");
    let located = world
        .catalog
        .register_location(&ACTOR, ("url", &target), None, None)
        .await
        .unwrap();
    world.catalog.settle().await.unwrap();
    let configured = world.catalog.sources().await.unwrap();
    let names = configured.into_iter().map(|source| source.source);
    for name in names.filter(|name| name.starts_with("location:")) {
        let uid = world.store.node(&name).await.unwrap().unwrap().uid;
        world
            .seen()
            .delete_by_uid(&ACTOR, &EVERYTHING, uid)
            .await
            .unwrap();
        world.catalog.settle().await.unwrap();
        assert_eq!(
            world.served().await,
            ["component:default/a", "component:default/b"],
            "{name}"
        );
        world.seen().refresh(&ACTOR, &EVERYTHING, &name).await.unwrap();
    }
    assert_eq!(world.catalog.locations().await.unwrap(), [located.location]);
    let fault = world
        .catalog
        .register_location(&ACTOR, ("url", &target), None, None)
        .await
        .unwrap_err();
    assert_eq!(fault.name, "ConflictError");
}

#[tokio::test]
async fn a_nested_location_is_named_by_its_full_address() {
    let world = World::reading(&["./root.yaml"]).await;
    let nested = |target: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {{name: {target}}}\nspec: {{targets: [./{target}.yaml]}}\n"
        )
    };
    world.write("root.yaml", &nested("local"));
    world.write("local.yaml", &component("a", ""));
    world.start().await;
    world.server.put("/repo/root.yaml", nested("shared"));
    world.server.put("/repo/shared.yaml", component("b", ""));
    let target = world.server.url("/repo/root.yaml");
    world
        .catalog
        .register_location(&ACTOR, ("url", &target), None, None)
        .await
        .unwrap();
    world.catalog.settle().await.unwrap();
    let sources = world.catalog.sources().await.unwrap();
    let mut shown: Vec<String> = sources.into_iter().map(|source| source.location).collect();
    shown.sort();
    let folder = world.folder.path().display();
    for expected in [
        format!("file:{folder}/local.yaml"),
        format!("url:{}", world.server.url("/repo/shared.yaml")),
    ] {
        assert!(shown.contains(&expected), "{expected} {shown:?}");
    }
}
