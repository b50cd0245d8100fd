//! A panel of a dashboard with its numbers.

use maud::{Markup, html};
use ui::{Card, LineChart, Series, Stat, StatValue, Threshold, Tone, card, icon, line_chart, stat};

use super::boards::named;
use super::trouble;
use crate::boards::board::{Drawn, Panel};
use crate::boards::frames::{Answered, reduced};
use crate::boards::units::unit;
use crate::trouble::Trouble;

/// Numbers of one panel.
const NUMBERS: usize = 12;

/// A panel and what came of asking for its numbers.
pub(crate) struct Chart<'a> {
    pub(crate) id: String,
    pub(crate) panel: &'a Panel,
    pub(crate) answered: Result<Answered, Trouble>,
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
    let is_number = chart.panel.drawn == Some(Drawn::Numbers);
    let title = named(chart.panel);
    let open = html! {
        a.icon-button href=(chart.address) rel="external noreferrer" title="Open in Grafana" aria-label=(format_args!("Open {title} in Grafana")) { (icon("external")) }
    };
    html! {
        div.chart-place.is-number[is_number].is-alone[chart.is_alone] id=(chart.id) {
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
        } @else if chart.panel.drawn == Some(Drawn::Numbers) {
            (stat(&numbers(chart, answered)))
        } @else {
            (line_chart(&lines(chart, answered)))
        }
        @if answered.more > 0 { p.muted { (answered.more) " more lines are not drawn." } }
    }
}

fn lines<'a>(chart: &'a Chart<'_>, answered: &Answered) -> LineChart<'a> {
    let panel = chart.panel;
    let thresholds = panel.steps.iter().filter(|_| panel.has_lines_at_steps);
    LineChart {
        title: panel.title.as_str().into(),
        series: answered.lines.clone(),
        unit: unit(&panel.unit).decimals(panel.decimals),
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
        is_tall: chart.is_alone,
    }
}

fn numbers<'a>(chart: &'a Chart<'_>, answered: &Answered) -> Stat<'a> {
    let panel = chart.panel;
    let value = |line: &Series| {
        let value = reduced(line, &panel.reduce);
        StatValue {
            name: line.name.clone(),
            value,
            tone: value.and_then(|value| tone(panel, value)),
            line: line.clone(),
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
fn tone(panel: &Panel, value: f64) -> Option<Tone> {
    if panel.steps.len() < 2 {
        return None;
    }
    let is_reached = |(from, _): &&(Option<f64>, Option<Tone>)| from.is_none_or(|from| value >= from);
    panel.steps.iter().rfind(is_reached).and_then(|(_, tone)| *tone)
}
