//! A panel of a dashboard with its numbers.

use maud::{Markup, html};
use ui::{
    Align, Card, Column, Gauge, HeatMap, LineChart, Marker, Row, Series, Stat, StatValue, Table, Threshold,
    Tone, Unit, bar_gauge, card, data_table, gauge, heat_map, icon, line_chart, stat,
};

use super::boards::named;
use super::{moment, trouble};
use crate::boards::board::{Drawn, Panel};
use crate::boards::field::mapped;
use crate::boards::frames::{Answered, Line, reduced};
use crate::boards::grid::{Grid, GridColumn};
use crate::boards::logs::LogLine;
use crate::boards::units::unit;
use crate::trouble::Trouble;

/// Numbers of one panel.
const NUMBERS: usize = 12;

/// A panel and what came of asking for its numbers.
pub(crate) struct Chart<'a> {
    pub(crate) id: String,
    pub(crate) panel: &'a Panel,
    pub(crate) answered: Result<Answered, Trouble>,
    /// What happened in the span.
    pub(crate) markers: Vec<Marker>,
    pub(crate) span: (i64, i64),
    /// Usual distance of two points, in milliseconds.
    pub(crate) step: i64,
    /// Its address in Grafana.
    pub(crate) address: String,
    /// It stands on a page of its own.
    pub(crate) is_alone: bool,
}

/// A panel in its place.
pub(crate) fn chart(chart: &Chart<'_>) -> Markup {
    let is_small = chart.panel.drawn.is_some_and(Drawn::is_small);
    let is_wide = matches!(chart.panel.drawn, Some(Drawn::Table | Drawn::Logs));
    let title = named(chart.panel);
    let open = html! {
        a.icon-button href=(chart.address) rel="external noreferrer" title="Open in Grafana" aria-label=(format_args!("Open {title} in Grafana")) { (icon("external")) }
    };
    html! {
        div.chart-place.is-number[is_small].is-wide[is_wide].is-alone[chart.is_alone] id=(chart.id) {
            (card(Card { title: &title, actions: Some(open), ..Card::default() }, content(chart)))
        }
    }
}

fn content(chart: &Chart<'_>) -> Markup {
    let answered = match &chart.answered {
        Err(failed) => return trouble(failed),
        Ok(answered) => answered,
    };
    html! {
        @for error in &answered.errors { (trouble(&Trouble::new(error.clone()))) }
        @if answered.is_empty() {
            p.chart-empty { "No data in this span of time." }
        } @else {
            (drawn(chart, answered))
        }
        @if answered.more > 0 { p.muted { (answered.more) " more lines are not drawn." } }
        @if let Some(left_out) = &chart.panel.copied.left_out { p.muted { (left_out) } }
        @for unknown in &chart.panel.arrangement.unknown {
            p.muted { "Grafana also applies the transformation " code.inline { (unknown) } " here." }
        }
    }
}

fn drawn(chart: &Chart<'_>, answered: &Answered) -> Markup {
    match chart.panel.drawn {
        Some(Drawn::Logs) => log(&answered.logs, &chart.panel.title),
        Some(Drawn::Table) if !answered.grid.rows.is_empty() => table(&answered.grid, &chart.panel.title),
        Some(Drawn::Table) => table(&last_values(chart, answered), &chart.panel.title),
        Some(Drawn::Numbers) => stat(&numbers(chart, answered)),
        Some(Drawn::Dials) => gauge(&between(chart, answered)),
        Some(Drawn::Bars) => bar_gauge(&between(chart, answered)),
        Some(Drawn::Heat) => heat_map(&cells(chart, answered)),
        _ => line_chart(&lines(chart, answered)),
    }
}

fn table(grid: &Grid, title: &str) -> Markup {
    let columns = grid.columns.iter().map(|column| Column {
        align: if column.is_number {
            Align::End
        } else {
            Align::Start
        },
        ..Column::new(&column.title)
    });
    let rows = grid
        .rows
        .iter()
        .map(|row| Row::new(row.iter().map(|cell| html! { (cell) }).collect()));
    html! {
        div.chart-table {
            (data_table(&Table { caption: title, columns: columns.collect(), rows: rows.collect() }))
        }
        @if grid.more > 0 { p.muted { (grid.more) " more rows are not shown." } }
    }
}

/// Lines as a table of their names and numbers.
fn last_values(chart: &Chart<'_>, answered: &Answered) -> Grid {
    let column = |title: &str, is_number| GridColumn {
        name: title.to_owned(),
        title: title.to_owned(),
        is_number,
        ..GridColumn::default()
    };
    let row = |line: &Line| {
        let value = reduced(&line.series, &chart.panel.reduce);
        let unit = unit_of(chart.panel, line);
        vec![
            line.series.name.clone(),
            value.map(|value| unit.show(value)).unwrap_or_default(),
        ]
    };
    Grid {
        columns: vec![column("Line", false), column("Value", true)],
        rows: answered.lines.iter().map(row).collect(),
        more: 0,
    }
}

/// The lines of a log, the newest first.
fn log(lines: &[LogLine], title: &str) -> Markup {
    html! {
        ol.log-lines aria-label=(title) tabindex="0" {
            @for line in lines {
                li class=(line.tone.map(|tone| format!("tone-{}", tone.as_str())).unwrap_or_default()) {
                    span.log-time { (moment(line.at)) }
                    span.log-text { (line.text) }
                }
            }
        }
    }
}

