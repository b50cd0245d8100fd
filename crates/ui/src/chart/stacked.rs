//! Lines that stand on each other: each begins where the one before it ends.

use std::collections::BTreeMap;

use super::{LineChart, Point, Series};

/// The lines as they are drawn: the sums of each line and those before it. Other charts stay as they are.
pub(crate) fn tops(chart: &LineChart<'_>) -> Vec<Series> {
    if !chart.is_stacked {
        return chart.series.clone();
    }
    let mut sums: BTreeMap<i64, f64> = BTreeMap::new();
    let mut top = |point: &Point| {
        let (at, value) = *point;
        let value = value.filter(|value| value.is_finite())?;
        let sum = sums.entry(at).or_default();
        *sum += value;
        Some(*sum)
    };
    let series = chart.series.iter().map(|series| Series {
        points: series.points.iter().map(|point| (point.0, top(point))).collect(),
        ..series.clone()
    });
    series.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_summed_moment_by_moment() {
        let series = |points: &[Point]| Series {
            points: points.to_vec(),
            ..Series::default()
        };
        let chart = LineChart {
            series: vec![
                series(&[(0, Some(1.0)), (10, Some(2.0)), (20, None)]),
                series(&[(0, Some(5.0)), (10, None), (20, Some(7.0))]),
                series(&[(0, Some(1.0)), (10, Some(1.0)), (30, Some(f64::NAN))]),
            ],
            is_stacked: true,
            ..LineChart::default()
        };
        let values: Vec<Vec<Option<f64>>> = tops(&chart)
            .iter()
            .map(|series| series.points.iter().map(|(_, value)| *value).collect())
            .collect();
        assert_eq!(
            values,
            [
                vec![Some(1.0), Some(2.0), None],
                vec![Some(6.0), None, Some(7.0)],
                vec![Some(7.0), Some(3.0), None],
            ]
        );
        let plain = LineChart {
            is_stacked: false,
            ..chart
        };
        assert_eq!(tops(&plain)[1], plain.series[1], "others stay as they are");
    }
}
