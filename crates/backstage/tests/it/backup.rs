//! A backup of a running portal brings back what it knew, on both databases.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use testkit::Postgres;

use crate::catalog_files::CatalogFiles;
use crate::portal::{Portal, eventually};
use crate::process::command;

const HISTORY: &str = "/api/catalog/entities/by-name/component/default/c-1-1/history";

/// Runs a command on the configuration of the folder; what it printed, and its exit code.
fn run(folder: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let mut command = command(folder, arguments);
    // Where the programs of PostgreSQL are.
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let printed = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
    (printed, status.code())
}

#[track_caller]
fn check(folder: &Path, arguments: &[&str], expected: &str, code: i32) {
    let (printed, found) = run(folder, arguments);
    assert!(printed.contains(expected), "{arguments:?}: {printed}");
    assert_eq!(found, Some(code), "{arguments:?}: {printed}");
}

/// Only the owner reads it.
#[track_caller]
fn is_private(file: &Path) {
    let mode = std::fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{}", file.display());
}

/// Starts on the folder; the history of a component once all is served.
fn history(files: &CatalogFiles) -> (Portal, Value) {
    let mut portal = Portal::start(files.path());
    eventually("everything is served", || {
        (portal.facet("spec.edition") == files.expected()).then_some(())
    });
    let history = portal.json(HISTORY);
    (portal, history)
}

/// Backs up a running portal with a history, and restores it as another database.
fn comes_back(first: &Value, second: &Value) -> CatalogFiles {
    let mut files = CatalogFiles::new(3, first);
    let (mut portal, _) = history(&files);
    files.edit(1);
    eventually("the edit is served", || {
        (portal.facet("spec.edition") == files.expected()).then_some(())
    });
    let before = portal.json(HISTORY);
    assert!(before.to_string().contains("file-1-edition-1"), "{before}");
    check(files.path(), &["backup", "copy"], "copy: ", 0);
    is_private(&files.path().join("copy"));
    check(files.path(), &["backup", "copy"], "a backup replaces nothing", 2);
    assert!(portal.stop(), "{}", portal.log());

    files.configure("app-config.yaml", second);
    check(files.path(), &["restore", "none"], "there is no backup none", 2);
    check(files.path(), &["restore", "copy"], "restored from copy", 0);
    let (mut portal, after) = history(&files);
    assert_eq!(after, before);
    assert!(portal.stop(), "{}", portal.log());
    check(files.path(), &["restore", "copy"], "--replace", 2);
    files
}

#[test]
fn sqlite_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let database = |name: &str| json!({"client": "better-sqlite3", "connection": {"filename": file(name)}});
    let files = comes_back(&database("first.sqlite"), &database("deep/second.sqlite"));
    let copy = files.path().join("copy");
    is_private(&file("deep/second.sqlite"));

    check(files.path(), &["restore", "--replace", "copy"], "is kept as", 0);
    assert!(file("deep/second.sqlite.before-restore").is_file());
    check(
        files.path(),
        &["restore", "--replace", "copy"],
        "move it away first",
        2,
    );
    let (mut portal, _) = history(&files);
    assert!(portal.stop(), "{}", portal.log());

    std::fs::remove_file(file("deep/second.sqlite.before-restore")).unwrap();
    let whole = std::fs::read(&copy).unwrap();
    let kept = std::fs::read(file("deep/second.sqlite")).unwrap();
    for (name, content) in [
        ("text", b"no database".as_slice()),
        ("half", &whole[..whole.len() / 2]),
    ] {
        std::fs::write(files.path().join(name), content).unwrap();
        let (printed, code) = run(files.path(), &["restore", "--replace", name]);
        assert_eq!(code, Some(2), "{name}: {printed}");
        assert!(
            printed.contains("is no backup") || printed.contains("is damaged"),
            "{printed}"
        );
        assert_eq!(std::fs::read(file("deep/second.sqlite")).unwrap(), kept, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_comes_back() {
    let server = Postgres::start().unwrap();
    let mut databases = Vec::new();
    for _ in 0..2 {
        let url = server.fresh_database().await.unwrap();
        databases.push(json!({"client": "pg", "connection": url}));
    }
    let files = comes_back(&databases[0], &databases[1]);
    check(
        files.path(),
        &["restore", "--replace", "copy"],
        "restored from copy",
        0,
    );
    std::fs::write(files.path().join("text"), "no backup").unwrap();
    check(
        files.path(),
        &["restore", "--replace", "text"],
        "pg_restore failed",
        2,
    );
    let (mut portal, _) = history(&files);
    assert!(portal.stop(), "{}", portal.log());
}
