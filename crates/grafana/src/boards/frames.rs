//! Reads the answers of data sources: frames of columns.

use serde_json::{Map, Value};
use ui::{Point, Series};

use super::board::{Drawn, Panel};
use super::grid::{self, Grid};
use super::logs::{self, LogLine};
use crate::trouble::Trouble;

/// Most lines that are kept.
const MOST_LINES: usize = 24;
/// Most points of a line.
const MOST_POINTS: usize = 5_000;
/// Longest name of a line, in characters.
const LONGEST: usize = 120;

/// What a panel shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Answered {
    pub(crate) lines: Vec<Series>,
    /// Rows and columns, of a panel that is a table.
    pub(crate) grid: Grid,
    /// Lines of a log, of a panel that is one.
    pub(crate) logs: Vec<LogLine>,
    /// How many more there were.
    pub(crate) more: usize,
    /// What the queries that failed say.
    pub(crate) errors: Vec<String>,
    /// The distance of two points that the data source says, in milliseconds.
    pub(crate) step: Option<i64>,
}

impl Answered {
    /// Whether there is neither a line nor a row.
    fn is_nothing(&self) -> bool {
        self.lines.is_empty() && self.grid.rows.is_empty() && self.logs.is_empty()
    }

    fn add_lines(&mut self, frames: &[&Value], panel: &Panel) {
        for frame in frames {
            let lines: Vec<Series> = lines(frame)
                .into_iter()
                .filter_map(|line| overridden(line, panel))
                .collect();
            let room = MOST_LINES.saturating_sub(self.lines.len());
            self.more += lines.len().saturating_sub(room);
            self.lines.extend(lines.into_iter().take(room));
            self.step = self
                .step
                .or_else(|| frame.pointer("/schema/fields/0/config/interval")?.as_i64());
        }
    }

    /// Whether there is no value at all.
    pub(crate) fn is_empty(&self) -> bool {
        let mut points = self.lines.iter().flat_map(|line| &line.points);
        !points.any(|(_, value)| value.is_some()) && self.grid.rows.is_empty() && self.logs.is_empty()
    }
}

/// The lines of an answer. An answer of nothing but errors is trouble.
pub(crate) fn read(answer: &Value, panel: &Panel) -> Result<Answered, Trouble> {
    let mut read = Answered::default();
    let hidden: Vec<&str> = panel
        .targets
        .iter()
        .filter(|target| target["hide"] == true)
        .filter_map(|target| target["refId"].as_str())
        .collect();
    let mut frames: Vec<&Value> = Vec::new();
    let results = answer["results"].as_object().into_iter().flat_map(Map::iter);
    for (name, result) in results.filter(|(name, _)| !hidden.contains(&name.as_str())) {
        if let Some(error) = result["error"].as_str().filter(|error| !error.is_empty()) {
            read.errors.push(format!("{name}: {}", cut(error, 300)));
        }
        frames.extend(result["frames"].as_array().into_iter().flatten());
    }
    match panel.drawn {
        Some(Drawn::Logs) => read.logs = logs::lines(&frames),
        Some(Drawn::Table) if frames.iter().any(|frame| is_table(frame)) => {
            read.grid = grid::grid(&frames, panel);
        }
        _ => read.add_lines(&frames, panel),
    }
    if read.is_nothing() && !read.errors.is_empty() {
        return Err(Trouble::new(format!(
            "The data source refuses the query. {}",
            read.errors.join(" ")
        ))
        .hint("Open the panel in Grafana to correct its query."));
    }
    Ok(read)
}

/// A line with what the panel says about its name; nothing for one that is hidden.
fn overridden(line: Series, panel: &Panel) -> Option<Series> {
    let Some(own) = panel.overrides.iter().find(|own| own.name == line.name) else {
        return Some(line);
    };
    let shown = Series {
        name: own.shown.clone().unwrap_or(line.name),
        tone: own.tone,
        points: line.points,
    };
    (!own.is_hidden).then_some(shown)
}

/// Whether a frame has texts, or no times.
fn is_table(frame: &Value) -> bool {
    let fields = fields(frame);
    let has = |kind: &str| fields.iter().any(|field| field["type"] == kind);
    !fields.is_empty() && (has("string") || !has("time"))
}

/// The columns of a frame as they are described.
pub(crate) fn fields(frame: &Value) -> Vec<&Value> {
    let fields = frame.pointer("/schema/fields").and_then(Value::as_array);
    fields.into_iter().flatten().collect()
}

