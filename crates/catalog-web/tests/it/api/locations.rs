//! Registered locations.

use serde_json::{Value, json};

use super::{Portal, names};
use crate::world::component;

async fn portal_with_file() -> (Portal, String) {
    let portal = Portal::start().await;
    portal.world.server.put("/new.yaml", component("new", ""));
    let target = portal.world.server.url("/new.yaml");
    (portal, target)
}

#[tokio::test]
async fn a_location_lives_from_registration_to_removal() {
    let (portal, target) = portal_with_file().await;
    let body = json!({"type": "url", "target": target});
    let created = portal.post("/locations", body.clone()).await;
    let location = created.json()["location"].clone();
    let id = location["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (created.status, created.json()["entities"].clone()),
        (201, json!([]))
    );
    assert_eq!(location["target"], json!(target));
    portal.settle().await;
    let entity = portal
        .ask("GET /entities/by-name/component/default/new")
        .await
        .json();
    let annotations = &entity["metadata"]["annotations"];
    assert_eq!(
        annotations["backstage.io/managed-by-origin-location"],
        json!(format!("url:{target}"))
    );
    assert_eq!(annotations["backstage.io/view-url"], json!(target));

    assert_eq!(
        portal.ask("GET /locations").await.json(),
        json!([{"data": location}])
    );
    assert_eq!(portal.ask(&format!("GET /locations/{id}")).await.json(), location);
    assert_eq!(
        portal
            .ask("GET /locations/by-entity/Component/default/NEW")
            .await
            .json(),
        location
    );
    portal
        .check_post(
            "/locations",
            body.clone(),
            &format!("409 Location url:{target} already exists"),
        )
        .await;
    let again = portal.post("/locations?onConflict=refresh", body).await;
    assert_eq!(
        (again.status, again.json()["location"].clone()),
        (201, location.clone())
    );

    portal.world.server.put("/other.yaml", component("other", ""));
    let other = portal.world.server.url("/other.yaml");
    let line = format!("PUT /locations/{id}");
    let updated = portal
        .send(&line, Some(json!({"type": "url", "target": other})), &[])
        .await
        .json();
    assert_eq!(
        (&updated["target"], &updated["entityRef"]),
        (&json!(other), &location["entityRef"])
    );
    portal.settle().await;
    assert_eq!(
        portal
            .names("GET /entities?filter=metadata.name=new&filter=metadata.name=other")
            .await,
        "other"
    );
    let extra = portal
        .send(&line, Some(json!({"type": "url", "target": other, "x": 1})), &[])
        .await;
    assert_eq!(
        extra.told(),
        "400 request/body must NOT have additional properties"
    );

    portal.check(&format!("DELETE /locations/{id}"), "204").await;
    assert_eq!(portal.names("GET /entities?filter=metadata.name=other").await, "");
    let missing = format!("404 Found no location with ID {id}");
    for line in [format!("DELETE /locations/{id}"), format!("GET /locations/{id}")] {
        portal.check(&line, &missing).await;
    }
    portal
        .check("GET /locations/nope", "404 Found no location with ID nope")
        .await;
}

#[tokio::test]
async fn what_cannot_work_is_refused_before_it_is_kept() {
    let (portal, target) = portal_with_file().await;
    let check = async |body: Value, expected: &str| portal.check_post("/locations", body, expected).await;
    check(json!({}), "400 request/body must have required property 'target'").await;
    check(
        json!({"type": "url", "target": 5}),
        "400 request/body/target must be string",
    )
    .await;
    check(
        json!({"type": "file", "target": "/etc/hosts"}),
        "400 Registered locations must be of an allowed type [\"url\"]",
    )
    .await;
    check(
        json!({"type": "url", "target": ""}),
        "400 Unable to stringify location ref, empty target",
    )
    .await;
    let script = "400 Invalid location ref 'url:javascript:alert(1)', target is a javascript: URL";
    check(json!({"type": "url", "target": "javascript:alert(1)"}), script).await;
    let unknown = "400 Malformed request: [\n  {\n    \"code\": \"unrecognized_keys\",\n    \"keys\": [\n      \"x\"\n    ],\
                   \n    \"path\": [],\n    \"message\": \"Unrecognized key(s) in object: 'x'\"\n  }\n]";
    check(json!({"type": "url", "target": target, "x": 1}), unknown).await;
    let answer = portal
        .post(
            "/locations",
            json!({"type": "url", "target": target, "presence": "maybe"}),
        )
        .await;
    assert!(
        answer
            .told()
            .contains("Invalid literal value, expected \\\"optional\\\""),
        "{}",
        answer.told()
    );
    assert_eq!(portal.ask("GET /locations").await.text, "[]");
}

