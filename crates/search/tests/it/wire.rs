//! The API as clients of the original see it (as in `@backstage/plugin-search-backend` 2.1.7).

use axum::body::Body;
use axum::http::{Request, StatusCode};
use search::Bounds;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::world::{World, entity};

async fn world() -> World {
    let one = |name: &str, kind: &str| {
        let spec = json!({ "type": kind, "lifecycle": "production", "owner": "team" });
        entity(
            &format!("Component:{name}"),
            json!({ "description": "A thing" }),
            spec,
        )
    };
    World::with(
        &[
            one("one", "service"),
            one("two", "service"),
            one("three", "library"),
        ]
        .concat(),
    )
    .await
}

async fn get(world: &World, query: &str) -> (StatusCode, Value) {
    let bounds = Bounds { term: 100, page: 100 };
    let api = search::api_rows(world.search.clone(), bounds).into_open_router();
    let path = if query.starts_with('/') {
        query.to_owned()
    } else {
        format!("/query?{query}")
    };
    let mut request = Request::get(path).body(Body::empty()).unwrap();
    let viewer = model::Viewer::guest();
    request.extensions_mut().insert(viewer);
    let permissions = web::Permissions::new(None, search::ID);
    request.extensions_mut().insert(permissions);
    let answer = api.oneshot(request).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_text_without_letters_finds_nothing_and_a_star_everything() {
    let world = world().await;
    for (term, expected) in [("%F0%9F%98%80", 0), ("%3F!", 0), ("*", 4), ("", 4), ("%22%22", 4)] {
        let (_, body) = get(&world, &format!("term={term}")).await;
        assert_eq!(body["numberOfResults"], json!(expected), "{term}");
    }
}

#[tokio::test]
async fn the_api_describes_itself() {
    let (status, body) = get(&world().await, "/openapi.json").await;
    assert_eq!(
        (status, &body["info"]["title"]),
        (StatusCode::OK, &json!("search"))
    );
}

#[tokio::test]
async fn a_result_has_the_shape_of_the_original() {
    let world = world().await;
    let (status, body) = get(&world, "term=one").await;
    assert_eq!((status, &body["numberOfResults"]), (StatusCode::OK, &json!(1)));
    let result = &body["results"][0];
    assert_eq!(
        (&result["type"], &result["rank"]),
        (&json!("software-catalog"), &json!(1))
    );
    let document = json!({
        "title": "one", "text": "A thing", "componentType": "service", "type": "service", "namespace": "default",
        "kind": "Component", "lifecycle": "production", "owner": "team", "location": "/catalog/default/component/one",
    });
    assert_eq!(result["document"], document);
    let highlight = &result["highlight"];
    let (pre, post) = (
        highlight["preTag"].as_str().unwrap(),
        highlight["postTag"].as_str().unwrap(),
    );
    assert_eq!(highlight["fields"]["title"], json!(format!("{pre}one{post}")));
}

#[tokio::test]
async fn cursors_walk_through_the_pages() {
    let world = world().await;
    let first = get(&world, "term=&filters[kind]=Component&pageLimit=2").await.1;
    assert_eq!(
        (&first["numberOfResults"], &first["nextPageCursor"]),
        (&json!(3), &json!("MQ=="))
    );
    assert!(first.get("previousPageCursor").is_none());
    let second = get(
        &world,
        "term=&filters[kind]=Component&pageLimit=2&pageCursor=MQ==",
    )
    .await
    .1;
    assert_eq!(
        (&second["previousPageCursor"], &second["results"][0]["rank"]),
        (&json!("MA=="), &json!(3))
    );
    assert!(second.get("nextPageCursor").is_none());
    let garbage = get(&world, "term=&filters[kind]=Component&pageCursor=garbage")
        .await
        .1;
    assert_eq!(
        (&garbage["numberOfResults"], &garbage["results"]),
        (&json!(3), &json!([]))
    );
}

#[tokio::test]
async fn filters_and_types_restrict() {
    let world = world().await;
    for (query, expected) in [
        ("filters[type]=service", 2),
        ("filters[type][0]=service&filters[type][1]=library", 3),
        ("filters[kind]=component&filters[type]=LIBRARY", 1),
        ("filters%5Bnope%5D=x", 0),
        ("term=&types[0]=software-catalog&filters[kind]=Component", 3),
        ("types=software-catalog&term=two", 1),
        ("term=two&unknown=1", 1),
        ("pageLimit=0&filters[kind]=Component", 3),
    ] {
        assert_eq!(
            get(&world, query).await.1["numberOfResults"],
            json!(expected),
            "{query}"
        );
    }
}

#[tokio::test]
async fn wrong_parameters_are_refused_with_the_originals_words() {
    let world = world().await;
    let long = format!("term={}", "a".repeat(101));
    for (query, expected) in [
        ("pageLimit=x", "request/query/pageLimit must be integer"),
        ("types[0]=nope", "\"types\",\n      0"),
        (
            "pageLimit=101",
            "The page limit \\\"101\\\" is greater than \\\"100\\\"",
        ),
        (&long, "The term length \\\"101\\\" is greater than \\\"100\\\""),
    ] {
        let (status, body) = get(&world, query).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
        let message = body["error"]["message"].as_str().unwrap();
        assert!(message.contains(expected), "{message}");
    }
}

/// The pages of the recorded cases hold documents of other plugins, too, so they are walked here.
#[tokio::test]
async fn pages_are_walked_by_cursors() {
    let world = world().await;
    for (query, titles, next, previous) in [
        ("pageLimit=2", 2, Some("MQ=="), None),
        ("pageLimit=2&pageCursor=MQ==", 1, None, Some("MA==")),
        ("pageLimit=1&pageCursor=MQ==", 1, Some("Mg=="), Some("MA==")),
        ("pageLimit=2&pageCursor=NQ==", 0, None, Some("NA==")),
        ("pageLimit=2&pageCursor=garbage", 0, None, None),
        ("pageLimit=0", 3, None, None),
        ("pageLimit=3", 3, None, None),
    ] {
        let (status, body) = get(&world, &format!("term=&filters%5Bkind%5D=Component&{query}")).await;
        assert_eq!(
            (status, &body["numberOfResults"]),
            (StatusCode::OK, &json!(3)),
            "{query}"
        );
        assert_eq!(body["results"].as_array().map(Vec::len), Some(titles), "{query}");
        assert_eq!(body["nextPageCursor"].as_str(), next, "{query}");
        assert_eq!(body["previousPageCursor"].as_str(), previous, "{query}");
    }
}

#[tokio::test]
async fn the_text_of_people_and_groups_is_that_of_the_original() {
    let profile = json!({ "displayName": "Payment People", "email": "payers@lumen.example" });
    let group = json!({ "type": "team", "children": [], "profile": profile });
    let user = json!({ "memberOf": [], "profile": profile });
    let description = || json!({ "description": "Pays" });
    let all = entity("Group:payers", description(), group) + &entity("User:payer", description(), user);
    let world = World::with(&all).await;
    for (kind, text) in [
        ("Group", "Pays : Payment People"),
        ("User", "Pays : Payment People : payers@lumen.example"),
    ] {
        let query = format!("term=payers%40lumen.example&filters%5Bkind%5D={kind}");
        let (_, body) = get(&world, &query).await;
        assert_eq!(body["results"][0]["document"]["text"], text, "{body}");
    }
}
