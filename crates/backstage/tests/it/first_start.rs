//! The first start: the program alone, in an empty folder.

use crate::portal::{Portal, eventually};
use crate::process::transcript;

fn wait_for_entity(portal: &mut Portal, path: &str) -> serde_json::Value {
    eventually(&format!("{path} is served"), || {
        let entity = portal.json(&format!("/api/catalog/entities/by-name/{path}"));
        entity["metadata"]["name"].is_string().then_some(entity)
    })
}

#[test]
fn the_program_carries_its_examples() {
    let folder = tempfile::tempdir().unwrap();
    let mut portal = Portal::start_bare(folder.path());
    assert!(
        portal.address().starts_with("127.0.0.1:"),
        "a port alone is this machine"
    );
    let api = wait_for_entity(&mut portal, "api/default/invoicing-api");
    let definition = api["spec"]["definition"].as_str().unwrap_or_default();
    assert!(
        definition.contains("openapi"),
        "definitions beside descriptors are there: {definition}"
    );
    wait_for_entity(&mut portal, "template/default/typescript-service");
    assert!(portal.stop(), "{}", portal.log());

    // What somebody tried out there stays.
    let file = folder.path().join("data/examples/domains.yaml");
    let edited = std::fs::read_to_string(&file).unwrap() + "\n# tried out\n";
    std::fs::write(&file, &edited).unwrap();
    let mut portal = Portal::start_bare(folder.path());
    wait_for_entity(&mut portal, "api/default/invoicing-api");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), edited);
    assert!(portal.stop(), "{}", portal.log());
}

#[test]
fn an_address_that_cannot_be_listened_on_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let told = transcript(folder.path(), &["serve", "--listen", "localhost"]);
    assert!(
        told.contains("--listen") && told.contains("expected <port> or <host>:<port>"),
        "{told}"
    );
    assert!(!folder.path().join("data").exists(), "nothing was begun");
}

#[test]
fn bookmarks_of_other_installations_lead_somewhere() {
    let folder = tempfile::tempdir().unwrap();
    let mut portal = Portal::start_bare(folder.path());
    let html = "accept: text/html";
    let api = "api/default/invoicing-api";
    wait_for_entity(&mut portal, api);
    for (path, expected) in [
        ("/catalog-unprocessed-entities", "location: /unprocessed\r"),
        ("/settings/general", "location: /settings\r"),
        ("/tech-radar", "plugin Tech Radar"),
        ("/explore/groups", "/catalog?kind=domain"),
        (
            "/catalog/default/api/invoicing-api/definition",
            "location: /catalog/default/api/invoicing-api/api\r",
        ),
        (
            "/catalog/default/api/invoicing-api/nonsense",
            "?done=no-such-tab\r",
        ),
    ] {
        let answer = portal.get_with(path, html);
        assert!(answer.contains(expected), "{path}: {answer:.400}");
    }
}
