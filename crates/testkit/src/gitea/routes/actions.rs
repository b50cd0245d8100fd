//! Gitea Actions, as much of it as the version has: tasks since 1.22, workflows since 1.24, runs and jobs since 1.25.

use serde_json::{Value, json};

use super::{REPOSITORY, Row, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::shapes::{NEVER, moment};
use crate::gitea::shapes_work as work_shapes;
use crate::gitea::work::Run;
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row("GET", "/repos/{owner}/{repo}/actions/tasks", REPOSITORY, tasks).since(22),
    row(
        "GET",
        "/repos/{owner}/{repo}/actions/workflows",
        REPOSITORY,
        workflows,
    )
    .since(24),
    row("GET", "/repos/{owner}/{repo}/actions/runs", REPOSITORY, runs).since(25),
    row("GET", "/repos/{owner}/{repo}/actions/runs/{run}", REPOSITORY, run).since(25),
    row(
        "GET",
        "/repos/{owner}/{repo}/actions/runs/{run}/jobs",
        REPOSITORY,
        jobs,
    )
    .since(25),
];

const FOLDERS: [&str; 2] = [".gitea/workflows/", ".github/workflows/"];

fn runs(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let is = |name: &str, value: &str| ask.asked(name).is_none_or(|asked| asked == value);
    let fits = |run: &&Run| {
        let status = ask
            .asked("status")
            .is_none_or(|asked| asked == run.status || asked == run.conclusion);
        status && is("branch", &run.branch) && is("event", &run.event) && is("head_sha", &run.commit)
    };
    let found: Vec<&Run> = repository.runs.iter().rev().filter(fits).collect();
    let shape = |run: &&Run| work_shapes::run(world, repository, run);
    let body = |part: &[&Run]| json!({ "workflow_runs": part.iter().map(shape).collect::<Value>(), "total_count": found.len() });
    world.page(ask, &found, body, true)
}

fn run(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let id = ask.number("run");
    let Some(found) = repository.runs.iter().find(|run| run.id == id) else {
        let error = format!("run with id {id}: resource does not exist");
        return Err(world.not_found("not found", &[&error]));
    };
    Reply::ok(&work_shapes::run(world, repository, found))
}

/// A run that is not there, such as one asked for by the number that people see, has no jobs; that is no error.
fn jobs(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let id = ask.number("run");
    let found: Vec<&Run> = repository.runs.iter().filter(|run| run.id == id).collect();
    let shape = |run: &&Run| work_shapes::job(world, repository, run);
    let body = |part: &[&Run]| json!({ "jobs": part.iter().map(shape).collect::<Value>(), "total_count": found.len() });
    world.page(ask, &found, body, true)
}

/// The list of jobs that runners took, under the name of runs.
fn tasks(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let taken = |run: &&Run| run.status != "queued";
    let found: Vec<&Run> = repository.runs.iter().rev().filter(taken).collect();
    let shape = |run: &&Run| work_shapes::task(world, repository, run);
    let body = |part: &[&Run]| json!({ "workflow_runs": part.iter().map(shape).collect::<Value>(), "total_count": found.len() });
    world.page(ask, &found, body, true)
}

fn workflows(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let (base, full) = (world.base(), repository.full_name());
    let branch = &repository.default_branch;
    let commit = repository.commit_of("");
    let paths = commit.into_iter().flat_map(|commit| commit.files.keys());
    let mine = paths.filter_map(|path| {
        let file = FOLDERS.iter().find_map(|folder| path.strip_prefix(folder))?;
        let at = commit.map(|commit| moment(commit.at));
        Some(json!({
            "id": file,
            "name": file,
            "path": path,
            "state": "active",
            "created_at": at,
            "updated_at": at,
            "url": format!("{base}/api/v1/repos/{full}/actions/workflows/{file}"),
            "html_url": format!("{base}/{full}/src/branch/{branch}/{path}"),
            "badge_url": format!("{base}/{full}/actions/workflows/{file}/badge.svg?branch={branch}"),
            "deleted_at": NEVER,
        }))
    });
    let mine: Vec<Value> = mine.collect();
    Reply::ok(&json!({ "workflows": mine, "total_count": mine.len() }))
}
