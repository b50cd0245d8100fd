//! Webhooks: recorded ones of a real Gitea, and that the server in memory sends the same.
//!
//! To record them anew, with a Gitea whose `[webhook] ALLOWED_HOST_LIST` lets it call this machine:
//! `GITEA_URL=http://… GITEA_TOKEN=… cargo test -p testkit --test it -- --ignored record_webhooks`

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use serde_json::{Value, json};
use testkit::FakeGitea;
use testkit::gitea::{Change, Event, RefType, Repository, Settings, Target};

use super::client;
use super::plain::Plain;
use super::receiver::{Came, Receiver};
use super::scenario::folder;
use super::shape::differences;

const MOMENT: &str = "2026-01-02T03:04:05Z";
const SECRET: &str = "recorded-secret";

/// The recorded webhook of each kind: its file and what tells it from others.
const KINDS: [(&str, &str, &str, &str); 5] = [
    ("repository-created", "repository", "/action", "created"),
    (
        "push-new-branch",
        "push",
        "/before",
        "0000000000000000000000000000000000000000",
    ),
    ("create", "create", "/ref_type", "branch"),
    ("delete", "delete", "/ref_type", "branch"),
    ("repository-deleted", "repository", "/action", "deleted"),
];

/// What is kept of a webhook: the names of its headers, how its body begins, and its body.
fn kept(plain: &mut Plain, came: &Came) -> Value {
    let own = |name: &str| name.starts_with("X-") || name == "Content-Type" || name == "Authorization";
    let headers = came
        .head
        .iter()
        .filter(|(name, _)| own(name))
        .map(|(name, value)| {
            let length = value.len();
            let secret = name.ends_with("Delivery") || name.contains("Signature");
            (
                name.clone(),
                json!(if secret {
                    format!("({length} characters)")
                } else {
                    value.clone()
                }),
            )
        });
    let headers: serde_json::Map<String, Value> = headers.collect();
    let text = String::from_utf8_lossy(&came.body).into_owned();
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    let start: String = text.chars().take(5).collect();
    json!({ "headers": headers, "begins": start, "body": plain.value("", &body) })
}

fn is(came: &Came, event: &str, place: &str, value: &str) -> bool {
    let body: Value = serde_json::from_slice(&came.body).unwrap_or_default();
    came.header("X-Gitea-Event") == event && body.pointer(place) == Some(&json!(value))
}

/// Every kind among those that came, without what differs from server to server.
fn told_apart(base: &str, came: &[Came]) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (name, event, place, value) in KINDS {
        let one = came.iter().find(|one| is(one, event, place, value));
        let one = one.unwrap_or_else(|| panic!("no {name} among {} webhooks", came.len()));
        found.push((name.to_owned(), kept(&mut Plain::new(base), one)));
    }
    let later = |one: &&Came| {
        is(one, "push", "/ref", "refs/heads/main")
            && KINDS
                .iter()
                .all(|(_, event, place, value)| !is(one, event, place, value))
    };
    let push = came.iter().find(later).expect("a second push came");
    found.push(("push".to_owned(), kept(&mut Plain::new(base), push)));
    found
}

/// A commit of always the same id.
fn commit(message: &str, files: &[(&str, &str)]) -> Value {
    let ada = json!({ "name": "Ada", "email": "ada@example.com" });
    let file = |(path, text): &(&str, &str)| json!({ "operation": "create", "path": path, "content": BASE64_STANDARD.encode(text) });
    let files: Vec<Value> = files.iter().map(file).collect();
    let dates = json!({ "author": MOMENT, "committer": MOMENT });
    json!({ "message": message, "author": ada, "committer": ada, "dates": dates, "files": files })
}

fn change(message: &str) -> Change {
    let moment = MOMENT.parse().expect("a moment");
    Change::new(message).author("Ada", "ada@example.com").at(moment)
}

