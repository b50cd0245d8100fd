//! Three replicas are replaced one after the other while people work: no request is lost, and no work.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::catalog_files::CatalogFiles;
use crate::portal::{Portal, ask, eventually};
use crate::service::Service;
use crate::visitors::{Seen, Wanted, visit};

const FILES: usize = 9;
/// Whose task takes long enough to be under way when its replica ends.
const TEMPLATE: &str = r#"
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: rolling}
spec:
  type: service
  steps:
    - {id: say, name: Say, action: "debug:log", input: {message: begun}}
    - {id: wait, name: Wait, action: "debug:wait", input: {seconds: 1}}
  output: {text: [{title: Done, content: "yes"}]}
"#;
const SETTINGS: &str = "/api/user-settings/buckets/rolling/keys";

/// Sources, a template, and the time that a Service needs to notice that a replica leaves.
async fn files() -> CatalogFiles {
    let database = json!({"client": "pg", "connection": testkit::fresh_database().await});
    let files = CatalogFiles::new(FILES, &database);
    std::fs::write(files.path().join("template.yaml"), TEMPLATE).unwrap();
    let file = files.path().join("app-config.yaml");
    let mut config: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    config["backend"]["lifecycle"] = json!({"serverShutdownDelay": "2 seconds"});
    let template = json!({"type": "file", "target": files.path().join("template.yaml"), "rules": [{"allow": ["Template"]}]});
    config["catalog"]["locations"]
        .as_array_mut()
        .unwrap()
        .push(template);
    std::fs::write(file, config.to_string()).unwrap();
    files
}

/// Pages, questions, writes, and now and then a task.
fn wanted(number: u64) -> Wanted {
    let (line, body) = match number % 10 {
        0 | 5 => (
            "GET /api/catalog/entity-facets?facet=kind".to_owned(),
            String::new(),
        ),
        1 => ("GET /catalog".to_owned(), String::new()),
        2 => ("GET /catalog/default/component/c-1-1".to_owned(), String::new()),
        3 | 8 => (
            format!("PUT {SETTINGS}/{number}"),
            json!({"value": number}).to_string(),
        ),
        4 if number % 20 == 4 => {
            let task = json!({"templateRef": "template:default/rolling", "values": {}});
            ("POST /api/scaffolder/v2/tasks".to_owned(), task.to_string())
        }
        _ => (
            "GET /api/catalog/entities/by-name/component/default/c-1-1".to_owned(),
            String::new(),
        ),
    };
    Wanted { line, body }
}

/// A portal behind the service, ready.
fn add(service: &Service, files: &CatalogFiles) -> Portal {
    let mut portal = Portal::start(files.path());
    let address = portal.address();
    service.add(&address);
    eventually("the service leads to it", || {
        service.leads_to(&address).then_some(())
    });
    portal
}

/// Replaces every replica, the new one before the old one, and edits sources in between.
fn replace(portals: &mut Vec<Portal>, service: &Service, files: &mut CatalogFiles) {
    for round in 0..portals.len() {
        portals.push(add(service, files));
        let mut old = portals.remove(0);
        files.edit(round);
        let address = old.address();
        assert!(old.stop(), "{}", old.log());
        assert!(
            !service.leads_to(&address),
            "it was not ready any more when it ended"
        );
        service.remove(&address);
        files.edit(round + 3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_loses_no_request_and_no_work() {
    let mut files = files().await;
    let service = Service::start();
    let mut portals: Vec<Portal> = (0..3).map(|_| add(&service, &files)).collect();
    let address = service.address();
    let first = files.expected();
    eventually("everything is served everywhere", || {
        let has_all = |portal: &mut Portal| {
            portal.facet("kind").get("Template") == Some(&1) && portal.facet("spec.edition") == first
        };
        portals.iter_mut().all(has_all).then_some(())
    });
    let is_over = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        let visiting = scope.spawn(|| visit(&address, &is_over, &wanted));
        let replaced = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            replace(&mut portals, &service, &mut files);
        }));
        is_over.store(true, Ordering::Relaxed);
        let seen = visiting.join().unwrap();
        if let Err(reason) = replaced {
            std::panic::resume_unwind(reason);
        }
        seen
    });
    assert!(
        seen.failed.is_empty(),
        "{} of {}: {:#?}",
        seen.failed.len(),
        seen.answered.len(),
        seen.failed
    );
    assert!(seen.answered.len() > 200, "only {} requests", seen.answered.len());
    let expected = files.expected();
    for portal in &mut portals {
        eventually("every edit is served by each", || {
            (portal.facet("spec.edition") == expected).then_some(())
        });
    }
    check_written(&address, &seen);
    check_tasks(&address, &seen);
    assert!(portals.iter_mut().all(Portal::stop));
}

/// What was acknowledged is there.
fn check_written(address: &str, seen: &Seen) {
    let written = seen
        .answered
        .iter()
        .filter(|(number, _)| [3, 8].contains(&(number % 10)));
    let mut count = 0;
    for (number, _) in written {
        let answer = ask(address, &format!("GET {SETTINGS}/{number} HTTP/1.1"), "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{number}: {answer}");
        count += 1;
    }
    assert!(count > 20, "only {count} writes");
}

/// Every task ended well, whichever replica began it.
fn check_tasks(address: &str, seen: &Seen) {
    let begun = seen.answered.iter().filter(|(number, _)| number % 20 == 4);
    let ids: BTreeSet<String> = begun
        .map(|(_, body)| {
            let made: Value = serde_json::from_str(body).unwrap();
            made["id"].as_str().unwrap().to_owned()
        })
        .collect();
    assert!(ids.len() > 5, "only {} tasks", ids.len());
    for id in ids {
        eventually("each task ends well", || {
            let answer = ask(
                address,
                &format!("GET /api/scaffolder/v2/tasks/{id} HTTP/1.1"),
                "",
            );
            let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            let task: Value = serde_json::from_str(body).ok()?;
            let status = task["status"].as_str()?;
            assert!(!["failed", "cancelled"].contains(&status), "{task}");
            (status == "completed").then_some(())
        });
    }
}
