//! Accounts, teams and repositories as the API writes them (field for field as recorded from Gitea 1.26).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::people::{Account, Team};
use super::repository::Repository;
use super::versions;
use super::world::World;

/// A moment that was not yet.
pub(super) const NEVER: &str = "0001-01-01T00:00:00Z";
/// The same in columns that are numbers.
pub(super) const ZERO: &str = "1970-01-01T00:00:00Z";

/// The parts that a repository has.
pub(super) const UNITS: [&str; 10] = [
    "repo.code",
    "repo.issues",
    "repo.pulls",
    "repo.releases",
    "repo.wiki",
    "repo.ext_wiki",
    "repo.ext_issues",
    "repo.projects",
    "repo.packages",
    "repo.actions",
];

/// A moment as Go writes it.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A user for somebody; for nobody (`None`) the address for mail is a placeholder.
pub(super) fn user(world: &World, account: &Account, viewer: Option<&str>) -> Value {
    let itself = viewer.is_some_and(|login| login.eq_ignore_ascii_case(&account.login));
    let whole = !account.organization && (itself || world.is_admin(viewer));
    let placeholder = format!("{}+{}@noreply.localhost", account.id, account.login);
    let email = viewer.map_or(placeholder, |_| account.email.clone());
    let base = world.base();
    json!({
        "id": account.id,
        "login": account.login,
        "login_name": "",
        "source_id": 0,
        "full_name": account.full_name,
        "email": email,
        "avatar_url": format!("{base}/avatars/{:032x}", account.id),
        "html_url": format!("{base}/{}", account.login),
        "language": "",
        "is_admin": whole && account.admin,
        "last_login": if whole { ZERO } else { NEVER },
        "created": moment(account.created),
        "restricted": false,
        "active": whole && account.active,
        "prohibit_login": false,
        "location": account.location,
        "website": account.website,
        "description": account.description,
        "visibility": account.visibility,
        "followers_count": 0,
        "following_count": 0,
        "starred_repos_count": 0,
        "username": account.login,
    })
}

/// The owner of a repository, as all see it who see the repository.
fn owner(world: &World, login: &str) -> Value {
    let Some(account) = world.account(login) else {
        return Value::Null;
    };
    let mut value = user(world, account, None);
    value["email"] = json!(account.email);
    value
}

/// A user by name; null where there is none.
pub(super) fn user_named(world: &World, login: &str, viewer: Option<&str>) -> Value {
    world
        .account(login)
        .map_or(Value::Null, |account| user(world, account, viewer))
}

/// An organisation.
pub(super) fn organization(world: &World, account: &Account) -> Value {
    json!({
        "id": account.id,
        "name": account.login,
        "full_name": account.full_name,
        "email": account.email,
        "avatar_url": format!("{}/avatars/{:032x}", world.base(), account.id),
        "description": account.description,
        "website": account.website,
        "location": account.location,
        "visibility": account.visibility,
        "repo_admin_change_team_access": false,
        "username": account.login,
    })
}

/// A team; in lists without its organisation.
pub(super) fn team(world: &World, team: &Team, listed: bool) -> Value {
    let units = team.units.iter();
    let map: serde_json::Map<String, Value> =
        units.map(|unit| (unit.clone(), json!(team.permission))).collect();
    let account = world.account(&team.organization).filter(|_| !listed);
    json!({
        "id": team.id,
        "name": team.name,
        "description": team.description,
        "organization": account.map(|account| organization(world, account)),
        "includes_all_repositories": team.all_repositories,
        "permission": team.permission,
        "units": team.units,
        "units_map": map,
        "can_create_org_repo": team.permission == "owner",
    })
}

