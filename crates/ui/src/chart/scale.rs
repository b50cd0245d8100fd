//! Round numbers and round times for axes.

use jiff::Timestamp;

use super::unit::{AxisUnit, Unit};
use super::{AxisScale, LineChart, Series, Stacking, float};

/// Steps between round numbers, up to ten.
const STEPS: [f64; 5] = [1.0, 2.0, 2.5, 5.0, 10.0];
/// Lines across the picture, about.
const LINES: f64 = 4.0;
/// Most words below the picture.
const MOST_TIMES: i64 = 6;
/// Below this part of the highest value, the axis begins at zero.
const NEAR_ZERO: f64 = 0.7;
/// Steps between round times, in seconds.
const TIME_STEPS: [i64; 19] = [
    1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800,
    604_800,
];
const DAY: i64 = 86_400_000;

/// The axis of values.
pub(crate) struct ValueAxis {
    /// The value at the bottom.
    pub(crate) low: f64,
    /// The value at the top.
    pub(crate) high: f64,
    /// Values with their words, from the bottom up.
    pub(crate) ticks: Vec<(f64, String)>,
    /// How values are spread between them.
    pub(crate) scale: AxisScale,
}

impl ValueAxis {
    /// Round numbers around the values of a chart's lines, as they are drawn.
    pub(crate) fn of(chart: &LineChart<'_>, lines: &[&Series]) -> Self {
        if chart.stacking == Stacking::Shares {
            return Self::around(&Unit::percent(1.0), (0.0, 1.0), (Some(0.0), Some(1.0)));
        }
        let spread = match chart.stacking {
            Stacking::None => chart.scale.axis(chart, lines),
            _ => None,
        };
        spread
            .unwrap_or_else(|| Self::around(&chart.unit, extent(chart, lines), (chart.lowest, chart.highest)))
    }

    /// Round numbers around the values of lines whose unit is their own.
    pub(crate) fn beside(unit: &Unit, lines: &[&Series]) -> Self {
        Self::around(unit, extent(&LineChart::default(), lines), (None, None))
    }

    fn around(unit: &Unit, (low, high): (f64, f64), fixed: (Option<f64>, Option<f64>)) -> Self {
        let axis = AxisUnit::new(unit, low.abs().max(high.abs()));
        let (from, to) = (low / axis.divisor, high / axis.divisor);
        // A fixed end far from the values makes the axis longer than they are.
        let first = fixed.0.map_or(from, |low| low / axis.divisor);
        let last = fixed.1.map_or(to, |high| high / axis.divisor);
        let step = round_step((last - first) / LINES);
        let from = fixed
            .0
            .map_or((from / step).floor() * step, |low| low / axis.divisor);
        let to = fixed
            .1
            .map_or((to / step).ceil() * step, |high| high / axis.divisor);
        let to = if to > from { to } else { from + step };
        let first = (from / step).ceil();
        let numbers = (0..32).map(|count| (first + f64::from(count)) * step);
        let ticks = numbers
            .take_while(|number| *number <= to + step * 1e-6)
            .map(|number| (number * axis.divisor, axis.show(number, step)));
        Self {
            low: from * axis.divisor,
            high: to * axis.divisor,
            ticks: ticks.collect(),
            scale: AxisScale::Linear,
        }
    }

