//! Issues, pull requests, releases and commit statuses.

use serde_json::{Value, json};

use super::contents::commit_of;
use super::{ISSUE, REPOSITORY, Row, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::repository::Repository;
use crate::gitea::shapes;
use crate::gitea::shapes_work as work_shapes;
use crate::gitea::work::{Issue, Pull, Release, Status};
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row("GET", "/repos/{owner}/{repo}/issues", ISSUE, issues),
    row("POST", "/repos/{owner}/{repo}/issues", ISSUE, make_issue).signed_in(),
    row("GET", "/repos/{owner}/{repo}/pulls", REPOSITORY, pulls),
    row("POST", "/repos/{owner}/{repo}/pulls", REPOSITORY, make_pull).signed_in(),
    row("GET", "/repos/{owner}/{repo}/pulls/{index}", REPOSITORY, pull),
    row("GET", "/repos/{owner}/{repo}/releases", REPOSITORY, releases),
    row("POST", "/repos/{owner}/{repo}/releases", REPOSITORY, make_release).signed_in(),
    row("GET", "/repos/{owner}/{repo}/releases/latest", REPOSITORY, latest),
    row(
        "POST",
        "/repos/{owner}/{repo}/statuses/{sha}",
        REPOSITORY,
        make_status,
    )
    .signed_in(),
    row(
        "GET",
        "/repos/{owner}/{repo}/commits/{ref}/statuses",
        REPOSITORY,
        statuses,
    ),
    row(
        "GET",
        "/repos/{owner}/{repo}/commits/{ref}/status",
        REPOSITORY,
        combined,
    ),
];

/// Issues in a state, newest first; open ones if the request names none.
fn in_state<'a>(ask: &Ask, repository: &'a Repository) -> impl Iterator<Item = &'a Issue> + use<'a> {
    let state = ask.asked("state").unwrap_or("open").to_owned();
    let fits = move |issue: &&Issue| match state.as_str() {
        "all" => true,
        "closed" => !issue.open,
        _ => issue.open,
    };
    repository.issues.iter().rev().filter(fits)
}

fn issues(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let viewer = ask.viewer.as_deref();
    let mut found: Vec<&Issue> = in_state(ask, repository).collect();
    match ask.asked("type") {
        Some("issues") => found.retain(|issue| issue.pull.is_none()),
        Some("pulls") => found.retain(|issue| issue.pull.is_some()),
        _ => {}
    }
    let shape = |issue: &&Issue| work_shapes::issue(world, repository, issue, viewer);
    world.page(ask, &found, |part| part.iter().map(shape).collect(), true)
}

fn make_issue(world: &mut World, ask: &Ask) -> Answer {
    // Whoever reads a repository may write an issue.
    let found = world.seen(ask)?;
    if found.archived {
        return Err(world.fault(423, &format!("{} is archived", found.full_name())));
    }
    let id = found.id;
    let number = world.add_issue(
        id,
        &ask.viewer.clone().unwrap_or_default(),
        ask.text("title"),
        ask.text("body"),
        None,
    );
    let repository = &world.repositories[&id];
    let issue = repository.issues.iter().find(|issue| issue.number == number);
    let issue = issue.expect("it was made a moment ago");
    Reply::created(&work_shapes::issue(
        world,
        repository,
        issue,
        ask.viewer.as_deref(),
    ))
}

fn pulls(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let viewer = ask.viewer.as_deref();
    let found = in_state(ask, repository).filter_map(|issue| Some((issue, issue.pull.as_ref()?)));
    let found: Vec<(&Issue, &Pull)> = found.collect();
    let shape =
        |(issue, pull): &(&Issue, &Pull)| work_shapes::pull(world, repository, issue, pull, viewer, true);
    world.page(ask, &found, |part| part.iter().map(shape).collect(), true)
}

fn one_pull(world: &World, ask: &Ask, repository: &Repository, number: u64) -> Option<Value> {
    let issue = repository.issues.iter().find(|issue| issue.number == number)?;
    let pull = issue.pull.as_ref()?;
    Some(work_shapes::pull(
        world,
        repository,
        issue,
        pull,
        ask.viewer.as_deref(),
        false,
    ))
}

fn pull(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let found = one_pull(world, ask, repository, ask.number("index"));
    Reply::ok(&found.ok_or_else(|| world.missing())?)
}

