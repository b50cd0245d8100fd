//! `/entities/by-query`, by GET and by POST.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Portal, names};

const COMPONENTS: &str = "filter=kind=component";

fn decoded(answer: &Value, name: &str) -> String {
    let cursor = answer["pageInfo"][name].as_str().unwrap_or_default();
    String::from_utf8(STANDARD.decode(cursor).unwrap()).unwrap()
}

#[tokio::test]
async fn only_the_first_order_counts_and_what_lacks_it_is_left_out() {
    let portal = Portal::start().await;
    let check = async |query: &str, total: u64, expected: &str| {
        let answer = portal
            .ask(&format!("GET /entities/by-query?{COMPONENTS}&{query}"))
            .await;
        assert_eq!(
            (answer.json()["totalItems"].as_u64(), names(&answer)),
            (Some(total), expected.to_owned()),
            "{query}"
        );
    };
    check(
        "orderField=metadata.name",
        5,
        "Alpha beta ops/delta gamma with-comma",
    )
    .await;
    check(
        "orderField=metadata.NAME,desc",
        5,
        "with-comma gamma ops/delta beta Alpha",
    )
    .await;
    check(
        "orderField=spec.rank,asc&orderField=metadata.name,desc",
        3,
        "beta ops/delta gamma",
    )
    .await;
    check("orderField=metadata.title&limit=1", 2, "gamma").await;
    // A list of values makes a row for each, but counts once.
    check("orderField=metadata.tags", 1, "Alpha Alpha").await;
    check("orderField=spec.nothing", 0, "").await;
    check("orderField=metadata.name&limit=0", 5, "").await;
    check("orderField=metadata.name&offset=3", 5, "gamma with-comma").await;
    check("orderField=metadata.name&offset=9", 0, "").await;
    check("orderField=metadata.name&limit=1&totalItems=exclude", 0, "Alpha").await;
    check("orderField=,asc", 0, "").await;
}

#[tokio::test]
async fn texts_are_found_inside_values_of_the_ordered_field() {
    let portal = Portal::start().await;
    let check = async |query: &str, expected: &str| {
        let line = format!("GET /entities/by-query?{COMPONENTS}&{query}");
        assert_eq!(portal.names(&line).await, expected, "{query}");
    };
    check(
        "orderField=metadata.name&fullTextFilterTerm=+A+",
        "Alpha beta ops/delta gamma with-comma",
    )
    .await;
    check("orderField=metadata.name&fullTextFilterTerm=ET", "beta").await;
    check(
        "orderField=metadata.name&fullTextFilterTerm=title&fullTextFilterFields=metadata.title,metadata.name",
        "gamma",
    )
    .await;
    check("orderField=metadata.name&fullTextFilterTerm=a_p%25a", "Alpha").await;
    check(
        "orderField=metadata.name&fullTextFilterTerm=+",
        "Alpha beta ops/delta gamma with-comma",
    )
    .await;
    // Without order and fields the text is looked for in uids.
    check("fullTextFilterTerm=gamma", "").await;
}

#[tokio::test]
async fn wrong_questions_are_refused() {
    let portal = Portal::start().await;
    let check = async |query: &str, expected: &str| {
        portal
            .check(&format!("GET /entities/by-query?{query}"), expected)
            .await;
    };
    check(
        "orderField=metadata.name,up",
        "400 Invalid order field order, must be asc or desc",
    )
    .await;
    check(
        "totalItems=x",
        "400 request/query/totalItems must be equal to one of the allowed values: include, exclude",
    )
    .await;
    check("cursor=", "400 Empty value found for query parameter 'cursor'").await;
    check("limit=-1", "400 request/query/limit must be >= 0").await;
    let check =
        async |body: Value, expected: &str| portal.check_post("/entities/by-query", body, expected).await;
    check(json!([]), "400 request/body must be object").await;
    check(json!({"limit": "x"}), "400 request/body/limit must be number").await;
    check(json!({"limit": -1}), "400 request/body/limit must be >= 0").await;
    check(json!({"fields": "kind"}), "400 request/body/fields must be array").await;
    check(json!({"query": "x"}), "400 request/body/query must be object").await;
    check(json!({"cursor": ""}), "400 Cursor cannot be empty").await;
    check(
        json!({"orderBy": [{"field": "x"}]}),
        "400 request/body/orderBy/0 must have required property 'order'",
    )
    .await;
    let words = "400 request/body/orderBy/0/order must be equal to one of the allowed values: asc, desc";
    check(json!({"orderBy": [{"field": "x", "order": "up"}]}), words).await;
    check(
        json!({"fullTextFilter": {"term": 5}}),
        "400 request/body/fullTextFilter/term must be string",
    )
    .await;
    check(
        json!({"fields": ["a[0]"]}),
        "400 Invalid field \"a[0]\", array type fields are not supported",
    )
    .await;
}

