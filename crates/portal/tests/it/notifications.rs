//! Notifications in a whole portal: who gets them, who sees them, pages, and the step of templates that sends them.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use axum::http::request::Builder;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::served::sign_in;
use crate::world::World;

const ENTITIES: &str = r#"
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: makers}
spec: {type: department, children: [team]}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team}
spec: {type: team, children: [], parent: makers}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ines}
spec: {memberOf: [makers]}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: grace}
spec: {memberOf: [team]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: orders}
spec: {type: service, lifecycle: production, owner: team}
---
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: tells}
spec:
  type: service
  parameters: {properties: {name: {type: string}}}
  steps:
    - id: tell
      action: notification:send
      input:
        recipients: entity
        entityRefs: ["component:default/orders", "user:default/nobody-knows"]
        title: "${{ parameters.name }} is ready"
        info: Have a look.
        link: /catalog/default/component/orders
        severity: high
        topic: services
    - {id: late, if: "${{ parameters.name === 'Late' }}", action: "fetch:plain:file", input: {url: "./none", targetPath: none}}
    - {id: refused, action: "notification:send", input: {recipients: broadcast, title: bad, link: "javascript:alert(1)", optional: true}}
"#;
const INES: &str = "user:default/ines";
const GRACE: &str = "user:default/grace";

async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("entities.yaml");
    std::fs::write(&file, ENTITIES).unwrap();
    let more = json!({"catalog": {
        "rules": [{"allow": ["Template", "Component", "Group", "User"]}],
        "locations": [{"type": "file", "target": file.display().to_string()}],
    }});
    let world = World::configured(vec![sign_in()], more).await.unwrap();
    let orders = "/api/catalog/entities/by-name/component/default/orders";
    world.until(orders, "ownedBy").await;
    let team = "/api/catalog/entities/by-name/group/default/team";
    world.until(team, "hasMember").await;
    world
        .until("/api/catalog/entities/by-name/group/default/makers", "parentOf")
        .await;
    world
}

async fn sent(world: &World, request: Builder, body: &Value) -> (u16, Value) {
    let request = request.header("content-type", "application/json");
    let (status, text) = world
        .send(request.body(Body::from(body.to_string())).unwrap())
        .await;
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Sends as a program.
async fn tell(world: &World, recipients: Value, payload: Value) -> (u16, Value) {
    let request =
        Request::post("/api/notifications/notifications").header("authorization", "Bearer whole-token");
    sent(
        world,
        request,
        &json!({"recipients": recipients, "payload": payload}),
    )
    .await
}

async fn read(world: &World, person: &str, path: &str) -> (u16, String) {
    let request = Request::get(path).header("x-person", person);
    world.send(request.body(Body::empty()).unwrap()).await
}

async fn titles(world: &World, person: &str) -> String {
    let (_, text) = read(
        world,
        person,
        "/api/notifications/notifications?orderField=title,asc",
    )
    .await;
    let list: Value = serde_json::from_str(&text).unwrap();
    let all = list["notifications"].as_array().unwrap().iter();
    let titles: Vec<&str> = all.map(|one| one["payload"]["title"].as_str().unwrap()).collect();
    titles.join(", ")
}

async fn post(world: &World, person: &str, path: &str, form: &str) -> (u16, String) {
    let request = Request::post(path)
        .header("x-person", person)
        .header("content-type", "application/x-www-form-urlencoded");
    world
        .send(request.body(Body::from(form.to_owned())).unwrap())
        .await
}

fn users(sent: &Value) -> Vec<&str> {
    let mut users: Vec<&str> = sent
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["user"].as_str())
        .collect();
    users.sort_unstable();
    users
}

