//! A chart of lines: axes, lines, and what the pointer rests on.

use maud::{Markup, html};

use super::legend::legend;
use super::markers;
use super::path::Canvas;
use super::scale::{ValueAxis, along, shown, times};
use super::tips::tips;
use super::{LineChart, MOST_LINES, Series, Stacking, Unit, colour, rounded, stacked};

/// Height of the lines, in pixels.
pub(crate) const HEIGHT: f64 = 168.0;
/// Height of the lines of a tall chart.
pub(crate) const TALL: f64 = 340.0;
/// Width of the lines, in units that stretch.
pub(crate) const WIDTH: f64 = 1_000.0;
/// More lines than these are not filled below: the fills would hide each other.
const FILLED: usize = 3;

/// The axes of a chart.
struct Axes {
    left: ValueAxis,
    /// That of lines with a unit of their own.
    right: Option<ValueAxis>,
}

/// The pictures in which the lines of a chart are drawn: one for each axis, of the same size.
pub(crate) struct Pictures<'a> {
    pub(crate) left: Canvas<'a>,
    right: Option<Canvas<'a>>,
}

impl Axes {
    fn of(chart: &LineChart<'_>, tops: &[Series]) -> Self {
        let (own, others): (Vec<&Series>, Vec<&Series>) =
            tops.iter().partition(|series| beside(chart, series).is_none());
        let unit = others.first().and_then(|series| beside(chart, series));
        Self {
            left: ValueAxis::of(chart, &own),
            right: unit.map(|unit| ValueAxis::beside(unit, &others)),
        }
    }
}

impl<'a> Pictures<'a> {
    fn of(chart: &LineChart<'_>, axes: &'a Axes) -> Self {
        let canvas = |axis| Canvas {
            width: WIDTH,
            height: if chart.is_tall { TALL } else { HEIGHT },
            span: chart.span,
            axis,
            step: chart.step,
        };
        Self {
            left: canvas(&axes.left),
            right: axes.right.as_ref().map(canvas),
        }
    }