#[tokio::test]
async fn predicates_say_more_than_filters() {
    let portal = Portal::start().await;
    let check = async |query: Value, expected: &str| {
        let body = json!({"query": query, "orderBy": [{"field": "metadata.name", "order": "asc"}]});
        let answer = portal.post("/entities/by-query", body).await;
        assert_eq!(names(&answer), expected, "{query}");
    };
    check(json!({"kind": "API"}), "pay").await;
    check(
        json!({"$all": [{}, {"kind": {"$in": ["api", "System"]}}]}),
        "pay shop",
    )
    .await;
    check(json!({"$any": []}), "").await;
    check(
        json!({"kind": "component", "$not": {}}),
        "400 Invalid query: Validation error: Unrecognized key(s) in object: 'kind'",
    )
    .await;
    check(
        json!({"$all": [{"kind": "component"}, {"$not": {"spec.type": "service"}}]}),
        "beta with-comma",
    )
    .await;
    check(
        json!({"kind": "component", "spec.rank": {"$exists": false}}),
        "Alpha with-comma",
    )
    .await;
    check(json!({"kind": "component", "spec.rank": 10}), "beta").await;
    check(json!({"spec.flag": true}), "gamma").await;
    check(json!({"spec.type": "a,b"}), "with-comma").await;
    check(json!({"metadata.name": {"$hasPrefix": "AL"}}), "Alpha").await;
    check(json!({"metadata.name": {"$hasPrefix": "%"}}), "").await;
    check(json!({"metadata.tags": {"$contains": "java"}}), "Alpha").await;
    check(json!({"relations": {"$contains": {"type": "dependsOn"}}}), "beta").await;
    check(json!({"relations": {"$contains": {"type": "ownedBy", "targetRef": {"$in": ["group:default/team-a"]}}}, "kind": "system"}), "shop").await;
    let unsupported = "400 Object form of $contains is not supported for field \"spec.list\"";
    check(json!({"spec.list": {"$contains": {"type": "x"}}}), unsupported).await;
    check(
        json!({"$foo": 1}),
        "400 Invalid query: Validation error: Invalid at \"$foo\"",
    )
    .await;
}

#[tokio::test]
async fn cursors_are_written_as_the_original_writes_them() {
    let portal = Portal::start().await;
    let first = portal
        .ask(&format!(
            "GET /entities/by-query?{COMPONENTS}&orderField=spec.rank&limit=1"
        ))
        .await
        .json();
    let uid = first["items"][0]["metadata"]["uid"].as_str().unwrap();
    let expected = format!(
        r#"{{"orderFields":[{{"field":"spec.rank","order":"asc"}}],"isPrevious":false,"query":{{"kind":"component"}},"fullTextFilter":{{"term":""}},"orderFieldValues":["10","{uid}"],"firstSortFieldValues":["10","{uid}"],"totalItems":3}}"#
    );
    assert_eq!(decoded(&first, "nextCursor"), expected);
    assert_eq!(first["pageInfo"]["prevCursor"], Value::Null);

    let cursor = first["pageInfo"]["nextCursor"].clone();
    let second = portal
        .post(
            "/entities/by-query",
            json!({"cursor": cursor, "limit": 1, "query": {"kind": "ignored"}}),
        )
        .await
        .json();
    assert_eq!(second["items"][0]["metadata"]["name"], "delta");
    let own = second["items"][0]["metadata"]["uid"].as_str().unwrap();
    let expected = format!(
        r#"{{"orderFields":[{{"field":"spec.rank","order":"asc"}}],"isPrevious":true,"fullTextFilter":{{"term":""}},"orderFieldValues":["100","{own}"],"query":{{"kind":"component"}},"firstSortFieldValues":["10","{uid}"],"totalItems":3}}"#
    );
    assert_eq!(decoded(&second, "prevCursor"), expected);
    // Back on the first page there is nothing before, but always something after.
    let back = portal
        .post(
            "/entities/by-query",
            json!({"cursor": second["pageInfo"]["prevCursor"]}),
        )
        .await
        .json();
    let cursors: Vec<String> = back["pageInfo"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        (back["items"].as_array().unwrap().len(), cursors),
        (1, vec!["nextCursor".to_owned()])
    );
}

