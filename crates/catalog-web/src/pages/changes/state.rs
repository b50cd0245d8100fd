//! What the address of the page says: which filters, and where in the log.

use std::collections::BTreeMap;

use catalog::{ChangeClass, FeedEntry};
use model::{Actor, Principal};
use store::Seq;
use ui::href;
use url::form_urlencoded;

/// The path of the page.
pub(crate) const PATH: &str = "/changes";

/// The filters: the word in addresses, the heading, and what stands for no value.
pub(crate) const FILTERS: [(&str, &str, &str); 4] = [
    ("team", "Team", "No owner"),
    ("kind", "Kind", "Unknown"),
    ("source", "Source", "Unknown"),
    ("author", "Author", "Unknown"),
];

/// Stands in addresses for no value.
pub(crate) const NONE: &str = "none";

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ChangesState {
    /// The chosen value of each filter.
    pub(crate) chosen: [Option<String>; FILTERS.len()],
    /// Only changes with a lower number.
    pub(crate) before: Option<Seq>,
}

/// Values of a filter with the number of changes that each would leave.
pub(crate) type Choices = [Vec<(String, usize)>; FILTERS.len()];

impl ChangesState {
    /// Reads an address. What is not understood is left out.
    pub(crate) fn parse(query: &str) -> Self {
        let mut state = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            if key == "before" {
                state.before = value.parse().ok();
            } else if let Some(at) = FILTERS.iter().position(|(name, ..)| *name == key) {
                state.chosen[at] = Some(value.into_owned()).filter(|value| !value.is_empty());
            }
        }
        state
    }

    /// The address.
    pub(crate) fn href(&self) -> String {
        let before = self.before.map(|before| before.to_string());
        let chosen = FILTERS.iter().zip(&self.chosen);
        let mut pairs: Vec<(&str, &str)> = chosen
            .map(|((name, ..), value)| (*name, value.as_deref().unwrap_or_default()))
            .collect();
        pairs.push(("before", before.as_deref().unwrap_or_default()));
        href::with_query(PATH, pairs)
    }

    /// The same from the newest change on, changed.
    pub(crate) fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut state = Self {
            before: None,
            ..self.clone()
        };
        change(&mut state);
        state
    }

    /// Whether the filters let a change through.
    pub(crate) fn has(&self, entry: &FeedEntry) -> bool {
        self.passes(&values(entry), None)
    }

    fn passes(&self, values: &[String; FILTERS.len()], left_out: Option<usize>) -> bool {
        let chosen = self.chosen.iter().zip(values).enumerate();
        chosen
            .filter(|(at, _)| Some(*at) != left_out)
            .all(|(_, (chosen, value))| chosen.as_ref().is_none_or(|chosen| chosen == value))
    }

    /// The values of each filter with the number of changes by descriptors that the other filters leave, the most
    /// frequent first; a chosen value is always among them.
    pub(crate) fn choices(&self, all: &[FeedEntry]) -> Choices {
        let told = all
            .iter()
            .filter(|entry| entry.told.class == ChangeClass::Descriptor);
        let told: Vec<_> = told.map(values).collect();
        let mut choices = Choices::default();
        for (at, found) in choices.iter_mut().enumerate() {
            let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
            for values in told.iter().filter(|values| self.passes(values, Some(at))) {
                *counted.entry(&values[at]).or_default() += 1;
            }
            if let Some(chosen) = &self.chosen[at] {
                counted.entry(chosen).or_default();
            }
            let is_told =
                |(value, _): &(&str, usize)| at != AUTHOR || *value != NONE || self.chosen[at].is_some();
            *found = counted
                .into_iter()
                .filter(is_told)
                .map(|(value, count)| (value.to_owned(), count))
                .collect();
            found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        }
        choices
    }
}

/// Place of the author among the filters.
const AUTHOR: usize = 3;

/// What the filters look at.
fn values(entry: &FeedEntry) -> [String; FILTERS.len()] {
    let or_none = |value: Option<String>| value.unwrap_or_else(|| NONE.to_owned());
    [
        or_none(entry.owner.as_ref().map(ToString::to_string)),
        entry.reference.kind().to_owned(),
        or_none(entry.origin.clone()),
        or_none(author(entry)),
    ]
}

/// The person here that asked for a change.
pub(crate) fn author(entry: &FeedEntry) -> Option<String> {
    match Actor::from_json(&entry.cause["actor"])? {
        Actor::Caller {
            who: Principal::Person { entity, .. },
            ..
        } => Some(entity.to_string()),
        Actor::System { .. } => None,
        actor @ Actor::Caller { .. } => Some(actor.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::days::tests::{entry, entry_of};
    use super::*;

    #[test]
    fn filters_leave_what_they_say_and_count_the_others() {
        let all = [
            entry_of(3, "component:default/a", "group:default/x", "file:/a.yaml"),
            entry_of(2, "api:default/b", "group:default/x", "file:/b.yaml"),
            entry(1, "component:default/c"),
        ];
        let check = |query: &str, shown: &[&str], teams: &[(&str, usize)]| {
            let state = ChangesState::parse(query);
            let found = all.iter().filter(|entry| state.has(entry));
            let found: Vec<&str> = found.map(|entry| entry.reference.name()).collect();
            assert_eq!(found, shown, "{query}");
            let [counted, _, _, authors] = state.choices(&all);
            let counted: Vec<(&str, usize)> = counted.iter().map(|(team, count)| (&**team, *count)).collect();
            assert_eq!(counted, teams, "{query}");
            assert!(authors.is_empty(), "no author is known");
        };
        check("", &["a", "b", "c"], &[("group:default/x", 2), (NONE, 1)]);
        check("kind=api", &["b"], &[("group:default/x", 1)]);
        check("team=none", &["c"], &[("group:default/x", 2), (NONE, 1)]);
        check(
            "team=group:default/x&source=file:/a.yaml",
            &["a"],
            &[("group:default/x", 1)],
        );
        check("kind=api&team=none", &[], &[("group:default/x", 1), (NONE, 0)]);
    }

    #[test]
    fn an_address_is_read_as_it_was_written() {
        let state = ChangesState::parse("team=group:default/a&source=url:https://x/y&before=12");
        let href = state.href();
        let (path, query) = href.split_once('?').unwrap();
        assert_eq!(path, PATH);
        assert_eq!(ChangesState::parse(query), state);
        assert_eq!(state.with(|state| state.chosen[0] = None).before, None);
        assert_eq!(ChangesState::parse("before=x&kind="), ChangesState::default());
    }
}
