//! Values where the pointer rests: a slot for each piece of the width, shown by styles while it is pointed at.

use maud::{Markup, html};

use super::draw::percent;
use super::path::Canvas;
use super::scale::{along, shown};
use super::{LineChart, Series, colour, stacked};

/// Pieces of the width.
const SLOTS: i64 = 40;
/// Lines named in a slot.
const MOST: usize = 8;
/// Longest name, in characters.
const NAME: usize = 22;
/// Height of a line of text, and of what is above the first.
const LINE: f64 = 16.0;
/// Width of a character, about.
const CHARACTER: f64 = 6.3;

/// The slots of a chart.
pub(crate) fn tips(chart: &LineChart<'_>, canvas: &Canvas<'_>) -> Markup {
    let length = chart.span.1 - chart.span.0;
    let tops = stacked::tops(chart);
    html! {
        svg.chart-tips height=(canvas.height) aria-hidden="true" {
            @for slot in 0..SLOTS {
                @let begin = chart.span.0 + length * slot / SLOTS;
                @let end = chart.span.0 + length * (slot + 1) / SLOTS;
                (one(chart, (canvas, &tops), (begin, end)))
            }
        }
    }
}

fn one(chart: &LineChart<'_>, (canvas, tops): (&Canvas<'_>, &[Series]), (begin, end): (i64, i64)) -> Markup {
    let middle = i64::midpoint(begin, end);
    let found: Vec<(usize, &Series, i64, f64)> = chart
        .series
        .iter()
        .enumerate()
        .filter_map(|(index, series)| {
            let (moment, value) = nearest(series, middle, (end - begin).max(chart.step.unwrap_or(0)))?;
            Some((index, series, moment, value))
        })
        .take(MOST)
        .collect();
    let Some((_, _, moment, _)) = found.first() else {
        return Markup::default();
    };
    let moment = *moment;
    html! {
        g.chart-slot {
            rect x=(percent(along(chart.span, begin))) width=(percent(along((0, chart.span.1 - chart.span.0), end - begin))) height="100%" {}
            svg.chart-tip x=(percent(along(chart.span, moment))) {
                line y1="0" y2="100%" {}
                @for (index, series, at, value) in &found { circle class=(colour(*index, series)) cy=(canvas.y(top(&tops[*index], *at).unwrap_or(*value))) r="3.5" {} }
                (words(chart, moment, &found))
            }
        }
    }
}

/// Where a line is drawn at a moment that it has.
fn top(series: &Series, moment: i64) -> Option<f64> {
    let at = series.points.partition_point(|(at, _)| *at < moment);
    series.points.get(at).filter(|(at, _)| *at == moment)?.1
}

/// The box of words, on the side where there is room.
fn words(chart: &LineChart<'_>, moment: i64, found: &[(usize, &Series, i64, f64)]) -> Markup {
    let lines: Vec<(String, String)> = found
        .iter()
        .map(|(index, series, _, value)| {
            let name: String = series.name.chars().take(NAME).collect();
            (
                colour(*index, series),
                format!("{} {name}", chart.unit.show(*value)),
            )
        })
        .collect();
    let head = shown(moment, "%-d %b %H:%M:%S");
    let longest = lines
        .iter()
        .map(|(_, text)| text.chars().count())
        .max()
        .unwrap_or(0);
    let width = (letters(longest) + 30.0)
        .max(letters(head.chars().count()) + 20.0)
        .ceil();
    let height = 26.0 + LINE * letters_of_rows(lines.len());
    let left = if along(chart.span, moment) > 0.5 {
        -width - 10.0
    } else {
        10.0
    };
    html! {
        rect.chart-words x=(left) y="0" width=(width) height=(height) rx="6" {}
        text.chart-moment x=(left + 10.0) y="17" { (head) }
        @for (row, (class, text)) in lines.iter().enumerate() {
            @let y = 33.0 + LINE * letters_of_rows(row);
            circle class=(class) cx=(left + 13.0) cy=(y - 4.0) r="3" {}
            text x=(left + 22.0) y=(y) { (text) }
        }
    }
}

fn letters(count: usize) -> f64 {
    CHARACTER * letters_of_rows(count)
}

/// A small count as a number to calculate with.
fn letters_of_rows(count: usize) -> f64 {
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
}
