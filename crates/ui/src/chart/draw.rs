//! A chart of lines: axes, lines, and what the pointer rests on.

use maud::{Markup, html};

use super::legend::legend;
use super::markers;
use super::path::Canvas;
use super::scale::{ValueAxis, along, shown, times};
use super::tips::tips;
use super::{LineChart, MOST_LINES, colour, rounded, stacked};

/// Height of the lines, in pixels.
const HEIGHT: f64 = 168.0;
/// Height of the lines of a tall chart.
const TALL: f64 = 340.0;
/// Width of the lines, in units that stretch.
const WIDTH: f64 = 1_000.0;
/// More lines than these are not filled below: the fills would hide each other.
const FILLED: usize = 3;

/// A chart of lines with its legend, which is also its text.
pub fn line_chart(chart: &LineChart<'_>) -> Markup {
    let axis = ValueAxis::of(chart);
    let canvas = Canvas {
        width: WIDTH,
        height: if chart.is_tall { TALL } else { HEIGHT },
        span: chart.span,
        axis: &axis,
        step: chart.step,
    };
    let longest = axis.ticks.iter().map(|(_, word)| word.chars().count()).max();
    html! {
        figure.chart {
            figcaption.visually-hidden { (summary(chart)) }
            div class=(format_args!("chart-frame chart-gutter-{}", longest.unwrap_or(0).clamp(2, 12))) {
                (value_words(&canvas, &axis))
                div.chart-area {
                    svg.chart-lines viewBox=(format_args!("0 0 {WIDTH} {}", canvas.height)) height=(canvas.height) preserveAspectRatio="none" aria-hidden="true" {
                        (grid(&canvas, &axis))
                        (lines(chart, &canvas))
                        (markers::lines(chart, &canvas))
                    }
                    (tips(chart, &canvas))
                }
                (markers::flags(chart))
                (time_words(chart.span))
            }
            (legend(chart))
            (markers::list(chart))
        }
    }
}

/// What the chart shows, in a sentence.
fn summary(chart: &LineChart<'_>) -> String {
    let count = match chart.series.len() {
        1 => "one line".to_owned(),
        count => format!("{count} lines"),
    };
    let moment = |moment| shown(moment, "%-d %B %Y %H:%M");
    format!(
        "{}: {count} from {} to {} UTC",
        chart.title,
        moment(chart.span.0),
        moment(chart.span.1)
    )
}

fn value_words(canvas: &Canvas<'_>, axis: &ValueAxis) -> Markup {
    html! {
        svg.chart-values height=(canvas.height) aria-hidden="true" {
            @for (value, word) in &axis.ticks { text x="100%" y=(canvas.y(*value)) dy="4" text-anchor="end" { (word) } }
        }
    }
}

fn time_words(span: (i64, i64)) -> Markup {
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

fn grid(canvas: &Canvas<'_>, axis: &ValueAxis) -> Markup {
    html! {
        g.chart-grid {
            @for (value, _) in &axis.ticks {
                @let y = canvas.y(*value);
                line x1="0" x2=(WIDTH) y1=(y) y2=(y) {}
            }
        }
    }
}

/// Fills, thresholds, then lines. The first line is drawn last, so that it is seen; of lines that stand on each other it is the
/// lowest, and its fill covers those behind it.
fn lines(chart: &LineChart<'_>, canvas: &Canvas<'_>) -> Markup {
    let tops = stacked::tops(chart);
    let shown: Vec<_> = tops.iter().enumerate().take(MOST_LINES).collect();
    let fill = if chart.is_stacked {
        "chart-stack"
    } else {
        "chart-fill"
    };
    html! {
        @if shown.len() <= FILLED || chart.is_stacked {
            @for (index, series) in shown.iter().rev() {
                path class=(format_args!("{fill} {}", colour(*index, series))) d=(canvas.area(&series.points)) {}
            }
        }
        @for threshold in chart.thresholds.iter().filter(|threshold| canvas.axis.has(threshold.value)) {
            @let y = canvas.y(threshold.value);
            line class=(format_args!("chart-threshold tone-{}", threshold.tone.as_str())) x1="0" x2=(WIDTH) y1=(y) y2=(y) {}
        }
        @for (index, series) in shown.iter().rev() {
            path class=(format_args!("chart-line {}", colour(*index, series))) d=(canvas.line(&series.points)) {}
        }
    }
}

/// A part of the width.
pub(crate) fn percent(part: f64) -> String {
    format!("{}%", rounded(part * 100.0))
}
