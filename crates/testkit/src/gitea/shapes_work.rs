//! Issues, pull requests, releases, statuses and runs as the API writes them (field for field as recorded from Gitea 1.26).

use serde_json::{Value, json};

use super::repository::Repository;
use super::shapes::{self, ZERO, moment, user_named};
use super::versions;
use super::work::{Issue, Pull, Release, Run, Status};
use super::world::World;

/// An issue, or a pull request seen as one.
pub(super) fn issue(world: &World, repository: &Repository, issue: &Issue, viewer: Option<&str>) -> Value {
    let (base, name) = (world.base(), repository.full_name());
    let kind = if issue.pull.is_some() { "pulls" } else { "issues" };
    let html = format!("{base}/{name}/{kind}/{}", issue.number);
    let pull = issue.pull.as_ref().map(|pull| {
        let merged = pull.merged.then(|| moment(issue.updated));
        json!({ "merged": pull.merged, "merged_at": merged, "draft": pull.draft, "html_url": html })
    });
    let closed = (!issue.open).then(|| moment(issue.updated));
    let mut value = json!({
        "id": issue.id,
        "url": format!("{base}/api/v1/repos/{name}/issues/{}", issue.number),
        "html_url": html,
        "number": issue.number,
        "user": user_named(world, &issue.user, viewer),
        "original_author": "",
        "original_author_id": 0,
        "title": issue.title,
        "body": issue.body,
        "ref": "",
        "assets": [],
        "labels": [],
        "milestone": null,
        "assignee": null,
        "assignees": null,
        "state": state(issue),
        "is_locked": false,
        "comments": 0,
        "created_at": moment(issue.created),
        "updated_at": moment(issue.updated),
        "closed_at": closed,
        "due_date": null,
        "time_estimate": 0,
        "pull_request": pull,
        "repository": { "id": repository.id, "name": repository.name, "owner": repository.owner, "full_name": name },
        "pin_order": 0,
        "content_version": 0,
    });
    versions::prune(&mut value, versions::ISSUE, &world.settings);
    value
}

fn state(issue: &Issue) -> &'static str {
    if issue.open { "open" } else { "closed" }
}

/// A pull request. In lists the empty lists of people are null, and the numbers of changes are missing.
pub(super) fn pull(
    world: &World,
    repository: &Repository,
    issue: &Issue,
    pull: &Pull,
    viewer: Option<&str>,
    listed: bool,
) -> Value {
    let html = format!(
        "{}/{}/pulls/{}",
        world.base(),
        repository.full_name(),
        issue.number
    );
    let whole = shapes::repository(world, repository, viewer);
    let end = |name: &str| {
        let sha = repository.head(name).unwrap_or_default();
        json!({ "label": name, "ref": name, "sha": sha, "repo_id": repository.id, "repo": whole })
    };
    let people = if listed { Value::Null } else { json!([]) };
    let merged = pull.merged.then(|| moment(issue.updated));
    let mut value = json!({
        "id": issue.id,
        "url": html,
        "number": issue.number,
        "user": user_named(world, &issue.user, viewer),
        "title": issue.title,
        "body": issue.body,
        "labels": [],
        "milestone": null,
        "assignee": null,
        "assignees": people,
        "requested_reviewers": people,
        "requested_reviewers_teams": people,
        "state": state(issue),
        "draft": pull.draft,
        "is_locked": false,
        "comments": 0,
        "html_url": html,
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
        "mergeable": !pull.merged,
        "merged": pull.merged,
        "merged_at": merged,
        "merge_commit_sha": null,
        "merged_by": null,
        "allow_maintainer_edit": true,
        "base": end(&pull.base),
        "head": end(&pull.head),
        "merge_base": repository.head(&pull.base),
        "due_date": null,
        "created_at": moment(issue.created),
        "updated_at": moment(issue.updated),
        "closed_at": (!issue.open).then(|| moment(issue.updated)),
        "pin_order": 0,
        "content_version": 0,
    });
    if !listed {
        for name in ["additions", "deletions", "changed_files"] {
            value[name] = json!(1);
        }
    }
    value
}

