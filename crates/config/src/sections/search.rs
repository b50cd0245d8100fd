//! `search`: bounds of the search API.

use schemars::JsonSchema;
use serde::Deserialize;

/// Bounds of the search.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct SearchSection {
    /// Most characters of a question.
    pub max_term_length: usize,
    /// Most results on a page.
    pub max_page_limit: usize,
}

impl Default for SearchSection {
    fn default() -> Self {
        Self {
            max_term_length: 100,
            max_page_limit: 100,
        }
    }
}
