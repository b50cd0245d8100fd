//! What happened at moments of a chart: dashed lines, flags below them, and a list that says the same in words.

use maud::{Markup, html};

use super::draw::percent;
use super::path::Canvas;
use super::scale::{along, shown};
use super::{LineChart, Marker};

/// Most markers of a chart; more would hide the lines.
const MOST: usize = 40;
/// Markers that are listed before the fold.
const LISTED: usize = 3;

/// The markers within the span.
fn within<'a>(chart: &'a LineChart<'_>) -> impl Iterator<Item = &'a Marker> {
    let (from, to) = chart.span;
    let markers = chart.markers.iter();
    markers
        .filter(move |marker| (from..=to).contains(&marker.at))
        .take(MOST)
}

/// A dashed line for each marker.
pub(crate) fn lines(chart: &LineChart<'_>, canvas: &Canvas<'_>) -> Markup {
    html! {
        @for marker in within(chart) {
            @let x = canvas.x(marker.at);
            line.chart-marker x1=(x) x2=(x) y1="0" y2=(canvas.height) {}
        }
    }
}

/// A flag below each line, with its words for the pointer.
pub(crate) fn flags(chart: &LineChart<'_>) -> Markup {
    if within(chart).next().is_none() {
        return Markup::default();
    }
    html! {
        svg.chart-flags height="9" aria-hidden="true" {
            @for marker in within(chart) {
                svg x=(percent(along(chart.span, marker.at))) {
                    path d="M-5 8L5 8L0 0Z" { title { (when(marker)) " " (marker.text) } }
                }
            }
        }
    }
}

/// The markers in words, the newest first.
pub(crate) fn list(chart: &LineChart<'_>) -> Markup {
    let mut all: Vec<&Marker> = within(chart).collect();
    if all.is_empty() {
        return Markup::default();
    }
    all.sort_by_key(|marker| std::cmp::Reverse(marker.at));
    let (first, rest) = all.split_at(all.len().min(LISTED));
    html! {
        ul.chart-markers aria-label="What happened" { @for marker in first { (line(marker)) } }
        @if !rest.is_empty() {
            details.chart-more {
                summary { (rest.len()) " earlier" }
                ul.chart-markers { @for marker in rest { (line(marker)) } }
            }
        }
    }
}

fn line(marker: &Marker) -> Markup {
    html! {
        li {
            span.chart-when { (when(marker)) }
            @match &marker.href {
                Some(href) => a.chart-what href=(href) { (marker.text) },
                None => span.chart-what { (marker.text) },
            }
        }
    }
}

fn when(marker: &Marker) -> String {
    shown(marker.at, "%-d %b %H:%M")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_happened_in_the_span_is_told() {
        let marker = |at: i64, text: &str| Marker {
            at,
            text: text.to_owned(),
            href: None,
        };
        let minute = 60_000;
        let chart = |count: i64| LineChart {
            span: (0, 100 * minute),
            markers: (0..count)
                .map(|at| marker((at * 30 - 10) * minute, &format!("happened-{at}")))
                .collect(),
            ..LineChart::default()
        };
        let text = list(&chart(6)).0;
        for (at, is_told) in [(0, false), (1, true), (3, true), (4, false), (5, false)] {
            assert_eq!(text.contains(&format!("happened-{at}")), is_told, "{at}: {text}");
        }
        assert!(
            text.find("happened-3") < text.find("happened-1"),
            "the newest first"
        );
        assert_eq!(list(&chart(1)).0, "");
        assert_eq!(flags(&chart(0)).0, "");
        assert_eq!(flags(&chart(3)).0.matches("<path").count(), 2);
    }
}
