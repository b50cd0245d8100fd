//! What the address of the page says: which tab, which filters, which page.

use std::collections::BTreeMap;

use catalog::Finding;
use model::{EntityRef, Health};
use ui::href;
use url::form_urlencoded;

/// The path of the page.
pub(crate) const PATH: &str = "/unprocessed";

/// The tabs: what it is about, the word in addresses, the word for people.
pub(crate) const TABS: [(Health, &str, &str); 3] = [
    (Health::Error, "errors", "Errors"),
    (Health::Warning, "warnings", "Warnings"),
    (Health::Orphaned, "orphaned", "Orphaned"),
];

/// The filters: the word in addresses, the heading, and what stands for no value.
pub(crate) const FILTERS: [(&str, &str, &str); 3] = [
    ("team", "Team", "No owner"),
    ("source", "Source", "Unknown"),
    ("kind", "Kind", "No entity"),
];

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ProblemsState {
    /// The tab; errors without one.
    pub(crate) tab: Option<Health>,
    /// The chosen value of each filter; empty for none.
    pub(crate) chosen: [Option<String>; FILTERS.len()],
    /// Things on the pages before.
    pub(crate) start: usize,
}

/// Values of a filter with the number of things that each would leave.
pub(crate) type Choices = [Vec<(String, usize)>; FILTERS.len()];

impl ProblemsState {
    /// Reads an address. What is not understood is left out.
    pub(crate) fn parse(query: &str) -> Self {
        let mut state = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "show" => state.tab = tab_of(&value),
                "start" => state.start = value.parse().unwrap_or_default(),
                key => {
                    if let Some(at) = FILTERS.iter().position(|(name, ..)| *name == key) {
                        state.chosen[at] = Some(value.into_owned());
                    }
                }
            }
        }
        state
    }

    /// The address.
    pub(crate) fn href(&self) -> String {
        let start = (self.start > 0).then(|| self.start.to_string());
        let tab = TABS.iter().find(|(health, ..)| Some(*health) == self.tab);
        let mut pairs = vec![("show", tab.map_or("", |(_, word, _)| *word))];
        let chosen = FILTERS.iter().zip(&self.chosen);
        pairs.extend(chosen.map(|((name, ..), value)| (*name, value.as_deref().unwrap_or_default())));
        pairs.push(("start", start.as_deref().unwrap_or_default()));
        href::with_query(PATH, pairs)
    }

    /// The same from its start, changed.
    pub(crate) fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut state = Self {
            start: 0,
            ..self.clone()
        };
        change(&mut state);
        state
    }

    /// The word of the tab that is shown.
    pub(crate) fn word(&self) -> &'static str {
        let tab = TABS.iter().find(|(health, ..)| *health == self.tab());
        tab.map_or("", |(_, word, _)| *word)
    }

    /// The tab that is shown.
    pub(crate) fn tab(&self) -> Health {
        self.tab.unwrap_or(Health::Error)
    }

    /// Whether the page shows a thing, on this page or another one.
    pub(crate) fn has(&self, finding: &Finding) -> bool {
        tab(finding) == self.tab() && self.passes(finding, None)
    }

    fn passes(&self, finding: &Finding, left_out: Option<usize>) -> bool {
        let values = values(finding);
        let chosen = self.chosen.iter().zip(values).enumerate();
        chosen
            .filter(|(at, _)| Some(*at) != left_out)
            .all(|(_, (chosen, value))| chosen.as_ref().is_none_or(|chosen| *chosen == value))
    }

    /// How many things each tab has with these filters.
    pub(crate) fn counts(&self, all: &[Finding]) -> [usize; TABS.len()] {
        let count = |health| {
            let of_tab = all.iter().filter(|finding| tab(finding) == health);
            of_tab.filter(|finding| self.passes(finding, None)).count()
        };
        TABS.map(|(health, ..)| count(health))
    }

    /// The values of each filter with the number of things that the other filters leave, the most frequent first.
    pub(crate) fn choices(&self, all: &[Finding]) -> Choices {
        let mut choices = Choices::default();
        for (at, found) in choices.iter_mut().enumerate() {
            let mut counted: BTreeMap<String, usize> = BTreeMap::new();
            let of_tab = all.iter().filter(|finding| tab(finding) == self.tab());
            for finding in of_tab.filter(|finding| self.passes(finding, Some(at))) {
                let value = values(finding).into_iter().nth(at).unwrap_or_default();
                *counted.entry(value).or_default() += 1;
            }
            *found = counted.into_iter().collect();
            found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        }
        choices
    }
}

