//! What is in a dashboard: its variables and those of its panels that can be drawn.

use serde_json::Value;
use ui::{AxisScale, Stacking, Tone};

use super::arrangement::Arrangement;
use super::axes;
use super::field::{self, Look, Mapping, Override};
use super::heat::HeatLook;
use super::matcher::Field;
use super::repeat::{Copied, Repeat};

/// Most panels of a dashboard that are read.
const MOST_PANELS: usize = 300;
/// Rows within rows.
const DEEPEST: usize = 4;

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Board {
    pub(crate) uid: String,
    pub(crate) title: String,
    /// Its path in Grafana.
    pub(crate) path: String,
    pub(crate) variables: Vec<Variable>,
    pub(crate) panels: Vec<Panel>,
}

/// A variable.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Variable {
    pub(crate) name: String,
    /// The values that were chosen when the dashboard was saved.
    pub(crate) current: Vec<String>,
    /// What stands for all values.
    pub(crate) all: Option<String>,
    /// All values that are known.
    pub(crate) options: Vec<String>,
}

/// How a panel is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drawn {
    /// Lines over time.
    Lines,
    /// Large numbers.
    Numbers,
    /// Numbers on dials.
    Dials,
    /// Numbers as bars.
    Bars,
    /// Rows and columns.
    Table,
    /// Lines of a log.
    Logs,
    /// How often values were in which range.
    Heat,
}

impl Drawn {
    /// How a type of panel is drawn; nothing for a type that is not drawn here.
    fn of(kind: &str) -> Option<Self> {
        Some(match kind {
            "timeseries" | "graph" | "barchart" | "trend" => Self::Lines,
            "stat" | "singlestat" => Self::Numbers,
            "gauge" => Self::Dials,
            "bargauge" | "piechart" => Self::Bars,
            "table" | "table-old" => Self::Table,
            "logs" => Self::Logs,
            "heatmap" => Self::Heat,
            _ => return None,
        })
    }

    /// Whether it needs little room.
    pub(crate) fn is_small(self) -> bool {
        matches!(self, Self::Numbers | Self::Dials | Self::Bars)
    }
}

/// Values from which on a colour holds; the first holds below all others.
pub(crate) type Steps = Vec<(Option<f64>, Option<Tone>)>;
/// The lowest and the highest value of a panel, where they are fixed.
pub(crate) type Ends = (Option<f64>, Option<f64>);

/// A panel.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Panel {
    pub(crate) id: i64,
    pub(crate) title: String,
    /// Nothing for a panel that is not drawn here.
    pub(crate) drawn: Option<Drawn>,
    /// Its type in Grafana.
    pub(crate) kind: String,
    pub(crate) data_source: Value,
    pub(crate) targets: Vec<Value>,
    pub(crate) unit: String,
    pub(crate) decimals: Option<usize>,
    pub(crate) lowest: Option<f64>,
    pub(crate) highest: Option<f64>,
    pub(crate) steps: Steps,
    /// Whether its lines stand on each other.
    pub(crate) stacking: Stacking,
    /// How its values are spread along the axis.
    pub(crate) scale: AxisScale,
    /// The steps are drawn as lines.
    pub(crate) has_lines_at_steps: bool,
    /// How a number is made of a line: `lastNotNull`, `max`, ….
    pub(crate) reduce: String,
    /// Words and colours in place of values.
    pub(crate) mappings: Vec<Mapping>,
    /// What is different for some lines and columns.
    pub(crate) overrides: Vec<Override>,
    /// What is done with tables before they are shown.
    pub(crate) arrangement: Arrangement,
    /// What it says about cells, of a panel that shows them.
    pub(crate) heat: HeatLook,
    /// It stands there once for each value of a variable.
    pub(crate) repeat: Option<Repeat>,
    /// The row that it stands in, where that is there once for each value of a variable.
    pub(crate) row: Option<Repeat>,
    /// Which of the panels made of one it is.
    pub(crate) copied: Copied,
}

impl Panel {
    /// Its name in addresses: its id, and for all but the first of several made of one a number behind it.
    pub(crate) fn key(&self) -> String {
        match self.copied.number {
            0 => self.id.to_string(),
            number => format!("{}-{number}", self.id),
        }
    }

    /// How a line or a column is shown.
    pub(crate) fn look(&self, field: &Field<'_>) -> Look {
        field::look(&self.overrides, field)
    }
}

impl Board {
    /// Reads the answer about a dashboard.
    pub(crate) fn read(answer: &Value) -> Self {
        let board = &answer["dashboard"];
        let variables = board.pointer("/templating/list").and_then(Value::as_array);
        let mut panels = Vec::new();
        add(&board["panels"], (0, None), &mut panels);
        // Before version 5 panels stood in rows.
        for row in board["rows"].as_array().into_iter().flatten() {
            add(&row["panels"], (0, Repeat::read(row)), &mut panels);
        }
        panels.truncate(MOST_PANELS);
        Self {
            uid: text(&board["uid"]),
            title: text(&board["title"]),
            path: text(&answer["meta"]["url"]),
            variables: variables.into_iter().flatten().map(variable).collect(),
            panels,
        }
    }

