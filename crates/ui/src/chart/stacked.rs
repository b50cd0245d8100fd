//! Lines that stand on each other: each begins where the one before it ends.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{LineChart, Series};

/// Whether lines stand on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stacking {
    /// Each stands on zero.
    #[default]
    None,
    /// Each stands on those before it; their tops are the sums.
    Sums,
    /// The same, as parts of the whole: the top of the last one is a hundred percent.
    Shares,
}

/// The lines as they are drawn: the sums of each line and those before it, or their parts of the whole. Other charts stay as they are.
pub(crate) fn tops<'a>(chart: &'a LineChart<'_>) -> Cow<'a, [Series]> {
    let totals = match chart.stacking {
        Stacking::None => return Cow::Borrowed(&chart.series),
        Stacking::Sums => None,
        Stacking::Shares => Some(totals(chart)),
    };
    let mut sums: BTreeMap<i64, f64> = BTreeMap::new();
    let mut top = |at: i64, value: Option<f64>| {
        let value = value.filter(|value| value.is_finite())?;
        let value = match &totals {
            Some(totals) => value / totals.get(&at).filter(|total| **total > 0.0)?,
            None => value,
        };
        let sum = sums.entry(at).or_default();
        *sum += value;
        Some(*sum)
    };
    let series = chart.series.iter().map(|series| Series {
        points: series
            .points
            .iter()
            .map(|(at, value)| (*at, top(*at, *value)))
            .collect(),
        ..series.clone()
    });
    Cow::Owned(series.collect())
}

/// How much there is of all lines, at each moment.
fn totals(chart: &LineChart<'_>) -> BTreeMap<i64, f64> {
    let mut totals = BTreeMap::new();
    for (at, value) in chart.series.iter().flat_map(|series| &series.points) {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            *totals.entry(*at).or_default() += value.abs();
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::super::Point;
    use super::*;

    fn chart(stacking: Stacking) -> LineChart<'static> {
        let series = |points: &[Point]| Series {
            points: points.to_vec(),
            ..Series::default()
        };
        LineChart {
            series: vec![
                series(&[(0, Some(1.0)), (10, Some(2.0)), (20, None)]),
                series(&[(0, Some(5.0)), (10, None), (20, Some(7.0))]),
                series(&[
                    (0, Some(2.0)),
                    (10, Some(2.0)),
                    (30, Some(f64::NAN)),
                    (40, Some(0.0)),
                ]),
            ],
            stacking,
            ..LineChart::default()
        }
    }

    fn values(stacking: Stacking) -> Vec<Vec<Option<f64>>> {
        let chart = chart(stacking);
        let tops = tops(&chart);
        let values = |series: &Series| series.points.iter().map(|(_, value)| *value).collect();
        tops.iter().map(values).collect()
    }

    #[test]
    fn lines_are_summed_moment_by_moment() {
        assert_eq!(
            values(Stacking::Sums),
            [
                vec![Some(1.0), Some(2.0), None],
                vec![Some(6.0), None, Some(7.0)],
                vec![Some(8.0), Some(4.0), None, Some(0.0)],
            ]
        );
        let plain = chart(Stacking::None);
        assert!(
            matches!(tops(&plain), Cow::Borrowed(_)),
            "others stay as they are"
        );
    }

    #[test]
    fn shares_are_parts_of_what_there_is_at_a_moment() {
        assert_eq!(
            values(Stacking::Shares),
            [
                vec![Some(0.125), Some(0.5), None],
                vec![Some(0.75), None, Some(1.0)],
                vec![Some(1.0), Some(1.0), None, None],
            ],
            "of nothing there are no parts"
        );
    }
}
