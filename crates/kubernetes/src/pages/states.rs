//! How entities run, as lists of the catalog and heads of their pages show it.

use model::{EntityRef, Viewer};
use plugin::{
    Badge, BadgeTone, EntityBadges, EntityState, EntityStates, Permission, StateColumn, StateValue,
};
use serde_json::Value;
use ui::href;

use crate::RESOURCES_READ;
use crate::engine::{Question, topic};
use crate::roster::{EntityRuntime, Roster, Runtime, STATE, TOPIC};

const fn value(value: &'static str, title: &'static str, tone: BadgeTone) -> StateValue {
    StateValue { value, title, tone }
}

static COLUMN: StateColumn = StateColumn {
    name: "runtime",
    title: "Runtime",
    values: &[
        value("down", "Down", BadgeTone::Bad),
        value("degraded", "Degraded", BadgeTone::Warning),
        value("changing", "Changing", BadgeTone::Changing),
        value("running", "Running", BadgeTone::Good),
        value("not-running", "Not running", BadgeTone::Neutral),
        value("unknown", "Unknown", BadgeTone::Neutral),
    ],
};

/// The column, the filter and the badge.
pub(crate) struct RuntimeStates(pub Roster);

impl EntityStates for RuntimeStates {
    fn column(&self) -> &'static StateColumn {
        &COLUMN
    }

    fn needs(&self) -> Option<&'static Permission> {
        Some(&RESOURCES_READ)
    }

    fn state(&self, reference: &EntityRef) -> Option<EntityState> {
        let EntityRuntime { runtime, reason, .. } = self.0.runtime(reference)?;
        Some(EntityState {
            value: runtime.value(),
            text: runtime.title().to_owned(),
            reason,
            path: Some(href::entity_tab(reference, "kubernetes")),
        })
    }

    fn having(&self, value: &str) -> Vec<EntityRef> {
        let runtime = Runtime::ALL.into_iter().find(|runtime| runtime.value() == value);
        runtime.map_or_else(Vec::new, |runtime| self.0.having(runtime))
    }

    fn topic(&self) -> Option<String> {
        Some(TOPIC.to_owned())
    }
}

impl EntityBadges for RuntimeStates {
    fn needs(&self) -> Option<&'static Permission> {
        Some(&RESOURCES_READ)
    }

    fn badges(&self, reference: &EntityRef, _: &Value, _: &Viewer) -> Vec<Badge> {
        let Some(EntityRuntime { runtime, .. }) = self.0.runtime(reference) else {
            return Vec::new();
        };
        let known = COLUMN.values.iter().find(|known| known.value == runtime.value());
        let text = match runtime {
            Runtime::Unknown => "Runtime unknown",
            _ => runtime.title(),
        };
        vec![Badge {
            text: text.to_owned(),
            tone: known.map_or(BadgeTone::Neutral, |known| known.tone),
            path: Some(href::entity_tab(reference, "kubernetes")),
        }]
    }

    fn topics(&self, reference: &EntityRef, entity: &Value) -> Vec<String> {
        let follows = Question::of(entity).is_some();
        follows.then(|| topic(reference, STATE)).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_word_and_its_filter() {
        let words: Vec<_> = Runtime::ALL
            .iter()
            .map(|one| (one.value(), one.title()))
            .collect();
        let shown: Vec<_> = COLUMN.values.iter().map(|one| (one.value, one.title)).collect();
        assert_eq!(words, shown);
    }
}
