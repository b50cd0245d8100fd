//! What people see of templates: the gallery, the form with its review, tasks with their log, the actions, and the filters.
//!
//! Each page is a function from plain data to markup (`view`) and a handler that fetches the data.

mod actions;
mod address;
mod filters;
mod gallery;
mod parts;
mod samples;
mod supply;
mod task;
mod task_list;
mod wizard;

pub use samples::page_samples;

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use plugin::{
    Asset, AssetKind, Contributions, NavigationItem, NavigationSection, PaletteCommand, Rows, Rule,
};
use scm::{Integration, Integrations};
use sight::ENTITY_READ;

use crate::Scaffolder;
use crate::forms::repository::GitHost;
use crate::{TASK_CANCEL, TASK_CREATE, TASK_READ};

/// Most bytes of a sent form: the values of all its pages travel with each.
const FORM_BYTES: usize = 1024 * 1024;

/// What the handlers have at hand.
#[derive(Clone)]
pub(crate) struct Pages {
    scaffolder: Scaffolder,
    /// The Git hosts that the portal knows.
    hosts: Arc<[GitHost]>,
}

/// Adds how people come to the pages; the rows of the pages.
pub(crate) fn contribute(to: &mut Contributions, scaffolder: &Scaffolder, hosts: Vec<GitHost>) -> Rows {
    to.navigation.push(NavigationItem::new(
        "Create",
        "/create",
        "create",
        NavigationSection::Main,
        35,
    ));
    to.palette_commands.push(PaletteCommand {
        title: "Create something new".into(),
        words: "template scaffold new service repository".into(),
        icon: "create".into(),
        path: "/create".into(),
    });
    to.palette_commands.push(PaletteCommand {
        title: "Tasks of templates".into(),
        words: "scaffolder runs log".into(),
        icon: "history".into(),
        path: "/create/tasks".into(),
    });
    to.entity_actions.push(Arc::new(parts::UseTemplate));
    to.assets.extend(page_assets());
    let pages = Pages {
        scaffolder: scaffolder.clone(),
        hosts: hosts.into(),
    };
    rows(&pages)
}

/// The configured Git hosts, to choose from.
pub(crate) fn hosts(integrations: &Integrations) -> Vec<GitHost> {
    let host = |one: &Integration| GitHost {
        host: one.host.clone(),
        kind: one.kind().to_owned(),
    };
    integrations.iter().map(host).collect()
}

/// Styles and scripts of the pages.
pub fn page_assets() -> Vec<Asset> {
    let asset = |kind, text| Asset {
        kind,
        text: Cow::Borrowed(text),
    };
    vec![
        asset(AssetKind::Style, include_str!("../css/create.css")),
        asset(AssetKind::Script, include_str!("../js/create.js")),
    ]
}

fn rows(pages: &Pages) -> Rows {
    const WIZARD: &str = "/create/templates/{namespace}/{name}";
    const TASK: &str = "/create/tasks/{id}";
    let see = Rule::signed_in().left_to_handler(&ENTITY_READ);
    let create = Rule::signed_in().needs(&TASK_CREATE).body(FORM_BYTES);
    let read = Rule::signed_in().needs_per_thing(&TASK_READ);
    let fixed = Rows::new()
        .get("/create", see.prefetch(), gallery::show)
        .get("/create/templates/{name}", see, old_address)
        .get(WIZARD, create, wizard::show)
        .post(WIZARD, create, wizard::step)
        .get("/create/tasks", read.prefetch(), task_list::show)
        .get(TASK, read, task::show)
        .get(
            format!("{TASK}/cancel"),
            Rule::signed_in().needs_per_thing(&TASK_CANCEL),
            |pages, caller, id, chrome| task::confirm(task::Decision::Cancel, pages, caller, id, chrome),
        )
        .post(
            format!("{TASK}/cancel"),
            Rule::signed_in().needs_per_thing(&TASK_CANCEL),
            task::cancel,
        )
        .get(format!("{TASK}/retry"), create, |pages, caller, id, chrome| {
            task::confirm(task::Decision::Retry, pages, caller, id, chrome)
        })
        .post(format!("{TASK}/retry"), create, task::retry)
        .get("/create/actions", Rule::signed_in().prefetch(), actions::show)
        .get("/create/filters", Rule::signed_in().prefetch(), filters::show)
        .get("/create/templating-extensions", Rule::signed_in(), async || {
            Redirect::permanent("/create/filters")
        });
    fixed.with_state(pages)
}

/// Addresses of older bookmarks name no namespace.
async fn old_address(Path(name): Path<String>) -> impl IntoResponse {
    Redirect::permanent(&format!("/create/templates/default/{}", ui::href::encode(&name)))
}