/// The columns of a frame with their values.
pub(crate) fn columns(frame: &Value) -> Vec<&Value> {
    let columns = frame.pointer("/data/values").and_then(Value::as_array);
    columns.into_iter().flatten().collect()
}

/// The lines of a frame: one for each column of numbers.
fn lines(frame: &Value) -> Vec<Series> {
    let (fields, columns) = (fields(frame), columns(frame));
    let typed = |kind: &str| fields.iter().position(|field| field["type"] == kind);
    let times: Vec<i64> = typed("time")
        .and_then(|at| columns.get(at)?.as_array())
        .into_iter()
        .flatten()
        .map(moment)
        .collect();
    let words: Vec<&Value> = fields
        .iter()
        .zip(&columns)
        .filter(|(field, _)| field["type"] == "string")
        .map(|(_, column)| *column)
        .collect();
    let is_table = typed("time").is_none() || !words.is_empty();
    let numbers = fields
        .iter()
        .zip(&columns)
        .filter(|(field, _)| field["type"] == "number");
    numbers
        .flat_map(|(field, column)| {
            let values: Vec<Option<f64>> = column
                .as_array()
                .into_iter()
                .flatten()
                .map(Value::as_f64)
                .take(MOST_POINTS)
                .collect();
            if is_table {
                rows(field, &values, &words, &times)
            } else {
                vec![line(
                    name(frame, field),
                    times.iter().copied().zip(values).collect(),
                )]
            }
        })
        .collect()
}

/// The rows of a table as lines of one point each.
fn rows(field: &Value, values: &[Option<f64>], words: &[&Value], times: &[i64]) -> Vec<Series> {
    let row = |(index, value): (usize, &Option<f64>)| {
        let words: Vec<&str> = words.iter().filter_map(|column| column[index].as_str()).collect();
        let name = if words.is_empty() {
            field["name"].as_str().unwrap_or_default().to_owned()
        } else {
            words.join(" ")
        };
        line(
            name,
            vec![(times.get(index).copied().unwrap_or_default(), *value)],
        )
    };
    values.iter().enumerate().map(row).collect()
}

fn line(name: String, points: Vec<Point>) -> Series {
    Series {
        name: cut(&name, LONGEST),
        points,
        tone: None,
    }
}

/// The name that the data source gives a line, or its labels, or that of its column.
fn name(frame: &Value, field: &Value) -> String {
    let config = &field["config"];
    let given = ["displayNameFromDS", "displayName"]
        .iter()
        .find_map(|key| config[*key].as_str());
    // Grafana's word for a name of the labels, which some answers carry on.
    if let Some(given) = given.filter(|given| !given.is_empty() && *given != "__auto") {
        return given.to_owned();
    }
    let labels = field["labels"].as_object().into_iter().flat_map(Map::iter);
    let labels: Vec<String> = labels
        .filter(|(label, _)| *label != "__name__")
        .map(|(label, value)| format!("{label}=\"{}\"", value.as_str().unwrap_or_default()))
        .collect();
    if !labels.is_empty() {
        return format!("{{{}}}", labels.join(", "));
    }
    let names = [&frame["schema"]["name"], &field["name"]];
    let name = names
        .into_iter()
        .find_map(|name| name.as_str().filter(|name| !name.is_empty()));
    name.unwrap_or("Value").to_owned()
}

/// A moment in milliseconds, which some data sources write with decimals.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a float becomes the nearest moment that there is"
)]
pub(crate) fn moment(value: &Value) -> i64 {
    value
        .as_i64()
        .or_else(|| value.as_f64().map(|moment| moment as i64))
        .unwrap_or_default()
}

fn cut(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}

/// One number of a line, as Grafana calls the ways.
pub(crate) fn reduced(line: &Series, way: &str) -> Option<f64> {
    let mut values = line.points.iter().filter_map(|(_, value)| *value);
    match way {
        "max" => values.reduce(f64::max),
        "min" => values.reduce(f64::min),
        "sum" | "total" => values.reduce(|sum, value| sum + value),
        "count" => Some(f64::from(u32::try_from(values.count()).unwrap_or(u32::MAX))),
        "mean" | "avg" => {
            let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
            (count > 0.0).then(|| sum / count)
        }
        "first" | "firstNotNull" => values.next(),
        "range" => {
            let all: Vec<f64> = values.collect();
            Some(all.iter().copied().reduce(f64::max)? - all.iter().copied().reduce(f64::min)?)
        }
        "last" => line.points.last()?.1,
        _ => values.next_back(),
    }
}
