//! What of the page of all objects is asked for: the address is the state.

use ui::href;
use url::form_urlencoded;

use super::PATH;
use crate::engine::Display;
use crate::engine::overview::{InCluster, Seen};

/// Objects on a page.
pub(crate) const PAGE: usize = 50;
/// Longest text that is looked for.
const MOST_LETTERS: usize = 200;

/// Which objects are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Question {
    /// The word of the kind; empty for all.
    pub kind: String,
    /// The word of the state, or `look` for all that need one; empty for all.
    pub state: String,
    /// The cluster's name; empty for all.
    pub cluster: String,
    /// A part of namespace or name; empty for all.
    pub name: String,
    /// The page, counted from 0.
    pub page: usize,
}

/// An object with the cluster that it is in.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub in_cluster: &'a InCluster,
    pub seen: &'a Seen,
}

impl Question {
    /// Reads the query of an address. What is not understood selects nothing less.
    pub fn read(query: &str) -> Self {
        let mut question = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let text: String = value.trim().chars().take(MOST_LETTERS).collect();
            match key.as_ref() {
                "kind" => question.kind = text,
                "state" => question.state = text,
                "cluster" => question.cluster = text,
                "name" => question.name = text,
                "page" => {
                    let number: Option<usize> = text.parse().ok();
                    question.page = number.and_then(|page| page.checked_sub(1)).unwrap_or(0);
                }
                _ => {}
            }
        }
        question
    }

    /// The address of the same question.
    pub fn address(&self) -> String {
        let page = (self.page + 1).to_string();
        let pairs = [
            ("kind", self.kind.as_str()),
            ("state", self.state.as_str()),
            ("cluster", self.cluster.as_str()),
            ("name", self.name.as_str()),
            ("page", if self.page == 0 { "" } else { page.as_str() }),
        ];
        href::with_query(PATH, pairs.into_iter().filter(|(_, value)| !value.is_empty()))
    }

    /// The same question about another state, from its first page.
    pub fn with_state(&self, state: &str) -> Self {
        Self {
            state: state.to_owned(),
            page: 0,
            ..self.clone()
        }
    }

    /// How many filters are set.
    pub fn filters(&self) -> usize {
        let all = [&self.kind, &self.state, &self.cluster, &self.name];
        all.into_iter().filter(|text| !text.is_empty()).count()
    }

    fn asks_for_state(&self, display: Display) -> bool {
        match self.state.as_str() {
            "" => true,
            "look" => display.needs_a_look(),
            word => display.key() == word,
        }
    }

    fn asks_for(&self, row: &Row<'_>) -> bool {
        let object = &row.seen.object;
        let full_name = format!("{}/{}", object.namespace(), object.name());
        (self.kind.is_empty() || object.kind().name == self.kind)
            && (self.cluster.is_empty() || row.in_cluster.cluster == self.cluster)
            && (self.name.is_empty() || full_name.contains(&self.name.to_lowercase()))
    }

    /// All objects whatever their state.
    pub fn rows_of_every_state<'a>(&self, clusters: &'a [InCluster]) -> Vec<Row<'a>> {
        let all = clusters.iter().flat_map(|in_cluster| {
            let objects = in_cluster.objects.iter();
            objects.map(move |seen| Row { in_cluster, seen })
        });
        all.filter(|row| self.asks_for(row)).collect()
    }

    /// The objects asked for, those that need a look first.
    pub fn rows<'a>(&self, clusters: &'a [InCluster]) -> Vec<Row<'a>> {
        let mut rows = self.rows_of_every_state(clusters);
        rows.retain(|row| self.asks_for_state(row.seen.state.display));
        let place = |display: Display| Display::ALL.iter().position(|one| *one == display);
        // Stable, so that kind, namespace and name stay in order.
        rows.sort_by_key(|row| place(row.seen.state.display));
        rows
    }

    /// The rows of the page.
    pub fn page_of<'a, 'b>(&self, rows: &'b [Row<'a>]) -> &'b [Row<'a>] {
        let begin = self.page.saturating_mul(PAGE).min(rows.len());
        &rows[begin..rows.len().min(begin.saturating_add(PAGE))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_state() {
        for address in [
            "/flux",
            "/flux?state=look",
            "/flux?kind=HelmRelease&state=failed&cluster=north&name=shop/api&page=3",
        ] {
            let query = address.split_once('?').map_or("", |(_, query)| query);
            assert_eq!(Question::read(query).address(), address);
        }
        for query in ["page=0", "page=x", "page=-1", "other=1"] {
            assert_eq!(Question::read(query), Question::default(), "{query}");
        }
        let far = Question::read("page=18446744073709551615");
        assert!(far.page_of(&[]).is_empty());
    }
}
