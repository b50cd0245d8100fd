//! What fails outside: the database goes away and comes back, files cannot be read. The portal says so in
//! the right place, serves what it can, and needs no restart.

use std::os::unix::fs::symlink;
use std::time::Duration;

use serde_json::{Value, json};
use store::{Database, Store};
use testkit::Postgres;

use crate::catalog_files::CatalogFiles;
use crate::crashes::check_log;
use crate::portal::{Portal, eventually};

const HISTORY: &str = "/api/catalog/entities/by-name/component/default/c-1-1/history";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_dies_and_comes_back() {
    let mut server = Postgres::start().unwrap();
    let url = server.fresh_database().await.unwrap();
    let mut files = CatalogFiles::new(9, &json!({"client": "pg", "connection": url}));
    let mut portal = Portal::start(files.path());
    serves_everything(&mut portal, &files);

    server.crash().unwrap();
    for file in 0..9 {
        files.edit(file);
    }
    // Filters, counts and facets need the index only.
    assert!(!portal.facet("spec.edition").is_empty());
    sent_away_for_now(&portal.get(HISTORY), "application/json");
    sent_away_for_now(&portal.get("/catalog"), "text/html");
    let readiness = portal.get("/.backstage/health/v1/readiness");
    assert!(
        readiness.starts_with("HTTP/1.1 503") && readiness.contains("database: "),
        "{readiness}"
    );
    assert!(
        portal
            .get("/.backstage/health/v1/liveness")
            .starts_with("HTTP/1.1 200")
    );

    // However long the database is away, what was saved meanwhile is not forgotten.
    eventually("the edits cannot be announced", || {
        portal
            .log()
            .contains("changed files could not be announced")
            .then_some(())
    });
    server.come_back().unwrap();
    serves_everything(&mut portal, &files);
    eventually("it is ready again", || {
        let readiness = portal.get("/.backstage/health/v1/readiness");
        readiness.starts_with("HTTP/1.1 200").then_some(())
    });
    assert!(portal.get("/catalog").starts_with("HTTP/1.1 200"));
    files.edit(1);
    serves_everything(&mut portal, &files);
    assert!(portal.stop(), "{}", portal.log());
    check_log(&Database::postgres(url)).await;
}

/// Another program, say one that makes a copy, keeps the only writer's place of the file for a while.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_is_locked_by_another_program_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("catalog.sqlite");
    let mut files = CatalogFiles::new(
        9,
        &json!({"client": "better-sqlite3", "connection": {"filename": file}}),
    );
    let mut portal = Portal::start(files.path());
    serves_everything(&mut portal, &files);

    let other = Store::open(&Database::Sqlite(file.clone())).await.unwrap();
    let lock = other.write(store::Lane::Bulk).await.unwrap();
    files.edit(1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    for page in ["/catalog", HISTORY, "/.backstage/health/v1/readiness"] {
        let answer = portal.get(page);
        assert!(answer.starts_with("HTTP/1.1 200"), "{page}: {answer}");
    }
    assert_ne!(portal.facet("spec.edition"), files.expected());

    drop(lock);
    other.close().await;
    serves_everything(&mut portal, &files);
    assert!(portal.stop(), "{}", portal.log());
    check_log(&Database::Sqlite(file)).await;
}

#[test]
fn a_file_that_cannot_be_read_is_told_where_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["fine", "turned", "in-folder"] {
        std::fs::write(path(&format!("{name}.yaml")), component(name)).unwrap();
    }
    symlink(path("nothing"), path("dangling.yaml")).unwrap();
    std::fs::create_dir(path("many")).unwrap();
    std::fs::rename(path("in-folder.yaml"), path("many/in-folder.yaml")).unwrap();
    symlink(path("nothing"), path("many/dangling.yaml")).unwrap();
    let targets = ["fine.yaml", "turned.yaml", "dangling.yaml", "many/*.yaml"];
    let locations: Vec<Value> = targets
        .map(|target| json!({"type": "file", "target": path(target)}))
        .to_vec();
    let config = json!({
        "backend": {
            "listen": {"host": "127.0.0.1", "port": 0},
            "database": {"client": "better-sqlite3", "connection": {"filename": path("catalog.sqlite")}},
        },
        "catalog": {"locations": locations},
    });
    std::fs::write(path("app-config.yaml"), config.to_string()).unwrap();
    let mut portal = Portal::start(folder.path());
    eventually("what can be read is served", || {
        (names(&mut portal) == ["fine", "in-folder", "turned"]).then_some(())
    });

    std::fs::remove_file(path("turned.yaml")).unwrap();
    std::fs::create_dir(path("turned.yaml")).unwrap();
    for (target, reason) in [
        ("turned.yaml", "turned.yaml could not be read, it is a folder"),
        (
            "dangling.yaml",
            "dangling.yaml could not be read, it is a link to something that does not exist",
        ),
        (
            "many/*.yaml",
            "many/dangling.yaml could not be read, it is a link to something that does not exist",
        ),
    ] {
        eventually(&format!("{target} fails with: {reason}"), || {
            let problems = problems(&mut portal, target);
            (problems.len() == 1 && problems[0].contains(reason)).then_some(())
        });
    }
    assert_eq!(problems(&mut portal, "fine.yaml"), Vec::<String>::new());
    assert_eq!(
        names(&mut portal),
        ["fine", "in-folder", "turned"],
        "the last good form stays"
    );
    assert!(portal.stop(), "{}", portal.log());
}

fn component(name: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\n\
         spec: {{type: service, lifecycle: production, owner: team}}\n"
    )
}

fn names(portal: &mut Portal) -> Vec<String> {
    let all = portal.json("/api/catalog/entities?filter=kind=component&order=asc:metadata.name");
    let name = |entity: &Value| Some(entity["metadata"]["name"].as_str()?.to_owned());
    all.as_array().into_iter().flatten().filter_map(name).collect()
}

/// Messages about the source whose location ends like this.
fn problems(portal: &mut Portal, target: &str) -> Vec<String> {
    let sources = portal.json("/api/catalog/sources");
    let is_meant = |source: &&Value| source["location"].as_str().is_some_and(|at| at.ends_with(target));
    let mut sources = sources["sources"].as_array().into_iter().flatten();
    let problems = sources.find(is_meant).map(|source| source["problems"].clone());
    let problems = problems.and_then(|problems| problems.as_array().cloned());
    problems
        .into_iter()
        .flatten()
        .map(|problem| problem.to_string())
        .collect()
}

fn serves_everything(portal: &mut Portal, files: &CatalogFiles) {
    eventually("everything is served", || {
        (portal.facet("spec.edition") == files.expected()).then_some(())
    });
}

/// The answer names the reason and when to come back.
fn sent_away_for_now(answer: &str, content_type: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(head.contains("retry-after: 5"), "{answer}");
    assert!(head.contains(content_type), "{answer}");
    assert!(body.contains("The database does not answer"), "{answer}");
}
