//! What people see of Gitea.

pub(crate) mod ownership;

use maud::Markup;

/// All pages with their states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    ownership::samples()
}
