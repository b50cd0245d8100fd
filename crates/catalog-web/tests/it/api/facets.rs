//! `/entity-facets`.

use serde_json::json;

use super::Portal;

#[tokio::test]
async fn facets_count_values_as_they_are_written() {
    let portal = Portal::start().await;
    let check = async |query: &str, expected: &str| {
        let line = format!("GET /entity-facets?filter=kind=component&{query}");
        portal
            .check(&line, &format!("200 {{\"facets\":{{{expected}}}}}"))
            .await;
    };
    let types = r#""spec.type":[{"value":"Service","count":1},{"value":"a,b","count":1},{"value":"service","count":2},{"value":"website","count":1}]"#;
    check("facet=spec.type", types).await;
    check(
        "facet=Spec.Rank",
        r#""Spec.Rank":[{"value":"10","count":1},{"value":"100","count":1},{"value":"9","count":1}]"#,
    )
    .await;
    check(
        "facet=metadata.tags",
        r#""metadata.tags":[{"value":"go","count":1},{"value":"java","count":1}]"#,
    )
    .await;
    // Neither nulls nor long values have a value to count.
    check(
        "facet=spec.nothing&facet=spec.long",
        r#""spec.nothing":[],"spec.long":[]"#,
    )
    .await;
    check("facet=nope", r#""nope":[]"#).await;
    check(
        "facet=relations.ownedBy",
        r#""relations.ownedBy":[{"value":"group:default/team-a","count":4},{"value":"group:ops/team-a","count":1}]"#,
    )
    .await;
    portal
        .check(
            "GET /entity-facets",
            "400 request/query must have required property 'facet'",
        )
        .await;
    portal
        .check(
            "GET /entity-facets?facet=",
            "400 Empty value found for query parameter 'facet'",
        )
        .await;
}

#[tokio::test]
async fn facets_can_be_asked_for_with_a_predicate() {
    let portal = Portal::start().await;
    let check = async |body, expected: &str| portal.check_post("/entity-facets", body, expected).await;
    let kinds = r#"200 {"facets":{"kind":[{"value":"API","count":1},{"value":"Group","count":1}]}}"#;
    check(
        json!({"facets": ["kind"], "query": {"kind": {"$in": ["api", "group"]}}}),
        kinds,
    )
    .await;
    check(
        json!({"facets": ["kind"], "query": {"$any": []}}),
        r#"200 {"facets":{"kind":[]}}"#,
    )
    .await;
    check(json!({}), "400 request/body must have required property 'facets'").await;
    check(json!({"facets": "kind"}), "400 request/body/facets must be array").await;
    check(json!({"facets": []}), "400 Missing or empty facets parameter").await;
    check(
        json!({"facets": ["kind"], "query": "x"}),
        "400 request/body/query must be object",
    )
    .await;
}