/// A repository for somebody.
pub(super) fn repository(world: &World, repository: &Repository, viewer: Option<&str>) -> Value {
    let mut value = known(world, repository);
    let (_, write) = world.access(viewer, repository);
    let open = |pull: bool| {
        let issues = repository.issues.iter();
        issues
            .filter(|issue| issue.open && issue.pull.is_some() == pull)
            .count()
    };
    let archived_at = repository.archived_since.map_or_else(|| ZERO.to_owned(), moment);
    let more = json!({
        "branch_count": repository.branches.len(),
        "open_issues_count": open(false),
        "open_pr_counter": open(true),
        "release_counter": repository.releases.iter().filter(|release| !release.draft).count(),
        "default_branch": repository.default_branch,
        "archived": repository.archived,
        "created_at": moment(repository.created),
        "updated_at": moment(repository.updated),
        "archived_at": archived_at,
        "permissions": { "admin": write, "push": write, "pull": true },
    });
    let parent = repository.fork_of.as_deref().and_then(|name| world.find(name));
    if let Some(parent) = parent.filter(|parent| parent.fork_of.is_none()) {
        value["parent"] = self::repository(world, parent, viewer);
    }
    for part in [more, units(), last_fields(repository)] {
        let Value::Object(part) = part else { continue };
        value.as_object_mut().expect("an object").extend(part);
    }
    versions::prune(&mut value, versions::REPOSITORY, &world.settings);
    value
}

/// A repository inside of something else, which says nothing of rights.
pub(super) fn bare_repository(world: &World, one: &Repository) -> Value {
    let mut value = repository(world, one, None);
    value["permissions"] = json!({ "admin": false, "push": false, "pull": false });
    value
}

fn known(world: &World, repository: &Repository) -> Value {
    let base = world.base();
    let name = repository.full_name();
    let files = repository.commit_of("").map_or(0, |commit| {
        commit
            .files
            .values()
            .map(|entry| entry.blob().len())
            .sum::<usize>()
    });
    let language = repository.languages.iter().max_by_key(|(_, bytes)| **bytes);
    let host = base.split("://").nth(1).unwrap_or_default();
    let host = host.split(['/', ':']).next().unwrap_or_default();
    json!({
        "id": repository.id,
        "owner": owner(world, &repository.owner),
        "name": repository.name,
        "full_name": name,
        "description": repository.description,
        "empty": repository.seems_empty(),
        "private": repository.private,
        "fork": repository.fork_of.is_some(),
        "template": repository.template,
        "mirror": repository.mirror,
        "size": 25 + files / 1024,
        "language": language.map_or("", |(name, _)| name.as_str()),
        "languages_url": format!("{base}/api/v1/repos/{name}/languages"),
        "html_url": format!("{base}/{name}"),
        "url": format!("{base}/api/v1/repos/{name}"),
        "link": "",
        "ssh_url": format!("git@{host}:{name}.git"),
        "clone_url": format!("{base}/{name}.git"),
        "original_url": "",
        "website": repository.website,
        "stars_count": 0,
        "forks_count": world.repositories.values().filter(|one| one.fork_of.as_deref() == Some(&name)).count(),
        "watchers_count": 1,
    })
}

fn units() -> Value {
    json!({
        "has_code": true,
        "has_issues": true,
        "internal_tracker": {
            "enable_time_tracker": true,
            "allow_only_contributors_to_track_time": true,
            "enable_issue_dependencies": true,
        },
        "has_wiki": true,
        "has_pull_requests": true,
        "has_projects": true,
        "projects_mode": "all",
        "has_releases": true,
        "has_packages": true,
        "has_actions": true,
        "ignore_whitespace_conflicts": false,
        "allow_merge_commits": true,
        "allow_rebase": true,
        "allow_rebase_explicit": true,
        "allow_squash_merge": true,
        "allow_fast_forward_only_merge": true,
        "allow_rebase_update": true,
        "allow_manual_merge": false,
        "autodetect_manual_merge": false,
        "default_delete_branch_after_merge": false,
        "default_merge_style": "merge",
        "default_allow_maintainer_edit": true,
    })
}

fn last_fields(repository: &Repository) -> Value {
    let interval = if repository.mirror { "8h0m0s" } else { "" };
    let updated = if repository.mirror {
        moment(repository.updated)
    } else {
        NEVER.to_owned()
    };
    json!({
        "avatar_url": "",
        "internal": false,
        "mirror_interval": interval,
        "object_format_name": repository.format.name(),
        "mirror_updated": updated,
        "topics": repository.topics,
        "licenses": [],
    })
}