fn make_pull(world: &mut World, ask: &Ask) -> Answer {
    let (head, base) = (ask.text("head").to_owned(), ask.text("base").to_owned());
    let found = world.seen(ask)?;
    if found.archived {
        return Err(world.fault(423, &format!("{} is archived", found.full_name())));
    }
    let id = found.id;
    // A head may name its owner.
    let head = head.rsplit(':').next().unwrap_or_default().to_owned();
    if found.head(&head).is_none() || found.head(&base).is_none() {
        return Err(world.missing());
    }
    let same = |issue: &&Issue| {
        let pull = issue.pull.as_ref().filter(|_| issue.open);
        pull.is_some_and(|pull| pull.head == head && pull.base == base)
    };
    if let Some(old) = found.issues.iter().find(same) {
        let message = format!(
            "pull request already exists for these targets [id: {0}, issue_id: {0}, head_repo_id: {id}, base_repo_id: {id}, head_branch: {head}, base_branch: {base}]",
            old.id
        );
        return Err(world.fault(409, &message));
    }
    let title = ask.text("title");
    let draft = title.starts_with("WIP:") || title.starts_with("[WIP]");
    let pull = Pull {
        head,
        base,
        draft,
        merged: false,
    };
    let number = world.add_issue(
        id,
        &ask.viewer.clone().unwrap_or_default(),
        title,
        ask.text("body"),
        Some(pull),
    );
    let made = one_pull(world, ask, &world.repositories[&id], number);
    Reply::created(&made.expect("it was made a moment ago"))
}

fn releases(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let (_, write) = world.access(ask.viewer.as_deref(), repository);
    let is = |name: &str, value: bool| ask.flag(name).is_none_or(|asked| asked == value);
    let shown =
        |one: &&Release| (write || !one.draft) && is("draft", one.draft) && is("pre-release", one.prerelease);
    let found: Vec<&Release> = repository.releases.iter().rev().filter(shown).collect();
    let shape = |one: &&Release| work_shapes::release(world, repository, one);
    world.page(ask, &found, |part| part.iter().map(shape).collect(), true)
}

fn latest(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let mut published = repository
        .releases
        .iter()
        .rev()
        .filter(|one| !one.draft && !one.prerelease);
    let found = published.next().ok_or_else(|| world.missing())?;
    Reply::ok(&work_shapes::release(world, repository, found))
}

fn make_release(world: &mut World, ask: &Ask) -> Answer {
    let id = world.writable(ask)?.id;
    let flag = |name: &str| ask.body[name].as_bool().unwrap_or(false);
    let mut new = Release::new(ask.text("tag_name"));
    ask.text("name").clone_into(&mut new.name);
    ask.text("body").clone_into(&mut new.body);
    (new.draft, new.prerelease) = (flag("draft"), flag("prerelease"));
    world.add_release(id, new);
    let repository = &world.repositories[&id];
    let made = repository.releases.last().expect("it was made a moment ago");
    Reply::created(&work_shapes::release(world, repository, made))
}

fn make_status(world: &mut World, ask: &Ask) -> Answer {
    let id = world.writable(ask)?.id;
    let commit = commit_of(world, &world.repositories[&id], ask.part("sha"))?
        .id
        .clone();
    let status = Status {
        id: world.next_id(),
        commit,
        context: ask.text("context").to_owned(),
        state: ask.text("state").to_owned(),
        description: ask.text("description").to_owned(),
        target_url: ask.text("target_url").to_owned(),
        creator: ask.viewer.clone(),
        created: world.tick(),
    };
    world.repository_mut(id).statuses.push(status.clone());
    Reply::created(&work_shapes::status(world, &world.repositories[&id], &status))
}

fn statuses(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let commit = commit_of(world, repository, ask.part("ref"))?;
    let statuses = repository.statuses.iter().rev();
    let found: Vec<&Status> = statuses.filter(|status| status.commit == commit.id).collect();
    let shape = |status: &&Status| work_shapes::status(world, repository, status);
    world.page(ask, &found, |part| part.iter().map(shape).collect(), true)
}

/// The worst of states is that of the commit.
const WORST_FIRST: [&str; 5] = ["error", "failure", "warning", "pending", "success"];

fn combined(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let commit = commit_of(world, repository, ask.part("ref"))?;
    let mut newest: Vec<&Status> = Vec::new();
    for status in repository
        .statuses
        .iter()
        .filter(|status| status.commit == commit.id)
    {
        newest.retain(|known| known.context != status.context);
        newest.push(status);
    }
    let state = WORST_FIRST
        .iter()
        .find(|state| newest.iter().any(|status| status.state == **state));
    let shape = |status: &&Status| work_shapes::status(world, repository, status);
    let url = format!(
        "{}/api/v1/repos/{}/commits/{}",
        world.base(),
        repository.full_name(),
        commit.id
    );
    let body = json!({
        "state": state.unwrap_or(&"pending"),
        "sha": commit.id,
        "total_count": newest.len(),
        "statuses": if newest.is_empty() { Value::Null } else { newest.iter().map(shape).collect() },
        "repository": shapes::repository(world, repository, ask.viewer.as_deref()),
        "commit_url": url,
        "url": format!("{url}/status"),
    });
    Ok(Reply::json(200, &body).with("x-total-count", &newest.len().to_string()))
}