/// The tab on which a thing stands: exactly one.
pub(crate) fn tab(finding: &Finding) -> Health {
    match finding.health {
        Health::Error => Health::Error,
        Health::Orphaned => Health::Orphaned,
        Health::Warning | Health::Healthy => Health::Warning,
    }
}

/// The words of the tabs, and those of earlier addresses.
fn tab_of(word: &str) -> Option<Health> {
    match word {
        "failed" | "pending" => Some(Health::Error),
        word => TABS
            .iter()
            .find(|(_, known, _)| *known == word)
            .map(|(health, ..)| *health),
    }
}

/// What the filters look at; a word of its own stands for nothing.
fn values(finding: &Finding) -> [String; FILTERS.len()] {
    let kind = finding
        .subject
        .parse::<EntityRef>()
        .map(|reference| reference.kind().to_owned());
    let or_none = |value: Option<&String>| value.cloned().unwrap_or_else(|| NONE.to_owned());
    [
        or_none(finding.owner.as_ref()),
        or_none(finding.origin.as_ref()),
        kind.unwrap_or_else(|_| NONE.to_owned()),
    ]
}

/// Stands in addresses for no value.
pub(crate) const NONE: &str = "none";

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Cause, Fault, Problem};

    fn finding(subject: &str, health: Health, owner: Option<&str>) -> Finding {
        Finding {
            health,
            cause: Cause::Invalid,
            subject: subject.to_owned(),
            is_served: true,
            problem: Problem::error(Fault::input("x")),
            owner: owner.map(str::to_owned),
            origin: None,
            affected: Vec::new(),
            affected_total: 0,
        }
    }

    #[test]
    fn tabs_are_disjoint_and_counted_with_the_filters() {
        let all = [
            finding("component:default/a", Health::Error, Some("group:default/a")),
            finding("component:default/b", Health::Error, None),
            finding("api:default/c", Health::Warning, Some("group:default/a")),
            finding("api:default/d", Health::Orphaned, Some("group:default/a")),
        ];
        let check = |query: &str, counts: [usize; 3], shown: &[&str]| {
            let state = ProblemsState::parse(query);
            assert_eq!(state.counts(&all), counts, "{query}");
            let found = all.iter().filter(|finding| state.has(finding));
            let found: Vec<&str> = found.map(|finding| finding.subject.as_str()).collect();
            assert_eq!(found, shown, "{query}");
        };
        check("", [2, 1, 1], &["component:default/a", "component:default/b"]);
        check(
            "show=pending",
            [2, 1, 1],
            &["component:default/a", "component:default/b"],
        );
        check("show=warnings", [2, 1, 1], &["api:default/c"]);
        check("team=none", [1, 0, 0], &["component:default/b"]);
        check(
            "team=group:default/a&kind=api&show=orphaned",
            [0, 1, 1],
            &["api:default/d"],
        );
    }

    #[test]
    fn an_address_is_read_as_it_was_written() {
        let state = ProblemsState::parse("show=warnings&team=group:default/a&start=100");
        let href = state.href();
        let (path, query) = href.split_once('?').unwrap();
        assert_eq!(path, PATH);
        assert_eq!(ProblemsState::parse(query), state);
        assert_eq!(state.with(|state| state.chosen[0] = None).start, 0);
    }
}
