//! The API, `/api/scaffolder/v2`.

pub(crate) mod access;
mod actions;
mod conditions;
pub(crate) mod dry_run;
mod events;
mod projects;
mod tasks;
mod templates;

use plugin::{Rows, Rule};

use crate::Scaffolder;
use crate::permissions::{TASK_CANCEL, TASK_CREATE, TASK_READ};

/// Most bytes of a body, as in the original.
const MAX_BYTES: usize = 10 << 20;

const READ: Rule = Rule::signed_in().needs_per_thing(&TASK_READ);

/// The rows below `/api/scaffolder`.
pub(crate) fn rows(scaffolder: &Scaffolder) -> Rows {
    let create = Rule::signed_in().needs(&TASK_CREATE).body(MAX_BYTES);
    // Clients of the original send no body where there are no secrets.
    let retry = Rule::signed_in().needs(&TASK_CREATE).raw_body(MAX_BYTES);
    Rows::new()
        .get("/v2/actions", Rule::signed_in(), actions::list)
        .get(
            "/v2/templating-extensions",
            Rule::signed_in(),
            actions::extensions,
        )
        .get(
            "/v2/templates/{namespace}/{kind}/{name}/parameter-schema",
            Rule::signed_in(),
            templates::parameter_schema,
        )
        .post("/v2/tasks", create, tasks::create)
        .get("/v2/tasks", READ, tasks::list)
        .get("/v2/tasks/{id}", READ, tasks::show)
        .post(
            "/v2/tasks/{id}/cancel",
            Rule::signed_in().needs_per_thing(&TASK_CANCEL),
            tasks::cancel,
        )
        .post("/v2/tasks/{id}/retry", retry, tasks::retry)
        .get(
            "/v2/tasks/{id}/events",
            READ.time(events::LONGEST_ANSWER),
            events::poll,
        )
        .get("/v2/tasks/{id}/eventstream", READ, events::stream)
        .post("/v2/dry-run", create.time(dry_run::LONGEST_ANSWER), dry_run::run)
        .get("/v2/projects", READ, projects::list)
        .post(
            "/v2/projects/{id}/update",
            create.time(dry_run::LONGEST_ANSWER),
            projects::update,
        )
        .get(
            "/.well-known/backstage/permissions/metadata",
            Rule::signed_in(),
            conditions::metadata,
        )
        .post(
            "/.well-known/backstage/permissions/apply-conditions",
            Rule::signed_in(),
            conditions::apply,
        )
        .with_state(scaffolder)
}
