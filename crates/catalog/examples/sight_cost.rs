//! What a restricted sight costs: the 95th percentile of questions with it, beside that of the same questions of a
//! caller who sees everything.
//!
//! The caller who sees everything asks twice: the plain question, which has more answers, and the one that has the
//! same answers, because its filter says what the sight says.
//!
//! `cargo run --release -p catalog --example sight_cost -- 20000`

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog::browse;
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
    for (name, seen) in [("half", TEAMS / 2), ("a twentieth", TEAMS / 20)] {
        let teams: Vec<String> = (0..seen).map(team).collect();
        let sight = Sight::only(browse::one_of("relations.ownedby", &teams));
        let whole = Asker::new(catalog.seen_by(&everything), &[]);
        let alike = Asker::new(catalog.seen_by(&everything), &teams);
        let part = Asker::new(catalog.seen_by(&sight), &[]);
        println!(
            "{count} entities, {name} of them seen: p95 of who sees all, of who sees some, ratio; the same answers, ratio"
        );
        for question in QUESTIONS {
            let [whole, part, alike] = percentiles([&whole, &part, &alike], question).await;
            let ratio = |base: Duration| part.as_secs_f64() / base.as_secs_f64();
            let (plain, fair) = (ratio(whole), ratio(alike));
            println!("  {question:<14} {whole:>10.1?} {part:>10.1?} {plain:>6.2} {alike:>12.1?} {fair:>6.2}");
        }
    }
}

const QUESTIONS: [&str; 10] = [
    "list",
    "page",
    "ordered page",
    "facets",
    "listing",
    "count",
    "counts",
    "by name",
    "references",
    "near names",
];

/// The askers take turns, so that a busy machine is as hard on one as on the others.
async fn percentiles(askers: [&Asker<'_>; 3], question: &str) -> [Duration; 3] {
    let mut times = [const { Vec::new() }; 3];
    for round in 0..WARM_UP + ROUNDS {
        for (asker, times) in askers.iter().zip(&mut times) {
            let begun = Instant::now();
            asker.ask(question, round).await;
            if round >= WARM_UP {
                times.push(begun.elapsed());
            }
        }
    }
    times.map(|mut times: Vec<Duration>| {
        times.sort();
        times[ROUNDS * 95 / 100]
    })
}

/// Somebody who asks for the entities of some teams, or of all without any.
struct Asker<'a> {
    view: View<'a>,
    teams: Option<Filter>,
    query: Option<serde_json::Value>,
}

impl<'a> Asker<'a> {
    fn new(view: View<'a>, teams: &[String]) -> Self {
        let is_limited = !teams.is_empty();
        Self {
            view,
            teams: is_limited.then(|| browse::one_of("relations.ownedby", teams)),
            query: is_limited.then(|| json!({"relations.ownedBy": {"$in": teams}})),
        }
    }

    fn filter(&self, also: Filter) -> Filter {
        match &self.teams {
            Some(teams) => Filter::All(vec![also, teams.clone()]),
            None => also,
        }
    }

    async fn page(&self, order: Vec<OrderField>) {
        let request = PageRequest::first(self.query.clone(), order);
        let page = self.view.page(&request).await.expect("a page");
        drop(self.view.bodies(&page.versions).await);
    }

    async fn ask(&self, question: &str, round: usize) {
        let filter = || {
            self.filter(browse::one_of(
                "spec.type",
                &[TYPES[round % TYPES.len()].to_owned()],
            ))
        };
        let name = |number| format!("component:default/part-{number:05}");
        let by_name = || OrderField {
            field: "metadata.name".to_owned(),
            direction: Direction::Ascending,
        };
        match question {
            "list" => {
                let request = ListRequest {
                    filter: Some(filter()),
                    limit: Some(20),
                    order: vec![by_name()],
                    ..ListRequest::default()
                };
                let listed = self.view.list(&request).await.expect("a list");
                drop(self.view.bodies(&listed.versions).await);
            }
            "page" => self.page(Vec::new()).await,
            "ordered page" => self.page(vec![by_name()]).await,
            "facets" => {
                let keys = ["kind", "spec.type"].map(str::to_owned);
                drop(self.view.facets(&keys, Some(&filter()), &Caller::default()));
            }
            "listing" => drop(self.view.listing(&listing(filter(), round)).await),
            "count" => drop(self.view.count(Some(&filter()))),
            "counts" => {
                let filter = self.filter(Filter::All(Vec::new()));
                drop(
                    self.view
                        .counts(&filter, "", &["kind", "spec.type", "metadata.tags"]),
                );
            }
            "by name" => drop(
                self.view
                    .by_references(&[name(round % WARM_UP)], self.teams.as_ref())
                    .await,
            ),
            "references" => {
                let all: Vec<String> = (0..50).map(name).collect();
                drop(self.view.by_references(&all, self.teams.as_ref()).await);
            }
            _ => {
                let near = name(round).replace("part", "prat").parse().expect("a reference");
                drop(self.view.near_names(&near, 5));
            }
        }
    }
}

fn listing(filter: Filter, round: usize) -> ListRequest {
    let direction = if round.is_multiple_of(2) {
        Direction::Descending
    } else {
        Direction::Ascending
    };
    ListRequest::for_people(filter)
        .by("metadata.name", direction)
        .page(0, 20)
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
