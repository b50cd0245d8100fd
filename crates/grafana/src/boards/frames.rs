//! Reads the answers of data sources: frames of columns.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use ui::{Point, Series};

use super::board::{Drawn, Panel, text};
use super::field::Look;
use super::grid::{self, Grid};
use super::heat::{self, Cells};
use super::logs::{self, LogLine};
use super::matcher::Field;
use crate::trouble::Trouble;

/// Most lines that are kept.
const MOST_LINES: usize = 24;
/// Most points of a line.
const MOST_POINTS: usize = 5_000;
/// Longest name of a line, in characters.
const LONGEST: usize = 120;

/// A frame with the name of the query that it answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) query: &'a str,
    pub(crate) value: &'a Value,
}

/// A line and how it is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Line {
    pub(crate) series: Series,
    pub(crate) look: Look,
}

/// What a panel shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Answered {
    pub(crate) lines: Vec<Line>,
    /// Cells, of a panel that shows them.
    pub(crate) cells: Cells,
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
        self.lines.is_empty()
            && self.grid.rows.is_empty()
            && self.logs.is_empty()
            && self.cells.rows.is_empty()
    }

    fn add_lines(&mut self, frames: &[Answer<'_>], panel: &Panel, histograms: &BTreeSet<&str>) {
        for of_query in frames.chunk_by(|one, next| one.query == next.query) {
            let Some(query) = of_query.first().map(|frame| frame.query) else {
                continue;
            };
            let found = of_query.iter().flat_map(|frame| lines(frame.value));
            let named = |(line, field): (Series, &Value)| (line, heat::bound(field), text(&field["name"]));
            let found: Vec<(Series, String)> = if histograms.contains(query) {
                heat::without_those_below(found.map(named).collect())
            } else {
                found.map(|(line, field)| (line, text(&field["name"]))).collect()
            };
            let found = found.into_iter();
            let shown = found.filter_map(|(line, field)| overridden(line, (&field, query), panel));
            let shown: Vec<Line> = shown.collect();
            let room = MOST_LINES.saturating_sub(self.lines.len());
            self.more += shown.len().saturating_sub(room);
            self.lines.extend(shown.into_iter().take(room));
        }
        let step = |frame: &Answer<'_>| frame.value.pointer("/schema/fields/0/config/interval")?.as_i64();
        self.step = frames.iter().find_map(step);
    }

    /// Whether there is no value at all.
    pub(crate) fn is_empty(&self) -> bool {
        let mut points = self.lines.iter().flat_map(|line| &line.series.points);
        let mut cells = self.cells.rows.iter().flat_map(|row| &row.cells);
        !points.any(|(_, value)| value.is_some())
            && !cells.any(Option::is_some)
            && self.grid.rows.is_empty()
            && self.logs.is_empty()
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
    let histograms: BTreeSet<&str> = panel
        .targets
        .iter()
        .filter(|target| target["format"] == "heatmap")
        .filter_map(|target| target["refId"].as_str())
        .collect();
    let mut frames: Vec<Answer<'_>> = Vec::new();
    let results = answer["results"].as_object().into_iter().flat_map(Map::iter);
    for (name, result) in results.filter(|(name, _)| !hidden.contains(&name.as_str())) {
        if let Some(error) = result["error"].as_str().filter(|error| !error.is_empty()) {
            read.errors.push(format!("{name}: {}", cut(error, 300)));
        }
        let own = result["frames"].as_array().into_iter().flatten();
        frames.extend(own.map(|value| Answer { query: name, value }));
    }
    match panel.drawn {
        Some(Drawn::Logs) => read.logs = logs::lines(&frames),
        Some(Drawn::Heat) => read.cells = heat::cells(&frames, panel, &histograms),
        Some(Drawn::Table) if frames.iter().any(|frame| is_table(frame.value)) => {
            read.grid = grid::grid(&frames, panel);
        }
        _ => read.add_lines(&frames, panel, &histograms),
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

/// A line with what the panel says about it; nothing for one that is hidden.
fn overridden(line: Series, (field, query): (&str, &str), panel: &Panel) -> Option<Line> {
    let look = panel.look(&Field {
        name: field,
        shown: &line.name,
        kind: "number",
        query,
    });
    let series = Series {
        name: look.shown.clone().unwrap_or(line.name),
        tone: look.tone,
        ..line
    };
    (!look.is_hidden).then_some(Line { series, look })
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

/// The lines of a frame, one for each column of numbers, with what describes it.
pub(crate) fn lines(frame: &Value) -> Vec<(Series, &Value)> {
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
                let rows = rows(field, &values, &words, &times).into_iter();
                rows.map(|row| (row, *field)).collect()
            } else {
                let points = times.iter().copied().zip(values).collect();
                vec![(line(name(frame, field), points), *field)]
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
        ..Series::default()
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