    /// Whether a value is on the axis.
    pub(crate) fn has(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// How far up a value is: 0 at the bottom, 1 at the top.
    pub(crate) fn part(&self, value: f64) -> f64 {
        let [value, low, high] = [value, self.low, self.high].map(|value| self.scale.place(value));
        ((value - low) / (high - low)).clamp(-0.02, 1.02)
    }
}

/// Lowest and highest value, widened so that a line has room and its height means something.
fn extent(chart: &LineChart<'_>, lines: &[&Series]) -> (f64, f64) {
    let span = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
    let nothing = (f64::INFINITY, f64::NEG_INFINITY);
    let values = lines.iter().flat_map(|series| series.values());
    let (low, high) = values.fold(nothing, span);
    // What stands on something else stands on zero in the end.
    let low = if chart.stacking == Stacking::None {
        low
    } else {
        low.min(0.0)
    };
    // A threshold far away would press the lines flat.
    let reach = low - (high - low.min(0.0))..=high + (high - low.min(0.0));
    let thresholds = chart.thresholds.iter().map(|threshold| threshold.value);
    let near = thresholds.filter(|value| reach.contains(value));
    let (low, high) = near.fold((low, high), span);
    if low > high {
        return (0.0, 1.0);
    }
    if low >= 0.0 && (low <= high * NEAR_ZERO || (high - low) < high * 0.01) {
        return (0.0, if high > 0.0 { high * 1.05 } else { 1.0 });
    }
    if high <= 0.0 && (high >= low * NEAR_ZERO || (high - low) < -low * 0.01) {
        return (low * 1.05, 0.0);
    }
    let room = (high - low) * 0.05;
    (low - room, high + room)
}

/// The smallest round step that is not smaller.
fn round_step(step: f64) -> f64 {
    let step = if step.is_finite() && step > 0.0 { step } else { 1.0 };
    let size = 10_f64.powf(step.log10().floor());
    let round = STEPS.iter().find(|round| **round * size >= step * 0.999);
    round.map_or(10.0 * size, |round| round * size)
}

/// Round moments of a span with their words, in UTC.
pub(crate) fn times((from, to): (i64, i64)) -> Vec<(i64, String)> {
    let length = (to - from).max(1);
    let seconds = TIME_STEPS
        .iter()
        .find(|step| length / (**step * 1_000) <= MOST_TIMES);
    let step = seconds
        .map_or(length / MOST_TIMES, |seconds| seconds * 1_000)
        .max(1);
    let first = (from + step - 1).div_euclid(step) * step;
    let moments = std::iter::successors(Some(first), |moment| Some(moment + step));
    moments
        .take_while(|moment| *moment <= to)
        .map(|moment| (moment, word(moment, step)))
        .collect()
}

/// A moment as short as its neighbours allow.
fn word(moment: i64, step: i64) -> String {
    let form = match step {
        _ if step >= DAY || moment.rem_euclid(DAY) == 0 => "%-d %b",
        _ if step < 60_000 => "%H:%M:%S",
        _ => "%H:%M",
    };
    shown(moment, form)
}

/// A moment in a form, in UTC.
pub(crate) fn shown(moment: i64, form: &str) -> String {
    let moment = Timestamp::from_millisecond(moment).unwrap_or_default();
    moment.strftime(form).to_string()
}

/// How far along a span a moment is: 0 at its beginning, 1 at its end.
pub(crate) fn along((from, to): (i64, i64), moment: i64) -> f64 {
    float(moment - from) / float((to - from).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis_of(chart: &LineChart<'_>) -> ValueAxis {
        let lines: Vec<&Series> = chart.series.iter().collect();
        ValueAxis::of(chart, &lines)
    }

    fn words(unit: &Unit, low: f64, high: f64) -> Vec<String> {
        let axis = ValueAxis::around(unit, (low, high), (None, None));
        let words = axis.ticks.into_iter();
        words.map(|(_, word)| word.replace('\u{a0}', " ")).collect()
    }

    #[test]
    fn numbers_on_an_axis_are_round_and_have_one_size() {
        let number = Unit::number();
        assert_eq!(words(&number, 0.0, 42.0), ["0", "20", "40", "60"]);
        assert_eq!(words(&number, 0.0, 0.9), ["0.00", "0.25", "0.50", "0.75", "1.00"]);
        assert_eq!(
            words(&Unit::time(1.0), 0.0, 0.19),
            ["0 ms", "50 ms", "100 ms", "150 ms", "200 ms"]
        );
        assert_eq!(
            words(&number, 900.0, 1_100.0),
            ["0.90 k", "0.95 k", "1.00 k", "1.05 k", "1.10 k"]
        );
        assert_eq!(
            words(&Unit::binary("B"), 0.0, 300.0 * 1_048_576.0),
            ["0 MiB", "100 MiB", "200 MiB", "300 MiB"]
        );
        assert_eq!(words(&number, -3.0, 3.0), ["-4", "-2", "0", "2", "4"]);
    }

    #[test]
    fn a_fixed_end_of_the_axis_is_kept() {
        let axis = ValueAxis::around(&Unit::percent(1.0), (0.2, 0.3), (Some(0.0), Some(1.0)));
        assert_eq!((axis.low, axis.high), (0.0, 1.0));
        assert!((axis.part(0.25) - 0.25).abs() < 1e-9);
    }

    #[test]
    fn an_axis_says_something_without_values_and_with_one() {
        let chart = |values: &[f64]| LineChart {
            series: vec![Series {
                points: values.iter().map(|value| (0, Some(*value))).collect(),
                ..Series::default()
            }],
            ..LineChart::default()
        };
        for values in [
            &[][..],
            &[0.0],
            &[42.0],
            &[-42.0],
            &[f64::NAN],
            &[1e300],
            &[80.0, 100.0],
        ] {
            let axis = axis_of(&chart(values));
            assert!(
                axis.high > axis.low && axis.ticks.len() >= 2,
                "{values:?}: {:?}",
                axis.ticks
            );
        }
        assert!(axis_of(&chart(&[80.0, 100.0])).low > 0.0);
        assert!(axis_of(&chart(&[8.0, 100.0])).low == 0.0);
    }

    #[test]
    fn a_fixed_end_makes_no_crowd_of_lines() {
        for (fixed, most) in [
            ((Some(0.0), None), 7),
            ((Some(0.0), Some(1_000.0)), 7),
            ((None, None), 7),
        ] {
            let chart = LineChart {
                series: vec![Series {
                    points: vec![(0, Some(45.0)), (1, Some(57.0))],
                    ..Series::default()
                }],
                lowest: fixed.0,
                highest: fixed.1,
                ..LineChart::default()
            };
            let axis = axis_of(&chart);
            assert!(
                (2..=most).contains(&axis.ticks.len()),
                "{fixed:?}: {:?}",
                axis.ticks
            );
        }
    }

    #[test]
    fn a_threshold_is_in_sight_only_where_it_is_near() {
        let chart = |threshold: f64| LineChart {
            series: vec![Series {
                points: vec![(0, Some(1.0)), (1, Some(10.0))],
                ..Series::default()
            }],
            thresholds: vec![super::super::Threshold {
                value: threshold,
                tone: crate::Tone::Red,
            }],
            ..LineChart::default()
        };
        assert!(axis_of(&chart(18.0)).has(18.0));
        assert!(!axis_of(&chart(80.0)).has(80.0));
    }

    #[test]
    fn times_are_round() {
        let hour = 3_600_000;
        let begin = 1_795_000_000_000;
        let words = |hours: i64| -> Vec<String> {
            let all = times((begin, begin + hours * hour)).into_iter();
            all.map(|(_, word)| word).collect()
        };
        assert_eq!(words(1), ["11:10", "11:20", "11:30", "11:40", "11:50", "12:00"]);
        assert_eq!(words(6), ["12:00", "13:00", "14:00", "15:00", "16:00", "17:00"]);
        assert_eq!(words(24), ["12:00", "18:00", "19 Nov", "06:00"]);
        assert_eq!(words(168), ["19 Nov", "21 Nov", "23 Nov", "25 Nov"]);
    }
}