/// Numbers between the ends that the panel sets. Without ends they go from zero to the largest of them, or to 100.
fn between<'a>(chart: &'a Chart<'_>, answered: &Answered) -> Gauge<'a> {
    let (panel, stat) = (chart.panel, numbers(chart, answered));
    let largest = stat
        .values
        .iter()
        .filter_map(|one| one.value)
        .fold(f64::NEG_INFINITY, f64::max);
    let is_percent = matches!(panel.unit.as_str(), "percent" | "percentunit");
    let whole = if panel.unit == "percentunit" { 1.0 } else { 100.0 };
    let usual = if panel.drawn == Some(Drawn::Bars) && !is_percent && largest > 0.0 {
        largest
    } else {
        whole
    };
    let (lowest, highest) = (panel.lowest.unwrap_or(0.0), panel.highest.unwrap_or(usual));
    let steps = panel
        .steps
        .iter()
        .filter_map(|(from, tone)| Some((from.unwrap_or(lowest), (*tone)?)));
    Gauge {
        title: panel.title.as_str().into(),
        values: stat.values,
        unit: stat.unit,
        lowest,
        highest,
        steps: if panel.steps.len() > 1 {
            steps.collect()
        } else {
            Vec::new()
        },
    }
}

fn lines<'a>(chart: &'a Chart<'_>, answered: &Answered) -> LineChart<'a> {
    let panel = chart.panel;
    let thresholds = panel.steps.iter().filter(|_| panel.has_lines_at_steps);
    let unit = unit_of_all(panel, &answered.lines);
    let line = |line: &Line| Series {
        unit: Some(unit_of(panel, line)).filter(|own| *own != unit),
        ..line.series.clone()
    };
    LineChart {
        title: panel.title.as_str().into(),
        series: answered.lines.iter().map(line).collect(),
        span: chart.span,
        step: Some(answered.step.unwrap_or(0).max(chart.step)),
        lowest: panel.lowest,
        highest: panel.highest,
        thresholds: thresholds
            .filter_map(|(value, tone)| {
                Some(Threshold {
                    value: (*value)?,
                    tone: tone.unwrap_or(Tone::Amber),
                })
            })
            .collect(),
        markers: chart.markers.clone(),
        stacking: panel.stacking,
        scale: panel.scale,
        is_tall: chart.is_alone,
        unit,
    }
}

/// The unit of a line: its own, or that of the panel.
fn unit_of(panel: &Panel, line: &Line) -> Unit {
    let name = line.look.unit.as_deref().unwrap_or(&panel.unit);
    unit(name).decimals(line.look.decimals.or(panel.decimals))
}

/// The unit of most lines: that of the panel, unless all of them have the same other one.
fn unit_of_all(panel: &Panel, lines: &[Line]) -> Unit {
    let mut units = lines.iter().map(|line| unit_of(panel, line));
    let usual = unit(&panel.unit).decimals(panel.decimals);
    let Some(first) = units.next() else {
        return usual;
    };
    if units.all(|unit| unit == first) {
        first
    } else {
        usual
    }
}

fn cells<'a>(chart: &'a Chart<'_>, answered: &Answered) -> HeatMap<'a> {
    let (panel, cells) = (chart.panel, &answered.cells);
    HeatMap {
        title: panel.title.as_str().into(),
        columns: cells.columns.clone(),
        rows: cells.rows.clone(),
        unit: unit(&panel.heat.cell_unit),
        span: chart.span,
        step: cells.step.unwrap_or(0).max(chart.step),
        is_tall: chart.is_alone,
    }
}

fn numbers<'a>(chart: &'a Chart<'_>, answered: &Answered) -> Stat<'a> {
    let panel = chart.panel;
    let value = |line: &Line| {
        let value = reduced(&line.series, &panel.reduce);
        let mappings = line.look.mappings.as_ref().unwrap_or(&panel.mappings);
        let (words, mapped) = mapped(mappings, value);
        let own = line.look.unit.is_some() || line.look.decimals.is_some();
        let in_unit = value
            .filter(|_| own)
            .map(|value| unit_of(panel, line).show(value));
        let steps = line.look.steps.as_ref().unwrap_or(&panel.steps);
        StatValue {
            name: line.series.name.clone(),
            value,
            words: words.or(in_unit),
            tone: mapped
                .or(line.look.tone)
                .or_else(|| value.and_then(|value| tone(steps, value))),
            line: line.series.clone(),
        }
    };
    Stat {
        title: panel.title.as_str().into(),
        values: answered.lines.iter().take(NUMBERS).map(value).collect(),
        unit: unit(&panel.unit).decimals(panel.decimals),
        span: chart.span,
    }
}

/// The colour of the highest step that a value reaches. One step alone says nothing.
fn tone(steps: &[(Option<f64>, Option<Tone>)], value: f64) -> Option<Tone> {
    if steps.len() < 2 {
        return None;
    }
    let is_reached = |(from, _): &&(Option<f64>, Option<Tone>)| from.is_none_or(|from| value >= from);
    steps.iter().rfind(is_reached).and_then(|(_, tone)| *tone)
}
