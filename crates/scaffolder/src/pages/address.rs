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

/// All values of a parameter that are not empty.
pub(crate) fn all(query: &str, name: &str) -> Vec<String> {
    let pairs = parse(query.as_bytes()).filter(|(key, value)| key == name && !value.is_empty());
    pairs.map(|(_, value)| value.into_owned()).collect()
}

/// The first value of a parameter.
pub(crate) fn first(query: &str, name: &str) -> Option<String> {
    all(query, name).into_iter().next()
}
