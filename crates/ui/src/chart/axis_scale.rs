//! How values are spread along an axis: evenly, or by their logarithms.

use super::scale::ValueAxis;
use super::{LineChart, Series};

/// Lines across the picture, about.
const LINES: i32 = 5;
/// Most steps of an axis; no number is larger than so many powers of two.
const MOST_STEPS: i32 = 2_200;

/// How values are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum AxisScale {
    /// Evenly.
    #[default]
    Linear,
    /// By their logarithms: each power of the base has the same room. Zero and what is below are not on the axis.
    Logarithmic {
        /// The base, for example 10.
        base: f64,
    },
    /// Evenly around zero, and by their logarithms farther away, on both sides.
    Symmetric {
        /// The base, for example 10.
        base: f64,
        /// Up to this value evenly.
        even: f64,
    },
}

impl AxisScale {
    /// Where a value stands, before the axis is stretched to its picture.
    pub(crate) fn place(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Logarithmic { .. } => value.max(f64::MIN_POSITIVE).ln(),
            Self::Symmetric { even, .. } => (value / even).asinh(),
        }
    }

    /// Whether a value can stand on the axis.
    pub(crate) fn shows(self, value: f64) -> bool {
        value.is_finite() && (value >= f64::MIN_POSITIVE || !matches!(self, Self::Logarithmic { .. }))
    }

    /// The same with numbers that can be calculated with.
    fn sound(self) -> Self {
        let or = |value: f64, least: f64, other: f64| {
            if value.is_finite() && value > least {
                value
            } else {
                other
            }
        };
        match self {
            Self::Linear => Self::Linear,
            Self::Logarithmic { base } => Self::Logarithmic {
                base: or(base, 1.0, 10.0),
            },
            Self::Symmetric { base, even } => Self::Symmetric {
                base: or(base, 1.0, 10.0),
                even: or(even, 0.0, 1.0),
            },
        }
    }

    /// The axis of a chart that is not even; nothing for one that is, or without values that it could show.
    pub(crate) fn axis(self, chart: &LineChart<'_>, lines: &[&Series]) -> Option<ValueAxis> {
        let scale = self.sound();
        let values = lines.iter().flat_map(|series| series.values());
        let values = values.filter(|value| scale.shows(*value));
        let ends = values.fold(None, |ends: Option<(f64, f64)>, value| {
            Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
        });
        let (low, high) = ends?;
        let fixed = |end: Option<f64>| end.filter(|end| scale.shows(*end));
        let (low, high) = (
            fixed(chart.lowest).unwrap_or(low),
            fixed(chart.highest).unwrap_or(high),
        );
        let (low, high, ticks) = match scale {
            Self::Linear => return None,
            Self::Logarithmic { base } => powers(base, low, high.max(low)),
            Self::Symmetric { base, even } => both_sides((base, even), low.min(0.0), high.max(0.0)),
        };
        Some(ValueAxis {
            low,
            high,
            ticks: ticks
                .into_iter()
                .map(|value| (value, chart.unit.show(value)))
                .collect(),
            scale,
        })
    }
}

/// Ends at powers of the base, and powers between them; within one power, also twice and five times its beginning.
fn powers(base: f64, low: f64, high: f64) -> (f64, f64, Vec<f64>) {
    let exponent = |value: f64| value.ln() / base.ln();
    let first = whole((exponent(low) + 1e-9).floor());
    let last = whole((exponent(high) - 1e-9).ceil()).max(first + 1);
    let step = ((last - first) / LINES).max(1);
    let mut ticks: Vec<f64> = (0..=(last - first) / step)
        .map(|count| base.powi(first + count * step))
        .collect();
    if last - first == 1 && base >= 10.0 {
        let begin = base.powi(first);
        ticks.extend([2.0 * begin, 5.0 * begin]);
        ticks.sort_by(f64::total_cmp);
    }
    let (from, to) = (
        base.powi(first).max(f64::MIN_POSITIVE),
        base.powi(last).min(f64::MAX),
    );
    ticks.retain(|tick| (from..=to).contains(tick));
    (from, to, ticks)
}

