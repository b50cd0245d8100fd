//! Panels that a dashboard shows once for each value of a variable, alone or with all panels of their row.

use std::collections::HashMap;

use serde_json::Value;

use super::Chosen;
use super::board::{Board, Panel, Variable, text};

/// Most values for which a panel is drawn.
const MOST: usize = 8;
/// Most panels of a dashboard afterwards.
const MOST_PANELS: usize = 300;
/// Panels beside each other where nothing is said, and most of them.
const PER_ROW: usize = 4;

/// The variable for whose values a panel or a row is repeated.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Repeat {
    /// The id of the panel or row.
    id: i64,
    variable: String,
    /// How many stand beside each other.
    pub(crate) per_row: usize,
}

/// Which of the panels made of one a panel is.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Copied {
    /// Its number, from zero.
    pub(crate) number: usize,
    /// The values of the variables for which it stands there.
    pub(crate) values: Vec<(String, String)>,
    /// What Grafana shows and this does not, in a sentence.
    pub(crate) left_out: Option<String>,
}

impl Repeat {
    /// What a panel or a row says about it.
    pub(crate) fn read(panel: &Value) -> Option<Self> {
        let variable = text(&panel["repeat"]);
        let most = panel["maxPerRow"]
            .as_u64()
            .and_then(|most| usize::try_from(most).ok());
        let most = if panel["repeatDirection"] == "v" {
            Some(1)
        } else {
            most
        };
        (!variable.is_empty()).then(|| Self {
            id: panel["id"].as_i64().unwrap_or_default(),
            variable,
            per_row: most.unwrap_or(PER_ROW).clamp(1, PER_ROW),
        })
    }
}

/// A dashboard as it is shown with these values: what is repeated stands there once for each of them.
pub(crate) fn repeated(board: &Board, chosen: &Chosen) -> Board {
    let mut panels = Vec::new();
    for run in board.panels.chunk_by(|one, next| one.row == next.row) {
        let row = run.first().and_then(|panel| panel.row.as_ref());
        for copy in copies(board, chosen, row) {
            for panel in run {
                panels.extend(of_panel(board, chosen, panel, &copy));
            }
        }
    }
    panels.truncate(MOST_PANELS);
    let mut numbers: HashMap<i64, usize> = HashMap::new();
    for panel in &mut panels {
        let number = numbers.entry(panel.id).or_default();
        panel.copied.number = *number;
        *number += 1;
    }
    Board {
        panels,
        ..board.clone()
    }
}

fn of_panel(board: &Board, chosen: &Chosen, panel: &Panel, row: &Copied) -> Vec<Panel> {
    // What is not drawn here is a link, of which one is enough.
    let repeat = panel.repeat.as_ref().filter(|_| panel.drawn.is_some());
    let all = copies(board, chosen, repeat).into_iter();
    all.map(|own| Panel {
        copied: Copied {
            number: 0,
            values: row.values.iter().chain(&own.values).cloned().collect(),
            left_out: own.left_out.or_else(|| row.left_out.clone()),
        },
        ..panel.clone()
    })
    .collect()
}

/// The values for which something stands there; once without any where it is not repeated, or where Grafana alone knows the values.
fn copies(board: &Board, chosen: &Chosen, repeat: Option<&Repeat>) -> Vec<Copied> {
    let Some(repeat) = repeat else {
        return vec![Copied::default()];
    };
    let name = &repeat.variable;
    let variable = board.variables.iter().find(|variable| variable.name == *name);
    let values = match (chosen.get(name), variable) {
        (Some(value), _) => vec![value.clone()],
        (None, Some(variable)) => values(variable),
        (None, None) => Vec::new(),
    };
    if values.is_empty() {
        let left_out =
            format!("Grafana shows this once for each value of {name}; here are all of them together.");
        return vec![Copied {
            left_out: Some(left_out).filter(|_| variable.is_some()),
            ..Copied::default()
        }];
    }
    let more = values.len().saturating_sub(MOST);
    let last = values.len().min(MOST) - 1;
    let copy = |(at, value): (usize, String)| Copied {
        number: 0,
        values: vec![(name.clone(), value)],
        left_out: (more > 0 && at == last).then(|| format!("{more} more values of {name} are not drawn.")),
    };
    values.into_iter().take(MOST).enumerate().map(copy).collect()
}

