//! What the typed sections make of a file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use config::{Config, DatabaseTarget, ProcessingInterval, ScmEvents};
use serde_json::{Value, json};

fn config(value: Value) -> Config {
    Config::from_value(value, Path::new("/srv")).expect("valid")
}

#[test]
fn texts_become_numbers_and_booleans() {
    let config = config(json!({
        "backend": { "listen": { "host": "0.0.0.0", "port": "8080" }, "server": { "requestTimeout": "5000" } },
        "catalog": { "readonly": "yes", "processorOptions": { "x": { "disabled": 1, "priority": "3" } } },
    }));
    assert_eq!(
        (config.listen().host.as_deref(), config.listen().port),
        (Some("0.0.0.0"), 8080)
    );
    assert!(config.catalog().readonly);
    let options = &config.catalog().processor_options["x"];
    assert_eq!((options.disabled, options.priority), (true, Some(3.0)));
    assert_eq!(
        config
            .backend()
            .server
            .request_timeout
            .map(config::Timeout::duration),
        Some(Duration::from_secs(5))
    );
}

#[test]
fn either_or_settings() {
    let interval = |value: Value| {
        config(json!({ "catalog": { "processingInterval": value } }))
            .catalog()
            .processing_interval
    };
    assert_eq!(interval(json!(false)), Some(ProcessingInterval::Enabled(false)));
    let minute = config::HumanDuration::seconds(60);
    assert_eq!(interval(json!("1m")), Some(ProcessingInterval::Every(minute)));
    assert_eq!(
        interval(json!({ "minutes": "1" })),
        Some(ProcessingInterval::Every(minute))
    );
    let events = config(json!({ "catalog": { "scmEvents": { "move": false } } }))
        .catalog()
        .scm_events;
    assert!(matches!(events, Some(ScmEvents::Some(one)) if one.refresh && one.unregister && !one.follow));
    let cors = config(json!({ "backend": { "cors": { "origin": "http://a" } } }));
    assert_eq!(
        cors.backend()
            .cors
            .clone()
            .expect("set")
            .origin
            .expect("set")
            .as_slice(),
        ["http://a"]
    );
}

#[test]
fn rules_of_the_catalog() {
    let config = config(json!({ "catalog": {
        "rules": [{ "allow": ["Component", { "kind": "Resource", "spec.type": "database" }], "locations": [] }],
        "locations": [{ "type": "url", "target": "https://x", "rules": [{ "allow": ["User"] }] }],
    }}));
    let rules = config.catalog().rules.as_ref().expect("set");
    assert_eq!(rules[0].allow.len(), 2);
    assert_eq!(rules[0].locations.as_deref(), Some(&[][..]));
    assert_eq!(
        config.catalog().locations[0].rules.as_ref().expect("set")[0].allow,
        ["User"]
    );
}

#[test]
fn sqlite() {
    let check = |section: Value, expected: Option<&str>| {
        let config = config(json!({ "backend": { "database": section } }));
        let expected = expected.map_or(DatabaseTarget::SqliteMemory, |path| {
            DatabaseTarget::SqliteFile(PathBuf::from(path))
        });
        assert_eq!(config.database(), &expected);
    };
    check(json!({}), Some("/srv/data/portal.sqlite"));
    check(
        json!({ "client": "better-sqlite3" }),
        Some("/srv/data/portal.sqlite"),
    );
    check(
        json!({ "client": "better-sqlite3", "connection": ":memory:" }),
        None,
    );
    check(
        json!({ "client": "sqlite3", "connection": { "filename": ":memory:" } }),
        None,
    );
    check(
        json!({ "connection": { "directory": "db" } }),
        Some("/srv/db/portal.sqlite"),
    );
    check(
        json!({ "connection": { "directory": "/db", "filename": "x.db" } }),
        Some("/db/x.db"),
    );
    check(json!({ "connection": "x.db" }), Some("/srv/x.db"));
}

#[test]
fn postgres() {
    let check = |connection: Value, expected: &str| {
        let config =
            config(json!({ "backend": { "database": { "client": "pg", "connection": connection } } }));
        let DatabaseTarget::Postgres { url, schema: None } = config.database() else {
            panic!("no PostgreSQL")
        };
        assert_eq!(url.expose(), expected);
    };
    check(json!("postgres://u:p@h/d"), "postgres://u:p@h/d");
    check(
        json!({ "connectionString": "postgres://u@h/d" }),
        "postgres://u@h/d",
    );
    check(
        json!({ "host": "db", "port": "5433", "user": "me", "password": "p@ss/:", "database": "d" }),
        "postgres://me:p%40ss%2F%3A@db:5433/d",
    );
    check(
        json!({ "host": "db" }),
        "postgres://postgres@db/backstage_plugin_portal",
    );
    check(
        json!({ "host": "db", "database": "d", "ssl": true }),
        "postgres://postgres@db/d?sslmode=require",
    );
    check(
        json!({ "host": "db", "database": "d", "ssl": { "ca": "/ca.pem" } }),
        "postgres://postgres@db/d?sslmode=verify-full&sslrootcert=%2Fca.pem",
    );
    check(
        json!({ "host": "/run/pg", "database": "d" }),
        "postgres://postgres@localhost/d?host=%2Frun%2Fpg",
    );
}

#[test]
fn names_and_addresses() {
    let check = |value: Value, title: &str, url: &str| {
        let config = config(value);
        assert_eq!((config.title(), config.base_url().as_str()), (title, url));
    };
    check(json!({}), "Backstage", "http://127.0.0.1:7007");
    check(
        json!({ "organization": { "name": "O" }, "backend": { "listen": ":80" } }),
        "O",
        "http://localhost:80",
    );
    check(
        json!({ "app": { "title": "T", "baseUrl": "https://a/" }, "backend": { "baseUrl": "https://b" } }),
        "T",
        "https://a",
    );
    check(
        json!({ "backend": { "listen": 7008 } }),
        "Backstage",
        "http://localhost:7008",
    );
}

#[test]
fn hosts_that_may_be_read() {
    let check = |host: &str, fine: bool| {
        let value = json!({ "backend": { "reading": { "allow": [{ "host": host }] } } });
        assert_eq!(Config::from_value(value, Path::new("/")).is_ok(), fine, "{host}");
    };
    for host in [
        "example.com",
        "*.example.com:8443",
        "example.com:80-90",
        "[::1]",
        "[::1]:8080",
    ] {
        check(host, true);
    }
    for host in [
        "example.com:",
        "example.com:x",
        "example.com:90-80",
        "example.com:0",
    ] {
        check(host, host == "example.com:");
    }
}