/// Zero, and powers of the base on both sides of it.
fn both_sides((base, even): (f64, f64), low: f64, high: f64) -> (f64, f64, Vec<f64>) {
    let reach = low.abs().max(high).max(even);
    let most = whole(((reach / even).ln() / base.ln()).floor()).max(0);
    let step = (most / 3).max(1);
    let powers = (0..=most / step).map(|count| even * base.powi(count * step));
    let room = 1.02;
    let (from, to) = (
        low * room,
        if high > 0.0 || low < 0.0 {
            high * room
        } else {
            even
        },
    );
    let mut ticks: Vec<f64> = powers
        .flat_map(|power| [-power, power])
        .chain([0.0])
        .filter(|tick| (from..=to).contains(tick))
        .collect();
    ticks.sort_by(f64::total_cmp);
    (from, to, ticks)
}

/// A whole number within the powers that there are.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the number is within a few thousands"
)]
fn whole(value: f64) -> i32 {
    value.clamp(f64::from(-MOST_STEPS), f64::from(MOST_STEPS)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(scale: AxisScale, values: &[f64], lowest: Option<f64>) -> Option<ValueAxis> {
        let series = Series {
            points: values.iter().map(|value| (0, Some(*value))).collect(),
            ..Series::default()
        };
        let chart = LineChart {
            lowest,
            scale,
            ..LineChart::default()
        };
        scale.axis(&chart, &[&series])
    }

    fn words(scale: AxisScale, values: &[f64]) -> Vec<String> {
        let axis = axis(scale, values, None).unwrap();
        axis.ticks
            .into_iter()
            .map(|(_, word)| word.replace('\u{a0}', " "))
            .collect()
    }

    #[test]
    fn each_power_has_the_same_room() {
        let ten = AxisScale::Logarithmic { base: 10.0 };
        let two = AxisScale::Logarithmic { base: 2.0 };
        assert_eq!(words(ten, &[3.0, 2_500.0]), ["1", "10", "100", "1 k", "10 k"]);
        assert_eq!(words(ten, &[2.0, 7.0]), ["1", "2", "5", "10"]);
        assert_eq!(
            words(ten, &[1.0, 0.0, -5.0]),
            ["1", "2", "5", "10"],
            "zero and less are left out"
        );
        assert_eq!(words(two, &[3.0, 30.0]), ["2", "4", "8", "16", "32"]);
        assert_eq!(words(ten, &[1e-12, 1e18]).len(), 6);
        let axis = axis(ten, &[2.0, 900.0], Some(0.0)).unwrap();
        assert_eq!((axis.low, axis.high), (1.0, 1_000.0), "an end at zero is none");
        assert!((axis.part(10.0) - 1.0 / 3.0).abs() < 1e-9 && (axis.part(100.0) - 2.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_symmetric_axis_has_both_signs() {
        let scale = AxisScale::Symmetric {
            base: 10.0,
            even: 1.0,
        };
        assert_eq!(
            words(scale, &[-20.0, 300.0]),
            ["-10", "-1", "0", "1", "10", "100"]
        );
        let axis = axis(scale, &[-100.0, 100.0], None).unwrap();
        assert!((axis.part(0.0) - 0.5).abs() < 1e-9);
        assert_eq!(words(scale, &[0.0]), ["0", "1"]);
    }

    #[test]
    fn strange_numbers_end_in_an_axis_or_in_none() {
        for scale in [
            AxisScale::Logarithmic { base: 0.0 },
            AxisScale::Logarithmic { base: f64::NAN },
            AxisScale::Symmetric {
                base: 1.0,
                even: -3.0,
            },
            AxisScale::Logarithmic { base: 2.0 },
        ] {
            for values in [
                &[5.0][..],
                &[1e-308, 1e308],
                &[1e308],
                &[3e-308],
                &[f64::INFINITY, 3.0],
            ] {
                let axis = axis(scale, values, None).unwrap();
                let ends = (axis.low, axis.high);
                assert!(
                    axis.low < axis.high && axis.high.is_finite(),
                    "{scale:?} {values:?}: {ends:?}"
                );
                assert!(
                    (1..=16).contains(&axis.ticks.len()),
                    "{scale:?} {values:?}: {:?}",
                    axis.ticks
                );
            }
            assert!(axis(scale, &[f64::NAN], None).is_none());
        }
        assert!(axis(AxisScale::Logarithmic { base: 10.0 }, &[0.0, -1.0], None).is_none());
        assert!(axis(AxisScale::Linear, &[1.0], None).is_none());
    }
}
