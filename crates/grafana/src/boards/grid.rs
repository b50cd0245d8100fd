//! Answers of data sources as tables.

use jiff::Timestamp;
use serde_json::Value;

use super::board::Panel;
use super::field::{Look, mapped, mapped_text};
use super::frames::{Answer, columns, fields, moment};
use super::matcher::Field;
use super::units::unit;

/// Most rows and columns that are kept.
const MOST_ROWS: usize = 100;
const MOST_COLUMNS: usize = 12;
/// Longest text of a cell, in characters.
const LONGEST: usize = 300;

/// Rows and columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Grid {
    pub(crate) columns: Vec<GridColumn>,
    pub(crate) rows: Vec<Vec<String>>,
    /// How many rows there are beside these.
    pub(crate) more: usize,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct GridColumn {
    /// Its name in the answer.
    pub(crate) name: String,
    /// Its heading.
    pub(crate) title: String,
    pub(crate) is_number: bool,
    /// How it is shown.
    pub(crate) look: Look,
}

/// The table of a panel: that of the first query, or all of them merged where the panel says so.
pub(crate) fn grid(frames: &[Answer<'_>], panel: &Panel) -> Grid {
    let mut tables = frames
        .iter()
        .map(|frame| table(frame, panel))
        .filter(|table| !table.columns.is_empty());
    let first = tables.next().unwrap_or_default();
    let whole = if panel.arrangement.is_merged {
        tables.fold(first, merged)
    } else {
        tables
            .filter(|table| table.columns == first.columns)
            .fold(first.clone(), |mut all, table| {
                all.rows.extend(table.rows);
                all
            })
    };
    arranged(whole, panel)
}

/// A frame as a table, with all its columns.
fn table(frame: &Answer<'_>, panel: &Panel) -> Grid {
    let (fields, columns) = (fields(frame.value), columns(frame.value));
    let all: Vec<(&Value, &Value)> = fields
        .into_iter()
        .zip(columns)
        .filter(|(field, _)| field["type"] != "other")
        .collect();
    let length = all
        .iter()
        .filter_map(|(_, column)| column.as_array().map(Vec::len))
        .max();
    let titles: Vec<GridColumn> = all
        .iter()
        .map(|(field, _)| described(field, frame.query, panel))
        .collect();
    let row = |row: usize| {
        let cells = all.iter().zip(&titles);
        cells
            .map(|((field, column), described)| cell(field, &column[row], &described.look, panel))
            .collect()
    };
    Grid {
        rows: (0..length.unwrap_or(0).min(MOST_ROWS * 10)).map(row).collect(),
        columns: titles,
        more: 0,
    }
}

fn described(field: &Value, query: &str, panel: &Panel) -> GridColumn {
    let name = field["name"].as_str().unwrap_or_default().to_owned();
    let shown = field["config"]["displayName"].as_str().unwrap_or(&name);
    let look = panel.look(&Field {
        name: &name,
        shown,
        kind: field["type"].as_str().unwrap_or_default(),
        query,
    });
    GridColumn {
        title: shown.to_owned(),
        is_number: field["type"] == "number",
        look,
        name,
    }
}

fn cell(field: &Value, value: &Value, look: &Look, panel: &Panel) -> String {
    let mappings = look.mappings.as_ref().unwrap_or(&panel.mappings);
    match field["type"].as_str() {
        Some("time") if !value.is_null() => Timestamp::from_millisecond(moment(value))
            .map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
            .unwrap_or_default(),
        Some("number") => number(value.as_f64(), look, panel),
        _ => {
            let text = value.as_str().map_or_else(
                || {
                    if value.is_null() {
                        String::new()
                    } else {
                        value.to_string()
                    }
                },
                str::to_owned,
            );
            let text: String = text.chars().take(LONGEST).collect();
            mapped_text(mappings, &text).unwrap_or(text)
        }
    }
}

fn number(value: Option<f64>, look: &Look, panel: &Panel) -> String {
    let mappings = look.mappings.as_ref().unwrap_or(&panel.mappings);
    if let (Some(words), _) = mapped(mappings, value) {
        return words;
    }
    let unit = unit(look.unit.as_deref().unwrap_or(&panel.unit));
    let unit = unit.decimals(look.decimals.or(panel.decimals));
    value.map_or_else(String::new, |value| unit.show(value))
}

/// Two tables as one: rows with the same texts are one row, columns of numbers stand beside each other.
fn merged(mut whole: Grid, other: Grid) -> Grid {
    let is_key = |column: &GridColumn| !column.is_number && column.name != "Time";
    let keys: Vec<(usize, usize)> = whole
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| is_key(column))
        .filter_map(|(at, column)| {
            Some((
                at,
                other.columns.iter().position(|found| found.name == column.name)?,
            ))
        })
        .collect();
    let new: Vec<usize> = (0..other.columns.len())
        .filter(|at| {
            whole
                .columns
                .iter()
                .all(|column| column.name != other.columns[*at].name)
        })
        .collect();
    whole
        .columns
        .extend(new.iter().map(|at| other.columns[*at].clone()));
    let width = whole.columns.len();
    for row in &mut whole.rows {
        let same = other
            .rows
            .iter()
            .find(|found| keys.iter().all(|(own, theirs)| row[*own] == found[*theirs]));
        row.extend(
            new.iter()
                .map(|at| same.map_or_else(String::new, |found| found[*at].clone())),
        );
    }
    for found in &other.rows {
        let is_there = |row: &Vec<String>| keys.iter().all(|(own, theirs)| row[*own] == found[*theirs]);
        if whole.rows.iter().any(is_there) {
            continue;
        }
        let of = |column: &GridColumn| other.columns.iter().position(|theirs| theirs.name == column.name);
        let row = whole
            .columns
            .iter()
            .map(|column| of(column).map_or_else(String::new, |at| found[at].clone()));
        let row: Vec<String> = row.take(width).collect();
        whole.rows.push(row);
    }
    whole
}

/// Columns left out, renamed and in their order; as many rows as are shown.
fn arranged(grid: Grid, panel: &Panel) -> Grid {
    let arrangement = &panel.arrangement;
    let hidden = |column: &GridColumn| arrangement.hidden.contains(&column.name) || column.look.is_hidden;
    let mut kept: Vec<usize> = (0..grid.columns.len())
        .filter(|at| !hidden(&grid.columns[*at]))
        .collect();
    kept.sort_by_key(|at| {
        arrangement
            .places
            .get(&grid.columns[*at].name)
            .copied()
            .unwrap_or(i64::MAX)
    });
    kept.truncate(MOST_COLUMNS);
    let title = |column: &GridColumn| {
        let renamed = arrangement.names.get(&column.name);
        let shown = renamed.or(column.look.shown.as_ref());
        shown.unwrap_or(&column.title).clone()
    };
    Grid {
        columns: kept
            .iter()
            .map(|at| GridColumn {
                title: title(&grid.columns[*at]),
                ..grid.columns[*at].clone()
            })
            .collect(),
        rows: grid
            .rows
            .iter()
            .take(MOST_ROWS)
            .map(|row| kept.iter().map(|at| row[*at].clone()).collect())
            .collect(),
        more: grid.rows.len().saturating_sub(MOST_ROWS),
    }
}
