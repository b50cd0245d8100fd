//! Recorded answers: how they are made, and that the server in memory gives the same.
//!
//! To make them anew, with a Gitea that an administrator's token opens (the scenario makes and removes an organisation `recorded-shop` and a
//! user `recorded-ada`):
//! `GITEA_URL=http://… GITEA_ADMIN=… GITEA_TOKEN=… cargo test -p testkit --test it -- --ignored record_answers`

use std::time::Duration;

use serde_json::{Value, json};
use testkit::FakeGitea;
use testkit::gitea::{Run, Settings};

use super::plain::Plain;
use super::scenario::{Player, folder, request, steps};
use super::shape::differences;

/// What a recording that broke off leaves behind.
const LEFT: [&str; 9] = [
    "/repos/recorded-shop/cart",
    "/repos/recorded-shop/basket",
    "/repos/recorded-shop/nothing",
    "/repos/recorded-shop/vault",
    "/repos/recorded-ada/basket",
    "/repos/recorded-ada/notes",
    "/repos/{login}/recorded-own",
    "/orgs/recorded-shop",
    "/admin/users/recorded-ada",
];

#[tokio::test]
#[ignore = "records answers of a real Gitea, which GITEA_URL, GITEA_ADMIN and GITEA_TOKEN name"]
async fn record_answers() {
    let setting = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let base = setting("GITEA_URL");
    let mut player = Player::new(&base, &setting("GITEA_ADMIN"), &setting("GITEA_TOKEN"));
    for path in LEFT {
        player.play(&json!({ "delete": path })).await;
    }
    let mut plain = Plain::new(&base);
    let target = folder().join("answers");
    std::fs::create_dir_all(&target).expect("the folder can be made");
    let mut version = Value::Null;
    for step in steps() {
        if step["name"] == "actions-runs" {
            // The server plans runs a moment after the push.
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
        let answer = player.play(&step).await;
        if version.is_null() {
            version = answer.json()["version"].clone();
        }
        let (method, path) = request(&step);
        let mut whole = json!({ "gitea": version, "method": method, "path": path });
        let more = plain.step(&step, &answer);
        whole
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        let file = target.join(format!("{}.json", step["name"].as_str().expect("a name")));
        let text = serde_json::to_string_pretty(&whole).expect("values are text");
        std::fs::write(file, text + "\n").expect("the fixture can be written");
    }
}

/// What differs for a reason: the step, how the difference begins, the reason.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("admin-users", "/body/0/html_url", OTHERS),
    ("admin-users", "/headers/link", OTHERS),
    ("admin-orgs", "/headers/link", OTHERS),
    ("orgs", "/headers/link", OTHERS),
    ("my-orgs", "/headers/link", OTHERS),
];
const OTHERS: &str = "who else is on the server";

#[tokio::test]
async fn answers_are_those_of_a_real_gitea() {
    let fake = FakeGitea::with(Settings::version("1.26.0"));
    // Somebody else is there, as on the server that was recorded, so that lists have a second page.
    fake.user("ada");
    fake.organization("docs-room");
    let mut player = Player::new(&fake.url(), "portal-admin", fake.token());
    let mut plain = Plain::new(&fake.url());
    let mut all = Vec::new();
    for step in steps() {
        let name = step["name"].as_str().expect("a name");
        if name == "status-create" {
            // A real server plans the workflow for every commit that was pushed.
            for reference in [&player.saved["commit"], "trunk", "feature/x"] {
                fake.status("recorded-shop/cart", reference, "/ build (push)", "pending");
            }
            for _ in 0..2 {
                fake.run(
                    "recorded-shop/cart",
                    Run::new("build.yaml", "trunk", "").status("queued"),
                );
            }
        }
        let answer = player.play(&step).await;
        let found = plain.step(&step, &answer);
        let file = folder().join(format!("answers/{name}.json"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut recorded: Value = serde_json::from_str(&text).expect("a fixture is JSON");
        for name in ["gitea", "method", "path"] {
            recorded.as_object_mut().expect("an object").remove(name);
        }
        let allowed = |difference: &String| {
            let mut known = ALLOWED.iter().filter(|(step, ..)| *step == name || *step == "*");
            known.any(|(_, start, _)| difference.starts_with(start))
        };
        let more = differences(&recorded, &found)
            .into_iter()
            .filter(|one| !allowed(one));
        all.extend(more.map(|one| format!("{name}: {one}")));
    }
    assert!(all.is_empty(), "{} differences:\n{}", all.len(), all.join("\n"));
}
