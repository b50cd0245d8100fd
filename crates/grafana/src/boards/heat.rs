//! Answers of data sources as cells: how often values were in which range, over time.
//!
//! They come in three forms: as cells, as one line for each range (the buckets of a histogram, of which Prometheus counts all up to a
//! bound), or as lines whose values have to be counted here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use ui::{HeatRow, Series};

use super::board::{Panel, text};
use super::frames::{Answer, columns, fields, lines, moment};
use super::units::unit;

/// Most ranges and most columns that are kept.
const MOST_RANGES: usize = 400;
const MOST_COLUMNS: usize = 1_000;
/// Most cells of an answer that are read.
const MOST_CELLS: usize = 200_000;
/// Ranges into which values are counted, about, and columns.
const RANGES: f64 = 16.0;
const COUNTED: i64 = 60;
/// The label with the upper bound of a bucket.
const BOUND: &str = "le";

/// What a panel says about its cells.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct HeatLook {
    /// The unit of the ranges; empty where it is that of the panel.
    range_unit: String,
    /// The unit of what cells count.
    pub(crate) cell_unit: String,
    /// The values of lines are counted.
    is_counted: bool,
}

/// Cells in columns of time and rows of ranges.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Cells {
    /// The moments at which columns end.
    pub(crate) columns: Vec<i64>,
    /// The rows, from the bottom up.
    pub(crate) rows: Vec<HeatRow>,
    /// How long a column is, where the answer says it.
    pub(crate) step: Option<i64>,
}

/// Cells before they have rows: by the bounds of their range, and by moment.
type Counted = BTreeMap<Range, BTreeMap<i64, f64>>;

/// A range of values, ordered by its bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Range(f64, f64);

impl Eq for Range {}

impl PartialOrd for Range {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Range {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.1.total_cmp(&other.1).then(self.0.total_cmp(&other.0))
    }
}

impl HeatLook {
    /// Reads what a panel says; panels before Grafana 9 say it in other places.
    pub(crate) fn read(panel: &Value) -> Self {
        let options = &panel["options"];
        let first = |places: [&Value; 2]| places.map(text).into_iter().find(|text| !text.is_empty());
        Self {
            range_unit: first([&options["yAxis"]["unit"], &panel["yAxis"]["format"]]).unwrap_or_default(),
            cell_unit: first([&options["cellValues"]["unit"], &options["legend"]["unit"]])
                .unwrap_or_default(),
            is_counted: options["calculate"] == true || panel["dataFormat"] == "timeseries",
        }
    }
}

/// The upper bound of a bucket, as its label says it; nothing for what is none.
pub(crate) fn bound(field: &Value) -> Option<f64> {
    match field["labels"][BOUND].as_str()? {
        "+Inf" | "Inf" => Some(f64::INFINITY),
        bound => bound.parse().ok().filter(|bound: &f64| !bound.is_nan()),
    }
}

/// The buckets of a histogram, each without those below it and with what it came with. Lines that are no buckets stay as they are.
pub(crate) fn without_those_below<T>(lines: Vec<(Series, Option<f64>, T)>) -> Vec<(Series, T)> {
    if lines.iter().any(|(_, bound, _)| bound.is_none()) {
        return lines.into_iter().map(|(line, _, with)| (line, with)).collect();
    }
    let mut buckets = lines;
    let order = |bound: Option<f64>| bound.unwrap_or(f64::INFINITY);
    buckets.sort_by(|one, other| order(one.1).total_cmp(&order(other.1)));
    let mut below: BTreeMap<i64, f64> = BTreeMap::new();
    let mut own = |(at, value): (i64, Option<f64>)| {
        let value = value.filter(|value| value.is_finite());
        let own = value.map(|value| (value - below.get(&at).copied().unwrap_or(0.0)).max(0.0));
        if let Some(value) = value {
            below.insert(at, value);
        }
        (at, own)
    };
    let each = buckets.into_iter().map(|(line, _, with)| {
        let points = line.points.iter().copied().map(&mut own).collect();
        (Series { points, ..line }, with)
    });
    each.collect()
}

