//! Input that wants all the memory there is. The portal refuses it, or takes it, within a bound that its
//! deployment can afford, and what lies beside it is served.

use std::path::Path;

use serde_json::{Value, json};
use testkit::{FileServer, Mode};

use crate::portal::{Portal, eventually};

/// Most memory resident at any time, in MiB: three quarters of what a deployment gives the portal.
const BOUND_MIB: u64 = 768;
/// Just below the largest file that is read.
const LARGE: usize = 10_000_000;

#[test]
fn a_value_of_ten_megabytes() {
    check("text.yaml", &component(&"x".repeat(LARGE)));
}

#[test]
fn a_list_of_millions() {
    check(
        "list.yaml",
        &component(&format!("[{}11]", "11,".repeat(LARGE / 3))),
    );
}

#[test]
fn keys_without_end() {
    let keys: String = (0..LARGE / 16).map(|key| format!("k{key:07}: 11, ")).collect();
    check("keys.yaml", &component(&format!("{{{keys}}}")));
}

#[test]
fn ever_deeper() {
    check("deep.yaml", &component(&"[".repeat(LARGE)));
}

#[test]
fn aliases_of_aliases() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let copies = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{copies}]\n"));
    }
    check("bomb.yaml", &text);
}

#[test]
fn a_million_lines() {
    check("lines.yaml", &"- x: 1\n".repeat(1_000_000));
}

#[test]
fn a_million_documents() {
    check("documents.yaml", &"---\na: b\n".repeat(1_000_000));
}

#[test]
fn entities_by_the_ten_thousand() {
    let one = |number: usize| component("x").replace("hostile", &format!("c-{number}"));
    let text: Vec<String> = (0..15_000).map(one).collect();
    check("entities.yaml", &text.join("---\n"));
}

#[test]
fn an_answer_that_never_ends() {
    let server = FileServer::start();
    server.set_mode(Mode::Endless);
    let folder = tempfile::tempdir().unwrap();
    serve_beside(
        folder.path(),
        &json!({"type": "url", "target": server.url("/endless.yaml")}),
        &server.url("").replace("http://", ""),
    );
}

fn component(data: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: hostile}}\n\
         spec: {{type: service, lifecycle: production, owner: team, data: {data}}}\n"
    )
}

fn check(name: &str, text: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), text).unwrap();
    let target = folder.path().join(name);
    serve_beside(folder.path(), &json!({"type": "file", "target": target}), "none");
}

/// Serves a small file beside a source until both were looked at; checks the peak.
fn serve_beside(folder: &Path, hostile: &Value, host: &str) {
    let small = folder.join("small.yaml");
    std::fs::write(&small, component("x").replace("hostile", "harmless")).unwrap();
    let config = json!({
        "backend": {
            "listen": {"host": "127.0.0.1", "port": 0}, "reading": {"allow": [{"host": host}]},
            "database": {"client": "better-sqlite3", "connection": {"filename": folder.join("catalog.sqlite")}},
        },
        "catalog": {"locations": [hostile, {"type": "file", "target": small}]},
    });
    std::fs::write(folder.join("app-config.yaml"), config.to_string()).unwrap();
    let mut portal = Portal::start(folder);
    let name = "/api/catalog/entities/by-name/component/default/harmless";
    eventually("what lies beside it is served", || {
        portal.get(name).starts_with("HTTP/1.1 200").then_some(())
    });
    let outcome = eventually("the source was looked at", || {
        let sources = portal.json("/api/catalog/sources");
        let sources = sources["sources"].as_array()?;
        let location = format!("{}:{}", hostile["type"].as_str()?, hostile["target"].as_str()?);
        let source = sources.iter().find(|source| source["location"] == location)?;
        source["lastRunAt"].is_string().then(|| source.clone())
    });
    let peak = portal.peak_mib();
    assert!(peak < BOUND_MIB, "{peak} MiB for {hostile}: {outcome}");
    assert!(portal.stop(), "{}", portal.log());
}
