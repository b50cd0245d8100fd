//! Single numbers, large, each over its line of the last while.

use std::borrow::Cow;

use maud::{Markup, html};

use super::path::Canvas;
use super::scale::ValueAxis;
use super::{LineChart, Series, Unit};
use crate::Tone;

/// Height of the line below a number, in pixels.
const HEIGHT: f64 = 48.0;
/// Width of the line, in units that stretch.
const WIDTH: f64 = 400.0;

/// A number.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StatValue {
    /// Its name, where there are several.
    pub name: String,
    /// The number; nothing where there is none.
    pub value: Option<f64>,
    /// What is written in place of the number.
    pub words: Option<String>,
    /// What the number means.
    pub tone: Option<Tone>,
    /// The line below it.
    pub line: Series,
}

impl StatValue {
    /// The words, or the number with its unit.
    pub(crate) fn shown(&self, unit: &Unit) -> String {
        let number = || self.value.map(|value| unit.show(value));
        self.words
            .clone()
            .or_else(number)
            .unwrap_or_else(|| "none".to_owned())
    }
}

/// Numbers of one kind.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stat<'a> {
    /// What they are, for screen readers.
    pub title: Cow<'a, str>,
    /// The numbers.
    pub values: Vec<StatValue>,
    /// What the values are.
    pub unit: Unit,
    /// Beginning and end of the lines, in milliseconds since 1970.
    pub span: (i64, i64),
}

/// Numbers, large.
pub fn stat(stat: &Stat<'_>) -> Markup {
    let is_alone = stat.values.len() == 1;
    html! {
        ul.stats.is-alone[is_alone] aria-label=(stat.title) {
            @for one in &stat.values { (value(stat, one, is_alone)) }
        }
    }
}

fn value(stat: &Stat<'_>, one: &StatValue, is_alone: bool) -> Markup {
    let tone = one.tone.map(|tone| format!("tone-{}", tone.as_str()));
    let class = format!("stat-value {}", tone.as_deref().unwrap_or_default());
    let text = one.shown(&stat.unit);
    html! {
        li class=(tone.unwrap_or_default()) {
            span class=(class.trim_end()) { (text) }
            @if !is_alone { span.stat-name { (one.name) } }
            (spark(stat, one))
        }
    }
}

/// The line below a number; a single point is none.
fn spark(stat: &Stat<'_>, one: &StatValue) -> Markup {
    if one.line.values().take(2).count() < 2 {
        return Markup::default();
    }
    let chart = LineChart {
        series: vec![one.line.clone()],
        span: stat.span,
        ..LineChart::default()
    };
    let axis = ValueAxis::of(&chart, &[&one.line]);
    let canvas = Canvas {
        width: WIDTH,
        height: HEIGHT,
        span: stat.span,
        axis: &axis,
        step: None,
    };
    html! {
        svg.stat-line viewBox=(format_args!("0 0 {WIDTH} {HEIGHT}")) preserveAspectRatio="none" aria-hidden="true" {
            path.chart-fill.series d=(canvas.area(&one.line.points)) {}
            path.chart-line.series d=(canvas.line(&one.line.points)) {}
        }
    }
}