/// The calls that make the real server send every kind.
fn calls(receiver: &str) -> Vec<(&'static str, &'static str, Value)> {
    let hook = |content_type: &str, secret: &str| {
        json!({ "type": "gitea", "active": true, "events": ["push", "create", "delete", "repository"],
                "config": { "url": receiver, "content_type": content_type, "secret": secret } })
    };
    vec![
        ("POST", "/orgs", json!({ "username": "recorded-hooks" })),
        ("POST", "/orgs/recorded-hooks/hooks", hook("json", SECRET)),
        ("POST", "/orgs/recorded-hooks/hooks", hook("form", "")),
        ("POST", "/orgs/recorded-hooks/repos", json!({ "name": "cart" })),
        (
            "POST",
            "/repos/recorded-hooks/cart/contents",
            commit("First", &[("a.txt", "a"), ("docs/b.md", "b")]),
        ),
        (
            "POST",
            "/repos/recorded-hooks/cart/contents",
            commit("Second", &[("c.txt", "c")]),
        ),
        (
            "POST",
            "/repos/recorded-hooks/cart/branches",
            json!({ "new_branch_name": "feature/x", "old_ref_name": "main" }),
        ),
        (
            "DELETE",
            "/repos/recorded-hooks/cart/branches/feature/x",
            Value::Null,
        ),
        ("DELETE", "/repos/recorded-hooks/cart", Value::Null),
    ]
}

/// How many webhooks there are after each of the calls; two are sent for each event.
const SENT: [usize; 9] = [0, 0, 0, 2, 6, 8, 12, 14, 16];

#[tokio::test]
#[ignore = "records webhooks of a real Gitea, which GITEA_URL and GITEA_TOKEN name"]
async fn record_webhooks() {
    let setting = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let (base, token) = (setting("GITEA_URL"), setting("GITEA_TOKEN"));
    let authorization = format!("token {token}");
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/json"),
    ];
    // What a recording that broke off left behind.
    for left in ["/repos/recorded-hooks/cart", "/orgs/recorded-hooks"] {
        let gone = client::send("DELETE", &format!("{base}/api/v1{left}"), &headers, "").await;
        gone.expect("an answer");
    }
    let receiver = Receiver::start().await;
    for (number, (method, path, body)) in calls(&receiver.url).into_iter().enumerate() {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answer = client::send(method, &format!("{base}/api/v1{path}"), &headers, &body)
            .await
            .expect("an answer");
        assert!(
            answer.status < 300,
            "{method} {path}: {} {}",
            answer.status,
            answer.text()
        );
        // The server works pushes through later, and would join them.
        receiver.wait(SENT[number]).await;
    }
    let came = receiver.wait(16).await;
    let gone = client::send(
        "DELETE",
        &format!("{base}/api/v1/orgs/recorded-hooks"),
        &headers,
        "",
    )
    .await;
    assert_eq!(gone.expect("an answer").status, 204);
    let (forms, plain): (Vec<Came>, Vec<Came>) = came
        .into_iter()
        .partition(|one| one.header("Content-Type").contains("form"));
    let target = folder().join("webhooks");
    std::fs::create_dir_all(&target).expect("the folder can be made");
    let mut all = told_apart(&base, &plain);
    let push = forms
        .iter()
        .find(|one| one.header("X-Gitea-Event") == "push")
        .expect("a form came");
    all.push((
        "push-form-unsigned".to_owned(),
        kept(&mut Plain::new(&base), push),
    ));
    for (name, value) in all {
        let text = serde_json::to_string_pretty(&value).expect("values are text");
        std::fs::write(target.join(format!("{name}.json")), text + "\n").expect("the fixture can be written");
    }
}

/// The same happens to the server in memory.
async fn play(fake: &FakeGitea) {
    let name = "recorded-hooks/cart".to_owned();
    fake.deliver(&Event::Repository(name.clone(), "created")).await;
    let first = change("First").file("a.txt", "a").file("docs/b.md", "b");
    let push = fake.push(&name, "main", first);
    fake.deliver(&Event::Create(name.clone(), RefType::Branch, "main".to_owned()))
        .await;
    fake.deliver(&push.into()).await;
    let push = fake.push(&name, "main", change("Second").file("c.txt", "c"));
    fake.deliver(&push.into()).await;
    let branch = fake.branch(&name, "feature/x");
    let create = Event::Create(name.clone(), RefType::Branch, "feature/x".to_owned());
    fake.deliver(&create).await;
    fake.deliver(&branch.into()).await;
    let gone = fake.delete_branch(&name, "feature/x");
    fake.deliver(&gone).await;
    fake.deliver(&Event::Repository(name, "deleted")).await;
}

fn recorded(name: &str) -> Value {
    let text =
        std::fs::read_to_string(folder().join(format!("webhooks/{name}.json"))).expect("it was recorded");
    serde_json::from_str(&text).expect("a fixture is JSON")
}

