//! Numbers between two ends: as dials, or as bars.

use std::borrow::Cow;
use std::f64::consts::PI;

use maud::{Markup, html};

use super::draw::percent;
use super::{StatValue, Unit, rounded};
use crate::Tone;

/// Middle of the dial, and its radius, in units of the picture.
const MIDDLE: (f64, f64) = (70.0, 72.0);
const RADIUS: f64 = 56.0;
/// Radius of the thin ring that shows the steps.
const OUTER: f64 = 65.5;

/// Numbers between two ends.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gauge<'a> {
    /// What they are, for screen readers.
    pub title: Cow<'a, str>,
    /// The numbers; their lines are not drawn.
    pub values: Vec<StatValue>,
    /// What the values are.
    pub unit: Unit,
    /// The value at the beginning.
    pub lowest: f64,
    /// The value at the end.
    pub highest: f64,
    /// Values from which on a colour holds, the lowest first.
    pub steps: Vec<(f64, Tone)>,
}

impl Gauge<'_> {
    /// How far a value is from the beginning: 0 to 1.
    fn part(&self, value: f64) -> f64 {
        let length = self.highest - self.lowest;
        if length > 0.0 && value.is_finite() {
            ((value - self.lowest) / length).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

/// Dials.
pub fn gauge(gauge: &Gauge<'_>) -> Markup {
    let is_alone = gauge.values.len() == 1;
    html! {
        ul.gauges aria-label=(gauge.title) {
            @for one in &gauge.values {
                li {
                    (dial(gauge, one))
                    span class=(toned("gauge-number", one.tone)) { (one.shown(&gauge.unit)) }
                    span.gauge-ends { span { (gauge.unit.show(gauge.lowest)) } span { (gauge.unit.show(gauge.highest)) } }
                    @if !is_alone { span.stat-name { (one.name) } }
                }
            }
        }
    }
}

fn dial(gauge: &Gauge<'_>, one: &StatValue) -> Markup {
    let steps = gauge.steps.iter().enumerate().map(|(at, (from, tone))| {
        let until = gauge.steps.get(at + 1).map_or(gauge.highest, |(next, _)| *next);
        (gauge.part(*from), gauge.part(until), *tone)
    });
    let value = one.value.map_or(0.0, |value| gauge.part(value));
    html! {
        svg.gauge-dial viewBox="0 0 140 78" aria-hidden="true" {
            path.gauge-ground d=(arc(RADIUS, 0.0, 1.0)) {}
            @for (from, until, tone) in steps {
                @if until > from { path class=(format_args!("gauge-step tone-{}", tone.as_str())) d=(arc(OUTER, from, until)) {} }
            }
            @if value > 0.0 { path class=(toned("gauge-value series", one.tone)) d=(arc(RADIUS, 0.0, value)) {} }
        }
    }
}

/// A piece of the half circle, from part to part.
fn arc(radius: f64, from: f64, until: f64) -> String {
    let place = |part: f64| {
        let angle = PI * (1.0 - part);
        (
            rounded(MIDDLE.0 + radius * angle.cos()),
            rounded(MIDDLE.1 - radius * angle.sin()),
        )
    };
    let ((x, y), (end_x, end_y)) = (place(from), place(until));
    format!("M{x} {y}A{radius} {radius} 0 0 1 {end_x} {end_y}")
}

/// Bars, one below the other.
pub fn bar_gauge(gauge: &Gauge<'_>) -> Markup {
    html! {
        ul.bars aria-label=(gauge.title) {
            @for one in &gauge.values {
                li {
                    span.bar-name { (one.name) }
                    span class=(toned("bar-number", one.tone)) { (one.shown(&gauge.unit)) }
                    svg.bar-line aria-hidden="true" {
                        rect.bar-ground width="100%" height="8" rx="4" {}
                        @if let Some(value) = one.value {
                            rect class=(toned("bar-value series", one.tone)) width=(percent(gauge.part(value))) height="8" rx="4" {}
                        }
                    }
                }
            }
        }
    }
}

fn toned(class: &str, tone: Option<Tone>) -> String {
    tone.map_or_else(
        || class.to_owned(),
        |tone| format!("{class} tone-{}", tone.as_str()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_between_the_ends() {
        let gauge = |lowest: f64, highest: f64| Gauge {
            lowest,
            highest,
            ..Gauge::default()
        };
        for (ends, value, expected) in [
            ((0.0, 100.0), 25.0, 0.25),
            ((0.0, 100.0), -5.0, 0.0),
            ((0.0, 100.0), 1e9, 1.0),
            ((0.0, 100.0), f64::NAN, 0.0),
            ((-10.0, 10.0), 0.0, 0.5),
            ((5.0, 5.0), 5.0, 0.0),
        ] {
            let part = gauge(ends.0, ends.1).part(value);
            assert!((part - expected).abs() < 1e-9, "{ends:?} {value}: {part}");
        }
        assert_eq!(arc(56.0, 0.0, 1.0), "M14 72A56 56 0 0 1 126 72");
        assert_eq!(arc(56.0, 0.0, 0.5), "M14 72A56 56 0 0 1 70 16");
    }
}
