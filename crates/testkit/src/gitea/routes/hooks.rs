//! Webhooks of repositories, organisations, users and the server.

use serde_json::Value;

use super::{ORGANIZATION, REPOSITORY, Row, USER, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::hooks::{Hook, Target, shape};
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row("GET", "/repos/{owner}/{repo}/hooks", REPOSITORY, list).signed_in(),
    row("POST", "/repos/{owner}/{repo}/hooks", REPOSITORY, create).signed_in(),
    row("GET", "/repos/{owner}/{repo}/hooks/{id}", REPOSITORY, one).signed_in(),
    row("PATCH", "/repos/{owner}/{repo}/hooks/{id}", REPOSITORY, edit).signed_in(),
    row("DELETE", "/repos/{owner}/{repo}/hooks/{id}", REPOSITORY, delete).signed_in(),
    row("GET", "/orgs/{org}/hooks", ORGANIZATION, list).signed_in(),
    row("POST", "/orgs/{org}/hooks", ORGANIZATION, create).signed_in(),
    row("GET", "/orgs/{org}/hooks/{id}", ORGANIZATION, one).signed_in(),
    row("PATCH", "/orgs/{org}/hooks/{id}", ORGANIZATION, edit).signed_in(),
    row("DELETE", "/orgs/{org}/hooks/{id}", ORGANIZATION, delete).signed_in(),
    row("GET", "/user/hooks", USER, list).signed_in(),
    row("POST", "/user/hooks", USER, create).signed_in(),
    row("GET", "/user/hooks/{id}", USER, one).signed_in(),
    row("PATCH", "/user/hooks/{id}", USER, edit).signed_in(),
    row("DELETE", "/user/hooks/{id}", USER, delete).signed_in(),
    row("GET", "/admin/hooks", &["admin"], list).admin(),
    row("POST", "/admin/hooks", &["admin"], create).admin(),
    row("GET", "/admin/hooks/{id}", &["admin"], one).admin(),
    row("PATCH", "/admin/hooks/{id}", &["admin"], edit).admin(),
    row("DELETE", "/admin/hooks/{id}", &["admin"], delete).admin(),
];

/// The order in which Gitea lists the events of a hook.
const EVENTS: [&str; 28] = [
    "push",
    "delete",
    "create",
    "fork",
    "wiki",
    "issues",
    "issues_only",
    "issue_assign",
    "issue_label",
    "issue_milestone",
    "issue_comment",
    "pull_request",
    "pull_request_only",
    "pull_request_assign",
    "pull_request_label",
    "pull_request_milestone",
    "pull_request_comment",
    "pull_request_review",
    "pull_request_review_approved",
    "pull_request_review_rejected",
    "pull_request_sync",
    "pull_request_review_request",
    "repository",
    "release",
    "package",
    "status",
    "workflow_run",
    "workflow_job",
];

/// What the hooks of a path belong to, for those who may manage them.
fn target(world: &World, ask: &Ask) -> Result<Target, Reply> {
    let viewer = ask.viewer.as_deref();
    if !ask.part("repo").is_empty() {
        let found = world.seen(ask)?;
        let denied = || {
            world.fault(
                403,
                "user should be an owner or a collaborator with admin write of a repository",
            )
        };
        return if world.access(viewer, found).1 {
            Ok(Target::Repository(found.id))
        } else {
            Err(denied())
        };
    }
    if !ask.part("org").is_empty() {
        let name = world.seen_organization(ask)?.login.clone();
        let login = viewer.unwrap_or_default();
        let owner = world.teams_of(&name).any(|team| {
            team.permission == "owner"
                && team
                    .members
                    .iter()
                    .any(|member| member.eq_ignore_ascii_case(login))
        });
        let allowed = owner || world.is_admin(viewer);
        return if allowed {
            Ok(Target::Organization(name))
        } else {
            Err(world.fault(403, "Must be an organization owner"))
        };
    }
    if ask.path.contains("/admin/hooks") {
        return Ok(Target::System);
    }
    Ok(Target::User(world.signed_in(ask)?.login.clone()))
}

fn belongs(hook: &Hook, target: &Target) -> bool {
    hook.target == *target || (*target == Target::System && hook.target == Target::Default)
}

