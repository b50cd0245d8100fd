//! What people see of templates: the gallery, the form with its review, tasks with their log, the actions, and the filters.
//!
//! Each page is a function from plain data to markup (`view`) and a handler that fetches the data.

mod actions;
mod address;
mod checks;
mod choices;
mod editor;
mod file_tree;
mod files;
mod filters;
mod gallery;
mod parts;
mod projects;
mod samples;
mod supply;
mod task;
mod task_list;
mod wizard;

pub(crate) use checks::Checks;
pub use samples::page_samples;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use plugin::{
    Asset, AssetKind, Contributions, NavigationItem, NavigationSection, PaletteCommand, Rows, Rule,
};
use scm::{Integration, Integrations};
use sight::ENTITY_READ;

use crate::Scaffolder;
use crate::api::dry_run::LONGEST_ANSWER;
use crate::forms::repository::GitHost;
use crate::{TASK_CANCEL, TASK_CREATE, TASK_READ, TEMPLATE_MANAGEMENT};

/// Most bytes of a sent form: the values of all its pages travel with each.
const FORM_BYTES: usize = 1024 * 1024;

/// Longest time for working out an update: two dry runs, and what they read.
const LONGEST_UPDATE: Duration = Duration::from_mins(6);
/// Most bytes of what the editor sends: the text, the values, and the files of a folder.
const EDITOR_BYTES: usize = 16 << 20;

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
    to.palette_commands.push(PaletteCommand {
        title: "Projects of templates".into(),
        words: "update behind newer version repositories scaffolded".into(),
        icon: "history".into(),
        path: projects::LIST.into(),
    });
    to.palette_commands.push(PaletteCommand {
        title: "Edit a template".into(),
        words: "scaffolder editor dry run try template yaml".into(),
        icon: "edit".into(),
        path: "/create/edit".into(),
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
    let project = format!("{}/{{id}}", projects::LIST);
    let update = create.time(LONGEST_UPDATE);
    let edit = Rule::signed_in().needs(&TEMPLATE_MANAGEMENT);
    let edit = edit.body(EDITOR_BYTES).time(LONGEST_ANSWER);
    let fixed = Rows::new()
        .get("/create", see.prefetch(), gallery::show)
        .get(crate::forms::pickers::CHOICES, see, choices::find)
        .get("/create/templates/{name}", see, old_address)
        .get(WIZARD, create, wizard::show)
        .post(WIZARD, create, wizard::step)
        .get("/create/tasks", read.prefetch(), task_list::show)
        .get(TASK, read, task::show)
        .get(format!("{TASK}/log"), read, task::plain_log)
        .get(format!("{TASK}/files"), read, files::show)
        .get(
            format!("{TASK}/cancel"),
            Rule::signed_in().needs_per_thing(&TASK_CANCEL),
            task::confirm_cancel,
        )
        .post(
            format!("{TASK}/cancel"),
            Rule::signed_in().needs_per_thing(&TASK_CANCEL),
            task::cancel,
        )
        .get(format!("{TASK}/retry"), create, task::confirm_retry)
        .post(format!("{TASK}/retry"), create, task::retry)
        .get(projects::LIST, read, projects::list)
        .get(project.clone(), update, projects::show)
        .post(project.clone(), update, projects::propose)
        .post(format!("{project}/check"), update, projects::check)
        .get("/create/edit", edit, editor::show)
        .post("/create/edit", edit, editor::work)
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
