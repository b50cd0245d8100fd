//! The table of routes: method, path, version, right and function.

mod access;
mod actions;
mod contents;
mod create;
mod downloads;
mod hooks;
mod issues;
mod people;
mod refs;
mod repositories;
mod rules;
mod search;
mod teams;
mod trees;
mod writing;

use axum::http::Method;
pub(super) use downloads::packed;
use serde_json::json;

use super::ask::{Answer, Ask, Reply};
use super::settings::Settings;
use super::world::World;

/// Who may call a route at all; what is seen of things is up to the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Anybody,
    SignedIn,
    Admin,
}

/// A route.
pub(super) struct Row {
    verb: &'static str,
    pub path: &'static str,
    /// The categories of which a token needs a scope each.
    pub categories: &'static [&'static str],
    pub need: Need,
    /// The version 1.x that brought it.
    since: u32,
    pub answer: fn(&mut World, &Ask) -> Answer,
}

impl Row {
    pub(super) fn method(&self) -> Method {
        self.verb.parse().expect("the table names methods")
    }

    /// Whether the version of the server has the route.
    pub(super) fn is_there(&self, settings: &Settings) -> bool {
        settings.minor() >= self.since
    }

    const fn since(mut self, minor: u32) -> Self {
        self.since = minor;
        self
    }

    const fn signed_in(mut self) -> Self {
        self.need = Need::SignedIn;
        self
    }

    const fn admin(mut self) -> Self {
        self.need = Need::Admin;
        self
    }
}

const fn row(
    verb: &'static str,
    path: &'static str,
    categories: &'static [&'static str],
    answer: fn(&mut World, &Ask) -> Answer,
) -> Row {
    Row {
        verb,
        path,
        categories,
        need: Need::Anybody,
        since: 0,
        answer,
    }
}

const REPOSITORY: &[&str] = &["repository"];
const ORGANIZATION: &[&str] = &["organization"];
const USER: &[&str] = &["user"];
const ISSUE: &[&str] = &["issue"];

/// All routes.
pub(super) fn all() -> impl Iterator<Item = &'static Row> {
    let tables: [&'static [Row]; 16] = [
        OWN,
        access::ROWS,
        actions::ROWS,
        contents::ROWS,
        create::ROWS,
        downloads::ROWS,
        hooks::ROWS,
        issues::ROWS,
        people::ROWS,
        refs::ROWS,
        repositories::ROWS,
        rules::ROWS,
        search::ROWS,
        teams::ROWS,
        trees::ROWS,
        writing::ROWS,
    ];
    tables.into_iter().flatten()
}

static OWN: &[Row] = &[
    row("GET", "/version", &[], version),
    row("GET", "/settings/api", &[], settings),
];

fn version(world: &mut World, _: &Ask) -> Answer {
    Reply::ok(&json!({ "version": world.settings.version }))
}

fn settings(world: &mut World, _: &Ask) -> Answer {
    let settings = &world.settings;
    Reply::ok(&json!({
        "max_response_items": settings.max_response_items,
        "default_paging_num": settings.default_paging_num,
        "default_git_trees_per_page": settings.trees_per_page,
        "default_max_blob_size": settings.max_blob_size,
        "default_max_response_size": 104_857_600,
    }))
}
