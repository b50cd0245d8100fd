//! Entities that are not right.

use serde_json::{Value, json};

use super::{Portal, lab};

fn refs(answer: &Value) -> Vec<&str> {
    let rows = answer["entities"].as_array().unwrap();
    rows.iter()
        .map(|row| row["entity_ref"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn pending_are_those_that_were_never_served() {
    let portal = Portal::start().await;
    let pending = portal.ask("GET /entities/unprocessed/pending").await.json();
    assert_eq!(
        (&pending["type"], refs(&pending)),
        (&json!("pending"), vec!["component:default/broken"])
    );
    let row = &pending["entities"][0];
    let message = "Processor BuiltinKindsEntityProcessor threw an error while validating the entity \
                   component:default/broken; caused by TypeError: /spec must have required property 'lifecycle' - \
                   missingProperty: lifecycle";
    assert_eq!(row["errors"][0]["message"], message);
    assert_eq!(row["errors"][0]["cause"]["name"], "TypeError");
    assert_eq!(row["unprocessed_entity"]["spec"], json!({"type": "service"}));
    let keys: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "entity_id",
        "entity_ref",
        "unprocessed_entity",
        "processed_entity",
        "cache",
        "errors",
        "next_update_at",
        "last_discovery_at",
        "location_key",
        "result_hash",
        "unprocessed_hash",
        "hash",
        "final_entity",
        "last_updated_at",
    ];
    assert_eq!(keys, expected);
    for key in ["processed_entity", "hash", "final_entity", "last_updated_at"] {
        assert_eq!(row[key], Value::Null, "{key}");
    }
    assert!(
        row["next_update_at"].is_string() && row["entity_id"].is_string(),
        "{row}"
    );
    let failed = portal.ask("GET /entities/unprocessed/failed").await;
    assert_eq!(failed.text, r#"{"type":"failed","entities":[]}"#);
}

#[tokio::test]
async fn failed_are_those_that_are_served_in_an_older_form() {
    let portal = Portal::start().await;
    portal.world.write(
        "lab.yaml",
        &lab().replace("owner: team-a, type: website", "type: website"),
    );
    portal.world.look().await;
    portal.settle().await;
    let failed = portal.ask("GET /entities/unprocessed/failed").await.json();
    assert_eq!(refs(&failed), ["component:default/beta"]);
    let row = &failed["entities"][0];
    assert_eq!(row["processed_entity"]["spec"]["owner"], "team-a");
    assert_eq!(row["unprocessed_entity"]["spec"].get("owner"), None);
    let check = async |query: &str, expected: usize| {
        let answer = portal
            .ask(&format!("GET /entities/unprocessed/{query}"))
            .await
            .json();
        assert_eq!(refs(&answer).len(), expected, "{query}");
    };
    check("failed?owner=team-a", 0).await;
    check("pending?owner=team-a", 0).await;
    portal
        .check(
            "GET /entities/unprocessed/failed?x=1",
            "400 Unknown query parameter 'x'",
        )
        .await;
}

#[tokio::test]
async fn they_can_be_deleted() {
    let portal = Portal::start().await;
    let pending = portal.ask("GET /entities/unprocessed/pending").await.json();
    let uid = pending["entities"][0]["entity_id"].as_str().unwrap();
    portal
        .check(&format!("DELETE /entities/unprocessed/delete/{uid}"), "204")
        .await;
    let pending = portal.ask("GET /entities/unprocessed/pending").await.json();
    assert_eq!(pending["entities"], json!([]));
}
