//! How the alerts of entities are, for the catalog's lists: a column, a filter and counts. Judged after each question to Grafana, for
//! all entities at once, and kept in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::query::ListRequest;
use model::{EntityRef, Fault};
use parking_lot::RwLock;
use plugin::{BadgeTone, EntityState, EntityStates, StateColumn, StateValue};
use serde_json::Value;
use store::Store;
use tokio_util::sync::CancellationToken;
use ui::href;

use crate::alerts::refresh::SIGHT;
use crate::alerts::{Counts, Rule, counts_of, owned_of};
use crate::annotations::Annotations;
use crate::many::{Many, selecting};
use crate::tab::PATH;

/// The topic of lists, below that of alerts: they follow what was judged, not what was asked.
const LISTS: &str = "grafana.alerts.lists";
/// Entities that are judged.
const MOST: usize = 50_000;

const fn value(value: &'static str, title: &'static str, tone: BadgeTone) -> StateValue {
    StateValue { value, title, tone }
}

static COLUMN: StateColumn = StateColumn {
    name: "alerts",
    title: "Alerts",
    values: &[
        value("firing", "Firing", BadgeTone::Bad),
        value("failing", "Rules fail", BadgeTone::Warning),
        value("silenced", "Silenced", BadgeTone::Neutral),
        value("quiet", "Quiet", BadgeTone::Good),
        value("unknown", "Unknown", BadgeTone::Neutral),
    ],
};

/// The alerts of an entity in a word, and in a few.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    value: &'static str,
    text: String,
}

/// The column and the filter. Clones share what is known.
#[derive(Clone)]
pub(crate) struct AlertStates {
    many: Many,
    told: Arc<RwLock<BTreeMap<EntityRef, Told>>>,
}

impl AlertStates {
    pub fn new(many: Many) -> Self {
        Self {
            many,
            told: Arc::default(),
        }
    }

    /// Judges after each question, until `stop`.
    pub async fn follow(self, store: Store, stop: CancellationToken) {
        let mut rounds = self.many.known.rounds();
        loop {
            match self.judge().await {
                Ok(true) => store.announce_here(LISTS),
                Ok(false) => {}
                Err(fault) => tracing::warn!("alerts of entities are not judged: {fault}"),
            }
            match stop.run_until_cancelled(rounds.changed()).await {
                Some(Ok(())) => {}
                Some(Err(_)) | None => return,
            }
        }
    }

    /// Judges all entities; says whether anything is another than before.
    async fn judge(&self) -> Result<bool, Fault> {
        let request = ListRequest::for_people(selecting()).page(0, MOST);
        let found = self.many.catalog.seen_by(&SIGHT).listing(&request).await?;
        let mut told = BTreeMap::new();
        for host in self.many.grafanas.all() {
            let known = self.many.known.of(&host.settings.id);
            let loud: Vec<&Rule> = known.rules.iter().filter(|rule| rule.may_be_loud()).collect();
            for entity in &found.entities {
                let annotations = Annotations::of(entity);
                let own = self.many.grafanas.find(annotations.host);
                let is_own = own.is_ok_and(|own| own.settings.id == host.settings.id);
                if let (true, Some(Ok(selector)), Some(reference)) =
                    (is_own, &annotations.alerts, reference(entity))
                {
                    let counts = counts_of(&owned_of(loud.iter().copied(), selector));
                    told.insert(reference, of_counts(counts, known.known_at.is_some()));
                }
            }
        }
        let mut before = self.told.write();
        let is_changed = *before != told;
        *before = told;
        Ok(is_changed)
    }
}

fn reference(entity: &Value) -> Option<EntityRef> {
    EntityRef::of(entity)
}

fn of_counts(counts: Counts, is_known: bool) -> Told {
    let (value, text) = match counts {
        Counts { firing, .. } if firing > 0 => ("firing", format!("{firing} firing")),
        Counts { failed: 1, .. } => ("failing", "1 rule fails".to_owned()),
        Counts { failed, .. } if failed > 0 => ("failing", format!("{failed} rules fail")),
        Counts { silenced, .. } if silenced > 0 => ("silenced", format!("{silenced} silenced")),
        _ if is_known => ("quiet", "Quiet".to_owned()),
        _ => ("unknown", "Unknown".to_owned()),
    };
    Told { value, text }
}

impl EntityStates for AlertStates {
    fn column(&self) -> &'static StateColumn {
        &COLUMN
    }

    fn state(&self, reference: &EntityRef) -> Option<EntityState> {
        let told = self.told.read().get(reference).cloned()?;
        Some(EntityState {
            value: told.value,
            text: told.text,
            reason: None,
            path: Some(href::entity_tab(reference, PATH)),
        })
    }

    fn having(&self, value: &str) -> Vec<EntityRef> {
        let told = self.told.read();
        let all = told.iter().filter(|(_, told)| told.value == value);
        all.map(|(entity, _)| entity.clone()).collect()
    }

    fn topic(&self) -> Option<String> {
        Some(LISTS.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_told_and_silence_is_no_peace_before_grafana_answered() {
        let told = |firing, failed, silenced, is_known| {
            let counts = Counts {
                firing,
                silenced,
                failed,
            };
            let Told { value, text } = of_counts(counts, is_known);
            assert!(COLUMN.values.iter().any(|known| known.value == value));
            text
        };
        assert_eq!(told(2, 1, 1, true), "2 firing");
        assert_eq!(told(0, 1, 1, true), "1 rule fails");
        assert_eq!(told(0, 2, 1, false), "2 rules fail");
        assert_eq!(told(0, 0, 3, true), "3 silenced");
        assert_eq!(told(0, 0, 0, true), "Quiet");
        assert_eq!(told(0, 0, 0, false), "Unknown");
    }
}