/// The cells of an answer; `histograms` are the queries whose buckets count all up to their bounds.
pub(crate) fn cells(frames: &[Answer<'_>], panel: &Panel, histograms: &BTreeSet<&str>) -> Cells {
    let shown = |value: f64| {
        let own = &panel.heat.range_unit;
        let name = if own.is_empty() { &panel.unit } else { own };
        unit(name).show(value)
    };
    let step = frames
        .iter()
        .find_map(|frame| frame.value.pointer("/schema/fields/0/config/interval")?.as_i64());
    let ready: Vec<&Answer<'_>> = frames
        .iter()
        .filter(|frame| field(frame.value, &["count"]).is_some())
        .collect();
    if !ready.is_empty() {
        return rows(of_cells(&ready), step, |Range(low, high)| {
            if high.is_finite() {
                format!("{} to {}", shown(low), shown(high))
            } else {
                format!("over {}", shown(low))
            }
        });
    }
    let all: Vec<(Series, Option<f64>, &str)> = frames
        .iter()
        .flat_map(|frame| {
            let lines = lines(frame.value).into_iter();
            lines.map(|(line, field)| (line, bound(field), frame.query))
        })
        .take(MOST_RANGES)
        .collect();
    if panel.heat.is_counted {
        let (counted, step) = counted(&all);
        return rows(counted, Some(step), |Range(low, high)| {
            format!("{} to {}", shown(low), shown(high))
        });
    }
    of_lines(all, histograms, step, shown)
}

/// The first column of a frame with one of these names.
fn field<'a>(frame: &'a Value, names: &[&str]) -> Option<&'a Vec<Value>> {
    let is_named = |field: &&Value| field["name"].as_str().is_some_and(|name| names.contains(&name));
    let at = fields(frame).iter().position(is_named)?;
    columns(frame).get(at)?.as_array()
}

/// Cells that came as such, as Prometheus' newer histograms do.
fn of_cells(frames: &[&Answer<'_>]) -> Counted {
    let mut counted = Counted::new();
    for frame in frames {
        let column = |names: &[&str]| field(frame.value, names);
        let (Some(times), Some(lows), Some(highs), Some(counts)) = (
            column(&["xMax", "xMin", "x", "Time"]),
            column(&["yMin"]),
            column(&["yMax"]),
            column(&["count"]),
        ) else {
            continue;
        };
        let cells = times.iter().zip(lows).zip(highs.iter().zip(counts));
        for ((at, low), (high, count)) in cells.take(MOST_CELLS) {
            let high = high.as_f64().unwrap_or(f64::INFINITY);
            if let (Some(low), Some(count)) = (low.as_f64(), count.as_f64()) {
                *counted
                    .entry(Range(low, high))
                    .or_default()
                    .entry(moment(at))
                    .or_default() += count;
            }
        }
    }
    counted
}

/// Cells of lines, one for each range.
fn of_lines(
    all: Vec<(Series, Option<f64>, &str)>,
    histograms: &BTreeSet<&str>,
    step: Option<i64>,
    shown: impl Fn(f64) -> String,
) -> Cells {
    let are_bounded = all.iter().all(|(_, bound, _)| bound.is_some());
    let are_buckets = are_bounded && all.iter().all(|(.., query)| histograms.contains(query));
    let name = |line: &Series, bound: Option<f64>| match bound.filter(|_| are_bounded) {
        Some(bound) if bound.is_finite() => format!("≤ {}", shown(bound)),
        Some(_) => "more".to_owned(),
        None => line.name.clone(),
    };
    let named = all.into_iter().map(|(line, bound, _)| {
        let name = name(&line, bound);
        (line, bound, name)
    });
    let mut named: Vec<(Series, Option<f64>, String)> = named.collect();
    if are_bounded {
        let order = |bound: Option<f64>| bound.unwrap_or(f64::INFINITY);
        named.sort_by(|one, other| order(one.1).total_cmp(&order(other.1)));
    }
    let lines: Vec<(Series, String)> = if are_buckets {
        without_those_below(named)
    } else {
        named.into_iter().map(|(line, _, name)| (line, name)).collect()
    };
    let points = lines.iter().flat_map(|(line, _)| &line.points);
    let moments: BTreeSet<i64> = points.map(|(at, _)| *at).collect();
    let columns = newest(moments);
    let row = |(line, name): (Series, String)| {
        let values = line
            .points
            .iter()
            .filter_map(|(at, value)| Some((*at, (*value)?)));
        row(name, &columns, &values.collect())
    };
    Cells {
        rows: lines.into_iter().map(row).collect(),
        columns: columns.clone(),
        step,
    }
}

/// As many of these moments as are kept.
fn newest(moments: BTreeSet<i64>) -> Vec<i64> {
    let first = moments.len().saturating_sub(MOST_COLUMNS);
    moments.into_iter().skip(first).collect()
}

fn row(name: String, columns: &[i64], values: &BTreeMap<i64, f64>) -> HeatRow {
    HeatRow {
        name,
        cells: columns.iter().map(|at| values.get(at).copied()).collect(),
    }
}

/// The values of lines, counted in ranges of one round size; and how long a column is.
fn counted(all: &[(Series, Option<f64>, &str)]) -> (Counted, i64) {
    let points = || {
        let points = all.iter().flat_map(|(line, ..)| &line.points);
        points.filter_map(|(at, value)| Some((*at, value.filter(|value| value.is_finite())?)))
    };
    let ends = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
    let (low, high) = points()
        .map(|(_, value)| value)
        .fold((f64::INFINITY, f64::NEG_INFINITY), ends);
    let first = points().map(|(at, _)| at).min().unwrap_or_default();
    let last = points().map(|(at, _)| at).max().unwrap_or_default();
    let step = (last - first).div_euclid(COUNTED).max(1);
    let size = round_size((high - low) / RANGES);
    let mut counted = Counted::new();
    for (at, value) in points() {
        let begin = (value / size).floor() * size;
        let column = first + ((at - first).div_euclid(step) + 1) * step;
        *counted
            .entry(Range(begin, begin + size))
            .or_default()
            .entry(column)
            .or_default() += 1.0;
    }
    (counted, step)
}

/// The smallest round size that is not smaller.
fn round_size(size: f64) -> f64 {
    let size = if size.is_finite() && size > 0.0 { size } else { 1.0 };
    let power = 10_f64.powf(size.log10().floor());
    let round = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|round| round * power >= size * 0.999);
    round.unwrap_or(10.0) * power
}

