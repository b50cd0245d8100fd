//! Several portals on one PostgreSQL: they share the work, and the living take over from the dead.

use serde_json::{Value, json};
use std::time::Duration;
use testkit::{FileServer, Mode};

use crate::catalog_files::CatalogFiles;
use crate::portal::{Portal, eventually};

async fn database() -> Value {
    json!({"client": "pg", "connection": testkit::fresh_database().await})
}

/// References and etags of everything, in order.
fn everything(portal: &mut Portal) -> Vec<Value> {
    let answer = portal.json("/api/catalog/entities?fields=kind,metadata.name,metadata.etag,metadata.uid");
    let mut all = answer.as_array().cloned().unwrap_or_default();
    all.sort_by_key(ToString::to_string);
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_start_at_once_on_an_empty_database_and_one_dies_at_work() {
    let mut files = CatalogFiles::new(9, &database().await);
    let mut portals: Vec<Portal> = (0..3).map(|_| Portal::start(files.path())).collect();
    for portal in &mut portals {
        portal.address();
    }
    std::thread::sleep(Duration::from_millis(150));
    portals.remove(0).kill();
    for file in 0..9 {
        files.edit(file);
    }
    let expected = files.expected();
    for portal in &mut portals {
        eventually("a survivor serves everything", || {
            (portal.facet("spec.edition") == expected).then_some(())
        });
    }
    let (first, second) = portals.split_at_mut(1);
    eventually("both serve the same", || {
        (everything(&mut first[0]) == everything(&mut second[0])).then_some(())
    });
    assert!(portals.iter_mut().all(Portal::stop));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_the_dead_one_read_are_watched_by_the_living() {
    let mut files = CatalogFiles::new(9, &database().await);
    let mut portals: Vec<Portal> = (0..2).map(|_| Portal::start(files.path())).collect();
    let expected = files.expected();
    for portal in &mut portals {
        portal.address();
        eventually("everything is served", || {
            (portal.facet("spec.edition") == expected).then_some(())
        });
    }
    portals.remove(0).kill();
    for file in 0..9 {
        files.edit(file);
    }
    let expected = files.expected();
    eventually("the survivor noticed every edit", || {
        (portals[0].facet("spec.edition") == expected).then_some(())
    });
    assert!(portals[0].stop());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_work_stays_with_its_process_until_that_dies() {
    let server = FileServer::start();
    let component = |name: &str, kind: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\n\
             spec: {{type: {kind}, lifecycle: x, owner: team}}\n"
        )
    };
    for name in ["one", "two", "three"] {
        server.put(&format!("/{name}.yaml"), component(name, "first"));
    }
    server.set_mode(Mode::Slow);
    let folder = tempfile::tempdir().unwrap();
    let host = server.url("").replace("http://", "");
    let locations: Vec<Value> = ["one", "two", "three"]
        .map(|name| json!({"type": "url", "target": server.url(&format!("/{name}.yaml"))}))
        .to_vec();
    let config = json!({
        "backend": {
            "listen": {"host": "127.0.0.1", "port": 0}, "database": database().await,
            "reading": {"allow": [{"host": host}]},
        },
        "catalog": {"locations": locations},
        "portal": {"claim": "1 second"},
    });
    std::fs::write(folder.path().join("app-config.yaml"), config.to_string()).unwrap();
    let mut first = Portal::start(folder.path());
    eventually("all locations are being read", || {
        (server.requests() >= 3).then_some(())
    });
    let begun = server.requests();
    let mut others = [Portal::start(folder.path()), Portal::start(folder.path())];
    for portal in &mut others {
        portal.address();
    }
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(
        server.requests(),
        begun,
        "claims are renewed while the work lasts"
    );
    server.set_mode(Mode::Ok);
    first.kill();
    for portal in &mut others {
        eventually("the others took over", || {
            (portal.facet("spec.type").get("first") == Some(&3)).then_some(())
        });
    }
    server.put("/one.yaml", component("one", "second"));
    others[0].refresh("component:default/one");
    for portal in &mut others {
        eventually("a change shows everywhere", || {
            (portal.facet("spec.type").get("second") == Some(&1)).then_some(())
        });
    }
}
