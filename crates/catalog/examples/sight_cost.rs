//! What a restricted sight costs: the 95th percentile of questions with it, by that of the same questions without.
//!
//! `cargo run --release -p catalog --example sight_cost -- 20000`

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog::browse::{self, ListRequest as PageOfList};
use catalog::query::{Direction, ListRequest, OrderField, PageRequest};
use catalog::{Caller, Catalog, Sight, View};
use config::Config;
use jiff::Timestamp;
use model::Filter;
use serde_json::json;
use store::{Database, Node, Store};
use uuid::Uuid;

/// How often each question is asked with each sight.
const ROUNDS: usize = 1_000;
/// Rounds before, which fill the cache of bodies.
const WARM_UP: usize = 50;
/// Teams that own the entities.
const TEAMS: usize = 40;
/// Types of the entities.
const TYPES: [&str; 3] = ["service", "website", "library"];
/// Entities written at a time.
const BATCH: usize = 500;

#[tokio::main]
async fn main() {
    let count = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(20_000);
    let catalog = filled(count).await;
    let everything = Sight::system("an example");
    let teams = |number: usize| -> Vec<String> { (0..number).map(team).collect() };
    let mut text = String::new();
    for (name, seen) in [("half", TEAMS / 2), ("a twentieth", TEAMS / 20)] {
        let restricted = Sight::only(browse::one_of("relations.ownedby", &teams(seen)));
        let _ = writeln!(text, "{count} entities, {name} of them seen");
        for question in QUESTIONS {
            let views = [&everything, &restricted].map(|sight| catalog.seen_by(sight));
            let [whole, part] = percentiles(views, question).await;
            let ratio = part.as_secs_f64() / whole.as_secs_f64();
            let _ = writeln!(text, "  {question:<12} {whole:>10.1?} {part:>10.1?}  {ratio:.2}");
        }
    }
    print!("{text}");
}

const QUESTIONS: [&str; 8] = [
    "list",
    "page",
    "facets",
    "listing",
    "counts",
    "by name",
    "references",
    "near names",
];

/// The views take turns, so that a busy machine is as hard on one as on the other.
async fn percentiles(views: [View<'_>; 2], question: &str) -> [Duration; 2] {
    let mut times = [Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS)];
    for round in 0..WARM_UP + ROUNDS {
        for (view, times) in views.iter().zip(&mut times) {
            let begun = Instant::now();
            ask(*view, question, round).await;
            if round >= WARM_UP {
                times.push(begun.elapsed());
            }
        }
    }
    times.map(|mut times| {
        times.sort();
        times[ROUNDS * 95 / 100]
    })
}

async fn ask(view: View<'_>, question: &str, round: usize) {
    let kind = TYPES[round % TYPES.len()].to_owned();
    let filter = browse::one_of("spec.type", &[kind]);
    match question {
        "list" => {
            let request = ListRequest {
                filter: Some(filter),
                limit: Some(20),
                order: vec![OrderField {
                    field: "metadata.name".to_owned(),
                    direction: Direction::Ascending,
                }],
                ..ListRequest::default()
            };
            drop(view.list(&request).await);
        }
        "page" => drop(view.page(&PageRequest::first(None, Vec::new())).await),
        "facets" => drop(view.facets(
            &["kind".to_owned(), "spec.type".to_owned()],
            Some(&filter),
            &Caller::default(),
        )),
        "listing" => drop(view.listing(listing(filter, round)).await),
        "counts" => drop(view.counts(
            &Filter::All(Vec::new()),
            "",
            &["kind", "spec.type", "metadata.tags"],
        )),
        "by name" => drop(
            view.by_reference(&format!("component:default/part-{round:05}"))
                .await,
        ),
        "references" => {
            let all: Vec<String> = (0..50)
                .map(|at| format!("component:default/part-{at:05}"))
                .collect();
            drop(view.by_references(&all, None).await);
        }
        _ => drop(
            view.near_names(
                &format!("component:default/prat-{round:05}")
                    .parse()
                    .expect("a reference"),
                5,
            ),
        ),
    }
}

fn listing(filter: Filter, round: usize) -> PageOfList {
    PageOfList {
        filter,
        text: String::new(),
        order: "metadata.name".to_owned(),
        descending: round.is_multiple_of(2),
        cursor: None,
        limit: 20,
    }
}

fn team(number: usize) -> String {
    format!("group:default/team-{number}")
}

async fn filled(count: usize) -> Catalog {
    let store = Store::open(&Database::SqliteMemory)
        .await
        .expect("a database in memory");
    let numbers: Vec<usize> = (0..count).collect();
    for batch in numbers.chunks(BATCH) {
        let nodes: Vec<Node> = batch.iter().map(|number| node(*number)).collect();
        let mut tx = store.write(store::Lane::Bulk).await.expect("a transaction");
        tx.upsert_nodes(&nodes).await.expect("nodes");
        tx.commit().await.expect("a commit");
    }
    let config = Config::from_value(json!({}), Path::new("/")).expect("a configuration");
    let catalog = Catalog::builder(Arc::new(config), store)
        .build()
        .expect("a catalog");
    catalog.catch_up().await.expect("an index");
    catalog
}

fn node(number: usize) -> Node {
    let uid = Uuid::new_v4();
    let name = format!("part-{number:05}");
    let entity = json!({
        "kind": if number.is_multiple_of(9) { "API" } else { "Component" },
        "metadata": {"name": name, "namespace": "default", "uid": uid.to_string(), "tags": [format!("t{}", number % 300)]},
        "relations": [{"type": "ownedBy", "targetRef": team(number % TEAMS)}],
        "spec": {"type": TYPES[number % TYPES.len()]},
    });
    Node {
        reference: format!(
            "{}:default/{name}",
            if number.is_multiple_of(9) {
                "api"
            } else {
                "component"
            }
        ),
        uid,
        location_key: None,
        raw: None,
        raw_hash: String::new(),
        processed: None,
        result_hash: String::new(),
        problems: Vec::new(),
        final_json: Some(entity.to_string()),
        etag: None,
        orphan: false,
        place: None,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}