/// A release.
pub(super) fn release(world: &World, repository: &Repository, release: &Release) -> Value {
    let (base, name, tag) = (world.base(), repository.full_name(), &release.tag);
    let url = format!("{base}/api/v1/repos/{name}/releases/{}", release.id);
    json!({
        "id": release.id,
        "tag_name": tag,
        "target_commitish": repository.default_branch,
        "name": release.name,
        "body": release.body,
        "url": url,
        "html_url": format!("{base}/{name}/releases/tag/{tag}"),
        "tarball_url": format!("{base}/{name}/archive/{tag}.tar.gz"),
        "zipball_url": format!("{base}/{name}/archive/{tag}.zip"),
        "upload_url": format!("{url}/assets"),
        "draft": release.draft,
        "prerelease": release.prerelease,
        "created_at": moment(release.created),
        "published_at": moment(release.created),
        "author": user_named(world, super::world::ADMIN, None),
        "assets": [],
    })
}

/// A commit status; its word is `status`, that of the combined one `state`.
pub(super) fn status(world: &World, repository: &Repository, status: &Status) -> Value {
    let api = format!("{}/api/v1/repos/{}", world.base(), repository.full_name());
    json!({
        "id": status.id,
        "status": status.state,
        "target_url": status.target_url,
        "description": status.description,
        "url": format!("{api}/statuses/{}", status.commit),
        "context": status.context,
        "creator": status.creator.as_deref().map(|login| user_named(world, login, None)),
        "created_at": moment(status.created),
        "updated_at": moment(status.created),
    })
}

/// A run of Actions; an unfinished one has no conclusion at all.
pub(super) fn run(world: &World, repository: &Repository, run: &Run) -> Value {
    let (base, name) = (world.base(), repository.full_name());
    let user = user_named(world, super::world::ADMIN, None);
    let done = run.status == "completed";
    let mut value = json!({
        "id": run.id,
        "url": format!("{base}/api/v1/repos/{name}/actions/runs/{}", run.id),
        "html_url": html_of(world, repository, run),
        "display_title": run.title,
        "path": format!("{}@refs/heads/{}", run.workflow, run.branch),
        "event": run.event,
        "run_attempt": 0,
        "run_number": run.number,
        "head_sha": run.commit,
        "head_branch": run.branch,
        "status": run.status,
        "actor": user,
        "trigger_actor": user,
        "repository": shapes::bare_repository(world, repository),
        "started_at": if run.status == "queued" { ZERO.to_owned() } else { moment(run.started) },
        "completed_at": if done { moment(run.started) } else { ZERO.to_owned() },
    });
    if done {
        value["conclusion"] = json!(run.conclusion);
    }
    value
}

/// Pages of runs were counted in each repository up to 1.25, and go by id since.
fn html_of(world: &World, repository: &Repository, run: &Run) -> String {
    let number = if world.settings.minor() >= 26 {
        run.id
    } else {
        run.number
    };
    format!(
        "{}/{}/actions/runs/{number}",
        world.base(),
        repository.full_name()
    )
}

/// The job of a run.
pub(super) fn job(world: &World, repository: &Repository, run: &Run) -> Value {
    let api = format!("{}/api/v1/repos/{}/actions", world.base(), repository.full_name());
    let done = run.status == "completed";
    let mut value = json!({
        "id": run.id,
        "url": format!("{api}/jobs/{}", run.id),
        "html_url": format!("{}/jobs/{}", html_of(world, repository, run), run.id),
        "run_id": run.id,
        "run_url": format!("{api}/runs/{}", run.id),
        "name": "build",
        "labels": ["ubuntu-latest"],
        "run_attempt": 0,
        "head_sha": run.commit,
        "head_branch": run.branch,
        "status": run.status,
        "steps": [],
        "created_at": moment(run.started),
        "started_at": if run.status == "queued" { ZERO.to_owned() } else { moment(run.started) },
        "completed_at": if done { moment(run.started) } else { ZERO.to_owned() },
    });
    if done {
        value["conclusion"] = json!(run.conclusion);
    }
    value
}

/// A task, as versions before 1.25 list the jobs of runs; its status is one word.
pub(super) fn task(world: &World, repository: &Repository, run: &Run) -> Value {
    let status = match (run.status.as_str(), run.conclusion.as_str()) {
        ("completed", conclusion) => conclusion,
        ("queued", _) => "waiting",
        _ => "running",
    };
    json!({
        "id": run.id,
        "name": "build",
        "head_branch": run.branch,
        "head_sha": run.commit,
        "run_number": run.number,
        "event": run.event,
        "display_title": run.title,
        "status": status,
        "workflow_id": run.workflow,
        "url": format!("{}/{}/actions/runs/{}", world.base(), repository.full_name(), run.number),
        "created_at": moment(run.started),
        "updated_at": moment(run.started),
        "run_started_at": moment(run.started),
    })
}
