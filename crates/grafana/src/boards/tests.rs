//! Answers of Grafana, also broken ones, and what is made of them.

use serde_json::{Value, json};

use super::board::{Board, Drawn, Panel};
use super::frames::{read, reduced};
use super::interpolate::Values;
use super::units::unit;
use super::{Chosen, near};

fn board() -> Board {
    Board::read(&json!({"meta": {"url": "/d/x/orders"}, "dashboard": {
        "uid": "x", "title": "Orders",
        "templating": {"list": [
            {"name": "app", "type": "textbox", "query": "orders", "current": {}},
            {"name": "pod", "type": "query", "multi": true, "current": {"value": ["a.1", "b"]}},
            {"name": "all", "type": "query", "includeAll": true, "current": {"value": ["$__all"]},
             "options": [{"value": "$__all"}, {"value": "x"}, {"value": "y"}]},
            {"name": "any", "type": "query", "current": {"value": "$__all"}, "allValue": ".+"},
            {"name": "unknown", "type": "query", "current": {"value": "$__all"}},
        ]},
        "panels": [
            {"id": 2, "type": "stat", "title": "Second", "gridPos": {"x": 12, "y": 0}, "targets": [{"refId": "A"}]},
            {"id": 1, "type": "timeseries", "title": "First", "gridPos": {"x": 0, "y": 0}, "targets": [{"refId": "A"}]},
            {"id": 3, "type": "row", "gridPos": {"y": 4}, "panels": [
                {"id": 4, "type": "logs", "targets": [{}]}, {"id": 5, "type": "timeseries"}]},
            {"type": "timeseries"}, null, 7,
        ],
    }}))
}

fn panel() -> Panel {
    board().panel(1).cloned().unwrap()
}

#[test]
fn panels_stand_in_order_and_rows_are_opened() {
    let board = board();
    let found: Vec<(i64, Option<Drawn>)> = board.panels.iter().map(|panel| (panel.id, panel.drawn)).collect();
    assert_eq!(
        found,
        [
            (1, Some(Drawn::Lines)),
            (2, Some(Drawn::Numbers)),
            (4, None),
            (5, None)
        ]
    );
    for broken in [
        Value::Null,
        json!([]),
        json!({"dashboard": {"panels": 3, "templating": {"list": {}}}}),
    ] {
        assert_eq!(Board::read(&broken).panels, [], "{broken}");
    }
}

#[test]
fn variables_are_put_into_queries() {
    let (board, span) = (board(), (1_000, 2_000));
    let chosen: Chosen = [("app".to_owned(), "billing".to_owned())].into();
    let values = Values::new(&board, &chosen, span);
    for (text, expected) in [
        ("up{app=\"$app\"}", "up{app=\"billing\"}"),
        ("${app} [[app]] ${app:regex}", "billing billing billing"),
        ("$pod", "(a\\\\.1|b)"),
        ("${pod:csv} ${pod:pipe} ${pod:glob}", "a.1,b a.1|b {a.1,b}"),
        ("${pod:json}", "[\"a.1\",\"b\"]"),
        ("${pod:singlequote}", "'a.1','b'"),
        ("$all $any $unknown", "(x|y) .+ .*"),
        (
            "rate(x[$__rate_interval]) $__interval $none ${none} $ [[",
            "rate(x[$__rate_interval]) $__interval $none ${none} $ [[",
        ),
        ("$__from ${__to}", "1000 2000"),
        ("$apps ü$app", "$apps übilling"),
    ] {
        assert_eq!(values.text(text), expected, "{text}");
    }
    assert_eq!(Values::new(&board, &Chosen::new(), span).text("$app"), "orders");
    let filled = values.fill(&json!({"expr": "$app", "deep": [{"x": "$app", "n": 1}]}));
    assert_eq!(
        filled,
        json!({"expr": "billing", "deep": [{"x": "billing", "n": 1}]})
    );
}

