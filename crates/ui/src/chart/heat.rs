//! How often values were in which range, over time: a grid of cells, the darker the more there were.

use std::borrow::Cow;

use maud::{Markup, html};

use super::draw::{HEIGHT, TALL, WIDTH, between, frame_class, time_words, value_words};
use super::path::Canvas;
use super::scale::ValueAxis;
use super::tips::{self, small};
use super::{AxisScale, Unit, rounded};

/// Most columns and rows that are drawn; more are put together.
const COLUMNS: usize = 120;
const ROWS: usize = 40;
/// Rows that are named beside the picture.
const NAMED: usize = 8;
/// Shades of cells.
const SHADES: usize = 8;

/// A row of cells.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HeatRow {
    /// The range of values that it is about, in words.
    pub name: String,
    /// How many there were, column by column; nothing where that is not known.
    pub cells: Vec<Option<f64>>,
}

/// A grid of cells over time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HeatMap<'a> {
    /// What it shows, for screen readers.
    pub title: Cow<'a, str>,
    /// The moments at which columns end, in milliseconds since 1970 and in order.
    pub columns: Vec<i64>,
    /// The rows, from the bottom up.
    pub rows: Vec<HeatRow>,
    /// What cells count.
    pub unit: Unit,
    /// Beginning and end of the span, in milliseconds since 1970.
    pub span: (i64, i64),
    /// How long a column is, in milliseconds.
    pub step: i64,
    /// Twice as high, for a chart on a page of its own.
    pub is_tall: bool,
}

/// Columns of a map that are drawn as one: beginning and end, and the cells from the bottom up.
struct Column {
    begin: i64,
    end: i64,
    cells: Vec<Option<f64>>,
}

/// What is drawn: never more than so many cells, whatever there is.
struct Bounded {
    names: Vec<String>,
    columns: Vec<Column>,
    most: f64,
}

impl Bounded {
    fn of(map: &HeatMap<'_>) -> Self {
        let rows = map.rows.len().div_ceil(ROWS).max(1);
        let columns = map.columns.len().div_ceil(COLUMNS).max(1);
        let names = map.rows.chunks(rows).map(name).collect();
        let length = map.step.max(1);
        let column = |(chunk, ends): (usize, &[i64])| {
            let at = chunk * columns;
            let cells = map.rows.chunks(rows);
            Column {
                begin: ends.first().map_or(0, |first| first.saturating_sub(length)),
                end: ends.last().copied().unwrap_or_default(),
                cells: cells.map(|rows| cell(rows, at..at + ends.len())).collect(),
            }
        };
        let columns: Vec<Column> = map.columns.chunks(columns).enumerate().map(column).collect();
        let all = columns.iter().flat_map(|column| &column.cells).flatten();
        Self {
            most: all.copied().fold(0.0, f64::max),
            names,
            columns,
        }
    }

    /// The shade of a cell, from one; nothing for one in which there is nothing. Few are told from none.
    fn shade(&self, value: Option<f64>) -> Option<usize> {
        let value = value.filter(|value| *value > 0.0)?;
        let part = (value / self.most).sqrt();
        let shade = (1..SHADES).find(|shade| part <= small(*shade) / small(SHADES));
        Some(shade.unwrap_or(SHADES))
    }
}

/// The name of rows that are drawn as one.
fn name(rows: &[HeatRow]) -> String {
    match rows {
        [one] => one.name.clone(),
        [first, .., last] => format!("{} to {}", first.name, last.name),
        [] => String::new(),
    }
}

/// How many there were in rows that are drawn as one, at most in one of these columns.
fn cell(rows: &[HeatRow], columns: std::ops::Range<usize>) -> Option<f64> {
    let of_column = |column: usize| {
        let cells = rows.iter().filter_map(|row| *row.cells.get(column)?);
        cells
            .filter(|cell| cell.is_finite())
            .reduce(|sum, cell| sum + cell)
    };
    columns.filter_map(of_column).reduce(f64::max)
}

/// A grid of cells with its table, which is also its text.
pub fn heat_map(map: &HeatMap<'_>) -> Markup {
    let bounded = Bounded::of(map);
    let axis = axis(&bounded.names);
    let canvas = Canvas {
        width: WIDTH,
        height: if map.is_tall { TALL } else { HEIGHT },
        span: map.span,
        axis: &axis,
        step: None,
    };
    html! {
        figure.chart {
            figcaption.visually-hidden { (map.title) ": " (bounded.names.len()) " ranges of values " (between(map.span)) }
            div class=(frame_class(&axis, None)) {
                (value_words(&canvas, false))
                div.chart-area {
                    svg.chart-lines.heat-cells viewBox=(format_args!("0 0 {WIDTH} {}", canvas.height)) height=(canvas.height) preserveAspectRatio="none" aria-hidden="true" {
                        @for shade in 1..=SHADES { (cells(&bounded, &canvas, shade)) }
                    }
                    svg.chart-tips height=(canvas.height) aria-hidden="true" {
                        @for slot in tips::slots(map.span) { (tip(map, &bounded, slot)) }
                    }
                }
                (time_words(map.span))
            }
            (scale(map, &bounded))
            (table(map, &bounded))
        }
    }
}

/// An axis with the names of rows, each in the middle of its row.
fn axis(names: &[String]) -> ValueAxis {
    let every = names.len().div_ceil(NAMED).max(1);
    let named = names.iter().enumerate().step_by(every);
    ValueAxis {
        low: 0.0,
        high: small(names.len()).max(1.0),
        ticks: named
            .map(|(row, name)| (small(row) + 0.5, tips::cut(name, 12)))
            .collect(),
        scale: AxisScale::Linear,
    }
}

