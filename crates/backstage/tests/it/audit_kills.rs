//! `kill -9` while locations are registered: what is registered is in the audit, and what is in the audit is
//! registered.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use model::Randomness;
use serde_json::Value;
use testkit::TestRandomness;

use crate::portal::Portal;

const KILLS: u64 = 10;
/// Most registrations before a kill.
const MOST: u64 = 80;

/// Registers a location; whether there was an answer.
fn register(address: &str, target: &str) -> std::io::Result<bool> {
    let body = format!(r#"{{"type":"url","target":"{target}"}}"#);
    let length = body.len();
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(
        stream,
        "POST /api/catalog/locations HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 201"))
}

/// Registers until the portal is gone.
fn register_until_killed(address: &str, run: u64) {
    for number in 0..MOST {
        let target = format!("https://git.example/{run}/{number}.yaml");
        if !register(address, &target).unwrap_or(false) {
            return;
        }
    }
}

fn texts(answer: &Value, list: &str, text: &str) -> BTreeSet<String> {
    let all = answer.pointer(list).and_then(Value::as_array).unwrap();
    let found = all
        .iter()
        .map(|one| one.pointer(text).unwrap().as_str().unwrap().to_owned());
    found.collect()
}

#[test]
fn registrations_and_their_audit_events_survive_kills_together() {
    let folder = tempfile::tempdir().unwrap();
    let config = "catalog: { locations: [] }\nbackend:\n  listen: { host: 127.0.0.1, port: 0 }\n  \
                  database: { client: better-sqlite3, connection: { filename: ./audited.sqlite } }\n";
    std::fs::write(folder.path().join("app-config.yaml"), config).unwrap();
    let random = TestRandomness::new(11);
    for run in 0..KILLS {
        let mut portal = Portal::start(folder.path());
        let address = portal.address();
        let registering = std::thread::spawn(move || register_until_killed(&address, run));
        std::thread::sleep(Duration::from_millis(20 + random.below(200)));
        portal.kill();
        registering.join().unwrap();
    }
    let mut portal = Portal::start(folder.path());
    let locations = portal.json("/api/catalog/locations");
    let registered = texts(&locations, "", "/data/target");
    let events = portal.json("/api/audit/events?action=catalog.location.create&outcome=done&limit=1000");
    let audited = texts(&events, "/items", "/subject");
    assert!(!registered.is_empty(), "something was registered");
    let registered: BTreeSet<String> = registered.iter().map(|target| format!("url:{target}")).collect();
    assert_eq!(registered, audited);
}
