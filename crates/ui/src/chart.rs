//! Charts of numbers over time, drawn on the server.
//!
//! A chart is SVG that a page carries: no script draws it, it is sharp at every width, and its colours are those of the
//! design system. Text keeps its size while lines stretch, so that one picture fits a phone and a wide window. What the
//! pointer rests on shows its values by styles alone. The table below the lines says the same to people who do not see them.

mod axis_scale;
mod draw;
mod gauge;
mod heat;
mod legend;
mod markers;
mod path;
mod scale;
mod stacked;
mod stat;
mod tips;
mod unit;

use std::borrow::Cow;

use super::Tone;

pub use axis_scale::AxisScale;
pub use draw::line_chart;
pub use gauge::{Gauge, bar_gauge, gauge};
pub use heat::{HeatMap, HeatRow, heat_map};
pub use stacked::Stacking;
pub use stat::{Stat, StatValue, stat};
pub use unit::Unit;

/// A moment in milliseconds since 1970, and the value then; without a value the line has a gap.
pub type Point = (i64, Option<f64>);

/// Names of things in a row, the first of them with colours of their own.
pub(crate) const COLOURS: usize = 8;
/// Most lines of one chart; more cannot be told apart.
pub(crate) const MOST_LINES: usize = 24;

/// A line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// Its points, in order of time.
    pub points: Vec<Point>,
    /// A colour with a meaning; without one the line gets the next colour in a row.
    pub tone: Option<Tone>,
    /// What its values are, where that is not what those of the chart are: such lines have an axis of their own, on the right.
    pub unit: Option<Unit>,
}

/// A value that a line should not pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// The value.
    pub value: f64,
    /// What passing it means.
    pub tone: Tone,
}

/// Something that happened at a moment: a deployment, a note.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marker {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What, in a few words.
    pub text: String,
    /// An address that says more.
    pub href: Option<String>,
    /// What it means.
    pub tone: Option<Tone>,
}

/// Lines over a span of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LineChart<'a> {
    /// What it shows, for screen readers.
    pub title: Cow<'a, str>,
    /// The lines.
    pub series: Vec<Series>,
    /// What the values are.
    pub unit: Unit,
    /// Beginning and end of the span, in milliseconds since 1970.
    pub span: (i64, i64),
    /// Usual distance of two points, in milliseconds; where more is missing, the line has a gap. Nothing: it has none.
    pub step: Option<i64>,
    /// The lowest value of the axis, where it is fixed.
    pub lowest: Option<f64>,
    /// The highest value of the axis, where it is fixed.
    pub highest: Option<f64>,
    /// Values that should not be passed.
    pub thresholds: Vec<Threshold>,
    /// What happened in the span; what is outside of it is left out.
    pub markers: Vec<Marker>,
    /// Whether the lines stand on each other.
    pub stacking: Stacking,
    /// How values are spread along the axis. Lines that stand on each other are spread evenly.
    pub scale: AxisScale,
    /// Twice as high, for a chart on a page of its own.
    pub is_tall: bool,
}

impl Series {
    /// The values that there are.
    pub(crate) fn values(&self) -> impl Iterator<Item = f64> {
        let values = self.points.iter().filter_map(|(_, value)| *value);
        values.filter(|value| value.is_finite())
    }
}

/// The class that gives a line its colour.
pub(crate) fn colour(index: usize, series: &Series) -> String {
    if let Some(tone) = series.tone {
        return format!("series tone-{}", tone.as_str());
    }
    let again = if index >= COLOURS { " series-again" } else { "" };
    format!("series series-{}{again}", index % COLOURS + 1)
}

/// One decimal is finer than a pixel.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A moment as a number to calculate with. Exact for the next quarter of a million years.
#[expect(clippy::cast_precision_loss, reason = "moments have far fewer than 52 bits")]
pub(crate) fn float(moment: i64) -> f64 {
    moment as f64
}
