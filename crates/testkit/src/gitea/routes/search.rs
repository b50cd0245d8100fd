//! Search over all repositories.

use serde_json::{Value, json};

use super::{REPOSITORY, Row, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::repository::Repository;
use crate::gitea::shapes;
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[row("GET", "/repos/search", REPOSITORY, search)];

fn search(world: &mut World, ask: &Ask) -> Answer {
    let world = &*world;
    let viewer = ask.viewer.as_deref();
    let mode = mode(world, ask)?;
    let private = ask.flag("private").unwrap_or(true) && viewer.is_some();
    let fits = |found: &&Repository| {
        let hidden = found.private && !private;
        !hidden && world.access(viewer, found).0 && mode(found) && flags(ask, found) && words(ask, found)
    };
    let owner = owner(world, ask);
    let owned = |found: &&Repository| {
        owner
            .as_ref()
            .is_none_or(|owner| owner.eq_ignore_ascii_case(&found.owner))
    };
    let mut found: Vec<&Repository> = world.repositories.values().filter(owned).filter(fits).collect();
    sort(world, ask, &mut found)?;
    let shape = |found: &&Repository| shapes::repository(world, found, viewer);
    let body =
        |part: &[&Repository]| json!({ "ok": true, "data": part.iter().map(shape).collect::<Value>() });
    world.page(ask, &found, body, true)
}

/// The owner by number; an unknown number is nobody.
fn owner(world: &World, ask: &Ask) -> Option<String> {
    let id: u64 = ask.asked("uid")?.parse().ok().filter(|id| *id > 0)?;
    Some(
        world
            .accounts
            .get(&id)
            .map(|account| account.login.clone())
            .unwrap_or_default(),
    )
}

fn flags(ask: &Ask, found: &Repository) -> bool {
    let is = |name: &str, value: bool| ask.flag(name).is_none_or(|asked| asked == value);
    is("archived", found.archived) && is("is_private", found.private) && is("template", found.template)
}

fn words(ask: &Ask, found: &Repository) -> bool {
    let text = ask.asked("q").unwrap_or_default().to_lowercase();
    let topic = found.topics.iter().any(|topic| topic.to_lowercase() == text);
    if text.is_empty() {
        true
    } else if ask.flag("topic") == Some(true) {
        topic
    } else {
        let described =
            ask.flag("includeDesc") == Some(true) && found.description.to_lowercase().contains(&text);
        topic || described || found.name.to_lowercase().contains(&text)
    }
}

type Mode = fn(&Repository) -> bool;

fn mode(world: &World, ask: &Ask) -> Result<Mode, Reply> {
    Ok(match ask.asked("mode").unwrap_or_default() {
        "" => |_| true,
        "fork" => |found| found.fork_of.is_some(),
        "mirror" => |found| found.mirror,
        "source" => |found| found.fork_of.is_none() && !found.mirror,
        "collaborative" => |found| !found.mirror,
        other => return Err(world.fault(422, &format!("Invalid search mode: \"{other}\""))),
    })
}

fn sort(world: &World, ask: &Ask, found: &mut [&Repository]) -> Result<(), Reply> {
    let by = ask.asked("sort").unwrap_or("alpha");
    match by {
        "alpha" => found.sort_by_key(|one| (one.owner.to_lowercase(), one.name.to_lowercase())),
        "created" => found.sort_by_key(|one| (one.created, one.id)),
        "updated" => found.sort_by_key(|one| (one.updated, one.id)),
        "id" | "size" | "git_size" | "lfs_size" | "stars" | "forks" => found.sort_by_key(|one| one.id),
        other => return Err(world.fault(422, &format!("Invalid sort mode: \"{other}\""))),
    }
    // Without a sort the order is not read.
    match ask
        .asked("order")
        .filter(|_| ask.asked("sort").is_some())
        .unwrap_or("asc")
    {
        "asc" => {}
        "desc" => found.reverse(),
        other => return Err(world.fault(422, &format!("Invalid sort order: \"{other}\""))),
    }
    Ok(())
}
