//! No single question costs more than a stated bound, however it is asked.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use tower::ServiceExt;

use super::Portal;
use crate::world::{component, join};

const ENTITIES: &str = "/entities?filter=kind=component";
const COMPONENTS: &str = "filter=kind=component";

#[tokio::test]
async fn absurd_fields_are_refused_wherever_they_are_taken() {
    let portal = Portal::start().await;
    let path = format!("{}b", "a.".repeat(3_000));
    let told = "400 Invalid field \"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.…\", a field has at most 1000 bytes \
                and 200 parts";
    portal.check(&format!("GET {ENTITIES}&fields={path}"), told).await;
    portal
        .check(&format!("GET /entities/by-query?fields={path}"), told)
        .await;
    portal
        .check_post("/entities/by-query", json!({"fields": [path]}), told)
        .await;
    let refs = json!({"entityRefs": ["component:default/alpha"], "fields": [path]});
    portal.check_post("/entities/by-refs", refs, told).await;
    let many: Vec<String> = (0..2_500).map(|number| format!("f{number}")).collect();
    let line = format!("GET {ENTITIES}&fields={}", many.join(","));
    let told = "400 Invalid fields, more than 200 of them; ask for fewer, or for whole entities";
    portal.check(&line, told).await;
}

#[tokio::test]
async fn what_is_asked_for_again_and_again_is_done_once() {
    let portal = Portal::start().await;
    let again = |word: &str, times: usize| vec![word.to_owned(); times];
    let once = portal
        .post("/entity-facets", json!({"facets": ["metadata.name"]}))
        .await;
    let often = json!({"facets": again("metadata.name", 6_000)});
    assert_eq!(portal.post("/entity-facets", often).await.text, once.text);
    let fields = again("metadata.description", 3_500);
    let search = |fields: &[String]| json!({"fullTextFilter": {"term": "%25a%25_", "fields": fields}});
    let often = portal.post("/entities/by-query", search(&fields)).await;
    let once = portal.post("/entities/by-query", search(&fields[..1])).await;
    assert_eq!(often.json()["items"], once.json()["items"]);
    let line = format!("GET {ENTITIES}&fields={}", again("kind", 2_500).join(","));
    let once = portal.ask(&format!("GET {ENTITIES}&fields=kind")).await;
    assert_eq!(portal.ask(&line).await.text, once.text);
}

#[tokio::test]
async fn too_many_different_facets_and_search_fields_are_refused() {
    let portal = Portal::start().await;
    let names: Vec<String> = (0..101).map(|number| format!("spec.k{number}")).collect();
    let told = "400 At most 100 facets are counted at once; ask for fewer";
    portal
        .check_post("/entity-facets", json!({"facets": names}), told)
        .await;
    let told = "400 A text is searched for in at most 20 fields; name fewer";
    let body = json!({"fullTextFilter": {"term": "a", "fields": names}});
    portal.check_post("/entities/by-query", body, told).await;
    let line = format!(
        "GET /entities/by-query?fullTextFilterTerm=a&fullTextFilterFields={}",
        names.join(",")
    );
    portal.check(&line, told).await;
    let body = json!({"fullTextFilter": {"term": "a".repeat(1_001), "fields": ["kind"]}});
    let told = "400 The text to search for has more than 1000 bytes";
    portal.check_post("/entities/by-query", body, told).await;
}

/// Thirty orders by two tags were 2^30 rows.
#[tokio::test]
async fn orders_that_are_repeated_make_no_more_rows() {
    let portal = Portal::start().await;
    let orders = "&order=asc:metadata.tags".repeat(900);
    let begun = Instant::now();
    let names = portal
        .names(&format!("GET /entities?{COMPONENTS}&limit=3{orders}"))
        .await;
    assert_eq!(names, "Alpha Alpha beta");
    let fields = [
        "metadata.tags",
        "relations.providesApi",
        "spec.list",
        "kind",
        "spec.rank",
    ];
    let orders: String = fields
        .iter()
        .map(|field| format!("&order=desc:{field}"))
        .collect();
    let names = portal
        .names(&format!("GET /entities?{COMPONENTS}&offset=1&limit=2{orders}"))
        .await;
    // The rank is the fifth, so those without any of the four go by uid.
    assert_eq!(names, "Alpha beta");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

/// An entity with a hundred values in each of four fields would stand in 10^8 rows.
#[tokio::test]
async fn an_entity_with_many_values_stands_in_few_rows() {
    let portal = Portal::start().await;
    let values: Vec<String> = (0..100).map(|number| format!("v{number:02}")).collect();
    let list = values.join(", ");
    let many = component(
        "many",
        &format!(", a: [{list}], b: [{list}], c: [{list}], d: [{list}]"),
    );
    portal
        .world
        .write("lab.yaml", &join(&[many, component("one", "")]));
    portal.world.look().await;
    portal.settle().await;
    let orders = "&order=asc:spec.a&order=asc:spec.b&order=asc:spec.c&order=asc:spec.d";
    let names = portal
        .names(&format!(
            "GET /entities?{COMPONENTS}&offset=99&limit=5{orders}&fields=metadata.name"
        ))
        .await;
    assert_eq!(names, "many one");
}

/// The same for any number of entities: nothing of the answer is made before somebody reads.
#[tokio::test]
async fn long_lists_go_out_in_portions() {
    let portal = Portal::start().await;
    let text = "x".repeat(100_000);
    let documents: Vec<String> = (0..100)
        .map(|number| component(&format!("big-{number:03}"), &format!(", text: {text}")))
        .collect();
    portal.world.write("lab.yaml", &join(&documents));
    portal.world.look().await;
    portal.settle().await;
    for line in [
        "/entities?filter=kind=component",
        "/entities?filter=kind=component&fields=spec",
        "/entities/by-query?filter=kind=component&limit=1000",
    ] {
        let peer = ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000)));
        let request = Request::builder().uri(format!("/api/catalog{line}"));
        let request = request.header("host", "localhost").extension(peer);
        let request = request.body(Body::empty()).unwrap();
        let mut response = portal.router.clone().oneshot(request).await.unwrap();
        let unread = response.extensions().get::<web::Unread>().unwrap().0;
        assert!((4 << 20..12 << 20).contains(&unread), "{line} {unread}");
        let (mut frames, mut all) = (Vec::new(), Vec::new());
        while let Some(frame) = response.body_mut().frame().await {
            let data = frame.unwrap().into_data().unwrap();
            frames.push(data.len());
            all.extend_from_slice(&data);
        }
        assert!(
            frames.len() > 2 && frames.iter().all(|bytes| *bytes < 8 << 20),
            "{line} {frames:?}"
        );
        let value: Value = serde_json::from_slice(&all).unwrap();
        let items = value.as_array().or(value["items"].as_array()).unwrap();
        assert_eq!(items.len(), 100, "{line}");
        assert!(!response.headers().contains_key("etag"), "{line}");
    }
}
