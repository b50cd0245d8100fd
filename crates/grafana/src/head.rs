//! What the head and the overview of an entity's page say about its alerts, from memory.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::{Clock, EntityRef, SystemClock, Viewer};
use plugin::{Badge, BadgeTone, Body, EntityBadges, EntityCard, EntityPage, Place, RenderError};
use serde_json::Value;
use ui::href;

use crate::alerts::known::Known;
use crate::alerts::refresh::TOPIC;
use crate::alerts::{Counts, HostAlerts};
use crate::annotations::{self, Annotations};
use crate::grafana::Grafanas;
use crate::pages::alerts::{Alerts, short};
use crate::tab::PATH;

static CARD: Place = Place::new("alerts", "Alerts", 40);
/// Answers that may be missed before alerts count as unknown.
const MISSED: u32 = 4;

/// Badges for the alerts of an entity.
pub(crate) struct AlertBadges {
    pub(crate) grafanas: Arc<Grafanas>,
    pub(crate) known: Known,
    /// How often alerts are asked for.
    pub(crate) every: Duration,
}

impl EntityBadges for AlertBadges {
    fn badges(&self, reference: &EntityRef, entity: &Value, _: &Viewer) -> Vec<Badge> {
        let Some(selector) = annotations::alerts(entity) else {
            return Vec::new();
        };
        let Ok(host) = self.grafanas.find(Annotations::of(entity).host) else {
            return Vec::new();
        };
        let known = self.known.of(&host.settings.id);
        let said = said(known.counts(&selector), self.is_unknown(&known));
        let badge = said.map(|(text, tone)| Badge {
            text,
            tone,
            path: Some(href::entity_tab(reference, PATH)),
        });
        badge.into_iter().collect()
    }

    fn topics(&self, _: &EntityRef, entity: &Value) -> Vec<String> {
        let follows = annotations::alerts(entity).is_some();
        follows.then(|| TOPIC.to_owned()).into_iter().collect()
    }
}

impl AlertBadges {
    /// Grafana has not answered for so long that silence means nothing.
    fn is_unknown(&self, known: &HostAlerts) -> bool {
        let Some(last) = known.known_at else {
            return known.trouble.is_some();
        };
        let age = Duration::try_from(last.duration_until(SystemClock.now())).unwrap_or_default();
        known.trouble.is_some() && age > self.every * MISSED
    }
}

/// The words of the badge; none where all is quiet.
fn said(counts: Counts, is_unknown: bool) -> Option<(String, BadgeTone)> {
    let many =
        |count: usize, one: &str, more: &str| format!("{count} {}", if count == 1 { one } else { more });
    match (counts.firing, counts.failed) {
        (0, _) if is_unknown => Some(("Alerts unknown".to_owned(), BadgeTone::Warning)),
        (0, 0) if counts.silenced > 0 => Some((
            many(counts.silenced, "alert silenced", "alerts silenced"),
            BadgeTone::Neutral,
        )),
        (0, 0) => None,
        (0, failed) => Some((
            many(failed, "alert rule fails", "alert rules fail"),
            BadgeTone::Warning,
        )),
        (firing, _) => Some((many(firing, "alert firing", "alerts firing"), BadgeTone::Bad)),
    }
}

/// The card of the overview.
pub(crate) struct AlertCard {
    pub(crate) grafanas: Arc<Grafanas>,
    pub(crate) known: Known,
}

#[async_trait]
impl EntityCard for AlertCard {
    fn place(&self) -> &Place {
        &CARD
    }

    fn applies_to(&self, entity: &Value) -> bool {
        annotations::alerts(entity).is_some()
    }

    async fn show(&self, page: EntityPage) -> Result<Body, RenderError> {
        let annotations = Annotations::of(&page.entity);
        let host = self
            .grafanas
            .find(annotations.host)
            .map_err(|trouble| RenderError {
                message: trouble.message,
                hint: trouble.hint,
            })?;
        let known = self.known.of(&host.settings.id);
        let alerts = Alerts {
            selector: annotations.alerts.as_ref(),
            known: &known,
            host: &host.settings,
            entity: page.reference.name(),
            now: SystemClock.now(),
        };
        Ok(Body::Ours(short(
            &alerts,
            &href::entity_tab(&page.reference, PATH),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_counts_what_fires_and_never_takes_silence_for_peace() {
        let said = |firing, failed, is_unknown| {
            let counts = Counts {
                firing,
                failed,
                silenced: 0,
            };
            let words = said(counts, is_unknown);
            words.map(|(text, _)| text).unwrap_or_default()
        };
        assert_eq!(said(0, 0, false), "");
        assert_eq!(said(0, 0, true), "Alerts unknown");
        assert_eq!(said(1, 3, true), "1 alert firing");
        assert_eq!(said(2, 0, false), "2 alerts firing");
        assert_eq!(said(0, 1, false), "1 alert rule fails");
        let silenced = Counts {
            silenced: 2,
            ..Counts::default()
        };
        assert_eq!(
            super::said(silenced, false),
            Some(("2 alerts silenced".to_owned(), BadgeTone::Neutral))
        );
    }
}
