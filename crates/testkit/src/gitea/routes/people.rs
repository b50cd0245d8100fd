//! Users and organisations.

use serde_json::{Value, json};

use super::{ORGANIZATION, Row, USER, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::people::{Account, Token};
use crate::gitea::shapes;
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row("GET", "/user", USER, me).signed_in(),
    row("GET", "/user/orgs", &["user", "organization"], my_organizations).signed_in(),
    row("GET", "/users/search", USER, find_users),
    row("GET", "/users/{username}", USER, user),
    row("POST", "/users/{username}/tokens", USER, make_token).signed_in(),
    row("GET", "/orgs", ORGANIZATION, organizations),
    row("POST", "/orgs", ORGANIZATION, make_organization).signed_in(),
    row("GET", "/orgs/{org}", ORGANIZATION, organization),
    row("DELETE", "/orgs/{org}", ORGANIZATION, delete_organization).signed_in(),
    row("GET", "/admin/users", &["admin"], all_users).admin(),
    row("POST", "/admin/users", &["admin"], make_user).admin(),
    row("DELETE", "/admin/users/{username}", &["admin"], delete_user).admin(),
    row("GET", "/admin/orgs", &["admin"], all_organizations).admin(),
];

fn me(world: &mut World, ask: &Ask) -> Answer {
    let account = world.signed_in(ask)?;
    Reply::ok(&shapes::user(world, account, ask.viewer.as_deref()))
}

fn user(world: &mut World, ask: &Ask) -> Answer {
    let name = ask.part("username");
    let found = world
        .account(name)
        .filter(|account| world.sees_account(ask.viewer.as_deref(), account));
    let message = format!("user redirect does not exist [name: {name}]");
    let found = found.ok_or_else(|| world.fault(404, &message))?;
    Reply::ok(&shapes::user(world, found, ask.viewer.as_deref()))
}

/// Accounts that somebody sees, by name.
fn listed<'a>(world: &'a World, viewer: Option<&str>, organizations: bool) -> Vec<&'a Account> {
    let accounts = world.accounts.values();
    let mut found: Vec<_> = accounts
        .filter(|account| account.organization == organizations && world.sees_account(viewer, account))
        .collect();
    found.sort_by_key(|account| account.login.to_lowercase());
    found
}

fn find_users(world: &mut World, ask: &Ask) -> Answer {
    let viewer = ask.viewer.as_deref();
    let text = ask.asked("q").unwrap_or_default().to_lowercase();
    let fits = |account: &Account| {
        account.login.to_lowercase().contains(&text) || account.full_name.to_lowercase().contains(&text)
    };
    let id = ask
        .asked("uid")
        .and_then(|id| id.parse::<u64>().ok())
        .filter(|id| *id > 0);
    let mut found = listed(world, viewer, false);
    found.retain(|account| fits(account) && id.is_none_or(|id| account.id == id));
    world.page(
        ask,
        &found,
        |part| json!({ "data": users(world, viewer, part), "ok": true }),
        true,
    )
}

fn users(world: &World, viewer: Option<&str>, accounts: &[&Account]) -> Vec<Value> {
    let shape = |account: &&Account| shapes::user(world, account, viewer);
    accounts.iter().map(shape).collect()
}

fn all_users(world: &mut World, ask: &Ask) -> Answer {
    let viewer = ask.viewer.as_deref();
    let found = listed(world, viewer, false);
    world.page(ask, &found, |part| json!(users(world, viewer, part)), true)
}

fn page_of_organizations(world: &World, ask: &Ask, found: &[&Account]) -> Answer {
    let shape = |account: &&Account| shapes::organization(world, account);
    world.page(ask, found, |part| part.iter().map(shape).collect(), true)
}

fn organizations(world: &mut World, ask: &Ask) -> Answer {
    let found = listed(world, ask.viewer.as_deref(), true);
    page_of_organizations(world, ask, &found)
}

fn all_organizations(world: &mut World, ask: &Ask) -> Answer {
    organizations(world, ask)
}

fn my_organizations(world: &mut World, ask: &Ask) -> Answer {
    let viewer = ask.viewer.as_deref();
    let mut found = listed(world, viewer, true);
    found.retain(|account| world.is_member(&account.login, viewer.unwrap_or_default()));
    page_of_organizations(world, ask, &found)
}

fn organization(world: &mut World, ask: &Ask) -> Answer {
    let found = world.seen_organization(ask)?;
    Reply::ok(&shapes::organization(world, found))
}

/// A new name; 422 where it is taken.
fn free(world: &World, login: &str) -> Result<(), Reply> {
    if world.account(login).is_some() {
        return Err(world.fault(422, &format!("user already exists [name: {login}]")));
    }
    if login.is_empty() {
        return Err(world.fault(422, "[UserName]: Required"));
    }
    Ok(())
}

fn described(account: Account, ask: &Ask) -> Account {
    let mut account = account
        .full_name(ask.text("full_name"))
        .description(ask.text("description"));
    if !ask.text("visibility").is_empty() {
        account = account.visibility(ask.text("visibility"));
    }
    ask.text("website").clone_into(&mut account.website);
    ask.text("location").clone_into(&mut account.location);
    account
}

fn make_organization(world: &mut World, ask: &Ask) -> Answer {
    let login = ask.text("username");
    free(world, login)?;
    let id = world.add_account(described(Account::organization(login), ask));
    // Whoever makes an organisation is its owner.
    let viewer = ask.viewer.clone().unwrap_or_default();
    let owners = world.teams.values_mut().find(|team| team.organization == login);
    owners.expect("every organisation has owners").members = vec![viewer];
    Reply::created(&shapes::organization(world, &world.accounts[&id]))
}

fn make_user(world: &mut World, ask: &Ask) -> Answer {
    let login = ask.text("username");
    free(world, login)?;
    let mut account = described(Account::user(login), ask).email(ask.text("email"));
    account.password = Some(ask.text("password").to_owned());
    let id = world.add_account(account);
    Reply::created(&shapes::user(world, &world.accounts[&id], ask.viewer.as_deref()))
}

fn make_token(world: &mut World, ask: &Ask) -> Answer {
    let Some(account) = world.account(ask.part("username")) else {
        return Err(world.missing());
    };
    if !ask.header("authorization").to_lowercase().starts_with("basic ") {
        return Err(world.fault(401, "auth required"));
    }
    let user = account.login.clone();
    let scopes = ask.body["scopes"].as_array().cloned().unwrap_or_default();
    let scopes: Vec<_> = scopes
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let id = world.next_id();
    let secret = format!("{id:040x}");
    let answer = json!({
        "id": id,
        "name": ask.text("name"),
        "sha1": secret,
        "token_last_eight": &secret[32..],
        "scopes": scopes,
        "created_at": shapes::NEVER,
        "last_used_at": shapes::NEVER,
    });
    world.tokens.insert(secret, Token { user, scopes });
    Reply::created(&answer)
}

fn delete_organization(world: &mut World, ask: &Ask) -> Answer {
    let login = world.seen_organization(ask)?.login.clone();
    world.forget_account(&login)?;
    Reply::no_content()
}

fn delete_user(world: &mut World, ask: &Ask) -> Answer {
    let found = world
        .account(ask.part("username"))
        .map(|account| account.login.clone());
    let login = found.ok_or_else(|| world.missing())?;
    world.forget_account(&login)?;
    Reply::no_content()
}
