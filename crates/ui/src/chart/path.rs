//! A line as the data of an SVG path.

use std::fmt::Write;

use super::scale::{ValueAxis, along};
use super::{Point, rounded};

/// A line may miss this many points before it has a gap, in tenths.
const MISSED: i64 = 25;

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

impl Canvas<'_> {
    /// Where a value stands, from the top.
    pub(crate) fn y(&self, value: f64) -> f64 {
        rounded(self.height * (1.0 - self.axis.part(value)))
    }

    /// Where a moment stands, from the left.
    pub(crate) fn x(&self, moment: i64) -> f64 {
        rounded(self.width * along(self.span, moment))
    }

    /// The pieces of a line between its gaps, as places in the picture.
    fn pieces(&self, points: &[Point]) -> Vec<Vec<(f64, f64)>> {
        let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
        let mut last: Option<i64> = None;
        for (moment, value) in points {
            let Some(value) = value.filter(|value| value.is_finite()) else {
                last = None;
                continue;
            };
            let is_next = last.is_some_and(|last| self.is_near(last, *moment));
            let place = (self.x(*moment), self.y(value));
            match pieces.last_mut() {
                Some(piece) if is_next => piece.push(place),
                _ => pieces.push(vec![place]),
            }
            last = Some(*moment);
        }
        pieces
    }

    fn is_near(&self, last: i64, moment: i64) -> bool {
        self.step.is_none_or(|step| (moment - last) * 10 <= step * MISSED)
    }

    /// The line itself. A point alone is a dot.
    pub(crate) fn line(&self, points: &[Point]) -> String {
        let mut data = String::new();
        for piece in self.pieces(points) {
            open(&mut data, &piece);
            if piece.len() == 1 {
                data.push_str("h.1");
            }
        }
        data
    }

    /// What is between the line and zero, or the nearest end of the axis.
    pub(crate) fn area(&self, points: &[Point]) -> String {
        let ground = self.y(0.0_f64.clamp(self.axis.low, self.axis.high));
        let mut data = String::new();
        for piece in self.pieces(points).iter().filter(|piece| piece.len() > 1) {
            open(&mut data, piece);
            let (first, last) = (piece[0].0, piece[piece.len() - 1].0);
            let _ = write!(data, "L{last} {ground}L{first} {ground}Z");
        }
        data
    }
}

fn open(data: &mut String, piece: &[(f64, f64)]) {
    for (at, (x, y)) in piece.iter().enumerate() {
        let _ = write!(data, "{}{x} {y}", if at == 0 { 'M' } else { 'L' });
    }
}

#[cfg(test)]
mod tests {
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
        check(&[(0, Some(1e12))], "M0 -0.2h.1", "");
        check(&[], "", "");
    }
}
