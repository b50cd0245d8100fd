//! What the search page shows, as its address says it. The address is the only state.

use url::form_urlencoded;

use crate::question::{Condition, Question};

/// Results on a page.
pub const PAGE: usize = 20;
/// Most values of one filter that are looked at.
const MAX_VALUES: usize = 50;
/// Longer questions are cut.
const MAX_TEXT: usize = 200;

/// A filter: name in the address, heading, field of the index.
pub struct FilterKey {
    /// Name in the address.
    pub name: &'static str,
    /// Heading.
    pub title: &'static str,
}

/// The filters, in the order shown.
pub const FILTERS: [FilterKey; 6] = [
    FilterKey {
        name: "kind",
        title: "Kind",
    },
    FilterKey {
        name: "spec",
        title: "Type",
    },
    FilterKey {
        name: "owner",
        title: "Owner",
    },
    FilterKey {
        name: "lifecycle",
        title: "Lifecycle",
    },
    FilterKey {
        name: "tag",
        title: "Tag",
    },
    FilterKey {
        name: "namespace",
        title: "Namespace",
    },
];

/// The fields of the index that the filters are about, in the same order.
pub const FIELDS: &[&str] = &[
    "entity.kind",
    "entity.type",
    "entity.owner",
    "entity.lifecycle",
    "entity.tag",
    "entity.namespace",
];

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageState {
    /// The text typed.
    pub text: String,
    /// Only this document type.
    pub document_type: Option<String>,
    /// Chosen values of the filters, parallel to [`FILTERS`], lower-cased.
    pub chosen: [Vec<String>; FILTERS.len()],
    /// Number of the page, from 0.
    pub page: usize,
}

impl PageState {
    /// Reads an address. What is not understood is left out, so that an old link still works.
    pub fn parse(query: &str) -> Self {
        let mut state = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "query" => state.text = value.trim().chars().take(MAX_TEXT).collect(),
                "type" if !value.is_empty() => state.document_type = Some(value.into_owned()),
                "page" => state.page = value.parse::<usize>().unwrap_or(1).clamp(1, 10_000) - 1,
                other => {
                    let filter = FILTERS.iter().position(|filter| filter.name == other);
                    if let Some(values) = filter.map(|at| &mut state.chosen[at])
                        && !value.is_empty()
                        && values.len() < MAX_VALUES
                    {
                        values.push(model::js::lowercase(&value));
                    }
                }
            }
        }
        state
    }

    /// The address.
    pub fn href(&self) -> String {
        let page = (self.page > 0).then(|| (self.page + 1).to_string());
        let mut pairs = vec![
            ("query", self.text.as_str()),
            ("type", self.document_type.as_deref().unwrap_or_default()),
        ];
        for (filter, values) in FILTERS.iter().zip(&self.chosen) {
            pairs.extend(values.iter().map(|value| (filter.name, value.as_str())));
        }
        pairs.push(("page", page.as_deref().unwrap_or_default()));
        ui::href::with_query("/search", pairs)
    }

    /// The first page of a changed state.
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut state = self.clone();
        state.page = 0;
        change(&mut state);
        state
    }

    /// Number of values chosen.
    pub fn active(&self) -> usize {
        self.chosen.iter().map(Vec::len).sum()
    }

    /// The question behind it.
    pub fn question(&self) -> Question {
        let chosen = FIELDS
            .iter()
            .zip(&self.chosen)
            .filter(|(_, values)| !values.is_empty());
        Question {
            text: self.text.clone(),
            types: self.document_type.iter().cloned().collect(),
            conditions: chosen
                .map(|(field, values)| Condition {
                    field: (*field).to_owned(),
                    values: values.clone(),
                })
                .collect(),
            ..Question::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_shown() {
        let address =
            "query=pay+gate&type=software-catalog&kind=Component&kind=API&tag=java&page=3&unknown=1";
        let state = PageState::parse(address);
        assert_eq!(
            (state.text.as_str(), state.page, state.active()),
            ("pay gate", 2, 3)
        );
        let again = state.href();
        let again = PageState::parse(again.split_once('?').unwrap().1);
        assert_eq!(again, state);
        assert_eq!(state.with(|_| {}).page, 0);
    }
}
