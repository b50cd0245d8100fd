//! A line as the data of an SVG path.

use super::scale::{ValueAxis, along};
use super::{Point, rounded};

/// A line may miss this many points before it has a gap, in tenths.
const MISSED: i64 = 25;
/// Letters of a place in a path, about.
const LETTERS: usize = 12;

/// The picture that a line is drawn into.
pub(crate) struct Canvas<'a> {
    /// Its width, in units that stretch.
    pub(crate) width: f64,
    /// Its height, in pixels.
    pub(crate) height: f64,
    /// The span of time.
    pub(crate) span: (i64, i64),
    /// The axis of values.
    pub(crate) axis: &'a ValueAxis,
    /// Usual distance of two points.
    pub(crate) step: Option<i64>,
}

/// A piece of a line between two gaps, while it is written.
struct Piece {
    /// Where it begins in the data.
    begin: usize,
    /// Its first place and its last one, from the left.
    ends: (f64, f64),
    count: usize,
}

impl Canvas<'_> {
    /// Where a value stands, from the top.
    pub(crate) fn y(&self, value: f64) -> f64 {
        rounded(self.height * (1.0 - self.axis.part(value)))
    }

    /// Where a moment stands, from the left.
    pub(crate) fn x(&self, moment: i64) -> f64 {
        rounded(self.width * along(self.span, moment))
    }

    /// Writes the pieces of a line between its gaps, each ended by `end`.
    fn pieces(&self, points: &[Point], mut end: impl FnMut(&mut String, &Piece)) -> String {
        let mut data = String::with_capacity(points.len() * LETTERS);
        let mut open: Option<Piece> = None;
        let mut last = i64::MIN;
        for (moment, value) in points {
            let value = value.filter(|value| self.axis.scale.shows(*value));
            if let Some(piece) = open.take_if(|_| value.is_none() || !self.is_near(last, *moment)) {
                end(&mut data, &piece);
            }
            let Some(value) = value else {
                continue;
            };
            let (x, y) = (self.x(*moment), self.y(value));
            let begin = data.len();
            data.push(if open.is_none() { 'M' } else { 'L' });
            push_place(&mut data, x, y);
            let piece = open.get_or_insert(Piece {
                begin,
                ends: (x, x),
                count: 0,
            });
            piece.ends.1 = x;
            piece.count += 1;
            last = *moment;
        }
        if let Some(piece) = open {
            end(&mut data, &piece);
        }
        data
    }

    fn is_near(&self, last: i64, moment: i64) -> bool {
        self.step
            .is_none_or(|step| moment.saturating_sub(last).saturating_mul(10) <= step.saturating_mul(MISSED))
    }

    /// The line itself. A point alone is a dot.
    pub(crate) fn line(&self, points: &[Point]) -> String {
        self.pieces(points, |data, piece| {
            if piece.count == 1 {
                data.push_str("h.1");
            }
        })
    }

    /// What is between the line and zero, or the nearest end of the axis.
    pub(crate) fn area(&self, points: &[Point]) -> String {
        let ground = self.y(0.0_f64.clamp(self.axis.low, self.axis.high));
        self.pieces(points, |data, piece| {
            if piece.count == 1 {
                data.truncate(piece.begin);
                return;
            }
            for x in [piece.ends.1, piece.ends.0] {
                data.push('L');
                push_place(data, x, ground);
            }
            data.push('Z');
        })
    }
}

fn push_place(data: &mut String, x: f64, y: f64) {
    push_tenths(data, x);
    data.push(' ');
    push_tenths(data, y);
}

/// Writes a number with at most one decimal. A chart has thousands of them, and writing any number takes ten times as long.
#[expect(
    clippy::cast_possible_truncation,
    reason = "places are within a few thousands, and a digit is below ten"
)]
fn push_tenths(data: &mut String, value: f64) {
    let tenths = (value * 10.0).round() as i64;
    if tenths < 0 {
        data.push('-');
    }
    let (mut whole, tenth) = (tenths.unsigned_abs() / 10, (tenths.unsigned_abs() % 10) as u8);
    let (mut digits, mut count) = ([b'0'; 20], 0);
    while whole > 0 || count == 0 {
        digits[count] = b'0' + (whole % 10) as u8;
        whole /= 10;
        count += 1;
    }
    data.extend(digits[..count].iter().rev().map(|digit| char::from(*digit)));
    if tenth > 0 {
        data.push('.');
        data.push(char::from(b'0' + tenth));
    }
}

#[cfg(test)]
mod tests {
    use super::super::AxisScale;
    use super::*;

    fn canvas(axis: &ValueAxis) -> Canvas<'_> {
        Canvas {
            width: 100.0,
            height: 10.0,
            span: (0, 100),
            axis,
            step: Some(10),
        }
    }

    #[test]
    fn lines_have_gaps_where_values_are_missing() {
        let axis = ValueAxis {
            low: 0.0,
            high: 10.0,
            ticks: Vec::new(),
            scale: AxisScale::Linear,
        };
        let check = |points: &[Point], line: &str, area: &str| {
            assert_eq!(canvas(&axis).line(points), line, "{points:?}");
            assert_eq!(canvas(&axis).area(points), area, "{points:?}");
        };
        check(
            &[(0, Some(0.0)), (10, Some(5.0))],
            "M0 10L10 5",
            "M0 10L10 5L10 10L0 10Z",
        );
        check(
            &[(0, Some(1.0)), (10, None), (20, Some(1.0))],
            "M0 9h.1M20 9h.1",
            "",
        );
        check(&[(0, Some(1.0)), (50, Some(f64::NAN))], "M0 9h.1", "");
        check(&[(0, Some(1.0)), (30, Some(1.0))], "M0 9h.1M30 9h.1", "");
        check(
            &[
                (0, Some(1.0)),
                (5, Some(2.0)),
                (60, Some(1.0)),
                (90, Some(1.0)),
                (99, Some(3.0)),
            ],
            "M0 9L5 8M60 9h.1M90 9L99 7",
            "M0 9L5 8L5 10L0 10ZM90 9L99 7L99 10L90 10Z",
        );
        check(&[(0, Some(1e12))], "M0 -0.2h.1", "");
        check(&[], "", "");
    }

    #[test]
    fn what_a_logarithmic_axis_cannot_show_is_a_gap() {
        let axis = ValueAxis {
            low: 1.0,
            high: 100.0,
            ticks: Vec::new(),
            scale: AxisScale::Logarithmic { base: 10.0 },
        };
        let points = [
            (0, Some(1.0)),
            (10, Some(10.0)),
            (20, Some(0.0)),
            (30, Some(100.0)),
        ];
        assert_eq!(canvas(&axis).line(&points), "M0 10L10 5M30 0h.1");
    }

    #[test]
    fn numbers_are_written_as_usual() {
        for value in [
            0.0, 0.04, 0.1, 9.99, 10.0, 12.3, 999.95, 1_000.0, -0.2, -3.4, 123_456.7,
        ] {
            let mut data = String::new();
            push_tenths(&mut data, value);
            let usual = rounded(value).to_string();
            assert_eq!(data, usual, "{value}");
        }
    }
}
