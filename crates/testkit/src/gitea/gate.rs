//! Who asks, and whether the token may: what Gitea checks before a route.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use serde_json::json;

use super::ask::{Answer, Ask, Reply};
use super::people::Token;
use super::routes::{Need, Row};
use super::server::basic;
use super::trouble::missing_scope;
use super::world::World;

/// Who asks, and with which token.
#[derive(Debug, Clone, Default)]
pub(super) struct Viewer {
    pub login: Option<String>,
    token: Option<Token>,
}

impl Viewer {
    /// Whether the token, where there is one, may read or write what belongs to a category.
    pub(super) fn allows(&self, category: &str, write: bool) -> bool {
        self.token
            .as_ref()
            .is_none_or(|token| token.allows(category, write))
    }
}

/// Reads the `Authorization` header; the error is the answer to a wrong one.
pub(super) fn viewer(world: &World, headers: &HeaderMap) -> Result<Viewer, Reply> {
    let Some(value) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
        return Ok(Viewer::default());
    };
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let found = match scheme.to_lowercase().as_str() {
        "token" | "bearer" => by_token(world, rest.trim()),
        "basic" => basic(rest).and_then(|(name, password)| by_password(world, &name, &password)),
        _ => None,
    };
    found.ok_or_else(|| world.fault(401, "invalid username, password or token"))
}

fn by_token(world: &World, text: &str) -> Option<Viewer> {
    let token = world.tokens.get(text)?.clone();
    let account = world.account(&token.user).filter(|account| account.active)?;
    Some(Viewer {
        login: Some(account.login.clone()),
        token: Some(token),
    })
}

/// A token may stand in place of the password, or of the name.
fn by_password(world: &World, name: &str, password: &str) -> Option<Viewer> {
    if let Some(found) = by_token(world, password).or_else(|| by_token(world, name)) {
        return Some(found);
    }
    let account = world.account(name).filter(|account| account.active)?;
    let right = account.password.as_ref().is_none_or(|own| own == password);
    right.then(|| Viewer {
        login: Some(account.login.clone()),
        token: None,
    })
}

/// Lets a request through to its route.
pub(super) fn through(
    world: &mut World,
    row: Option<&Row>,
    viewer: Result<Viewer, Reply>,
    ask: &Ask,
) -> Answer {
    let row = row.filter(|row| row.is_there(&world.settings));
    let Some(row) = row else {
        let mut reply = Reply::empty(404).body("404 page not found\n");
        reply.headers = vec![("content-type", "text/plain; charset=utf-8".to_owned())];
        return Ok(reply);
    };
    let viewer = viewer?;
    if world.settings.require_sign_in && viewer.login.is_none() {
        let message = "Only signed in user is allowed to call APIs.";
        return Err(Reply::json(403, &json!({ "message": message })));
    }
    if let Some(token) = &viewer.token {
        let categories = row.categories;
        let write = ask.method.as_str() != "GET";
        if categories.iter().any(|category| !token.allows(category, write)) {
            let right = if write { "write" } else { "read" };
            let required: Vec<_> = categories.iter().map(|name| format!("{right}:{name}")).collect();
            return Err(missing_scope(
                &world.base(),
                &required.join(" "),
                &token.scopes.join(","),
            ));
        }
    }
    match row.need {
        Need::Anybody => {}
        Need::SignedIn => drop(world.signed_in(ask)?.id),
        Need::Admin => {
            world.signed_in(ask)?;
            if !world.is_admin(ask.viewer.as_deref()) {
                return Err(world.fault(403, "user should be the site admin"));
            }
        }
    }
    if ask.malformed {
        return Err(world.fault(422, "[]: the body is no JSON"));
    }
    (row.answer)(world, ask)
}
