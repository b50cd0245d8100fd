//! What people see.

pub(crate) mod code;

use maud::Markup;

/// The pages with their states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    code::samples()
}