fn fake_with_hook(url: &str, secret: &str) -> (FakeGitea, u64) {
    let fake = FakeGitea::with(Settings::version("1.26.0"));
    fake.repository(Repository::new("recorded-hooks/cart"));
    let hook = fake.hook(Target::Organization("recorded-hooks".to_owned()), url, secret);
    (fake, hook)
}

#[tokio::test]
async fn webhooks_are_those_of_a_real_gitea() {
    let receiver = Receiver::start().await;
    let (fake, _) = fake_with_hook(&receiver.url, SECRET);
    play(&fake).await;
    let mut all = Vec::new();
    for (name, found) in told_apart(&fake.url(), &receiver.all()) {
        let more = differences(&recorded(&name), &found);
        all.extend(more.into_iter().map(|one| format!("{name}: {one}")));
    }
    assert!(all.is_empty(), "{} differences:\n{}", all.len(), all.join("\n"));
}

#[tokio::test]
async fn a_form_without_a_secret_has_empty_signatures() {
    let receiver = Receiver::start().await;
    let (fake, hook) = fake_with_hook(&receiver.url, "");
    fake.edit_hook(hook, |hook| hook.content_type = "form".to_owned());
    let push = fake.push(
        "recorded-hooks/cart",
        "main",
        Change::new("First").file("a.txt", "a"),
    );
    let sent = fake.deliver(&push.into()).await;
    assert_eq!(sent, [(hook, Some(202))]);
    let came = receiver.all().remove(0);
    assert_eq!(came.header("X-Gitea-Signature"), "");
    assert_eq!(came.header("X-Hub-Signature-256"), "sha256=");
    assert!(came.body.starts_with(b"payload=%7B%0A"), "{:?}", &came.body[..20]);
    let found = kept(&mut Plain::new(&fake.url()), &came);
    assert_eq!(differences(&recorded("push-form-unsigned"), &found), [""; 0]);
}

#[tokio::test]
async fn the_signature_is_of_the_raw_body() {
    let (fake, hook) = fake_with_hook("http://127.0.0.1:9/hook", SECRET);
    let push = fake.push(
        "recorded-hooks/cart",
        "main",
        Change::new("First").file("a.txt", "a"),
    );
    let event = Event::from(push);
    let delivery = fake.delivery(hook, &event);
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let right: String = hmac::sign(&key, &delivery.body)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let header = |name: &str| {
        delivery
            .headers
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.clone())
    };
    assert_eq!(header("X-Gitea-Signature"), Some(right.clone()));
    assert_eq!(header("X-Hub-Signature-256"), Some(format!("sha256={right}")));
    assert_eq!(fake.deliver(&event).await, [(hook, None)], "nobody listens there");
    assert_eq!(header("X-Forgejo-Signature"), None);
    fake.set(|settings| settings.version = "11.0.1+gitea-1.22.0".to_owned());
    let forgejo = fake.delivery(hook, &event).headers;
    let names: Vec<&str> = forgejo.iter().map(|(name, _)| *name).collect();
    assert!(names.contains(&"X-Forgejo-Signature"), "{names:?}");
    assert!(
        !names.contains(&"X-Gitea-Hook-Installation-Target-Type"),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_webhook_is_sent_what_it_is_for() {
    let (fake, organization) = fake_with_hook("http://127.0.0.1:9/hook", SECRET);
    let other = fake.repository(Repository::new("other/tool"));
    let ids = |sent: Vec<(u64, Option<u16>)>| sent.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    let own = fake.hook(Target::Repository(other), "http://127.0.0.1:9/own", "");
    let system = fake.hook(Target::System, "http://127.0.0.1:9/all", "");
    let push = |name: &str| Event::from(fake.push(name, "main", Change::new("m").file("a", "b")));
    assert_eq!(
        ids(fake.deliver(&push("recorded-hooks/cart")).await),
        [organization, system]
    );
    assert_eq!(ids(fake.deliver(&push("other/tool")).await), [own, system]);
    let gone = Event::Repository("other/tool".to_owned(), "deleted");
    assert_eq!(
        ids(fake.deliver(&gone).await),
        [system],
        "the repository's own hook goes with it"
    );
    fake.edit_hook(system, |hook| hook.events = vec!["delete".to_owned()]);
    fake.edit_hook(own, |hook| hook.active = false);
    assert_eq!(ids(fake.deliver(&push("other/tool")).await), [0; 0]);
}
