//! Lists, logs, and how long they are kept.

use std::time::Duration;

use serde_json::{Value, json};
use work::{JobFilter, JobState, Retention};

use crate::fixture::{POLICY, Running, World, doing, options, soon};

pub async fn lists_page_by_page(world: &World) {
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(world.enqueue("test.list", json!(number)).await);
    }
    let key = options().key("test:x");
    let other = world.enqueue_with("test.other", Value::Null, key).await;
    let list = async |filter: &JobFilter, after, limit| world.jobs.list(filter, after, limit).await.unwrap();
    let ids_of = |page: &work::JobPage| page.jobs.iter().map(|job| job.id).collect::<Vec<_>>();
    let of_kind = JobFilter {
        kind: Some("test.list".to_owned()),
        state: Some(JobState::Waiting),
        ..JobFilter::default()
    };
    ids.reverse();
    let first = list(&of_kind, None, 3).await;
    assert_eq!(ids_of(&first), ids[..3]);
    let word = first.next.unwrap().to_word();
    let second = list(&of_kind, Some(word.parse().unwrap()), 3).await;
    assert_eq!((ids_of(&second), second.next), (ids[3..].to_vec(), None));
    let of_key = JobFilter {
        key: Some("test:x".to_owned()),
        ..JobFilter::default()
    };
    assert_eq!(ids_of(&list(&of_key, None, 3).await), [other]);
    let kinds = world.jobs.kinds().await.unwrap();
    let counted: Vec<_> = kinds
        .iter()
        .map(|one| (one.kind.as_str(), one.state, one.jobs))
        .collect();
    let waiting = JobState::Waiting;
    assert_eq!(counted, [("test.list", waiting, 5), ("test.other", waiting, 1)]);
}

pub async fn logs_keep_the_last_lines(world: &World) {
    let running = world.run(doing("test.talk", POLICY, |job| async move {
        for part in 0..3 {
            for line in 0..500 {
                job.log.info(format!("{part}.{line}"));
            }
            tokio::time::sleep(Duration::from_millis(700)).await;
        }
        Ok(())
    }));
    let id = world.enqueue("test.talk", Value::Null).await;
    soon("lines are there while it runs", async || {
        world.log_of(id).await.first().cloned()
    })
    .await;
    assert_eq!(world.job(id).await.state, JobState::Running);
    world.until(id, JobState::Done).await;
    let first = world.jobs.log(id, 0, 500).await.unwrap();
    assert_eq!((first[0].number, first[0].text.as_str()), (501, "1.0"));
    let rest = world
        .jobs
        .log(id, first.last().unwrap().number, 500)
        .await
        .unwrap();
    assert_eq!(rest.len(), 500);
    assert_eq!(rest.last().unwrap().text, "2.499");
    running.end().await;
}

pub async fn what_ended_long_ago_is_removed(world: &World) {
    let running = world.run(doing("test.old", POLICY, |job| async move {
        job.log.info("hello");
        Ok(())
    }));
    let mut ids = Vec::new();
    for number in 0..3 {
        let id = world.enqueue("test.old", json!(number)).await;
        world.until(id, JobState::Done).await;
        ids.push(id);
    }
    running.end().await;
    let waiting = world.enqueue("test.never", Value::Null).await;
    let most = Retention {
        most: 2,
        ..Retention::default()
    };
    let none = Retention {
        done: Duration::ZERO,
        ..Retention::default()
    };
    for (retention, left) in [(most, 2), (none, 0)] {
        let running = Running::start(world.runner().retention(retention));
        // The schedule runs every hour; a person does not wait for it.
        let id = world.enqueue("work.retention", Value::Null).await;
        world.until(id, JobState::Done).await;
        running.end().await;
        let mut found = 0;
        for id in &ids {
            found += usize::from(world.jobs.show(*id).await.unwrap().is_some());
        }
        assert!(found <= left, "{found} are left, at most {left}");
    }
    assert!(world.jobs.log(ids[0], 0, 10).await.unwrap().is_empty());
    assert_eq!(world.job(waiting).await.state, JobState::Waiting);
}
