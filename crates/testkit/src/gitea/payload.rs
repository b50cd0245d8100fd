//! The bodies of webhooks.

use serde_json::{Value, json};

use super::Push;
use super::repository::Repository;
use super::shapes::{self, user_named};
use super::shapes_git::payload_commit;
use super::webhook::{Event, found};
use super::world::{ADMIN, World};

/// Commits that a push lists at most (`[webhook] PAGING_NUM` and the size of a push in Gitea's feed); `total_commits` is true in any case.
const COMMITS: usize = 5;

/// What is sent for an event.
pub(super) fn payload(world: &World, event: &Event) -> Value {
    let found = found(world, event);
    let repository = shapes::repository(world, found, Some(ADMIN));
    let sender = user_named(world, ADMIN, None);
    match event {
        Event::Push(push) => pushed(world, found, push, repository, sender),
        Event::Create(_, kind, name) => {
            let sha = found.commit_of(name).map(|commit| commit.id.clone());
            json!({ "sha": sha, "ref": name, "ref_type": kind.word(), "repository": shapes::bare_repository(world, found), "sender": sender })
        }
        Event::Delete(_, kind, name) => json!({
            "ref": name,
            "ref_type": kind.word(),
            "pusher_type": "user",
            "repository": repository,
            "sender": sender,
        }),
        Event::Repository(_, action) => json!({
            "action": action,
            "repository": repository,
            "organization": user_named(world, &found.owner, Some(ADMIN)),
            "sender": sender,
        }),
    }
}

fn pushed(world: &World, found: &Repository, push: &Push, repository: Value, sender: Value) -> Value {
    let head = found.commits.get(&push.after);
    let new = head.into_iter().flat_map(|head| found.history(head));
    let new: Vec<_> = new.take_while(|commit| commit.id != push.before).collect();
    let commits = new
        .iter()
        .take(COMMITS)
        .map(|commit| payload_commit(world, found, commit, true));
    let base = world.base();
    json!({
        "ref": format!("refs/heads/{}", push.branch),
        "before": push.before,
        "after": push.after,
        "compare_url": format!("{base}/{}/compare/{}...{}", push.repository, push.before, push.after),
        "commits": commits.collect::<Value>(),
        "total_commits": new.len(),
        "head_commit": head.map(|head| payload_commit(world, found, head, true)),
        "repository": repository,
        "pusher": sender,
        "sender": sender,
    })
}
