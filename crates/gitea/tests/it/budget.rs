//! How many requests discovery costs, and how long it takes.

use std::time::{Duration, Instant};

use serde_json::json;
use testkit::FakeGitea;
use testkit::gitea::Change;

use crate::world::World;

const REPOSITORIES: usize = 2_000;
const DESCRIBED: usize = 1_500;

/// Megabytes that this process holds at the moment.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * 4_096 / 1_048_576
}

#[tokio::test]
async fn two_thousand_repositories_cost_little() {
    let world = World::new(FakeGitea::many(REPOSITORIES, DESCRIBED), json!({})).await;
    let (before, began) = (resident(), Instant::now());
    world.round().await;
    let (first, took) = (world.gitea.calls_in_all(), began.elapsed());
    let found = world.targets().len();
    println!(
        "first: {found} descriptors, {first} requests, {took:?}, {} MiB more",
        resident() - before
    );
    assert!(
        (DESCRIBED * 9 / 10..=DESCRIBED).contains(&found),
        "{found}; archived ones are left out"
    );
    assert!(first <= 4 * REPOSITORIES, "{first} requests");
    assert!(took < Duration::from_mins(1), "{took:?}");
    assert!(world.problems().is_empty(), "{:?}", world.problems());

    world.gitea.forget_calls();
    let began = Instant::now();
    world.round().await;
    let (second, took) = (world.gitea.calls_in_all(), began.elapsed());
    println!("second: {second} requests, {took:?}");
    assert_eq!(world.targets().len(), found);
    assert!(second <= 50, "{second} requests, although nothing is new");

    world.gitea.forget_calls();
    world.gitea.push(
        "org-000/service-0001",
        "main",
        Change::new("More").file("more", "more"),
    );
    world.round().await;
    let third = world.gitea.calls_in_all();
    println!("with one push: {third} requests");
    assert!(third <= 50, "{third} requests for one push");
}