/// All cells of one shade, as one path.
fn cells(bounded: &Bounded, canvas: &Canvas<'_>, shade: usize) -> Markup {
    let height = rounded(canvas.height / canvas.axis.high);
    let mut data = String::new();
    for column in &bounded.columns {
        let begin = canvas.x(column.begin).clamp(0.0, canvas.width);
        let width = rounded(canvas.x(column.end).clamp(0.0, canvas.width) - begin);
        for (row, value) in column.cells.iter().enumerate() {
            if bounded.shade(*value) == Some(shade) {
                let top = canvas.y(small(row) + 1.0);
                data.push_str(&format!("M{begin} {top}h{width}v{height}h-{width}Z"));
            }
        }
    }
    html! { @if !data.is_empty() { path class=(format_args!("heat heat-{shade}")) d=(data) {} } }
}

/// What there was most of where the pointer rests, from the top down.
fn tip(map: &HeatMap<'_>, bounded: &Bounded, (begin, end): (i64, i64)) -> Markup {
    let middle = i64::midpoint(begin, end);
    let is_there = |column: &&Column| column.begin <= middle && middle < column.end;
    let Some(column) = bounded.columns.iter().find(is_there) else {
        return Markup::default();
    };
    let cells = column.cells.iter().enumerate();
    let mut found: Vec<(usize, f64)> = cells
        .filter_map(|(row, cell)| Some((row, cell.filter(|cell| *cell > 0.0)?)))
        .collect();
    found.sort_by(|one, other| other.1.total_cmp(&one.1));
    found.truncate(tips::MOST);
    found.sort_by_key(|(row, _)| std::cmp::Reverse(*row));
    let text = |(row, value): &(usize, f64)| {
        let shade = bounded.shade(Some(*value)).unwrap_or(1);
        let words = format!(
            "{} {}",
            map.unit.show(*value),
            tips::cut(&bounded.names[*row], 26)
        );
        (format!("heat heat-{shade}"), words)
    };
    let mut texts: Vec<(String, String)> = found.iter().map(text).collect();
    if texts.is_empty() {
        texts.push(("heat".to_owned(), "none".to_owned()));
    }
    tips::slot(map.span, (begin, end), middle, (&texts, &Markup::default()))
}

/// What the shades mean.
fn scale(map: &HeatMap<'_>, bounded: &Bounded) -> Markup {
    html! {
        div.heat-scale {
            span { "0" }
            svg width="128" height="10" aria-hidden="true" {
                @for shade in 1..=SHADES { rect class=(format_args!("heat heat-{shade}")) x=(16 * (shade - 1)) width="16" height="10" {} }
            }
            span { (map.unit.show(bounded.most)) }
        }
    }
}

/// The rows in numbers, from the top down.
fn table(map: &HeatMap<'_>, bounded: &Bounded) -> Markup {
    let of = |row: usize| {
        bounded
            .columns
            .iter()
            .filter_map(move |column| *column.cells.get(row)?)
    };
    let shown = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), |value| map.unit.show(value));
    html! {
        details.chart-more {
            summary { "In numbers" }
            table.chart-legend.heat-table {
                caption.visually-hidden { "Ranges of " (map.title) }
                thead { tr { th scope="col" { "Range" } th scope="col" { "Highest" } th scope="col" { "Last" } } }
                tbody {
                    @for (row, name) in bounded.names.iter().enumerate().rev() {
                        tr { th scope="row" { (name) } td { (shown(of(row).reduce(f64::max))) } td { (shown(of(row).next_back())) } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(columns: usize, rows: usize) -> HeatMap<'static> {
        let row = |row: usize| HeatRow {
            name: format!("range-{row}"),
            cells: (0..columns)
                .map(|column| Some(small((row + column) % 5)))
                .collect(),
        };
        let moment = |column: usize| i64::try_from(column + 1).unwrap() * 10;
        HeatMap {
            columns: (0..columns).map(moment).collect(),
            rows: (0..rows).map(row).collect(),
            span: (0, moment(columns) - 10),
            step: 10,
            ..HeatMap::default()
        }
    }

    #[test]
    fn cells_stand_where_their_row_and_their_column_are() {
        let page = heat_map(&map(4, 2)).0;
        // The highest value, 4, is in the upper row and the last column.
        assert!(
            page.contains("class=\"heat heat-8\" d=\"M750 0h250v84h-250Z\""),
            "{page}"
        );
        // What is nothing has no cell: the lower row begins with zero.
        assert!(!page.contains("M0 84"), "{page}");
        assert!(page.contains(">range-0<") && page.contains(">range-1<"), "{page}");
    }

    #[test]
    fn a_large_map_is_put_together() {
        let large = Bounded::of(&map(1_000, 500));
        assert!(large.columns.len() <= COLUMNS && large.names.len() <= ROWS);
        assert_eq!(large.names[0], "range-0 to range-12");
        // Of thirteen rows there are all that there were, of nine columns the most.
        assert_eq!(large.columns[0].cells[0], Some(29.0));
        assert_eq!((large.columns[0].begin, large.columns[0].end), (0, 90));
        let page = heat_map(&map(1_000, 500)).0;
        assert!(page.len() < 400_000, "{}", page.len());
    }

    #[test]
    fn a_map_may_be_empty_or_ragged() {
        let ragged = HeatMap {
            columns: vec![10, 20],
            rows: vec![
                HeatRow::default(),
                HeatRow {
                    name: "some".to_owned(),
                    cells: vec![Some(f64::NAN), Some(-1.0)],
                },
            ],
            span: (0, 20),
            ..HeatMap::default()
        };
        for map in [HeatMap::default(), ragged, map(0, 3), map(3, 0)] {
            let page = heat_map(&map).0;
            assert!(!page.contains("<path") && !page.contains("NaN"), "{page}");
        }
    }
}
