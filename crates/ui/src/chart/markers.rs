//! What happened at moments of a chart: dashed lines, flags below them, and a list that says the same in words.

use maud::{Markup, html};

use super::draw::percent;
use super::path::Canvas;
use super::scale::{along, shown};
use super::tips::{cut, letters, small};
use super::{LineChart, Marker};

/// Most markers of a chart; more would hide the lines.
const MOST: usize = 40;
/// Markers that are listed before the fold.
const LISTED: usize = 3;
/// Longest line of the words at a flag, and most lines, in characters.
const WORDS: usize = 30;
const LINES: usize = 3;

/// The markers within the span.
pub(crate) fn within<'a>(chart: &'a LineChart<'_>) -> impl Iterator<Item = &'a Marker> {
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
            line class=(format_args!("chart-marker {}", colour(marker))) x1=(x) x2=(x) y1="0" y2=(canvas.height) {}
        }
    }
}

/// A flag below each line, with its words for the pointer.
pub(crate) fn flags(chart: &LineChart<'_>) -> Markup {
    if within(chart).next().is_none() {
        return Markup::default();
    }
    html! {
        svg.chart-flags height="9" {
            @for marker in within(chart) { (flag(marker, along(chart.span, marker.at))) }
        }
    }
}

/// A flag that shows its words while it is pointed at or has the focus.
fn flag(marker: &Marker, part: f64) -> Markup {
    let lines = lines_of(&marker.text);
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let width = (letters(longest).max(letters(when(marker).chars().count())) + 20.0).ceil();
    let height = 26.0 + 16.0 * small(lines.len());
    let left = if part > 0.5 { -width } else { 0.0 };
    html! {
        svg x=(percent(part)) {
            g class=(format_args!("chart-flag {}", colour(marker))) tabindex="0" role="img" aria-label=(format_args!("{} {}", when(marker), marker.text)) {
                rect.chart-flag-place x="-8" y="-4" width="16" height="16" {}
                path d="M-5 8L5 8L0 0Z" {}
                g.chart-flag-words {
                    rect.chart-words x=(left) y=(-height - 6.0) width=(width) height=(height) rx="6" {}
                    text.chart-moment x=(left + 10.0) y=(11.0 - height) { (when(marker)) }
                    @for (row, line) in lines.iter().enumerate() { text x=(left + 10.0) y=(27.0 - height + 16.0 * small(row)) { (line) } }
                }
            }
        }
    }
}

/// A text in short lines, broken between words.
fn lines_of(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < WORDS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(cut(word, WORDS)),
        }
    }
    if lines.len() > LINES {
        lines.truncate(LINES);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

/// The class that gives a marker its colour.
pub(crate) fn colour(marker: &Marker) -> String {
    marker.tone.map_or_else(
        || "marked".to_owned(),
        |tone| format!("marked tone-{}", tone.as_str()),
    )
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
        li class=(colour(marker)) {
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
            ..Marker::default()
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

    #[test]
    fn a_flag_says_its_words_in_short_lines() {
        for (text, lines) in [
            ("main@0123456 was deployed", &["main@0123456 was deployed"][..]),
            (
                "main@0123456 failed by apps in North: HealthCheckFailed",
                &["main@0123456 failed by apps in", "North: HealthCheckFailed"],
            ),
            ("x", &["x"]),
            ("", &[]),
        ] {
            assert_eq!(lines_of(text), lines, "{text}");
        }
        let long = lines_of(&format!("{} {}", "a".repeat(50), "word ".repeat(50)));
        assert_eq!((long.len(), long[0].chars().count()), (LINES, WORDS));
        assert!(long[2].ends_with('…'), "{long:?}");
    }
}