#[test]
fn frames_become_lines() {
    let answer = json!({"results": {"A": {"status": 200, "frames": [
        {"schema": {"name": "x", "fields": [
            {"name": "Time", "type": "time", "config": {"interval": 15_000}},
            {"name": "Value", "type": "number", "labels": {"pod": "a"}, "config": {"displayNameFromDS": "a"}},
            {"name": "Value", "type": "number", "labels": {"__name__": "up", "pod": "b"}, "config": {}}]},
         "data": {"values": [[1_000, 2_000.5], [1, null], [2.5, 3]], "entities": [null, {"NaN": [1]}, null]}},
        {"schema": {"fields": []}, "data": {"values": []}},
        {"schema": {"fields": [{"name": "pod", "type": "string"}, {"name": "Value", "type": "number"}]},
         "data": {"values": [["p"], [7]]}},
        {}, null,
    ]}}});
    let read = read(&answer, &panel()).unwrap();
    let names: Vec<&str> = read.lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["a", "{pod=\"b\"}", "p"]);
    assert_eq!(read.lines[0].points, [(1_000, Some(1.0)), (2_000, None)]);
    assert_eq!(
        (read.step, reduced(&read.lines[2], "")),
        (Some(15_000), Some(7.0))
    );
}

#[test]
fn answers_may_be_broken() {
    for answer in [
        json!({}),
        json!({"results": []}),
        json!({"results": {"A": {"frames": 7}}}),
        json!({"results": {"A": {"frames": []}}}),
    ] {
        assert_eq!(read(&answer, &panel()).unwrap().lines, [], "{answer}");
    }
    let failed = json!({"results": {"A": {"status": 400, "error": "parse error: unexpected end"}}});
    let trouble = read(&failed, &panel()).unwrap_err();
    assert!(
        trouble.message.contains("A: parse error: unexpected end"),
        "{trouble:?}"
    );
    let frame = json!({"schema": {"fields": [{"name": "Time", "type": "time"}, {"name": "v", "type": "number"}]}, "data": {"values": [[1], [2]]}});
    let many: Vec<&Value> = std::iter::repeat_n(&frame, 30).collect();
    let half = json!({"results": {"A": {"error": "too slow"}, "B": {"frames": many}}});
    let read = read(&half, &panel()).unwrap();
    assert_eq!(
        (read.lines.len(), read.more, read.errors.as_slice()),
        (24, 6, &["A: too slow".to_owned()][..])
    );
}

#[test]
fn numbers_are_made_of_lines() {
    let line = ui::Series {
        points: vec![(0, Some(4.0)), (1, Some(1.0)), (2, Some(3.0)), (3, None)],
        ..ui::Series::default()
    };
    for (way, expected) in [
        ("", Some(3.0)),
        ("lastNotNull", Some(3.0)),
        ("last", None),
        ("max", Some(4.0)),
        ("min", Some(1.0)),
        ("sum", Some(8.0)),
        ("count", Some(3.0)),
        ("firstNotNull", Some(4.0)),
        ("range", Some(3.0)),
    ] {
        assert_eq!(reduced(&line, way), expected, "{way}");
    }
    assert_eq!(reduced(&ui::Series::default(), "mean"), None);
}

#[test]
fn units_have_the_names_of_grafana() {
    for (name, value, expected) in [
        ("reqps", 42.0, "42 req/s"),
        ("bytes", 2_048.0, "2 KiB"),
        ("decbytes", 2_000.0, "2 kB"),
        ("percentunit", 0.5, "50%"),
        ("ms", 1_500.0, "1.5 s"),
        ("short", 1_200.0, "1.2 k"),
        ("suffix: cups", 2.0, "2  cups"),
        ("currencyEUR", 2.0, "€2"),
        ("widgets", 2.0, "2 widgets"),
    ] {
        assert_eq!(unit(name).show(value).replace('\u{a0}', " "), expected, "{name}");
    }
}

#[test]
fn tags_like_those_that_are_missing_are_offered() {
    let hit =
        |tags: Value| std::sync::Arc::new(super::Hit(json!({"tags": tags}).as_object().cloned().unwrap()));
    let hits = [
        hit(json!(["talentmesh-web", "shared"])),
        hit(json!(["app=billing"])),
        hit(json!(null)),
    ];
    let wanted = ["app=talentmesh-api".to_owned(), "talentmesh-api".to_owned()];
    assert_eq!(near::tags(&hits, &wanted), ["talentmesh-web"]);
}