#[tokio::test]
async fn several_filters_become_one_predicate() {
    let portal = Portal::start().await;
    let check = async |filter: &str, expected: Value| {
        let answer = portal
            .ask(&format!("GET /entities/by-query?{filter}&limit=1"))
            .await
            .json();
        let cursor: Value = serde_json::from_str(&decoded(&answer, "nextCursor")).unwrap();
        assert_eq!(cursor["query"], expected, "{filter}");
    };
    check(
        "filter=kind=component,metadata.name",
        json!({"$all": [{"kind": "component"}, {"metadata.name": {"$exists": true}}]}),
    )
    .await;
    check(
        "filter=kind=api,kind=group",
        json!({"kind": {"$in": ["api", "group"]}}),
    )
    .await;
    check(
        "filter=kind=api&filter=kind=group",
        json!({"$any": [{"kind": "api"}, {"kind": "group"}]}),
    )
    .await;
}

#[tokio::test]
async fn cursors_of_others_are_checked() {
    let portal = Portal::start().await;
    let check = async |cursor: Value, expected: &str| {
        let cursor = match cursor {
            Value::String(text) => text,
            other => STANDARD.encode(other.to_string()),
        };
        let answer = portal
            .post(
                "/entities/by-query",
                json!({"cursor": cursor, "fields": ["metadata"]}),
            )
            .await;
        let told = if answer.status == 200 {
            names(&answer)
        } else {
            answer.told()
        };
        assert!(told.starts_with(expected), "{told}");
    };
    check(json!("zzz"), "400 Malformed cursor: SyntaxError: ").await;
    check(
        json!({}),
        "400 Malformed cursor: InputError: Malformed cursor: [\n  {\n    \"code\": \"invalid_type\"",
    )
    .await;
    let whole = |more: Value| {
        let mut cursor = json!({
            "orderFields": [{"field": "metadata.name", "order": "asc"}], "isPrevious": false,
            "orderFieldValues": ["beta", "0"],
        });
        cursor
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        cursor
    };
    check(
        whole(json!({"query": {"$bad": 1}})),
        "400 Malformed cursor: InputError: Malformed cursor: [",
    )
    .await;
    check(
        whole(json!({"query": {"kind": "component"}})),
        "beta ops/delta gamma with-comma",
    )
    .await;
    check(
        whole(json!({"isPrevious": true, "query": {"kind": "component"}})),
        "Alpha",
    )
    .await;
    // Filters as older versions wrote them.
    check(
        whole(json!({"filter": {"key": "kind", "values": ["component"]}})),
        "beta ops/delta gamma with-comma",
    )
    .await;
    let not = json!({"allOf": [{"key": "kind", "values": ["component"]}, {"not": {"key": "spec.rank"}}]});
    check(whole(json!({"filter": not})), "with-comma").await;
    let any = json!({"anyOf": [{"key": "kind", "values": ["API"]}, {"key": "kind", "values": ["group"]}]});
    check(whole(json!({"filter": any})), "pay team-a").await;
}
