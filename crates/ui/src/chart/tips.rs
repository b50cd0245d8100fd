//! Values where the pointer rests: a slot for each piece of the width, shown by styles while it is pointed at.

use maud::{Markup, html};

use super::draw::{Pictures, percent};
use super::scale::{along, shown};
use super::{LineChart, Marker, Series, colour, markers};

/// Pieces of the width.
pub(crate) const SLOTS: i64 = 40;
/// Lines named in a slot.
pub(crate) const MOST: usize = 8;
/// Things that happened named in a slot.
const MOST_MARKERS: usize = 2;
/// Longest name, in characters, and longest words about what happened.
const NAME: usize = 22;
const WORDS: usize = 36;
/// Height of a line of text, and of what is above the first.
const LINE: f64 = 16.0;
/// Width of a character, about.
const CHARACTER: f64 = 6.3;

/// A line at the moment that a slot is about.
struct Found<'a> {
    index: usize,
    series: &'a Series,
    at: i64,
    value: f64,
}

/// Beginning and end of each piece of a span.
pub(crate) fn slots((from, to): (i64, i64)) -> impl Iterator<Item = (i64, i64)> {
    let length = to - from;
    (0..SLOTS).map(move |slot| (from + length * slot / SLOTS, from + length * (slot + 1) / SLOTS))
}

/// The slots of a chart.
pub(crate) fn tips(chart: &LineChart<'_>, tops: &[Series], pictures: &Pictures<'_>) -> Markup {
    html! {
        svg.chart-tips height=(pictures.left.height) aria-hidden="true" {
            @for slot in slots(chart.span) { (one(chart, (tops, pictures), slot)) }
        }
    }
}

fn one(
    chart: &LineChart<'_>,
    (tops, pictures): (&[Series], &Pictures<'_>),
    (begin, end): (i64, i64),
) -> Markup {
    let middle = i64::midpoint(begin, end);
    let reach = (end - begin).max(chart.step.unwrap_or(0));
    let near = |(index, series)| {
        let (at, value) = nearest(series, middle, reach)?;
        Some(Found {
            index,
            series,
            at,
            value,
        })
    };
    let found: Vec<Found<'_>> = chart
        .series
        .iter()
        .enumerate()
        .filter_map(near)
        .take(MOST)
        .collect();
    let happened = || markers::within(chart).filter(|marker| (begin..end).contains(&marker.at));
    let first = found.first().map(|first| first.at);
    let Some(moment) = first.or_else(|| happened().next().map(|marker| marker.at)) else {
        return Markup::default();
    };
    let texts: Vec<(String, String)> = found
        .iter()
        .map(|one| value_line(chart, one))
        .chain(happened().take(MOST_MARKERS).map(marker_line))
        .collect();
    let y = |one: &Found<'_>| {
        let top = top(&tops[one.index], one.at).unwrap_or(one.value);
        pictures.of_line(chart, one.series).y(top)
    };
    let dots = html! {
        @for one in &found { circle class=(colour(one.index, one.series)) cy=(y(one)) r="3.5" {} }
    };
    slot(chart.span, (begin, end), moment, (&texts, &dots))
}

/// A slot: what is pointed at, and what is shown then.
pub(crate) fn slot(
    span: (i64, i64),
    (begin, end): (i64, i64),
    moment: i64,
    (texts, dots): (&[(String, String)], &Markup),
) -> Markup {
    let width = along((0, span.1 - span.0), end - begin);
    html! {
        g.chart-slot {
            rect x=(percent(along(span, begin))) width=(percent(width)) height="100%" {}
            svg.chart-tip x=(percent(along(span, moment))) {
                line y1="0" y2="100%" {}
                (dots)
                (words(along(span, moment), &shown(moment, "%-d %b %H:%M:%S"), texts))
            }
        }
    }
}

fn value_line(chart: &LineChart<'_>, one: &Found<'_>) -> (String, String) {
    let name: String = one.series.name.chars().take(NAME).collect();
    let value = one.series.unit.as_ref().unwrap_or(&chart.unit).show(one.value);
    (colour(one.index, one.series), format!("{value} {name}"))
}

fn marker_line(marker: &Marker) -> (String, String) {
    (markers::colour(marker), cut(&marker.text, WORDS))
}

/// Where a line is drawn at a moment that it has.
fn top(series: &Series, moment: i64) -> Option<f64> {
    let at = series.points.partition_point(|(at, _)| *at < moment);
    series.points.get(at).filter(|(at, _)| *at == moment)?.1
}

/// The box of words, on the side where there is room: a head, and lines with the classes of their dots.
fn words(part: f64, head: &str, lines: &[(String, String)]) -> Markup {
    let longest = lines.iter().map(|(_, text)| text.chars().count()).max();
    let width = (letters(longest.unwrap_or(0)) + 30.0)
        .max(letters(head.chars().count()) + 20.0)
        .ceil();
    let height = 26.0 + LINE * small(lines.len());
    let left = if part > 0.5 { -width - 10.0 } else { 10.0 };
    html! {
        rect.chart-words x=(left) y="0" width=(width) height=(height) rx="6" {}
        text.chart-moment x=(left + 10.0) y="17" { (head) }
        @for (row, (class, text)) in lines.iter().enumerate() {
            @let y = 33.0 + LINE * small(row);
            circle class=(class) cx=(left + 13.0) cy=(y - 4.0) r="3" {}
            text x=(left + 22.0) y=(y) { (text) }
        }
    }
}

/// A text that is not longer than so many characters.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let cut: String = text.chars().take(longest - 1).collect();
    format!("{}…", cut.trim_end())
}

/// Width of so many characters, about.
pub(crate) fn letters(count: usize) -> f64 {
    CHARACTER * small(count)
}

/// A small count as a number to calculate with.
pub(crate) fn small(count: usize) -> f64 {
    u16::try_from(count).map_or(f64::from(u16::MAX), f64::from)
}

/// The value nearest to a moment, if there is one near it.
fn nearest(series: &Series, moment: i64, within: i64) -> Option<(i64, f64)> {
    let behind = series.points.partition_point(|(at, _)| *at < moment);
    let candidates = series
        .points
        .get(behind.saturating_sub(1)..(behind + 1).min(series.points.len()))?;
    let found = candidates
        .iter()
        .filter_map(|(at, value)| Some((*at, value.filter(|value| value.is_finite())?)));
    found
        .filter(|(at, _)| (at - moment).abs() <= within)
        .min_by_key(|(at, _)| (at - moment).abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_value_is_found_within_reach() {
        let series = Series {
            points: vec![(0, Some(1.0)), (10, None), (20, Some(3.0)), (30, Some(f64::NAN))],
            ..Series::default()
        };
        assert_eq!(nearest(&series, 2, 10), Some((0, 1.0)));
        assert_eq!(nearest(&series, 16, 10), Some((20, 3.0)));
        assert_eq!(nearest(&series, 45, 10), None);
        assert_eq!(nearest(&Series::default(), 0, 10), None);
    }

    #[test]
    fn what_happened_is_among_the_values_of_its_moment() {
        let chart = LineChart {
            span: (0, 4_000),
            markers: vec![Marker {
                at: 150,
                text: "main@0123456 was deployed to the cluster of the north".to_owned(),
                ..Marker::default()
            }],
            ..LineChart::default()
        };
        let page = super::super::line_chart(&chart).0;
        let slots: Vec<&str> = page.split("class=\"chart-slot\"").skip(1).collect();
        assert_eq!(slots.len(), 1, "a slot without values says what happened: {page}");
        assert!(
            slots[0].contains("main@0123456 was deployed to the cl…"),
            "{page}"
        );
    }
}
