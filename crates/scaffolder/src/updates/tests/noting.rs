//! What the table keeps of updates, while several people work on one project.

use std::time::Duration;

use model::Actor;
use serde_json::Value;
use testkit::gitea::Change;

use super::{MAIN, World};
use crate::tasks::TaskId;
use crate::updates::tables::{self, NewProject};

fn newer(line: &str) -> Change {
    Change::new("newer").file("service/skeleton/main.py", MAIN.replace("a = 1", line))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_noted_meanwhile_stays() {
    let mut world = World::new().await;
    let actor = Actor::system("test");
    let first = world.noted().await.commits[0].clone();
    world.template(newer("a = 2"));
    let older = world.update(Value::Null).await.unwrap();
    world.template(newer("a = 3"));
    let newest = world.update(Value::Null).await.unwrap();
    // Both begin with the project as it was read before.
    let stale = world.project.clone();
    let proposed = world.desk.propose(&stale, &newest, &actor).await.unwrap();
    world.desk.hand_out(&stale, &older, &actor).await.unwrap();
    let noted = world.noted().await;
    assert_eq!(
        noted.commits,
        [first, newest.next.commit.clone(), older.next.commit.clone()]
    );
    let proposal = noted.proposal.unwrap();
    assert_eq!((proposal.page, proposal.branch), (proposed.page, None));
    world.desk.hand_out(&stale, &older, &actor).await.unwrap();
    assert_eq!(world.noted().await.commits.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_was_made_anew_keeps_nothing_of_the_old_one() {
    let mut world = World::new().await;
    let actor = Actor::system("test");
    let old = world.noted().await;
    world.template(newer("a = 2"));
    let update = world.update(Value::Null).await.unwrap();
    let mut tx = world.desk.store.write_unordered(store::Lane::Bulk).await.unwrap();
    let again = NewProject {
        repository: &old.repository,
        template: "template:default/other",
        task: TaskId(uuid::Uuid::new_v4()),
        created_by: None,
        commit: "4f2c",
    };
    tables::add(&mut tx, &again).await.unwrap();
    tx.commit().await.unwrap();
    world.desk.propose(&old, &update, &actor).await.unwrap();
    world.desk.check(&old).await.unwrap();
    let noted = world.noted().await;
    assert_eq!(noted.commits, ["4f2c"]);
    assert_eq!((noted.proposal, noted.checked_at), (None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn few_repositories_are_held_at_the_same_time() {
    let world = World::new().await;
    let mut turns = Vec::new();
    while world.desk.turns.available_permits() > 0 {
        turns.push(world.desk.turn().await.unwrap());
    }
    let update = world.update(Value::Null);
    tokio::pin!(update);
    let early = tokio::time::timeout(Duration::from_millis(300), &mut update).await;
    assert!(early.is_err(), "it has no place yet");
    turns.pop();
    update.await.unwrap();
}
