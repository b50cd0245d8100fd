//! How bodies of requests are read.

use serde_json::{Value, json};

use super::Portal;

const PATH: &str = "POST /entity-facets";

#[tokio::test]
async fn bodies_must_be_json_of_a_bounded_size() {
    let portal = Portal::start().await;
    let check = async |kind: &str, body: &str, expected: &str| {
        let answer = portal
            .send(
                PATH,
                Some(Value::String(body.to_owned())),
                &[("content-type", kind)],
            )
            .await;
        assert_eq!(answer.told(), expected, "{kind} {body:.40}");
    };
    let facets = r#"200 {"facets":{"kind":[{"value":"API","count":1}]}}"#;
    let body = r#"{"facets":["kind"],"query":{"kind":"api"}}"#;
    check("application/json", body, facets).await;
    check("Application/JSON; charset=utf-8", body, facets).await;
    check("text/plain", body, "400 unsupported media type text/plain").await;
    check(
        "application/json",
        "{",
        "400 Expected property name or '}' in JSON at position 1 (line 1 column 2)",
    )
    .await;
    check(
        "application/json",
        "5",
        "400 Unexpected token '5', \"5\" is not valid JSON",
    )
    .await;
    let large = json!({"facets": ["x".repeat(110_000)]}).to_string();
    check("application/json", &large, "400 request entity too large").await;
    let nested = format!("{{\"facets\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let answer = portal
        .send(
            PATH,
            Some(Value::String(nested)),
            &[("content-type", "application/json")],
        )
        .await;
    assert_eq!(answer.status, 400, "{}", answer.text);
}

#[tokio::test]
async fn a_missing_body_is_an_empty_object() {
    let portal = Portal::start().await;
    portal
        .check(PATH, "400 request/body must have required property 'facets'")
        .await;
    let page = portal.ask("POST /entities/by-query").await;
    assert_eq!((page.status, page.json()["totalItems"].as_u64()), (200, Some(9)));
}