/// The server's own hooks are told apart by `?type=`, which versions before 1.24 do not know.
fn list(world: &mut World, ask: &Ask) -> Answer {
    let target = target(world, ask)?;
    let kind = ask.asked("type").filter(|_| world.settings.minor() >= 24);
    let shown = |hook: &&Hook| match (&target, kind) {
        (Target::System, Some("all")) => belongs(hook, &target),
        (Target::System, Some("default")) => hook.target == Target::Default,
        _ => hook.target == target,
    };
    let found: Vec<&Hook> = world.hooks.values().filter(shown).collect();
    world.page(
        ask,
        &found,
        |part| part.iter().map(|hook| shape(hook)).collect(),
        true,
    )
}

/// The events of a request: of those that are not known nothing is said, and none at all means push.
fn events(ask: &Ask) -> Vec<String> {
    let asked = ask.body["events"].as_array().cloned().unwrap_or_default();
    let asked: Vec<_> = asked.iter().filter_map(Value::as_str).collect();
    let known = EVENTS.iter().filter(|event| asked.contains(event));
    if asked.is_empty() {
        return vec!["push".to_owned()];
    }
    known.map(|event| (*event).to_owned()).collect()
}

fn config<'a>(ask: &'a Ask, name: &str) -> Option<&'a str> {
    ask.body["config"][name].as_str()
}

fn checked(world: &World, ask: &Ask, name: &str) -> Result<(), Reply> {
    match (name, config(ask, name)) {
        ("content_type", Some(value)) if !["json", "form"].contains(&value) => {
            Err(world.fault(422, "Invalid content type"))
        }
        ("url", Some(value)) if !value.starts_with("http") => Err(world.fault(422, "Invalid url")),
        _ => Ok(()),
    }
}

fn create(world: &mut World, ask: &Ask) -> Answer {
    let mut target = target(world, ask)?;
    if ask.text("type") != "gitea" {
        return Err(world.fault(422, &format!("Invalid hook type: {}", ask.text("type"))));
    }
    for name in ["url", "content_type"] {
        if config(ask, name).is_none() {
            return Err(world.fault(422, &format!("Missing config option: {name}")));
        }
        checked(world, ask, name)?;
    }
    // Up to 1.23 the API makes patterns only.
    let system = config(ask, "is_system_webhook") == Some("true") && world.settings.minor() >= 24;
    if target == Target::System && !system {
        target = Target::Default;
    }
    let (id, now) = (world.next_id(), world.tick());
    let text = |name: &str| config(ask, name).unwrap_or_default().to_owned();
    let hook = Hook {
        id,
        target,
        url: text("url"),
        content_type: text("content_type"),
        secret: text("secret"),
        events: events(ask),
        branch_filter: ask.text("branch_filter").to_owned(),
        authorization: ask.text("authorization_header").to_owned(),
        active: ask.body["active"].as_bool().unwrap_or(false),
        created: now,
        updated: now,
    };
    let shape = shape(&hook);
    world.hooks.insert(id, hook);
    Reply::created(&shape)
}

fn found(world: &World, ask: &Ask) -> Result<u64, Reply> {
    let target = target(world, ask)?;
    let hook = world
        .hooks
        .get(&ask.number("id"))
        .filter(|hook| belongs(hook, &target));
    hook.map(|hook| hook.id).ok_or_else(|| world.missing())
}

fn one(world: &mut World, ask: &Ask) -> Answer {
    let id = found(world, ask)?;
    Reply::ok(&shape(&world.hooks[&id]))
}

/// Events, branches and the header are set to what the request says, or to nothing; the secret stays what it was.
fn edit(world: &mut World, ask: &Ask) -> Answer {
    let id = found(world, ask)?;
    checked(world, ask, "url")?;
    checked(world, ask, "content_type")?;
    let now = world.tick();
    let hook = world.hooks.get_mut(&id).expect("it was found a moment ago");
    if let Some(url) = config(ask, "url") {
        url.clone_into(&mut hook.url);
    }
    if let Some(kind) = config(ask, "content_type") {
        kind.clone_into(&mut hook.content_type);
    }
    hook.events = events(ask);
    ask.text("branch_filter").clone_into(&mut hook.branch_filter);
    ask.text("authorization_header")
        .clone_into(&mut hook.authorization);
    hook.active = ask.body["active"].as_bool().unwrap_or(hook.active);
    hook.updated = now;
    Reply::ok(&shape(hook))
}

fn delete(world: &mut World, ask: &Ask) -> Answer {
    let id = found(world, ask)?;
    world.hooks.remove(&id);
    Reply::no_content()
}
