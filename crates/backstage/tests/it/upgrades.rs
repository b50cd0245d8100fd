//! Old and new versions at once: what a running program does when a newer one has changed the tables, what a starting one does,
//! and what migrations may do so that this holds.

mod tables;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use store::{Database, Lane, Store};

use crate::catalog_files::CatalogFiles;
use crate::portal::{Portal, ask, eventually};
use crate::process::command;
use tables::{NEWER, OLDER, STATEMENTS};

const SETTING: &str = "/api/user-settings/buckets/upgrade/keys/one";

async fn run(database: &Database, statements: &[&'static str]) {
    let declarations = portal::declarations();
    let store = Store::open_with(database, &portal::tables(&declarations))
        .await
        .unwrap();
    let mut tx = store.write_unordered(Lane::Person).await.unwrap();
    for statement in statements {
        tx.execute(*statement, vec![]).await.unwrap();
    }
    tx.commit().await.unwrap();
    store.close().await;
}

/// Starts, and waits until everything is served.
fn started(files: &CatalogFiles) -> Portal {
    let mut portal = Portal::start(files.path());
    serves(&mut portal, files);
    portal
}

fn serves(portal: &mut Portal, files: &CatalogFiles) {
    let expected = files.expected();
    eventually("everything is served", || {
        (portal.facet("spec.edition") == expected).then_some(())
    });
}

/// It goes on reading and writing beside a newer version, whose tables it does not start on any more.
async fn older_beside_newer(config: &Value, database: &Database) {
    let mut files = CatalogFiles::new(3, config);
    let mut older = started(&files);
    run(database, &NEWER).await;
    files.edit(0);
    serves(&mut older, &files);
    let address = older.address();
    let written = ask(
        &address,
        &format!("PUT {SETTING} HTTP/1.1"),
        &json!({"value": 1}).to_string(),
    );
    assert!(written.starts_with("HTTP/1.1 2"), "{written}");
    assert!(ask(&address, &format!("GET {SETTING} HTTP/1.1"), "").contains(r#""value":1"#));
    assert!(
        older
            .get("/.backstage/health/v1/readiness")
            .starts_with("HTTP/1.1 200")
    );
    refuses(files.path());
    files.edit(1);
    serves(&mut older, &files);
    assert!(older.stop(), "{}", older.log());
}

/// A start ends with a sentence that names the versions and the way out.
fn refuses(folder: &Path) {
    let output = command(folder, &["serve"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for part in [
        "version 999",
        "\"catalog\"",
        "up to 5",
        "run the newer version again or restore a backup",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

/// It takes over what an older version made, and people's data with it.
async fn newer_on_older(config: &Value, database: &Database) {
    let mut files = CatalogFiles::new(3, config);
    let mut portal = started(&files);
    let line = format!("PUT {SETTING} HTTP/1.1");
    let written = ask(&portal.address(), &line, &json!({"value": "kept"}).to_string());
    assert!(written.starts_with("HTTP/1.1 2"), "{written}");
    assert!(portal.stop());
    run(database, &OLDER).await;
    files.edit(2);
    let mut portal = started(&files);
    let kept = ask(&portal.address(), &format!("GET {SETTING} HTTP/1.1"), "");
    assert!(kept.contains("kept"), "{kept}");
    assert!(portal.stop());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_meet_on_postgresql() {
    let urls = [testkit::fresh_database().await, testkit::fresh_database().await];
    let [one, other] = urls
        .each_ref()
        .map(|url| json!({"client": "pg", "connection": url}));
    let [first, second] = urls.map(Database::postgres);
    older_beside_newer(&one, &first).await;
    newer_on_older(&other, &second).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_meet_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
    let config = |file: &Path| json!({"client": "better-sqlite3", "connection": {"filename": file}});
    older_beside_newer(&config(&one), &Database::Sqlite(one.clone())).await;
    newer_on_older(&config(&other), &Database::Sqlite(other.clone())).await;
}

/// Every migration, with its plugin and version: those of the catalog as files, those of plugins as they declare them.
fn migrations() -> Vec<(String, u32, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/src/migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let own = (1..).zip(files).map(|(version, file)| {
        let text = std::fs::read_to_string(file).unwrap();
        ("catalog".to_owned(), version, text)
    });
    let declarations = portal::declarations();
    let plugins = portal::tables(&declarations);
    let of_plugins = plugins.iter().flat_map(|(plugin, all)| {
        all.iter()
            .map(|one| ((*plugin).to_owned(), one.version, one.sql.to_owned()))
    });
    own.chain(of_plugins).collect()
}

/// Why a statement would break a program that runs with the tables as they were, if it would. Tables that the same text makes are
/// nobody's yet.
fn breaks(statement: &str, made: &mut BTreeSet<String>) -> Option<&'static str> {
    let words: Vec<String> = statement.split_whitespace().map(str::to_uppercase).collect();
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let name = |at: usize| word(at).split('(').next().unwrap_or_default().to_owned();
    let table = |after: &str| words.iter().position(|word| word == after).map(|at| name(at + 1));
    let is_new = |table: Option<String>| table.is_some_and(|table| made.contains(&table));
    match (word(0), word(1)) {
        ("CREATE", "TABLE") => {
            let at = if word(2) == "IF" { 5 } else { 2 };
            made.insert(name(at));
            None
        }
        ("CREATE", "INDEX") => None,
        ("CREATE", "UNIQUE") if is_new(table("ON")) => None,
        ("INSERT", "INTO") if is_new(table("INTO")) => None,
        ("ALTER", "TABLE") if (word(3), word(4)) == ("ADD", "COLUMN") => {
            let has = |wanted: &str| words.iter().any(|word| word == wanted);
            let needs_value = has("NOT") && !has("DEFAULT");
            (needs_value || has("UNIQUE") || has("REFERENCES") || has("CHECK"))
                .then_some("rows that an older program writes would be refused")
        }
        _ => Some("an older program reads and writes what this changes"),
    }
}

fn faults(text: &str) -> Vec<&'static str> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("--"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut made = BTreeSet::new();
    let statements = text.split(';').map(str::trim).filter(|one| !one.is_empty());
    statements.filter_map(|one| breaks(one, &mut made)).collect()
}

#[test]
fn migrations_only_add_so_that_older_replicas_go_on() {
    let all = migrations();
    assert!(
        all.iter()
            .any(|(plugin, version, _)| plugin == "catalog" && *version > 3)
    );
    for (plugin, version, text) in all.iter().filter(|(_, version, _)| *version > 1) {
        let found = faults(text);
        assert!(
            found.is_empty(),
            "version {version} of {plugin}: {found:?}\n{text}"
        );
    }
    for (text, expected) in STATEMENTS {
        assert_eq!(faults(text).len(), expected, "{text}");
    }
}