    /// The picture in which a line is drawn.
    pub(crate) fn of_line(&self, chart: &LineChart<'_>, series: &Series) -> &Canvas<'a> {
        let right = self.right.as_ref();
        right
            .filter(|_| beside(chart, series).is_some())
            .unwrap_or(&self.left)
    }
}

/// The unit of a line that stands on the axis on the right. Lines that stand on each other have one axis.
fn beside<'a>(chart: &LineChart<'_>, series: &'a Series) -> Option<&'a Unit> {
    let unit = series.unit.as_ref()?;
    (chart.stacking == Stacking::None && *unit != chart.unit).then_some(unit)
}

/// A chart of lines with its legend, which is also its text.
pub fn line_chart(chart: &LineChart<'_>) -> Markup {
    let tops = stacked::tops(chart);
    let axes = Axes::of(chart, &tops);
    let pictures = Pictures::of(chart, &axes);
    let (left, right) = (&pictures.left, pictures.right.as_ref());
    html! {
        figure.chart {
            figcaption.visually-hidden { (summary(chart)) }
            div class=(frame_class(&axes.left, axes.right.as_ref())) {
                (value_words(left, false))
                div.chart-area {
                    svg.chart-lines viewBox=(format_args!("0 0 {WIDTH} {}", left.height)) height=(left.height) preserveAspectRatio="none" aria-hidden="true" {
                        (grid(left))
                        (lines(chart, &tops, &pictures))
                        (markers::lines(chart, left))
                    }
                    (tips(chart, &tops, &pictures))
                }
                @if let Some(right) = right { (value_words(right, true)) }
                (markers::flags(chart))
                (time_words(chart.span))
            }
            (legend(chart))
            (markers::list(chart))
        }
    }
}

/// The class of the frame, which makes room for the words of its axes.
pub(crate) fn frame_class(left: &ValueAxis, right: Option<&ValueAxis>) -> String {
    let longest = |axis: &ValueAxis| {
        let words = axis.ticks.iter().map(|(_, word)| word.chars().count());
        words.max().unwrap_or(0).clamp(2, 12)
    };
    let right = right.map(|axis| format!(" chart-gutter-right-{}", longest(axis)));
    format!(
        "chart-frame chart-gutter-{}{}",
        longest(left),
        right.unwrap_or_default()
    )
}

/// What the chart shows, in a sentence.
fn summary(chart: &LineChart<'_>) -> String {
    let count = match chart.series.len() {
        1 => "one line".to_owned(),
        count => format!("{count} lines"),
    };
    format!("{}: {count} {}", chart.title, between(chart.span))
}

/// A span of time in words.
pub(crate) fn between((from, to): (i64, i64)) -> String {
    let moment = |moment| shown(moment, "%-d %B %Y %H:%M");
    format!("from {} to {} UTC", moment(from), moment(to))
}

/// The words of an axis.
pub(crate) fn value_words(canvas: &Canvas<'_>, is_right: bool) -> Markup {
    let (x, anchor) = if is_right { ("0", "start") } else { ("100%", "end") };
    html! {
        svg.chart-values height=(canvas.height) aria-hidden="true" {
            @for (value, word) in &canvas.axis.ticks { text x=(x) y=(canvas.y(*value)) dy="4" text-anchor=(anchor) { (word) } }
        }
    }
}

/// The words of the axis of time.
pub(crate) fn time_words(span: (i64, i64)) -> Markup {
    html! {
        svg.chart-times height="20" aria-hidden="true" {
            @for (moment, word) in times(span) {
                @let part = along(span, moment);
                // A word at the very beginning would be cut.
                @if part > 0.03 && part < 0.985 { text x=(percent(part)) y="14" text-anchor="middle" { (word) } }
            }
        }
    }
}

fn grid(canvas: &Canvas<'_>) -> Markup {
    html! {
        g.chart-grid {
            @for (value, _) in &canvas.axis.ticks {
                @let y = canvas.y(*value);
                line x1="0" x2=(WIDTH) y1=(y) y2=(y) {}
            }
        }
    }
}

/// Fills, thresholds, then lines. The first line is drawn last, so that it is seen; of lines that stand on each other it is the
/// lowest, and its fill covers those behind it.
fn lines(chart: &LineChart<'_>, tops: &[Series], pictures: &Pictures<'_>) -> Markup {
    let shown: Vec<_> = tops.iter().enumerate().take(MOST_LINES).collect();
    let is_stacked = chart.stacking != Stacking::None;
    let fill = if is_stacked { "chart-stack" } else { "chart-fill" };
    let left = &pictures.left;
    let has_thresholds = chart.stacking != Stacking::Shares;
    html! {
        @if shown.len() <= FILLED || is_stacked {
            @for (index, series) in shown.iter().rev() {
                path class=(format_args!("{fill} {}", colour(*index, series))) d=(pictures.of_line(chart, series).area(&series.points)) {}
            }
        }
        @for threshold in chart.thresholds.iter().filter(|threshold| has_thresholds && left.axis.has(threshold.value)) {
            @let y = left.y(threshold.value);
            line class=(format_args!("chart-threshold tone-{}", threshold.tone.as_str())) x1="0" x2=(WIDTH) y1=(y) y2=(y) {}
        }
        @for (index, series) in shown.iter().rev() {
            path class=(format_args!("chart-line {}", colour(*index, series))) d=(pictures.of_line(chart, series).line(&series.points)) {}
        }
    }
}

/// A part of the width.
pub(crate) fn percent(part: f64) -> String {
    format!("{}%", rounded(part * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_a_unit_of_their_own_have_an_axis_of_their_own() {
        let series = |unit: Option<Unit>, value: f64| Series {
            points: vec![(0, Some(0.0)), (50, Some(value)), (100, Some(value))],
            unit,
            ..Series::default()
        };
        let chart = |stacking| LineChart {
            series: vec![
                series(None, 4.0),
                series(Some(Unit::of("req/s")), 4.0),
                series(Some(Unit::time(1.0)), 0.4),
            ],
            unit: Unit::of("req/s"),
            span: (0, 100),
            stacking,
            ..LineChart::default()
        };
        let page = line_chart(&chart(Stacking::None)).0.replace('\u{a0}', " ");
        assert!(
            page.contains("chart-gutter-right-6") && page.contains(">400 ms<"),
            "{page}"
        );
        // All three reach the same height, each on its axis.
        let drawn: Vec<&str> = page.split("class=\"chart-line s").skip(1).collect();
        let path = |line: &str| line.split('"').nth(2).map(str::to_owned);
        assert_eq!(drawn.len(), 3);
        assert_eq!(path(drawn[0]), path(drawn[2]), "{page}");
        let stacked = line_chart(&chart(Stacking::Sums)).0;
        assert!(!stacked.contains("chart-gutter-right"), "{stacked}");
    }
}
