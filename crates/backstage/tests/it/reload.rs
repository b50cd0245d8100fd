//! What changes while the portal runs: secrets of files count at once, all else is told.

use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::{Value, json};

use crate::portal::{Portal, ask, eventually};

const OLD: &str = "an-old-secret-of-a-hook";
const NEW: &str = "a-new-secret-of-a-hook";

/// Puts a secret into a folder as the kubelet does: files of a folder of their own, to which `..data` leads, replaced at once.
fn mount(folder: &Path, edition: &str, secret: &str) {
    let own = folder.join(format!("..{edition}"));
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("hook"), secret).unwrap();
    symlink(format!("..{edition}"), folder.join("..data_tmp")).unwrap();
    std::fs::rename(folder.join("..data_tmp"), folder.join("..data")).unwrap();
    if !folder.join("hook").exists() {
        symlink("..data/hook", folder.join("hook")).unwrap();
    }
}

fn configure(folder: &Path, title: &str) {
    let config = json!({
        "app": {"title": title},
        "backend": {
            "listen": {"host": "127.0.0.1", "port": 0},
            "database": {"client": "better-sqlite3", "connection": ":memory:"},
        },
        "events": {"modules": {"gitlab": {"webhookSecret": {"$file": "secrets/hook"}}}},
    });
    std::fs::write(folder.join("app-config.yaml"), config.to_string()).unwrap();
}

/// The status of a webhook whose sender knows a secret.
fn status(portal: &mut Portal, secret: &str) -> u16 {
    let line = format!(
        "POST /api/events/http/gitlab HTTP/1.1\r\nx-gitlab-token: {secret}\r\nx-gitlab-event: Push Hook"
    );
    let answer = ask(&portal.address(), &line, &json!({"secret": secret}).to_string());
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

/// Messages of the log in which a text stands.
fn said(portal: &Portal, text: &str) -> Vec<String> {
    let log = portal.log();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let messages = lines.filter_map(|line| Some(line["message"].as_str()?.to_owned()));
    messages.filter(|message| message.contains(text)).collect()
}

#[test]
fn a_mounted_secret_counts_at_once_and_all_else_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join("secrets");
    mount(&secrets, "first", OLD);
    configure(folder.path(), "Before");
    let mut portal = Portal::start(folder.path());
    assert!((200..300).contains(&status(&mut portal, OLD)));
    assert_eq!(status(&mut portal, NEW), 403);

    mount(&secrets, "second", NEW);
    eventually("the new secret counts", || {
        (200..300).contains(&status(&mut portal, NEW)).then_some(())
    });
    assert_eq!(status(&mut portal, OLD), 403);
    let key = "used from now on: events.modules.gitlab.webhookSecret";
    eventually("the log says so", || {
        (said(&portal, key).len() == 1).then_some(())
    });

    configure(folder.path(), "After");
    let waits = "restart to apply: app.title";
    eventually("the log says what waits", || {
        (said(&portal, waits).len() == 1).then_some(())
    });
    assert!(portal.get("/").contains("Before"));

    std::fs::write(folder.path().join("app-config.yaml"), "app: [").unwrap();
    let broken = "the changed configuration cannot be used";
    eventually("the log says what is wrong", || {
        (said(&portal, broken).len() == 1).then_some(())
    });
    configure(folder.path(), "Before");
    let same = "again as it was read at the start";
    eventually("the log says that nothing waits", || {
        (said(&portal, same).len() == 1).then_some(())
    });
    assert!((200..300).contains(&status(&mut portal, NEW)));
    for secret in [OLD, NEW] {
        assert!(!portal.log().contains(secret), "a secret is in the log");
    }
    assert!(portal.stop());
}