/// The values that are chosen; nothing where all are and it is not known which these are.
fn values(variable: &Variable) -> Vec<String> {
    if variable.current.iter().any(|value| value == "$__all") {
        return variable.options.clone();
    }
    let chosen = variable.current.iter();
    chosen.filter(|value| !value.is_empty()).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn board(panels: &Value) -> Board {
        let many: Vec<Value> = (0..30).map(|at| json!({"value": format!("v{at}")})).collect();
        Board::read(&json!({"dashboard": {"panels": panels, "templating": {"list": [
            {"name": "pod", "type": "query", "multi": true, "current": {"value": ["a", "b"]}},
            {"name": "zone", "type": "custom", "current": {"value": ["$__all"]}, "options": [{"value": "$__all"}, {"value": "x"}, {"value": "y"}]},
            {"name": "many", "type": "custom", "current": {"value": "$__all"}, "options": many},
            {"name": "asked", "type": "query", "current": {"value": ["$__all"]}, "options": []},
        ]}}}))
    }

    /// Key and values of each panel, as `2-1 pod=b`.
    fn shown(panels: &Value, chosen: &[(&str, &str)]) -> Vec<String> {
        let chosen: Chosen = chosen
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let repeated = repeated(&board(panels), &chosen);
        let line = |panel: &Panel| {
            let values = panel
                .copied
                .values
                .iter()
                .map(|(name, value)| format!(" {name}={value}"));
            format!("{}{}", panel.key(), values.collect::<String>())
        };
        repeated.panels.iter().map(line).collect()
    }

    fn panel(id: i64, y: i64, repeat: &str) -> Value {
        json!({"id": id, "type": "timeseries", "gridPos": {"y": y}, "targets": [{"refId": "A"}], "repeat": repeat})
    }

    #[test]
    fn a_panel_stands_there_once_for_each_value() {
        let one = json!([panel(1, 0, ""), panel(2, 1, "pod"), panel(3, 2, "zone")]);
        assert_eq!(
            shown(&one, &[]),
            ["1", "2 pod=a", "2-1 pod=b", "3 zone=x", "3-1 zone=y"]
        );
        assert_eq!(
            shown(&one, &[("pod", "chosen")]),
            ["1", "2 pod=chosen", "3 zone=x", "3-1 zone=y"],
            "what the entity chooses counts more"
        );
        assert_eq!(shown(&json!([panel(2, 0, "asked")]), &[]), ["2"]);
        assert_eq!(shown(&json!([panel(2, 0, "nothing")]), &[]), ["2"]);
        let text = json!([{"id": 4, "type": "text", "repeat": "pod"}]);
        assert_eq!(shown(&text, &[]), ["4"], "one link is enough");
    }

    #[test]
    fn a_row_stands_there_with_all_its_panels() {
        let row = |id: i64, y: i64, repeat: &str, inside: Value| json!({"id": id, "type": "row", "gridPos": {"y": y}, "repeat": repeat, "panels": inside});
        let open = json!([
            panel(1, 0, ""),
            row(9, 1, "zone", json!([])),
            panel(2, 2, ""),
            panel(3, 3, ""),
            row(8, 4, "", json!([])),
            panel(4, 5, "")
        ]);
        let expected = ["1", "2 zone=x", "3 zone=x", "2-1 zone=y", "3-1 zone=y", "4"];
        assert_eq!(shown(&open, &[]), expected);
        let closed = json!([
            panel(1, 0, ""),
            row(9, 1, "zone", json!([panel(2, 2, ""), panel(3, 3, "")])),
            row(8, 4, "", json!([panel(4, 5, "")]))
        ]);
        assert_eq!(shown(&closed, &[]), expected);
        let both = json!([row(9, 0, "zone", json!([panel(2, 1, "pod")]))]);
        assert_eq!(
            shown(&both, &[]),
            [
                "2 zone=x pod=a",
                "2-1 zone=x pod=b",
                "2-2 zone=y pod=a",
                "2-3 zone=y pod=b"
            ]
        );
    }

    #[test]
    fn values_are_bounded_and_what_is_left_out_is_said() {
        let shown = repeated(
            &board(&json!([panel(1, 0, "many"), panel(2, 1, "asked")])),
            &Chosen::new(),
        );
        let notes: Vec<&str> = shown
            .panels
            .iter()
            .filter_map(|panel| panel.copied.left_out.as_deref())
            .collect();
        assert_eq!(shown.panels.len(), MOST + 1);
        assert_eq!(
            notes,
            [
                "22 more values of many are not drawn.",
                "Grafana shows this once for each value of asked; here are all of them together."
            ]
        );
        let rows: Vec<Value> = (0..250).map(|at| panel(at, at, "many")).collect();
        assert_eq!(
            repeated(&board(&json!(rows)), &Chosen::new()).panels.len(),
            MOST_PANELS
        );
    }

    #[test]
    fn panels_beside_each_other_are_as_many_as_the_panel_says() {
        for (panel, per_row) in [
            (json!({"repeat": "a"}), Some(4)),
            (json!({"repeat": "a", "maxPerRow": 2}), Some(2)),
            (json!({"repeat": "a", "maxPerRow": 12}), Some(4)),
            (json!({"repeat": "a", "maxPerRow": 0}), Some(1)),
            (
                json!({"repeat": "a", "maxPerRow": 6, "repeatDirection": "v"}),
                Some(1),
            ),
            (json!({"repeat": null}), None),
        ] {
            assert_eq!(
                Repeat::read(&panel).map(|repeat| repeat.per_row),
                per_row,
                "{panel}"
            );
        }
    }
}
