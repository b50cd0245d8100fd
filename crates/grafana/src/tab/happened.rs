//! What happened in the span of a chart: what plugins tell of the entity, deployments among it, and what Grafana has noted.

use std::time::Duration;

use jiff::Timestamp;
use plugin::{EntityMarker, MarkerOutcome, MarkerQuestion};
use ui::{Marker, Tone};

use super::At;
use crate::boards::board::{Board, Drawn, Panel};
use crate::boards::signals;
use crate::notes::{DEPLOYED, Question};

/// Most that a chart shows; the newest.
const MOST: usize = 60;
/// Flux notes a deployment in Grafana when it is through, which may be so many milliseconds after it began.
const LATER: i64 = 30 * 60_000;

impl At<'_> {
    /// What happened in the span; a chart does not fail for want of it.
    pub(super) async fn happened(
        &self,
        (board, panel): (&Board, &Panel),
        span: (i64, i64),
        within: Duration,
    ) -> Vec<Marker> {
        if panel.drawn != Some(Drawn::Lines) {
            return Vec::new();
        }
        let noted = tokio::time::timeout(within, self.noted(board, panel, span));
        let (told, noted) = tokio::join!(self.told(span, within), noted);
        merged(told, noted.unwrap_or_default())
    }

    /// What plugins tell of the entity.
    async fn told(&self, (from, to): (i64, i64), within: Duration) -> Vec<EntityMarker> {
        let moments = (Timestamp::from_millisecond(from), Timestamp::from_millisecond(to));
        let (Ok(from), Ok(to)) = moments else {
            return Vec::new();
        };
        let question = MarkerQuestion {
            entity: self.page.entity.clone(),
            reference: self.page.reference.clone(),
            from,
            to,
        };
        self.page.markers.between(&question, within).await
    }

    /// What was noted in Grafana.
    async fn noted(&self, board: &Board, panel: &Panel, span: (i64, i64)) -> Vec<Marker> {
        let is_own = board.uid == signals::UID;
        let question = Question {
            board: if is_own { String::new() } else { board.uid.clone() },
            tags: self.tags(),
            span,
        };
        self.host.notes(&question, panel.id).await
    }
}

/// Both in one row, each deployment once.
fn merged(told: Vec<EntityMarker>, noted: Vec<Marker>) -> Vec<Marker> {
    let mut all: Vec<Marker> = told.into_iter().map(marker).collect();
    let new = noted
        .into_iter()
        .filter(|note| !all.iter().any(|known| is_same(known, note)));
    let new: Vec<Marker> = new.collect();
    all.extend(new);
    all.sort_by_key(|marker| marker.at);
    let older = all.len().saturating_sub(MOST);
    all.split_off(older)
}

/// Whether a note is about a deployment that is known already.
fn is_same(known: &Marker, note: &Marker) -> bool {
    let what = note.text.strip_suffix(DEPLOYED).unwrap_or(&note.text);
    known.text.starts_with(what) && (0..=LATER).contains(&(note.at - known.at))
}

fn marker(told: EntityMarker) -> Marker {
    Marker {
        at: told.at.as_millisecond(),
        text: told.text,
        href: told.path,
        tone: match told.outcome {
            MarkerOutcome::Done => Some(Tone::Green),
            MarkerOutcome::Failed => Some(Tone::Red),
            MarkerOutcome::Open => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_that_flux_also_noted_in_grafana_is_shown_once() {
        let minute = 60_000;
        let told = |minutes: i64, text: &str, outcome| EntityMarker {
            at: Timestamp::from_millisecond(minutes * minute).unwrap(),
            text: text.to_owned(),
            path: None,
            outcome,
        };
        let note = |minutes: i64, text: &str| Marker {
            at: minutes * minute,
            text: text.to_owned(),
            ..Marker::default()
        };
        let all = merged(
            vec![
                told(100, "main@01234567 was deployed", MarkerOutcome::Done),
                told(
                    200,
                    "main@89abcdef failed: HealthCheckFailed",
                    MarkerOutcome::Failed,
                ),
            ],
            vec![
                note(102, "main@0123456 was deployed"),
                note(90, "main@0123456 was deployed"),
                note(103, "main@fffffff was deployed"),
                note(150, "Failover drill"),
            ],
        );
        let texts: Vec<(i64, &str, Option<Tone>)> = all
            .iter()
            .map(|one| (one.at / minute, one.text.as_str(), one.tone))
            .collect();
        assert_eq!(
            texts,
            [
                (90, "main@0123456 was deployed", None),
                (100, "main@01234567 was deployed", Some(Tone::Green)),
                (103, "main@fffffff was deployed", None),
                (150, "Failover drill", None),
                (200, "main@89abcdef failed: HealthCheckFailed", Some(Tone::Red)),
            ]
        );
        let many = (0..100).map(|at| note(at, &format!("note {at}"))).collect();
        let kept = merged(Vec::new(), many);
        assert_eq!((kept.len(), kept[0].text.as_str()), (MOST, "note 40"));
    }
}