#[tokio::test]
async fn a_dry_run_shows_what_would_come() {
    let (portal, target) = portal_with_file().await;
    for word in ["true", "1", "YES", "y", "on"] {
        let answer = portal
            .post(
                &format!("/locations?dryRun={word}"),
                json!({"type": "url", "target": target}),
            )
            .await;
        let body = answer.json();
        assert_eq!(
            (answer.status, &body["exists"], &body["location"]["id"]),
            (201, &json!(false), &json!(format!("url:{target}")))
        );
        let kinds: Vec<&Value> = body["entities"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entity| &entity["kind"])
            .collect();
        assert_eq!(kinds, ["Location", "Component"], "{word}");
    }
    let gone = portal.world.server.url("/gone.yaml");
    let answer = portal
        .post("/locations?dryRun=true", json!({"type": "url", "target": gone}))
        .await;
    assert_eq!(
        answer.told(),
        format!("400 NotFoundError: Unable to read url, no matching files found for {gone}")
    );
    assert_eq!(portal.ask("GET /locations").await.text, "[]");
    assert_eq!(
        names(&portal.ask("GET /entities?filter=metadata.name=new").await),
        ""
    );
}

#[tokio::test]
async fn read_only_portals_keep_their_locations() {
    let portal = Portal::with(json!({"readonly": true})).await;
    portal.world.server.put("/new.yaml", component("new", ""));
    let body = json!({"type": "url", "target": portal.world.server.url("/new.yaml")});
    let refused = "403 This operation not allowed in readonly mode";
    portal.check_post("/locations", body.clone(), refused).await;
    portal.check("DELETE /locations/x", refused).await;
    let put = portal.send("PUT /locations/x", Some(body.clone()), &[]).await;
    assert_eq!(put.told(), refused);
    assert_eq!(portal.post("/locations?dryRun=true", body).await.status, 201);
    portal.check("DELETE /entities/by-uid/x", "204").await;
    portal
        .check_post("/refresh", json!({"entityRef": "component:default/alpha"}), "200")
        .await;
}

#[tokio::test]
async fn locations_are_found_by_query_and_walked() {
    let portal = Portal::start().await;
    for name in ["a", "b", "c"] {
        let target = portal.world.server.url(&format!("/{name}.yaml"));
        assert_eq!(
            portal
                .post("/locations", json!({"type": "url", "target": target}))
                .await
                .status,
            201
        );
    }
    let ask = async |body: Value| portal.post("/locations/by-query", body).await;
    let found = |body: &Value| body["items"].as_array().unwrap().len();
    let all = ask(json!({})).await.json();
    assert_eq!(
        (found(&all), &all["totalItems"], &all["pageInfo"]),
        (3, &json!(3), &json!({}))
    );
    let b = portal.world.server.url("/B.yaml");
    let one = ask(json!({"query": {"target": b, "type": "URL"}})).await.json();
    assert_eq!(
        (
            found(&one),
            one["items"][0]["target"].as_str().unwrap().ends_with("/b.yaml")
        ),
        (1, true)
    );

    let mut walked = Vec::new();
    let mut page = ask(json!({"limit": 1, "query": {"type": "url"}})).await.json();
    loop {
        walked.extend(page["items"].as_array().unwrap().clone());
        assert_eq!(page["totalItems"], 3);
        match page["pageInfo"]["nextCursor"].as_str() {
            Some(cursor) => {
                page = ask(json!({"cursor": cursor, "limit": 9, "query": {"type": "no"}}))
                    .await
                    .json();
            }
            None => break,
        }
    }
    assert_eq!(json!(walked), all["items"]);
    let check =
        async |body: Value, expected: &str| portal.check_post("/locations/by-query", body, expected).await;
    check(json!({"limit": 0}), "400 Limit must be a positive integer >= 1").await;
    check(json!({"limit": "x"}), "400 request/body/limit must be number").await;
    check(json!({"cursor": ""}), "400 Cursor cannot be empty").await;
    check(json!({"cursor": "zzz"}), "400 Malformed cursor, unknown encoding").await;
    let unknown =
        "400 Invalid filter predicate, expected key to be 'id', 'type', 'target', or 'entityRef', got 'kind'";
    check(json!({"query": {"kind": "x"}}), unknown).await;
}

#[tokio::test]
async fn entities_without_a_registered_location_say_so() {
    let portal = Portal::start().await;
    let path = portal.world.folder.path().join("lab.yaml");
    let expected = format!(
        "404 Found no location with type file and target {}",
        path.display()
    );
    portal
        .check("GET /locations/by-entity/component/default/alpha", &expected)
        .await;
    let expected = "404 found no entity for ref component:default/nope";
    portal
        .check("GET /locations/by-entity/component/default/nope", expected)
        .await;
}
