//! Samples of charts.

use super::Sample;
use crate::{
    AxisScale, Gauge, HeatMap, HeatRow, LineChart, Marker, Series, Stacking, Stat, StatValue, Threshold,
    Tone, Unit, bar_gauge, gauge, heat_map, line_chart, stat,
};

/// A Tuesday, 09:00 UTC.
const BEGIN: i64 = 1_795_510_800_000;
const MINUTE: i64 = 60_000;

pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample::new("Chart", line_chart(&usual())),
        Sample::new(
            "Chart with a gap, a threshold and many lines",
            line_chart(&crowded()),
        ),
        Sample::new(
            "Chart without values",
            line_chart(&LineChart {
                series: Vec::new(),
                ..usual()
            }),
        ),
        Sample::new(
            "Stacked chart",
            line_chart(&LineChart {
                stacking: Stacking::Sums,
                ..usual()
            }),
        ),
        Sample::new(
            "Chart stacked to a hundred percent",
            line_chart(&LineChart {
                stacking: Stacking::Shares,
                ..usual()
            }),
        ),
        Sample::new("Chart with a logarithmic axis", line_chart(&logarithmic())),
        Sample::new("Chart with two axes", line_chart(&two_axes())),
        Sample::new("Heat map", heat_map(&heat())),
        Sample::new("Chart with deployments", line_chart(&marked())),
        Sample::new("Number", stat(&numbers(1))),
        Sample::new("Numbers", stat(&numbers(3))),
        Sample::new("Gauge", gauge(&dials(1))),
        Sample::new("Gauges", gauge(&dials(3))),
        Sample::new("Bars", bar_gauge(&dials(3))),
    ]
}

/// A wave that is the same on every machine.
fn wave(name: &str, level: f64, height: f64, shift: i64) -> Series {
    let points = (0..60_i64).map(|minute| {
        let phase = (minute * 7 + shift) % 40;
        let up = f64::from(i32::try_from((phase - 20).abs()).unwrap_or_default()) / 20.0;
        (BEGIN + minute * MINUTE, Some(level + height * up))
    });
    Series {
        name: name.to_owned(),
        points: points.collect(),
        ..Series::default()
    }
}

fn usual() -> LineChart<'static> {
    LineChart {
        title: "Requests a second".into(),
        series: vec![wave("200", 30.0, 18.0, 0), wave("500", 0.2, 1.5, 9)],
        unit: Unit::of("req/s"),
        span: (BEGIN, BEGIN + 60 * MINUTE),
        step: Some(MINUTE),
        ..LineChart::default()
    }
}

fn logarithmic() -> LineChart<'static> {
    LineChart {
        title: "Requests a second, all of them".into(),
        series: vec![
            wave("search", 800.0, 4_000.0, 0),
            wave("sign-in", 20.0, 30.0, 9),
            wave("export", 0.1, 0.4, 21),
        ],
        scale: AxisScale::Logarithmic { base: 10.0 },
        ..usual()
    }
}

fn two_axes() -> LineChart<'static> {
    let latency = Series {
        unit: Some(Unit::time(1.0)),
        ..wave("95th percentile", 0.12, 0.2, 17)
    };
    LineChart {
        title: "Requests and their latency".into(),
        series: vec![wave("requests", 30.0, 18.0, 0), latency],
        ..usual()
    }
}

fn heat() -> HeatMap<'static> {
    let bounds = [
        "≤ 50 ms",
        "≤ 100 ms",
        "≤ 250 ms",
        "≤ 500 ms",
        "≤ 1 s",
        "≤ 2.5 s",
        "more",
    ];
    let row = |(at, name): (i32, &&str)| {
        let cell = |minute: i32| {
            let peak = 2 + ((minute * 7) % 40 - 20).abs() / 12;
            Some(f64::from((60 - 22 * (at - peak).abs() - minute % 3).max(0)))
        };
        HeatRow {
            name: (*name).to_owned(),
            cells: (0..60).map(cell).collect(),
        }
    };
    HeatMap {
        title: "Latency of requests".into(),
        columns: (1..=60).map(|minute| BEGIN + minute * MINUTE).collect(),
        rows: (0..).zip(&bounds).map(row).collect(),
        unit: Unit::of("req"),
        span: (BEGIN, BEGIN + 60 * MINUTE),
        step: MINUTE,
        is_tall: false,
    }
}

fn crowded() -> LineChart<'static> {
    let mut series: Vec<Series> = (0..9_i64)
        .map(|pod| wave(&format!("talentmesh-api-7d9c6b5f4-{pod}"), 2e8, 4e7, pod * 5))
        .collect();
    for point in &mut series[0].points[20..30] {
        point.1 = None;
    }
    LineChart {
        title: "Memory".into(),
        series,
        unit: Unit::binary("B"),
        thresholds: vec![Threshold {
            value: 2.3e8,
            tone: Tone::Red,
        }],
        ..usual()
    }
}

fn numbers(count: usize) -> Stat<'static> {
    let all = [
        ("p95", 0.18, Some(Tone::Green)),
        ("p99", 1.4, Some(Tone::Red)),
        ("p50", 0.012, None),
    ];
    let values = all.into_iter().take(count).map(|(name, value, tone)| StatValue {
        name: name.to_owned(),
        value: Some(value),
        words: None,
        tone,
        line: wave(name, value, value / 4.0, 3),
    });
    Stat {
        title: "Latency".into(),
        values: values.collect(),
        unit: Unit::time(1.0),
        span: (BEGIN, BEGIN + 60 * MINUTE),
    }
}

fn marked() -> LineChart<'static> {
    let marker = |minute: i64, text: &str, href: Option<&str>, tone: Option<Tone>| Marker {
        at: BEGIN + minute * MINUTE,
        text: text.to_owned(),
        href: href.map(str::to_owned),
        tone,
    };
    LineChart {
        markers: vec![
            marker(
                17,
                "v1.4.0 was deployed",
                Some("/catalog/default/component/orders/deployments"),
                Some(Tone::Green),
            ),
            marker(
                29,
                "v1.4.1 failed: HealthCheckFailed",
                Some("/catalog/default/component/orders/deployments"),
                Some(Tone::Red),
            ),
            marker(41, "Failover drill", None, None),
            marker(90, "Not in this hour", None, None),
        ],
        ..usual()
    }
}

fn dials(count: usize) -> Gauge<'static> {
    let all = [
        ("Disk /data", Some(64.0), Some(Tone::Green)),
        ("Disk /var", Some(93.5), Some(Tone::Red)),
        ("Disk /tmp", None, None),
    ];
    let values = all.into_iter().take(count).map(|(name, value, tone)| StatValue {
        name: name.to_owned(),
        value,
        words: None,
        tone,
        line: Series::default(),
    });
    Gauge {
        title: "Disks".into(),
        values: values.collect(),
        unit: Unit::percent(100.0),
        lowest: 0.0,
        highest: 100.0,
        steps: vec![(0.0, Tone::Green), (80.0, Tone::Amber), (90.0, Tone::Red)],
    }
}
