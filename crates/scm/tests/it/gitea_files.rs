//! The files of a repository of Gitea, by its API.

use std::sync::Arc;

use config::Config;
use model::SystemClock;
use outside::{OutsideCalls, Settings};
use scm::gitea::Gitea;
use serde_json::{Value, json};

use crate::server::{Reply, Server, answer};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn gitea(server: &Server) -> Gitea {
    let value = json!({ "integrations": { "gitea": [{
        "host": "git.example.com", "baseUrl": server.url(""), "password": "geheim",
    }] } });
    let config = Config::from_value(value, std::path::Path::new("/")).unwrap();
    let calls = OutsideCalls::new(Settings::default(), Arc::new(SystemClock));
    Gitea::reading(config.integrations(), &calls, "git.example.com").unwrap()
}

fn entry(path: &str, mode: &str, kind: &str) -> Value {
    json!({ "path": path, "mode": mode, "type": kind, "size": 3, "sha": format!("sha of {path}") })
}

fn ok(value: &Value) -> Reply {
    answer("200 OK", "Content-Type: application/json\r\n", &value.to_string())
}

fn refused(status: &str, message: &str) -> Reply {
    answer(
        status,
        "Content-Type: application/json\r\n",
        &json!({ "message": message }).to_string(),
    )
}

fn route(path: &str, _head: &str) -> Reply {
    let page = "?recursive=true&per_page=1000&page=";
    let rest = path.strip_prefix("/api/v1/repos/o/").unwrap();
    match rest.replace(page, "@").as_str() {
        "r/git/trees/feature%2Fx@1" => ok(&json!({ "sha": COMMIT, "truncated": true, "tree": [
            entry("a.yaml", "100644", "blob"), entry("d", "040000", "tree"), entry("d/l", "120000", "blob"),
        ]})),
        "r/git/trees/0123456789abcdef0123456789abcdef01234567@2" => {
            ok(&json!({ "sha": COMMIT, "truncated": false, "tree": [
                entry("d/x", "100755", "blob"), entry("sub", "160000", "commit"),
            ]}))
        }
        "r/contents/d%20e/x%23.yaml?ref=main" => ok(&json!({
            "type": "file", "sha": "b10b", "last_commit_sha": COMMIT, "encoding": "base64", "content": "YTog\nMQ==",
        })),
        "r/contents/large?ref=main" => ok(&json!({
            "type": "file", "sha": "b10b", "last_commit_sha": COMMIT, "encoding": null, "content": null,
        })),
        "r/contents/link?ref=main" => ok(&json!({ "type": "symlink", "sha": "b10b", "target": "a" })),
        "r/contents/d?ref=main" => ok(&json!([])),
        "empty/git/trees/main@1" | "r/git/trees/none@1" => refused("400 Bad Request", "sha not found"),
        "empty" => ok(&json!({ "full_name": "o/empty", "empty": true })),
        "r" => ok(&json!({ "full_name": "o/r", "empty": false })),
        _ => refused("404 Not Found", "not found"),
    }
}

#[tokio::test]
async fn all_files_of_a_branch() {
    let server = Server::start(route).await;
    let files = gitea(&server).files("o", "r", "feature/x").await.unwrap();
    assert_eq!(files.version, COMMIT);
    let found: Vec<(&str, bool)> = files
        .entries
        .iter()
        .map(|entry| (entry.path.as_str(), entry.is_link))
        .collect();
    assert_eq!(found, [("a.yaml", false), ("d/l", true), ("d/x", false)]);
    assert_eq!(files.entries[0].sha, "sha of a.yaml");
    assert_eq!(files.entries[0].size, 3);
}

#[tokio::test]
async fn what_has_no_files_says_why() {
    let server = Server::start(route).await;
    for (name, reference, expected) in [
        ("empty", "main", "o/empty has no commits yet"),
        (
            "r",
            "none",
            "o/r at git.example.com has no branch, tag or commit none",
        ),
        ("gone", "main", "git.example.com answers 404 and does not know it"),
    ] {
        let fault = gitea(&server).files("o", name, reference).await.unwrap_err();
        let start =
            format!("NotFoundError: The files of o/{name} at {reference} cannot be listed: {expected}");
        assert!(fault.to_string().starts_with(&start), "{fault}");
    }
}

#[tokio::test]
async fn one_file_with_its_commit() {
    let server = Server::start(route).await;
    let gitea = gitea(&server);
    let file = gitea
        .file("o", "r", "main", "d e/x#.yaml")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(file.bytes, "a: 1");
    assert_eq!(
        (file.sha.as_str(), file.commit.as_deref()),
        ("b10b", Some(COMMIT))
    );
    for none in ["gone", "d", "link"] {
        assert_eq!(gitea.file("o", "r", "main", none).await, Ok(None), "{none}");
    }
    let fault = gitea.file("o", "r", "main", "large").await.unwrap_err();
    assert!(
        fault.message.contains("does not pass on files as large"),
        "{fault}"
    );
}