/// Rows with the names of their ranges.
fn rows(counted: Counted, step: Option<i64>, name: impl Fn(Range) -> String) -> Cells {
    let columns = newest(counted.values().flat_map(|cells| cells.keys().copied()).collect());
    let rows = counted.into_iter().take(MOST_RANGES);
    Cells {
        rows: rows
            .map(|(range, cells)| row(name(range), &columns, &cells))
            .collect(),
        columns,
        step,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::board::Board;
    use super::super::frames::read;
    use super::*;

    fn panel(kind: &str, format: &str, more: &Value) -> Panel {
        let mut panel = json!({"id": 1, "type": kind, "targets": [{"refId": "A", "format": format}]});
        for (key, value) in more.as_object().into_iter().flatten() {
            panel[key.as_str()] = value.clone();
        }
        let board = Board::read(&json!({"dashboard": {"panels": [panel]}}));
        board.panel(1).cloned().unwrap()
    }

    /// Three buckets of a histogram in an order of their own, as Prometheus answers.
    fn buckets() -> Value {
        let frame = |bound: &str, values: Value| {
            json!({"schema": {"refId": "A", "fields": [{"name": "Time", "type": "time", "config": {"interval": 60_000}},
                {"name": "Value", "type": "number", "labels": {"le": bound}, "config": {"displayNameFromDS": bound}}]},
                "data": {"values": [[60_000, 120_000, 180_000], values]}})
        };
        let frames = [
            frame("+Inf", json!([7, 9, 4])),
            frame("0.1", json!([1, 3, null])),
            frame("0.5", json!([6, 8, 4])),
        ];
        json!({"results": {"A": {"status": 200, "frames": frames}}})
    }

    fn rows(found: &Cells) -> Vec<(String, Vec<Option<f64>>)> {
        let row = |row: &HeatRow| (row.name.replace('\u{a0}', " "), row.cells.clone());
        found.rows.iter().map(row).collect()
    }

    #[test]
    fn buckets_count_what_is_in_them_alone() {
        let seconds = json!({"options": {"yAxis": {"unit": "s"}}});
        let found = read(&buckets(), &panel("heatmap", "heatmap", &seconds)).unwrap();
        assert_eq!(
            rows(&found.cells),
            [
                ("≤ 100 ms".to_owned(), vec![Some(1.0), Some(3.0), None]),
                ("≤ 500 ms".to_owned(), vec![Some(5.0), Some(5.0), Some(4.0)]),
                ("more".to_owned(), vec![Some(1.0), Some(1.0), Some(0.0)]),
            ]
        );
        assert_eq!(
            (found.cells.columns.as_slice(), found.cells.step),
            (&[60_000, 120_000, 180_000][..], Some(60_000))
        );
        assert!(!found.is_empty());
        // Asked for as lines, they are what they are.
        let found = read(&buckets(), &panel("heatmap", "time_series", &seconds)).unwrap();
        assert_eq!(rows(&found.cells)[2].1, [Some(7.0), Some(9.0), Some(4.0)]);
        // Other panels, too, show of a histogram what is in each bucket.
        let found = read(&buckets(), &panel("bargauge", "heatmap", &json!({}))).unwrap();
        let last: Vec<(&str, Option<f64>)> = found
            .lines
            .iter()
            .map(|line| (line.series.name.as_str(), line.series.points[1].1))
            .collect();
        assert_eq!(
            last,
            [("0.1", Some(3.0)), ("0.5", Some(5.0)), ("+Inf", Some(1.0))]
        );
    }

    #[test]
    fn cells_may_come_as_such() {
        let frame = json!({"schema": {"meta": {"type": "heatmap-cells"}, "fields": [
            {"name": "xMax", "type": "time"}, {"name": "yMin", "type": "number"}, {"name": "yMax", "type": "number"},
            {"name": "count", "type": "number"}, {"name": "yLayout", "type": "number"}]},
            "data": {"values": [[10, 10, 20, 20], [1, 2, 1, 2], [2, 4, 2, null], [3, 4, 5, 6], [0, 0, 0, 0]]}});
        let found = read(
            &json!({"results": {"A": {"frames": [frame]}}}),
            &panel("heatmap", "heatmap", &json!({})),
        )
        .unwrap();
        assert_eq!(
            rows(&found.cells),
            [
                ("1 to 2".to_owned(), vec![Some(3.0), Some(5.0)]),
                ("2 to 4".to_owned(), vec![Some(4.0), None]),
                ("over 2".to_owned(), vec![None, Some(6.0)]),
            ]
        );
    }

    #[test]
    fn values_of_lines_are_counted_where_the_panel_says_so() {
        let line = |values: &[f64]| {
            let times: Vec<i64> = (0..).step_by(60_000).take(values.len()).collect();
            json!({"schema": {"fields": [{"name": "Time", "type": "time"}, {"name": "Value", "type": "number"}]}, "data": {"values": [times, values]}})
        };
        let answer =
            json!({"results": {"A": {"frames": [line(&[1.0, 15.0, 31.0]), line(&[1.5, 15.2, 2.4])]}}});
        for more in [
            json!({"options": {"calculate": true}}),
            json!({"dataFormat": "timeseries"}),
        ] {
            let found = read(&answer, &panel("heatmap", "time_series", &more))
                .unwrap()
                .cells;
            let names: Vec<String> = rows(&found).into_iter().map(|(name, _)| name).collect();
            assert_eq!(names, ["0 to 2", "2 to 4", "14 to 16", "30 to 32"], "{more}");
            assert_eq!(found.rows[0].cells, [Some(2.0), None, None]);
            assert_eq!(found.rows[2].cells, [None, Some(2.0), None]);
        }
    }

    #[test]
    fn answers_may_be_broken_or_large() {
        let panel = panel("heatmap", "heatmap", &json!({}));
        for broken in [
            json!({}),
            json!({"results": {"A": {"frames": [null, {}, {"schema": {"fields": [{"name": "count"}]}}]}}}),
        ] {
            let found = read(&broken, &panel).unwrap();
            assert!(found.is_empty() && found.cells.rows.is_empty(), "{broken}");
        }
        let times: Vec<i64> = (0..1_500).collect();
        let frames: Vec<Value> = (0..450)
            .map(|at| json!({"schema": {"fields": [{"name": "Time", "type": "time"}, {"name": format!("row-{at}"), "type": "number"}]}, "data": {"values": [times, times]}}))
            .collect();
        let found = read(&json!({"results": {"A": {"frames": frames}}}), &panel)
            .unwrap()
            .cells;
        assert_eq!(
            (found.rows.len(), found.columns.len()),
            (MOST_RANGES, MOST_COLUMNS)
        );
    }
}
