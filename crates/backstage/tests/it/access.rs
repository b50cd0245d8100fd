//! Who may call a running portal, and what the others read.

use std::path::Path;

use tempfile::TempDir;

use crate::portal::{Portal, ask, eventually};

fn folder(config: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let config = format!(
        "catalog: {{ locations: [] }}\n{config}\n  \
         database: {{ client: better-sqlite3, connection: ':memory:' }}\n"
    );
    std::fs::write(folder.path().join("app-config.yaml"), config).unwrap();
    folder
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or_default()
}

/// Starts and looks for what the log says of callers.
fn check(folder: &Path, told: &str, page: &str) -> Portal {
    let mut portal = Portal::start(folder);
    let answer = portal.get("/catalog");
    assert_eq!(status(&answer), page, "{answer}");
    assert_eq!(
        portal.log().matches(told).count(),
        1,
        "{told} in {}",
        portal.log()
    );
    portal
}

#[test]
fn a_portal_on_one_machine_has_a_guest() {
    let near = folder("backend:\n  listen: { host: 127.0.0.1, port: 0 }");
    let told = "who may call: requests from this machine are the guest's, because the server listens on this machine only";
    check(near.path(), told, "200");
    let chosen = folder("portal: { auth: { guest: true } }\nbackend:\n  listen: ':0'");
    check(chosen.path(), "because portal.auth.guest is true", "200");
}

#[test]
fn the_page_that_refuses_is_styled_and_names_the_way_out() {
    let everywhere = folder("backend:\n  listen: ':0'");
    let told = "nobody can open the pages without a token: there is no guest, because the server listens on all interfaces";
    let mut portal = check(everywhere.path(), told, "401");
    let page = portal.get("/catalog");
    for text in [
        "This portal is not open to you",
        "backend.listen",
        "portal.auth.guest",
        "backend.auth.dangerouslyDisableDefaultAuthPolicy",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert!(
        !page.contains("href=\"/catalog-graph"),
        "no way into the next refusal: {page}"
    );
    let assets: Vec<&str> = page
        .split('"')
        .filter(|text| text.starts_with("/-/assets/"))
        .collect();
    assert!(!assets.is_empty(), "{page}");
    for asset in assets {
        let address = asset.split('#').next().unwrap_or(asset);
        assert_eq!(status(&portal.get(address)), "200", "{address}");
    }
}

#[test]
fn metrics_have_an_address_of_their_own_where_one_is_configured() {
    let config = "portal: { metrics: { listen: '127.0.0.1:0' } }\nbackend:\n  listen: ':0'";
    let folder = folder(config);
    let mut portal = Portal::start(folder.path());
    // Nobody is told which addresses there are.
    assert_eq!(status(&portal.get("/metrics")), "401");
    let told = |line: &str| {
        let rest = line.split("metrics at http://").nth(1)?;
        Some(rest.split('/').next()?.to_owned())
    };
    let address = eventually("the address is told", || portal.log().lines().find_map(told));
    let answer = ask(&address, "GET /metrics HTTP/1.1", "");
    assert!(answer.contains("backstage_build_info{"), "{answer}");
}

#[test]
fn open_files_are_raised_as_far_as_the_system_lets() {
    let folder = folder("backend:\n  listen: { host: 127.0.0.1, port: 0 }");
    let mut portal = Portal::start_limited(folder.path(), "ulimit -S -n 300; ulimit -H -n 600");
    portal.address();
    assert_eq!(portal.open_files(), ("600".to_owned(), "600".to_owned()));
    let told = "at most 300 connections instead of 4096";
    assert!(portal.log().contains(told), "{}", portal.log());
}

#[test]
fn no_address_changes_how_the_log_looks() {
    let folder = folder("backend:\n  listen: { host: 127.0.0.1, port: 0 }");
    let mut portal = Portal::start(folder.path());
    portal.get("/a\u{202e}b\u{2028}c");
    let log = eventually("the request is logged", || {
        let log = portal.log();
        log.contains("\\u202eb\\u2028c").then_some(log)
    });
    assert!(!log.contains(['\u{202e}', '\u{2028}']), "{log}");
}
