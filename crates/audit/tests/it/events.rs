//! Events in the table.

use std::sync::Arc;

use audit::{Audit, MIGRATIONS, Question};
use jiff::SignedDuration;
use model::{Actor, Clock, Viewer};
use plugin::{AuditEvent, AuditLog, AuditOutcome};
use store::{Database, Lane, Store};
use testkit::TestClock;

pub struct World {
    store: Store,
    audit: Audit,
    clock: Arc<TestClock>,
}

pub async fn opened(database: Database) -> World {
    let store = Store::open_with(&database, &[("audit", MIGRATIONS)])
        .await
        .unwrap();
    let clock = Arc::new(TestClock::default());
    World {
        audit: Audit::new(store.clone()).clock(clock.clone()),
        store,
        clock,
    }
}

fn event(actor: &Actor, action: &'static str, subject: &str, outcome: AuditOutcome) -> AuditEvent {
    AuditEvent {
        actor: actor.clone(),
        action: action.into(),
        subject: subject.to_owned(),
        outcome,
    }
}

fn ines() -> Actor {
    let ines = Viewer::person("user:default/ines".parse().unwrap(), Vec::new(), None);
    Actor::caller(&ines, Some("r-1".into()))
}

async fn subjects(world: &World, query: &str) -> String {
    let (question, limit) = Question::parse(query).unwrap();
    let found = world.audit.find(&question, limit.unwrap_or(10)).await.unwrap();
    let subjects: Vec<String> = found.into_iter().map(|event| event.subject).collect();
    subjects.join(" ")
}

pub async fn kept_and_found(world: &World) {
    let refused = AuditOutcome::Refused("not yours".to_owned());
    let system = Actor::system("retention");
    for one in [
        event(&ines(), "a.create", "one", AuditOutcome::Done),
        event(&system, "a.create", "two", AuditOutcome::Done),
        event(&ines(), "a.delete", "three", refused),
    ] {
        world.audit.record_attempt(one).await;
        world.clock.advance(SignedDuration::from_hours(1));
    }
    for (query, expected) in [
        ("", "three two one"),
        ("actor=user:default/ines", "three one"),
        ("actor=system&action=a.create", "two"),
        ("action=a.delete", "three"),
        ("subject=one", "one"),
        ("outcome=refused", "three"),
        ("outcome=failed", ""),
        ("limit=2", "three two"),
    ] {
        assert_eq!(subjects(world, query).await, expected, "{query}");
    }
    let found = world.audit.find(&Question::default(), 10).await.unwrap();
    assert_eq!(found[0].actor, ines());
    assert_eq!(found[0].reason, "not yours");
    let second = found[1].at;
    assert_eq!(subjects(world, &format!("from={second}")).await, "three two");
    assert_eq!(subjects(world, &format!("until={second}")).await, "one");
    assert_eq!(subjects(world, &format!("before={}", found[1].id)).await, "one");
}

pub async fn stored_with_its_change_or_not_at_all(world: &World) {
    for (subject, is_kept) in [("lost", false), ("kept", true)] {
        let mut tx = world.store.write_unordered(Lane::Person).await.unwrap();
        let one = event(&ines(), "a.create", subject, AuditOutcome::Done);
        world.audit.record(&mut tx, one).await.unwrap();
        if is_kept {
            tx.commit().await.unwrap();
        } else {
            tx.rollback().await.unwrap();
        }
    }
    assert_eq!(subjects(world, "").await, "kept");
}

pub async fn forgotten_after_a_year(world: &World) {
    let begin = world.clock.now();
    world
        .audit
        .record_attempt(event(&ines(), "a.create", "old", AuditOutcome::Done))
        .await;
    world.clock.advance(SignedDuration::from_hours(399 * 24));
    world
        .audit
        .record_attempt(event(&ines(), "a.create", "young", AuditOutcome::Done))
        .await;
    assert_eq!(subjects(world, "").await, "young old", "{begin}");
    world.clock.advance(SignedDuration::from_hours(48));
    world
        .audit
        .record_attempt(event(&ines(), "a.create", "new", AuditOutcome::Done))
        .await;
    assert_eq!(subjects(world, "").await, "new young");
}