#[tokio::test(flavor = "multi_thread")]
async fn recipients_are_found_in_the_catalog_and_see_only_their_own() {
    let world = world().await;
    let of = |entity: &str| json!({"type": "entity", "entityRef": entity});
    let (status, group) = tell(&world, of("group:default/makers"), json!({"title": "group"})).await;
    assert_eq!(
        (status, users(&group)),
        (200, vec![GRACE, INES]),
        "members, and those of groups below: {group}"
    );
    let (_, owner) = tell(
        &world,
        of("component:default/orders"),
        json!({"title": "to the owner"}),
    )
    .await;
    assert_eq!(users(&owner), [GRACE]);
    assert_eq!(owner[0]["origin"], "ci");
    let without =
        json!({"type": "entity", "entityRef": ["group:default/makers", INES], "excludeEntityRef": INES});
    let (_, without) = tell(&world, without, json!({"title": "without"})).await;
    assert_eq!(users(&without), [GRACE]);
    let (_, all) = tell(&world, json!({"type": "broadcast"}), json!({"title": "all"})).await;
    assert_eq!(all[0]["user"], Value::Null);
    assert_eq!(titles(&world, GRACE).await, "all, group, to the owner, without");
    assert_eq!(titles(&world, INES).await, "all, group");

    // Whoever knows the id of another person's notification has nothing of it.
    let id = owner[0]["id"].as_str().unwrap();
    let path = format!("/api/notifications/notifications/{id}");
    assert_eq!(read(&world, GRACE, &path).await.0, 200);
    assert_eq!(read(&world, INES, &path).await.0, 404);
    let request = Request::post("/api/notifications/notifications/update").header("x-person", INES);
    let (_, updated) = sent(&world, request, &json!({"ids": [id], "read": true})).await;
    assert_eq!(updated, json!([]));
    let (_, one) = read(&world, GRACE, &path).await;
    assert!(one.contains("\"read\":null"), "{one}");
    assert!(
        !read(&world, INES, "/notifications?view=all")
            .await
            .1
            .contains("to the owner")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_sent_is_refused() {
    let world = world().await;
    let request = || Request::post("/api/notifications").header("x-person", INES);
    let body = json!({"recipients": {"type": "broadcast"}, "payload": {"title": "x"}});
    let (status, refused) = sent(&world, request(), &body).await;
    assert_eq!(
        (status, &refused["error"]["message"]),
        (403, &json!("This endpoint does not allow 'user' credentials"))
    );
    for (payload, expected) in [
        (
            json!({"title": "x", "link": "javascript:alert(1)"}),
            "Only HTTP/HTTPS links",
        ),
        (json!({"title": "x".repeat(1_001)}), "at most 1000 characters"),
        (
            json!({"title": "x", "severity": "odd"}),
            "must be equal to one of the allowed values",
        ),
    ] {
        let (status, answer) = tell(&world, json!({"type": "broadcast"}), payload).await;
        assert!(status == 400 && answer.to_string().contains(expected), "{answer}");
    }
    let nobody = json!({"type": "entity", "entityRef": "orders"});
    let (status, answer) = tell(&world, nobody, json!({"title": "x"})).await;
    assert!(
        status == 400 && answer.to_string().contains("Invalid recipient"),
        "{answer}"
    );
    assert_eq!(titles(&world, INES).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_read_and_mark_and_choose_on_pages() {
    let world = world().await;
    let to_ines = || json!({"type": "entity", "entityRef": INES});
    let odd = json!({"title": "Odd <b>", "description": "line\nline", "link": "/docs", "topic": "builds"});
    tell(&world, to_ines(), odd).await;
    tell(
        &world,
        to_ines(),
        json!({"title": "Second", "severity": "critical"}),
    )
    .await;
    let page = read(&world, INES, "/notifications").await.1;
    for part in [
        "Odd &lt;b&gt;",
        "href=\"/docs\"",
        "Critical",
        "from ci",
        "aria-label=\"Notifications, 2 unread\"",
        "data-live=\"notifications.",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let some = read(&world, INES, "/notifications?severity=high&search=sec")
        .await
        .1;
    assert!(some.contains("Second") && !some.contains("Odd"), "{some}");
    let other = read(&world, GRACE, "/catalog").await.1;
    assert!(other.contains("Notifications, none unread"), "{other}");

    let id = page.split("data-key=\"").nth(1).unwrap();
    let id = id.split('"').next().unwrap();
    let form = format!("id={id}&read=true&saved=true&return=/notifications%3Fview%3Dall");
    let (status, back) = post(&world, INES, "/notifications/mark", &form).await;
    assert_eq!((status, back.as_str()), (303, "/notifications?view=all"));
    assert!(
        read(&world, INES, "/notifications/bell")
            .await
            .1
            .contains(", 1 unread")
    );
    assert!(
        read(&world, INES, "/notifications?view=saved")
            .await
            .1
            .contains(id)
    );
    let elsewhere = format!("id={id}&read=true&return=//evil.example");
    assert_eq!(
        post(&world, INES, "/notifications/mark", &elsewhere).await.1,
        "/notifications"
    );
    assert_eq!(
        post(&world, INES, "/notifications/mark-all", "read=true&shown=")
            .await
            .0,
        303
    );
    assert!(
        read(&world, INES, "/notifications")
            .await
            .1
            .contains("Nothing unread")
    );
    let (status, page) = read(&world, INES, "/notifications?view=all&offset=30").await;
    assert!(
        status == 303,
        "a page that is gone leads to the last one: {status} {page}"
    );
    let named_wrong = "about=%5B%22ci%22%2C%22%22%5D";
    let (status, told) = post(&world, INES, "/notifications/settings", named_wrong).await;
    assert!(status == 400, "{status} {told}");
    let wrong = post(&world, INES, "/notifications/mark", "id=x&read=true").await;
    assert!(
        wrong.0 == 400 && wrong.1.contains("is not the id of a notification"),
        "{wrong:?}"
    );

    let settings = read(&world, INES, "/notifications/settings").await.1;
    assert!(settings.contains("builds"), "{settings}");
    let form = "about=%5B%22ci%22%2Cnull%5D&on=%5B%22ci%22%2Cnull%5D&about=%5B%22ci%22%2C%22builds%22%5D";
    assert_eq!(post(&world, INES, "/notifications/settings", form).await.0, 303);
    let (_, none) = tell(&world, to_ines(), json!({"title": "Muted", "topic": "builds"})).await;
    assert_eq!(none, json!([]));
    let (_, one) = tell(&world, to_ines(), json!({"title": "Heard", "topic": "other"})).await;
    assert_eq!(users(&one), [INES]);
}

#[tokio::test(flavor = "multi_thread")]
async fn open_pages_of_the_person_hear_of_it() {
    let world = world().await;
    let page = read(&world, INES, "/catalog").await.1;
    let topics = page.split("data-topics=\"").nth(1).unwrap();
    let topics = topics.split('"').next().unwrap().replace(' ', ",");
    let others = read(&world, GRACE, "/catalog").await.1;
    assert!(
        !others.contains(topics.split(',').next().unwrap()),
        "another person has another topic"
    );
    let (status, told) = read(&world, GRACE, "/api/live/changes?topics=notifications").await;
    assert!(
        status == 400 && told.contains("Nothing is announced under the topic"),
        "nobody hears of everybody's: {status} {told}"
    );
    let mut stream = world.open(&format!("/api/live/changes?topics={topics}")).await;
    let recipients = json!({"type": "entity", "entityRef": INES});
    tell(&world, recipients, json!({"title": "x"})).await;
    let heard = async {
        loop {
            let frame = stream.frame().await.unwrap().unwrap();
            let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
            if text.contains("event: change") {
                return text;
            }
        }
    };
    let heard = tokio::time::timeout(Duration::from_secs(20), heard)
        .await
        .unwrap();
    assert!(heard.contains(topics.split(',').next().unwrap()), "{heard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_of_a_template_tells_the_owner() {
    let world = world().await;
    world
        .until("/api/catalog/entities/by-name/template/default/tells", "tells")
        .await;
    let wanted = json!({"templateRef": "template:default/tells", "values": {"name": "Orders"}});
    let request = Request::post("/api/scaffolder/v2/tasks").header("x-person", INES);
    let (status, made) = sent(&world, request, &wanted).await;
    assert_eq!(status, 201, "{made}");
    let task = format!("/api/scaffolder/v2/tasks/{}", made["id"].as_str().unwrap());
    let log = world.until(&format!("{task}/events"), "\"completion\"").await;
    assert!(
        log.contains("Sent the notification \\\"Orders is ready\\\" to 2 people"),
        "{log}"
    );
    assert!(
        log.contains("The notification is not sent: Invalid link provided"),
        "{log}"
    );
    world.until(&task, "\"completed\"").await;
    let (_, list) = read(&world, GRACE, "/api/notifications/notifications").await;
    let list: Value = serde_json::from_str(&list).unwrap();
    let one = &list["notifications"][0];
    assert_eq!(list["totalCount"], 1, "{list}");
    assert_eq!(one["origin"], "plugin:scaffolder");
    assert_eq!(
        one["payload"],
        json!({
            "title": "Orders is ready", "description": "Have a look.", "link": "/catalog/default/component/orders",
            "topic": "services", "severity": "high", "scope": null, "icon": null,
        })
    );
    let actions = world.get("/api/scaffolder/v2/actions").await.1;
    assert!(actions.contains("\"notification:send\""), "{actions}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_has_the_step_done_again_tells_once_more() {
    let world = world().await;
    world
        .until("/api/catalog/entities/by-name/template/default/tells", "tells")
        .await;
    let wanted = json!({"templateRef": "template:default/tells", "values": {"name": "Late"}});
    let request = Request::post("/api/scaffolder/v2/tasks").header("x-person", INES);
    let (status, made) = sent(&world, request, &wanted).await;
    assert_eq!(status, 201, "{made}");
    let task = format!("/api/scaffolder/v2/tasks/{}", made["id"].as_str().unwrap());
    world.until(&task, "\"failed\"").await;
    assert_eq!(titles(&world, GRACE).await, "Late is ready");
    for times in [2, 3] {
        let request = Request::post(format!("{task}/retry")).header("x-person", INES);
        let (status, said) = sent(&world, request, &json!({"fromStep": "tell"})).await;
        assert_eq!(status, 201, "{said}");
        let wanted = vec!["Late is ready"; times].join(", ");
        for _ in 0..200 {
            if titles(&world, GRACE).await == wanted {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(titles(&world, GRACE).await, wanted);
        world.until(&task, "\"failed\"").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_nobody() {
    let world = world().await;
    let entity = world
        .until("/api/catalog/entities/by-name/template/default/tells", "tells")
        .await;
    let entity: Value = serde_json::from_str(&entity).unwrap();
    let body = json!({"template": entity, "values": {"name": "Orders"}, "directoryContents": []});
    let request = Request::post("/api/scaffolder/v2/dry-run").header("x-person", INES);
    let (status, done) = sent(&world, request, &body).await;
    assert_eq!(status, 200, "{done}");
    let log = done["log"].to_string();
    assert!(
        log.contains("Would send the notification \\\"Orders is ready\\\" to 2 people"),
        "{log}"
    );
    assert_eq!(titles(&world, GRACE).await, "");
}
