//! The law of cursors: walking forward gives every row of the sorted list once, and walking back from
//! anywhere gives the same rows in the other direction.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Portal;

/// One walk: what it is ordered by, how many rows a page has, and how far it goes before it turns.
#[derive(Debug, Clone)]
struct Plan {
    order: Option<(&'static str, &'static str)>,
    limit: usize,
    turn_after: usize,
    by_get: bool,
}

fn plan() -> impl Strategy<Value = Plan> {
    let field = prop::sample::select(vec![
        "metadata.name",
        "spec.type",
        "spec.rank",
        "metadata.tags",
        "kind",
        "metadata.uid",
    ]);
    let order = prop::option::of((field, prop::sample::select(vec!["asc", "desc"])));
    (order, 1_usize..9, 1_usize..12, any::<bool>()).prop_map(|(order, limit, turn_after, by_get)| Plan {
        order,
        limit,
        turn_after,
        by_get,
    })
}

async fn turn(portal: &Portal, plan: &Plan, cursor: &str) -> Value {
    if plan.by_get {
        let encoded: String = url::form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
        return portal
            .ask(&format!(
                "GET /entities/by-query?limit={}&cursor={encoded}",
                plan.limit
            ))
            .await
            .json();
    }
    portal
        .post(
            "/entities/by-query",
            json!({"cursor": cursor, "limit": plan.limit}),
        )
        .await
        .json()
}

async fn first(portal: &Portal, plan: &Plan, limit: usize) -> Value {
    let order: Vec<Value> = plan
        .order
        .iter()
        .map(|(field, order)| json!({"field": field, "order": order}))
        .collect();
    portal
        .post("/entities/by-query", json!({"limit": limit, "orderBy": order}))
        .await
        .json()
}

fn rows(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("a page");
    items
        .iter()
        .map(|entity| entity["metadata"]["uid"].as_str().unwrap().to_owned())
        .collect()
}

/// All rows walking forward, and the pages.
async fn walk(portal: &Portal, plan: &Plan) -> Vec<Value> {
    let mut pages = vec![first(portal, plan, plan.limit).await];
    while let Some(cursor) = pages.last().unwrap()["pageInfo"]["nextCursor"].as_str() {
        let page = turn(portal, plan, cursor).await;
        assert_eq!(page["totalItems"], pages[0]["totalItems"]);
        pages.push(page);
        assert!(pages.len() < 100, "the walk must end");
    }
    pages
}

async fn check(portal: &Portal, plan: &Plan) -> Result<(), TestCaseError> {
    let whole = rows(&first(portal, plan, 1000).await);
    let pages = walk(portal, plan).await;
    let walked: Vec<String> = pages.iter().flat_map(rows).collect();
    prop_assert_eq!(&walked, &whole);
    prop_assert!(pages[0]["pageInfo"].get("prevCursor").is_none());
    let turned = plan.turn_after.min(pages.len() - 1);
    let mut back = Vec::new();
    let mut page = pages[turned].clone();
    while let Some(cursor) = page["pageInfo"]["prevCursor"].as_str() {
        page = turn(portal, plan, cursor).await;
        back.splice(0..0, rows(&page));
        prop_assert!(back.len() <= whole.len());
    }
    let before: Vec<String> = pages[..turned].iter().flat_map(rows).collect();
    prop_assert_eq!(back, before);
    Ok(())
}

#[test]
fn walking_forward_and_back_gives_the_sorted_list() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let portal = runtime.block_on(async {
        let portal = Portal::start().await;
        let many = (0..23).map(|number| {
            let rank = if number % 3 == 0 { String::new() } else { format!(", rank: {}", number % 4) };
            format!(
                "apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: {{name: r-{number}, tags: [t{}, t{}]}}\n\
                 spec: {{type: kind-{}, owner: team-a{rank}}}\n",
                number % 2,
                number % 5 + 2,
                number % 3,
            )
        });
        portal.world.write("lab.yaml", &crate::world::join(&many.collect::<Vec<_>>()));
        portal.world.look().await;
        portal.settle().await;
        portal
    });
    let config = ProptestConfig {
        cases: 120,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(plan in plan())| {
        runtime.block_on(check(&portal, &plan))?;
    });
}
