//! What the address of the page says: which sources, and which row is open.

use catalog::{SourceReport, SourceStatus};
use ui::href;
use url::form_urlencoded;

/// Which sources the page lists, with the words for the address and for people.
pub(crate) const SHOWN: [(Option<SourceStatus>, &str, &str); 4] = [
    (None, "", "All"),
    (Some(SourceStatus::Failing), "failing", "Failing"),
    (Some(SourceStatus::Warning), "warnings", "With warnings"),
    (Some(SourceStatus::Ok), "ok", "Working"),
];

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SourcesState {
    /// Only sources that do like this.
    pub(crate) status: Option<SourceStatus>,
    /// The source whose row is open.
    pub(crate) open: Option<String>,
}

impl SourcesState {
    /// Reads an address. What is not understood is left out.
    pub(crate) fn parse(query: &str) -> Self {
        let mut state = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "show" => {
                    let known = SHOWN.iter().find(|(_, word, _)| *word == value);
                    state.status = known.and_then(|(status, ..)| *status);
                }
                "open" => state.open = Some(value.into_owned()),
                _ => {}
            }
        }
        state
    }

    /// The address.
    pub(crate) fn href(&self) -> String {
        let shown = SHOWN.iter().find(|(status, ..)| *status == self.status);
        let pairs = [
            ("show", shown.map_or("", |(_, word, _)| *word)),
            ("open", self.open.as_deref().unwrap_or_default()),
        ];
        href::with_query("/sources", pairs)
    }

    /// Whether the page lists a source.
    pub(crate) fn has(&self, source: &SourceReport) -> bool {
        self.status.is_none_or(|status| status == source.status)
    }

    /// The address with the row of a source opened, or closed where it is open.
    pub(crate) fn toggled(&self, source: &str) -> String {
        let is_open = self.open.as_deref() == Some(source);
        let state = Self {
            open: (!is_open).then(|| source.to_owned()),
            ..self.clone()
        };
        state.href()
    }
}
