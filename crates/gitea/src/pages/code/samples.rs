//! Samples of the tab in its states, for the snapshot test.

use maud::Markup;

/// The tab with its states.
pub(crate) fn samples() -> Vec<(&'static str, Markup)> {
    Vec::new()
}
