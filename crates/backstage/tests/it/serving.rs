//! The server from start to stop.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::portal::{Portal, eventually};
use crate::process::{fixtures, transcript};

/// What a change may take from the saved file to the search.
const SOON: Duration = Duration::from_secs(1);

#[test]
fn serves_and_stops_when_told() {
    let mut portal = Portal::start(&fixtures().join("config"));
    let readiness = portal.get("/.backstage/health/v1/readiness");
    assert!(
        readiness.starts_with("HTTP/1.1 200") && readiness.contains(r#"{"status":"ok"}"#),
        "{readiness}"
    );
    let missing = portal.get("/no-such-page");
    assert!(
        missing.starts_with("HTTP/1.1 404") && missing.contains("Page not found"),
        "{missing}"
    );
    assert!(portal.stop(), "{}", portal.log());
}

#[test]
fn an_edit_can_be_found_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("catalog-info.yaml");
    let save = |description: &str| {
        let text = format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: edited, description: {description}}}\n\
             spec: {{type: service, lifecycle: production, owner: team}}\n"
        );
        std::fs::write(&file, text).unwrap();
    };
    save("before");
    let config = json!({
        "backend": {
            "listen": {"host": "127.0.0.1", "port": 0},
            "database": {"client": "better-sqlite3", "connection": ":memory:"},
        },
        "catalog": {"locations": [{"type": "file", "target": file}]},
    });
    std::fs::write(folder.path().join("app-config.yaml"), config.to_string()).unwrap();
    let mut portal = Portal::start(folder.path());
    let mut found_after = |word: &str| {
        let begun = Instant::now();
        eventually(&format!("{word} is found"), || {
            let answer = portal.json(&format!("/api/search/query?term={word}"));
            (answer["results"][0]["document"]["title"] == "edited").then_some(())
        });
        begun.elapsed()
    };
    found_after("before");
    // A busy machine may make one of them wait; the portal itself never does.
    let times: Vec<Duration> = ["walrus", "quokka", "axolotl", "narwhal", "pangolin"]
        .into_iter()
        .map(|word| {
            save(word);
            found_after(word)
        })
        .collect();
    assert!(times.iter().min().is_some_and(|best| *best < SOON), "{times:?}");
}

#[test]
fn a_query_for_a_text_finds_names_and_titles() {
    let folder = tempfile::tempdir().unwrap();
    let entity = |kind: &str, name: &str, more: &str| {
        format!("apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}{more}}}\n")
    };
    let component = "spec: {type: service, lifecycle: production, owner: someteam}\n---\n";
    let text = [
        &entity("Component", "foo-bar.com", ""),
        component,
        &entity("Component", "other", ", title: The Foo"),
        component,
        &entity("Component", "neither", ", description: foo"),
        component,
        &entity("User", "u", ""),
        "spec: {memberOf: [], profile: {displayName: Foo Fighter}}\n",
    ]
    .concat();
    std::fs::write(folder.path().join("all.yaml"), text).unwrap();
    let config = json!({
        "backend": {
            "listen": {"host": "127.0.0.1", "port": 0},
            "database": {"client": "better-sqlite3", "connection": ":memory:"},
        },
        "catalog": {"locations": [{"type": "file", "target": "all.yaml"}], "rules": [{"allow": ["Component", "User"]}]},
    });
    std::fs::write(folder.path().join("app-config.yaml"), config.to_string()).unwrap();
    let mut portal = Portal::start(folder.path());
    eventually("all are served", || {
        (portal.facet("kind").values().sum::<u64>() >= 4).then_some(())
    });
    let url = format!("http://{}", portal.address());
    let find = |more: &[&str]| {
        transcript(
            folder.path(),
            &[&["catalog", "query", "--url", &url], more].concat(),
        )
    };
    for more in [
        &["--text", "foo"][..],
        &["--text", " FOO ", "--order", "metadata.name"],
    ] {
        let printed = find(more);
        for found in [
            "component:default/foo-bar.com",
            "component:default/other",
            "user:default/u",
            "3 of 3 entities",
        ] {
            assert!(printed.contains(found), "{found} in {printed}");
        }
    }
    let printed = find(&["kind=component", "--text", "foo"]);
    assert!(printed.contains("2 of 2 entities"), "{printed}");
}

#[test]
fn who_is_hurt_is_told_by_page_file_and_command() {
    let folder = tempfile::tempdir().unwrap();
    let mut portal = Portal::start_bare(folder.path());
    let page = "/catalog/default/resource/cnpg-database/dependencies";
    let api = "/api/catalog/entities/by-name/resource/default/cnpg-database/impact";
    let answer = eventually("the database has dependents", || {
        let answer = portal.json(api);
        let has_far_ones = answer["items"]
            .as_array()?
            .iter()
            .any(|item| item["distance"] == 2);
        has_far_ones.then_some(answer)
    });
    let reached: Vec<&str> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item["entityRef"].as_str())
        .collect();
    let shown = portal.get_with(page, "accept: text/html");
    let file = portal.get(&format!("{page}/export.csv?direction=dependents"));
    let url = format!("http://{}", portal.address());
    let printed = transcript(
        folder.path(),
        &["catalog", "impact", "resource:cnpg-database", "--url", &url],
    );
    for reference in &reached {
        let name = reference.rsplit('/').next().unwrap();
        assert!(shown.contains(&format!("/{name}\"")), "{name} on the page");
        assert!(file.contains(&format!("{reference},")), "{reference} in {file}");
        assert!(printed.contains(reference), "{reference} in {printed}");
    }
    assert!(
        printed.contains(&format!("{} entities of", reached.len())),
        "{printed}"
    );
    // The other way around it is a dependency of the last one.
    let last = reached.last().unwrap();
    let printed = transcript(
        folder.path(),
        &["catalog", "impact", last, "--dependencies", "--url", &url],
    );
    assert!(printed.contains("resource:default/cnpg-database"), "{printed}");
    let wrong = portal.get(&format!("{api}?direction=sideways"));
    assert!(wrong.starts_with("HTTP/1.1 400"), "{wrong}");
}

#[test]
fn the_examples_are_whole_with_a_configuration_of_ones_own() {
    let examples = fixtures().join("../../../../../examples").canonicalize().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = json!({
        "app": {"title": "Ours", "baseUrl": "http://localhost:7007"},
        "backend": {
            "baseUrl": "http://localhost:7007",
            "listen": {"host": "127.0.0.1", "port": 0},
            "database": {"client": "better-sqlite3", "connection": ":memory:"},
        },
        "auth": {"providers": {"guest": {}}},
        "catalog": {
            "rules": [{"allow": ["Component", "API", "Location", "System", "Domain", "Resource", "Group", "User", "Template"]}],
            "locations": [{"type": "file", "target": examples.join("catalog.yaml")}],
        },
    });
    std::fs::write(folder.path().join("app-config.yaml"), config.to_string()).unwrap();
    let printed = transcript(&examples, &["catalog", "validate", "."]);
    let declared = printed.matches("valid  api:").count() as u64;
    assert!(declared > 10, "{printed}");
    let mut portal = Portal::start(folder.path());
    let served = eventually("the APIs are served", || {
        portal
            .facet("kind")
            .get("API")
            .copied()
            .filter(|count| *count >= declared)
    });
    assert_eq!(served, declared);
}
