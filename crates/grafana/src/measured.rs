//! Charts with answers that are there already, for the measurement of what reading and drawing them takes
//! (`examples/drawing_time.rs`).

use serde_json::{Value, json};
use ui::Marker;

use crate::boards::board::{Board, Panel};
use crate::boards::frames;
use crate::pages::boards::chart_id;
use crate::pages::charts::{Chart, chart};
use crate::trouble::Trouble;

/// A Tuesday, 09:30 UTC, and the distance of two points.
const END: i64 = 1_795_512_600_000;
const STEP: i64 = 36_000;

/// Panels of a dashboard, with the answers of a data source to their queries.
pub struct AnsweredPanels {
    all: Vec<(Panel, Vec<u8>)>,
    span: (i64, i64),
}

impl AnsweredPanels {
    /// So many panels with so many lines of so many points each.
    pub fn of(panels: i64, lines: usize, points: i64) -> Self {
        let list: Vec<Value> = (1..=panels)
            .map(|id| {
                json!({"id": id, "type": "timeseries", "title": format!("Panel {id}"), "targets": [{"refId": "A"}],
                    "fieldConfig": {"defaults": {"unit": "reqps"}}})
            })
            .collect();
        let board = Board::read(&json!({"dashboard": {"uid": "measured", "panels": list}}));
        let span = (END - points * STEP, END);
        let answered = |panel: Panel| {
            let answer = answer(lines, points, panel.id);
            (panel, answer.to_string().into_bytes())
        };
        Self {
            all: board.panels.into_iter().map(answered).collect(),
            span,
        }
    }

    /// Reads and draws all of them; how many bytes of HTML they are.
    pub fn draw(&self) -> usize {
        self.all
            .iter()
            .map(|(panel, answer)| self.one(panel, answer))
            .sum()
    }

    fn one(&self, panel: &Panel, answer: &[u8]) -> usize {
        let answered = serde_json::from_slice(answer)
            .map_err(|error| Trouble::new(error.to_string()))
            .and_then(|answer: Value| frames::read(&answer, panel));
        let marker = |part: i64| Marker {
            at: self.span.0 + (self.span.1 - self.span.0) * part / 6,
            text: "main@0123456 was deployed".to_owned(),
            ..Marker::default()
        };
        let drawn = chart(&Chart {
            id: chart_id("measured", &panel.key()),
            panel,
            answered,
            markers: (1..6).map(marker).collect(),
            span: self.span,
            step: STEP,
            address: "https://grafana.example.com/d/measured/x".to_owned(),
            is_alone: false,
        });
        drawn.0.len()
    }
}

/// An answer of a data source, a frame for each line; no two values beside each other are the same.
fn answer(lines: usize, points: i64, seed: i64) -> Value {
    let frame = |line: usize| {
        let times: Vec<i64> = (1..=points).map(|point| END - (points - point) * STEP).collect();
        let shift = i64::try_from(line).unwrap_or_default() * 31 + seed * 7;
        let value =
            |point: i64| f64::from(u8::try_from((point * 37 + shift) % 211).unwrap_or_default()) / 7.0;
        let values: Vec<f64> = (0..points).map(value).collect();
        json!({"schema": {"refId": "A", "fields": [{"name": "Time", "type": "time"},
            {"name": "Value", "type": "number", "labels": {"pod": format!("api-{line}")}, "config": {"displayNameFromDS": format!("api-{line}")}}]},
            "data": {"values": [times, values]}})
    };
    json!({"results": {"A": {"status": 200, "frames": (0..lines).map(frame).collect::<Vec<_>>()}}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_is_what_was_asked_for() {
        let panels = AnsweredPanels::of(2, 3, 50);
        let answer: Value = serde_json::from_slice(&panels.all[0].1).unwrap();
        let read = frames::read(&answer, &panels.all[0].0).unwrap();
        assert_eq!(
            (
                panels.all.len(),
                read.lines.len(),
                read.lines[0].series.points.len()
            ),
            (2, 3, 50)
        );
        // Each of the points is in a path, which takes some letters.
        assert!(panels.draw() > 2 * 3 * 50 * 6, "{}", panels.draw());
    }
}
