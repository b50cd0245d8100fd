//! What `doctor` finds, and what the start says of a database that cannot be used.

use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::portal::{Portal, eventually};
use crate::process::transcript;

fn folder(config: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let config = format!("portal: {{ dataDirectory: data }}\n{config}");
    std::fs::write(folder.path().join("app-config.yaml"), config).unwrap();
    folder
}

#[track_caller]
fn check(folder: &Path, command: &str, expected: &[&str], code: u8) -> String {
    let printed = transcript(folder, &[command]);
    for text in expected {
        assert!(printed.contains(text), "{text} in {printed}");
    }
    assert!(printed.ends_with(&format!("--- exit code {code}\n")), "{printed}");
    assert!(!printed.contains("geheim"), "{printed}");
    printed
}

#[test]
fn locations_that_cannot_be_read_are_told_without_asking_anybody() {
    let locations = [
        "url, target: notaurl",
        "github, target: x",
        "url, target: 'https://elsewhere.example/a.yaml'",
        "url, target: 'https://me:geheim@allowed.example/a.yaml'",
        "url, target: 'https://allowed.example/a.yaml'",
        "file, target: gone.yaml",
        "file, target: app-config.yaml",
        "file, target: 'gone/*.yaml'",
        "file, target: .",
        "file, target: 'none-*.yaml'",
        "file, target: 'app-*.yaml'",
    ];
    let lines = locations
        .map(|location| format!("    - {{ type: {location} }}\n"))
        .concat();
    let folder = folder(&format!(
        "backend: {{ reading: {{ allow: [{{ host: allowed.example }}] }} }}\ncatalog:\n  locations:\n{lines}"
    ));
    let expected = [
        "FAIL  location: url:notaurl cannot be read: Invalid URL",
        "({folder}/app-config.yaml:5)",
        "FAIL  location: github:x cannot be read: there is no reader for the type 'github'",
        "FAIL  location: url:https://elsewhere.example/a.yaml cannot be read",
        "fix: add the host to integrations, or to backend.reading.allow",
        "FAIL  location: url:https://me:<secret>@allowed.example/a.yaml cannot be read",
        "ok    location: url:https://allowed.example/a.yaml is read by the running portal",
        "FAIL  location: {folder}/gone.yaml cannot be read",
        "relative ones start at the folder the portal is started in, here {folder}",
        "ok    location: {folder}/app-config.yaml can be read",
        "FAIL  location: {folder}/gone/*.yaml cannot be read: the pattern matches no file",
        "FAIL  location: {folder}/none-*.yaml cannot be read: the pattern matches no file",
        "ok    location: {folder}/app-*.yaml names 1 files",
        "FAIL  location: {folder}/. cannot be read: it is a folder",
    ];
    check(folder.path(), "doctor", &expected, 1);
}

#[test]
fn a_damaged_file_is_named_once_with_the_ways_out() {
    let folder = folder("catalog: { locations: [] }\n");
    check(folder.path(), "doctor", &["data/portal.sqlite can be opened"], 0);
    let file = folder.path().join("data/portal.sqlite");
    let whole = std::fs::read(&file).unwrap();
    let page = 8_192;
    let expected_of_look = [
        "SQLite file {folder}/data/portal.sqlite is damaged: ",
        "restore a backup",
    ];
    let mut damaged = whole;
    // Opening looks at none of the last pages.
    let end = damaged.len() - page;
    damaged[end..].fill(0x5a);
    std::fs::write(&file, &damaged).unwrap();
    check(folder.path(), "doctor", &expected_of_look, 1);
    damaged[page..].fill(0x5a);
    std::fs::write(&file, &damaged).unwrap();
    let expected = [
        "SQLite file {folder}/data/portal.sqlite is damaged: ",
        "restore a backup",
        "`sqlite3 FILE .recover`",
        "move the file away",
    ];
    check(folder.path(), "doctor", &expected, 1);
    let printed = check(folder.path(), "serve", &expected, 2);
    assert_eq!(printed.matches("malformed").count(), 1, "{printed}");
    std::fs::write(
        &file,
        "no database at all, but long enough to be looked at ".repeat(99),
    )
    .unwrap();
    check(folder.path(), "doctor", &expected, 1);
    let printed = check(folder.path(), "serve", &expected, 2);
    assert_eq!(printed.matches("not a database").count(), 1, "{printed}");
}

#[test]
fn it_is_told_who_can_open_the_pages_and_that_nobody_can() {
    let near = folder("catalog: { locations: [] }\nbackend: { listen: '127.0.0.1:0' }\n");
    let expected = [
        "ok    access: requests from this machine are the guest's",
        "the guest administers the portal",
        "ok    health: database (plugin ui) works",
    ];
    check(near.path(), "doctor", &expected, 0);
    let reason = "people on other machines reach the portal, but cannot open its pages: there is no guest";
    for (config, place) in [
        (
            "backend: { listen: ':0' }\n",
            "the server listens on all interfaces",
        ),
        (
            "backend: { listen: '127.0.0.1:0', baseUrl: 'https://portal.example.com' }\n",
            "backend.baseUrl names the host portal.example.com",
        ),
    ] {
        let far = folder(&format!("catalog: {{ locations: [] }}\n{config}"));
        let told = format!("?     access: {reason}, because {place}");
        let way_out = "backend.auth.dangerouslyDisableDefaultAuthPolicy: true for everybody";
        check(far.path(), "doctor", &[&told, way_out], 0);
        let printed = transcript(far.path(), &["config", "check"]);
        for text in [reason, place, way_out, "app-config.yaml:3:", "usable, 1 remarks"] {
            assert!(printed.contains(text), "{text} in {printed}");
        }
    }
}

#[test]
fn a_server_that_cannot_be_reached_is_told_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let folder = folder(&format!(
        "backend: {{ database: {{ client: pg, connection: 'postgres://u:geheim@{address}/db' }} }}\n"
    ));
    let reason = format!("{address} cannot be reached: Connection refused");
    let begun = Instant::now();
    let portal = Portal::start(folder.path());
    eventually("the first failure is told", || {
        portal.log().contains(&reason).then_some(())
    });
    assert!(begun.elapsed() < Duration::from_secs(8), "{}", portal.log());
    drop(portal);
    let expected = [
        "FAIL  database: cannot open PostgreSQL database",
        &reason,
        "check that the server runs",
    ];
    check(folder.path(), "doctor", &expected, 1);
}
