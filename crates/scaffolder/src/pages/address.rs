//! Addresses of these pages, and what an address says.

use model::EntityRef;
use ui::href::encode;
use url::form_urlencoded::parse;

use crate::tasks::TaskId;

/// The form of a template.
pub(crate) fn wizard(template: &EntityRef) -> String {
    format!(
        "/create/templates/{}/{}",
        encode(template.namespace()),
        encode(template.name())
    )
}

/// The page of a task.
pub(crate) fn task(id: TaskId) -> String {
    format!("/create/tasks/{id}")
}

/// The files of a task.
pub(crate) fn task_files(id: TaskId) -> String {
    format!("/create/tasks/{id}/files")
}

/// The files of a task after a step; with a path that file, whole or as it was changed.
pub(crate) fn task_file(id: TaskId, step: &str, path: Option<&str>, is_whole: bool) -> String {
    let view = if is_whole { "file" } else { "" };
    let query = [("step", step), ("path", path.unwrap_or_default()), ("view", view)];
    ui::href::with_query(&task_files(id), query)
}

/// The log of a task as text, or that of one of its steps.
pub(crate) fn task_log(id: TaskId, step: Option<&str>) -> String {
    ui::href::with_query(&format!("{}/log", task(id)), [("step", step.unwrap_or_default())])
}

/// The question whether a task is done again from a step.
pub(crate) fn task_retry(id: TaskId, step: &str) -> String {
    ui::href::with_query(&format!("{}/retry", task(id)), [("from", step)])
}

/// All values of a parameter that are not empty.
pub(crate) fn all(query: &str, name: &str) -> Vec<String> {
    let pairs = parse(query.as_bytes()).filter(|(key, value)| key == name && !value.is_empty());
    pairs.map(|(_, value)| value.into_owned()).collect()
}

/// The first value of a parameter.
pub(crate) fn first(query: &str, name: &str) -> Option<String> {
    all(query, name).into_iter().next()
}