    /// A panel.
    pub(crate) fn panel(&self, id: i64) -> Option<&Panel> {
        self.panels.iter().find(|panel| panel.id == id)
    }

    /// A panel by its name in addresses.
    pub(crate) fn by_key(&self, key: &str) -> Option<&Panel> {
        self.panels.iter().find(|panel| panel.key() == key)
    }

    /// The names of its variables.
    pub(crate) fn names(&self) -> Vec<String> {
        self.variables
            .iter()
            .map(|variable| variable.name.clone())
            .collect()
    }
}

/// Panels in the order in which they stand, those in rows included. A row that is closed has its panels in it, an open one before
/// it.
fn add(panels: &Value, (depth, mut row): (usize, Option<Repeat>), found: &mut Vec<Panel>) {
    let mut panels: Vec<&Value> = panels.as_array().into_iter().flatten().collect();
    panels.sort_by_key(|panel| {
        let place = |key: &str| panel["gridPos"][key].as_i64().unwrap_or_default();
        (place("y"), place("x"))
    });
    for panel in panels {
        if found.len() >= MOST_PANELS || depth > DEEPEST {
            return;
        }
        if panel["type"] == "row" {
            row = Repeat::read(panel);
            add(&panel["panels"], (depth + 1, row.clone()), found);
        } else {
            found.extend(read_panel(panel).map(|panel| Panel {
                row: row.clone(),
                ..panel
            }));
        }
    }
}

fn read_panel(panel: &Value) -> Option<Panel> {
    let kind = text(&panel["type"]);
    let defaults = &panel["fieldConfig"]["defaults"];
    let style = defaults
        .pointer("/custom/thresholdsStyle/mode")
        .and_then(Value::as_str);
    let targets = panel["targets"].as_array().cloned().unwrap_or_default();
    let drawn = Drawn::of(&kind);
    let ends = (defaults["min"].as_f64(), defaults["max"].as_f64());
    Some(Panel {
        id: panel["id"].as_i64()?,
        title: text(&panel["title"]),
        drawn: drawn.filter(|_| !targets.is_empty()),
        kind,
        data_source: panel["datasource"].clone(),
        targets,
        unit: text(&defaults["unit"]),
        decimals: decimals(&defaults["decimals"]),
        lowest: ends.0,
        highest: ends.1,
        steps: steps(&defaults["thresholds"], ends),
        stacking: axes::stacking(panel),
        scale: axes::scale(panel),
        has_lines_at_steps: style.is_some_and(|style| style != "off"),
        reduce: text(&panel["options"]["reduceOptions"]["calcs"][0]),
        mappings: field::mappings(&defaults["mappings"]),
        overrides: field::overrides(&panel["fieldConfig"]["overrides"], ends),
        arrangement: Arrangement::read(&panel["transformations"]),
        heat: HeatLook::read(panel),
        repeat: Repeat::read(panel),
        row: None,
        copied: Copied::default(),
    })
}

/// A number of decimals.
pub(crate) fn decimals(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|decimals| usize::try_from(decimals).ok())
}

/// Thresholds. Those in percent are parts of the way between the ends, which are 0 and 100 unless set.
pub(crate) fn steps(thresholds: &Value, (lowest, highest): Ends) -> Steps {
    let (low, high) = (lowest.unwrap_or(0.0), highest.unwrap_or(100.0));
    let is_part = thresholds["mode"] == "percentage";
    let value = |value: f64| {
        if is_part {
            low + (high - low) * value / 100.0
        } else {
            value
        }
    };
    let steps = thresholds["steps"].as_array().into_iter().flatten();
    steps
        .map(|step| {
            let colour = step["color"].as_str().unwrap_or_default();
            (step["value"].as_f64().map(value), tone(colour))
        })
        .collect()
}

/// The meaning of one of Grafana's colours.
pub(crate) fn tone(colour: &str) -> Option<Tone> {
    let hue = colour.rsplit('-').next().unwrap_or_default();
    match hue {
        "red" => Some(Tone::Red),
        "orange" | "yellow" => Some(Tone::Amber),
        "green" => Some(Tone::Green),
        "blue" => Some(Tone::Blue),
        "purple" => Some(Tone::Violet),
        _ => None,
    }
}

fn variable(variable: &Value) -> Variable {
    let values = |value: &Value| -> Vec<String> {
        match value {
            Value::Array(values) => values.iter().map(text).collect(),
            Value::Null => Vec::new(),
            value => vec![text(value)],
        }
    };
    let options = variable["options"].as_array();
    let options = options.into_iter().flatten().map(|option| text(&option["value"]));
    let mut current = values(&variable["current"]["value"]);
    // A constant and a text have no choice but their query.
    if current.is_empty() && matches!(variable["type"].as_str(), Some("constant" | "textbox")) {
        current = values(&variable["query"]);
    }
    Variable {
        name: text(&variable["name"]),
        current,
        all: variable["allValue"]
            .as_str()
            .filter(|all| !all.is_empty())
            .map(str::to_owned),
        options: options.filter(|value| value != "$__all").collect(),
    }
}

pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        _ => String::new(),
    }
}
