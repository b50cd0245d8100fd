//! What people keep, when several things happen at once.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use model::EntityRef;
use store::{Database, Lane, Store};
use user_settings::VisitLog;
use user_settings::personal::{self, Visited};

fn component(number: usize) -> EntityRef {
    EntityRef::new("component", "default", &format!("c{number:02}"))
}

#[tokio::test]
async fn stars_given_at_once_are_all_kept() {
    let store = Store::open(&Database::SqliteMemory).await.unwrap();
    let viewer = EntityRef::new("user", "default", "ann");
    let entities: Vec<EntityRef> = (0..20).map(component).collect();
    let giving = entities
        .iter()
        .map(|entity| personal::set_star(&store, &viewer, entity, true));
    for given in futures::future::join_all(giving).await {
        given.unwrap();
    }
    assert_eq!(personal::stars(&store, &viewer).await.unwrap().len(), 20);
}

#[tokio::test]
async fn visits_are_noted_without_waiting_and_all_counted() {
    let store = Store::open(&Database::SqliteMemory).await.unwrap();
    let (log, viewer) = (
        VisitLog::new(store.clone()),
        EntityRef::new("user", "default", "ann"),
    );
    // While somebody writes for long.
    let writing = store.write(Lane::Person).await.unwrap();
    for number in 0..30 {
        log.note(
            &viewer,
            Visited {
                entity: component(number % 3),
                title: (number < 3).then(|| format!("Title {number}")),
                at: Timestamp::from_second(1_000 + i64::try_from(number).unwrap()).unwrap(),
            },
        );
    }
    writing.rollback().await.unwrap();
    let begun = Instant::now();
    let hits = loop {
        let visits = personal::visits(&store, &viewer).await.unwrap();
        let hits: u64 = visits.iter().map(|visit| visit.hits).sum();
        if hits == 30 || begun.elapsed() > Duration::from_secs(15) {
            assert_eq!(visits[0].name, "Title 2", "the title that is known of it");
            break hits;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(hits, 30);
}
