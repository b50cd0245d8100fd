//! Fills the index with a made-up catalog and prints what it costs and how fast it answers.
//!
//! `cargo run -p read-model --release --example index_memory -- 1000000`

#![allow(clippy::print_stdout, reason = "figures for the terminal")]

use std::time::Instant;

use model::{Filter, SearchRow};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use read_model::{Like, ReadModel, Scan, ScanOrder, UidBound};
use uuid::Uuid;

fn main() {
    let count: u32 = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000);
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let before = resident();
    let mut model = ReadModel::default();
    let start = Instant::now();
    for id in 0..count {
        model
            .upsert(Uuid::from_u128(random.random()), &rows(id, count, &mut random))
            .expect("complete");
    }
    println!("{count} entities in {:.2?}", start.elapsed());
    let start = Instant::now();
    model.prepare_orders();
    println!("orders by name and uid in {:.2?}", start.elapsed());
    let per_entity = |bytes: u64| bytes / u64::from(count);
    println!(
        "counted {} bytes an entity",
        per_entity(model.heap_bytes() as u64)
    );
    println!(
        "resident {} bytes an entity",
        per_entity(resident().saturating_sub(before))
    );
    measure(&model);
    let mut longest = std::time::Duration::ZERO;
    let start = Instant::now();
    for id in 0..20_000 {
        let at = Instant::now();
        model
            .upsert(
                Uuid::from_u128(random.random()),
                &rows(count + id, count, &mut random),
            )
            .expect("complete");
        longest = longest.max(at.elapsed());
    }
    println!("20000 more in {:.2?}, the slowest {longest:.2?}", start.elapsed());
}

fn measure(model: &ReadModel) {
    let is = |key: &str, value: &str| Filter::In {
        key: key.into(),
        values: vec![value.into()],
    };
    let services = Filter::All(vec![is("kind", "component"), is("spec.type", "service")]);
    let owned = Filter::All(vec![
        is("kind", "component"),
        is("relations.ownedby", "group:default/team-7"),
    ]);
    for (name, filter) in [
        ("kind", is("kind", "component")),
        ("two", services),
        ("owned", owned),
        ("groups", is("kind", "group")),
    ] {
        for key in [
            "metadata.name",
            "spec.type",
            "metadata.tags",
            "metadata.description",
        ] {
            time(&format!("{name} by {key}"), || {
                page(model, &filter, ScanOrder::Key(key))
            });
        }
        time(&format!("{name} by uid"), || page(model, &filter, ScanOrder::Uid));
        time(&format!("{name} facet owner"), || {
            model
                .facet("relations.ownedby", Some(&model.evaluate(&filter)))
                .len()
        });
        time(&format!("{name} facet tags"), || {
            model.facet("metadata.tags", Some(&model.evaluate(&filter))).len()
        });
    }
    time("text in name", || {
        usize::try_from(
            model
                .matching(&["metadata.name".into()], &Like::containing("99-x"))
                .len(),
        )
        .expect("fits")
    });
    time("facet kind", || model.facet("kind", None).len());
}

fn page(model: &ReadModel, filter: &Filter, order: ScanOrder<'_>) -> usize {
    let set = model.evaluate(filter);
    let middle = Some(("m", UidBound::parse("80000000-0000-4000-8000-000000000000")));
    let page = |after| model.scan(&Scan::by(order, &*set).after(after).page(0, 21)).len();
    page(None) + page(middle)
}

fn time(name: &str, work: impl Fn() -> usize) {
    let first = Instant::now();
    let found = work();
    let first = first.elapsed();
    let start = Instant::now();
    for _ in 0..20 {
        std::hint::black_box(work());
    }
    println!(
        "{name:40} {found:8} first {first:>10.1?} then {:>10.1?}",
        start.elapsed() / 20
    );
}

fn rows(id: u32, count: u32, random: &mut ChaCha8Rng) -> Vec<SearchRow> {
    let kind = match id % 20 {
        0 => "Group",
        1 | 2 => "User",
        3..=6 => "API",
        7 | 8 => "Resource",
        9 => "System",
        10 => "Location",
        _ => "Component",
    };
    let name = format!(
        "{}-{id}-x",
        ["orders", "payments", "ledger", "search", "mail"][random.random_range(0..5)]
    );
    let file = format!(
        "url:https://git.example/org/repo-{}/blob/main/catalog-info.yaml",
        id / 8
    );
    let team = |random: &mut ChaCha8Rng| format!("team-{}", random.random_range(0..(count / 100).max(1)));
    let owner = team(random);
    let system = format!("system-{}", random.random_range(0..(count / 20).max(1)));
    let mut rows: Vec<(String, String)> = [
        ("apiversion", "backstage.io/v1alpha1"),
        ("kind", kind),
        ("metadata.name", &name),
        ("metadata.namespace", "default"),
        ("metadata.uid", ""),
        (
            "metadata.description",
            &format!("What {name} does, in a sentence"),
        ),
        ("metadata.annotations.backstage.io/managed-by-location", &file),
        (
            "metadata.annotations.backstage.io/managed-by-origin-location",
            &file,
        ),
        (
            "spec.type",
            ["service", "website", "library"][random.random_range(0..3)],
        ),
        (
            "spec.lifecycle",
            ["production", "experimental"][random.random_range(0..2)],
        ),
        ("spec.owner", &owner),
        ("spec.system", &system),
        ("relations.ownedby", &format!("group:default/{owner}")),
        ("relations.partof", &format!("system:default/{system}")),
        (
            "relations.dependson",
            &format!("component:default/orders-{}-x", random.random_range(0..count)),
        ),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .to_vec();
    for _ in 0..2 {
        let tag = format!("tag-{}", random.random_range(0..200));
        rows.push((format!("metadata.tags.{tag}"), "true".to_owned()));
        rows.push(("metadata.tags".to_owned(), tag));
    }
    rows.sort();
    rows.dedup();
    rows.into_iter()
        .map(|(key, original)| SearchRow {
            key,
            value: Some(original.to_lowercase()),
            original: Some(original),
        })
        .collect()
}

/// Resident bytes of this process.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
        .unwrap_or(0)
        * 1024
}
