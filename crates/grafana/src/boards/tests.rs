//! Answers of Grafana, also broken ones, and what is made of them.

use serde_json::{Value, json};

use super::board::{Board, Drawn, Panel};
use super::field::mapped;
use super::frames::{read, reduced};
use super::interpolate::Values;
use super::units::unit;
use super::{Chosen, near};
use ui::Tone;

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
            (4, Some(Drawn::Logs)),
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
            {"name": "Value", "type": "number", "labels": {"__name__": "up", "pod": "b"}, "config": {"displayNameFromDS": "__auto"}}]},
         "data": {"values": [[1_000, 2_000.5], [1, null], [2.5, 3]], "entities": [null, {"NaN": [1]}, null]}},
        {"schema": {"fields": []}, "data": {"values": []}},
        {"schema": {"fields": [{"name": "pod", "type": "string"}, {"name": "Value", "type": "number"}]},
         "data": {"values": [["p"], [7]]}},
        {}, null,
    ]}}});
    let read = read(&answer, &panel()).unwrap();
    let names: Vec<&str> = read.lines.iter().map(|line| line.series.name.as_str()).collect();
    assert_eq!(names, ["a", "{pod=\"b\"}", "p"]);
    assert_eq!(read.lines[0].series.points, [(1_000, Some(1.0)), (2_000, None)]);
    assert_eq!(
        (read.step, reduced(&read.lines[2].series, "")),
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

/// A panel of one type, with what else it says.
fn panel_of(kind: &str, more: &Value) -> Panel {
    let mut panel = json!({"id": 1, "type": kind, "targets": [{"refId": "A"}]});
    for (key, value) in more.as_object().into_iter().flatten() {
        panel[key.as_str()] = value.clone();
    }
    let board = Board::read(&json!({"dashboard": {"panels": [panel]}}));
    board.panel(1).cloned().unwrap()
}

#[test]
fn every_type_of_panel_is_drawn_or_a_link() {
    for (kind, drawn) in [
        ("timeseries", Some(Drawn::Lines)),
        ("graph", Some(Drawn::Lines)),
        ("stat", Some(Drawn::Numbers)),
        ("gauge", Some(Drawn::Dials)),
        ("bargauge", Some(Drawn::Bars)),
        ("table", Some(Drawn::Table)),
        ("logs", Some(Drawn::Logs)),
        ("text", None),
        ("heatmap", Some(Drawn::Heat)),
        ("geomap", None),
    ] {
        assert_eq!(panel_of(kind, &json!({})).drawn, drawn, "{kind}");
    }
}

#[test]
fn values_have_words_and_colours() {
    let panel = panel_of(
        "stat",
        &json!({"fieldConfig": {"defaults": {
            "min": 0, "max": 200, "thresholds": {"mode": "percentage", "steps": [{"value": null, "color": "green"}, {"value": 80, "color": "red"}]},
            "mappings": [
                {"type": "value", "options": {"0": {"text": "Down", "color": "red"}, "1": {"text": "Up", "color": "semi-dark-green"}}},
                {"type": "range", "options": {"from": 10, "to": 20, "result": {"text": "Some"}}},
                {"type": "special", "options": {"match": "null+nan", "result": {"text": "Nothing"}}},
                {"type": "regex", "options": {"pattern": ".*", "result": {"text": "Any"}}}, 7]}}}),
    );
    assert_eq!(
        panel.steps,
        [(None, Some(Tone::Green)), (Some(160.0), Some(Tone::Red))]
    );
    for (value, words, tone) in [
        (Some(0.0), Some("Down"), Some(Tone::Red)),
        (Some(1.0), Some("Up"), Some(Tone::Green)),
        (Some(15.0), Some("Some"), None),
        (Some(20.5), None, None),
        (None, Some("Nothing"), None),
    ] {
        let found = mapped(&panel.mappings, value);
        assert_eq!((found.0.as_deref(), found.1), (words, tone), "{value:?}");
    }
}

#[test]
fn overrides_change_the_lines_that_they_are_for() {
    let by = |id: &str, options: &str, properties: Value| json!({"matcher": {"id": id, "options": options}, "properties": properties});
    let red = json!({"mode": "fixed", "fixedColor": "dark-red"});
    let panel = panel_of(
        "timeseries",
        &json!({"fieldConfig": {"defaults": {"min": 0, "max": 50}, "overrides": [
            by("byType", "number", json!([{"id": "decimals", "value": 1}])),
            by("byName", "a", json!([{"id": "displayName", "value": "Requests"}, {"id": "color", "value": red}])),
            by("byRegexp", "/^b/", json!([{"id": "custom.hideFrom", "value": {"viz": true}}])),
            by("byFrameRefID", "B", json!([{"id": "unit", "value": "ms"}, {"id": "thresholds", "value":
                {"mode": "percentage", "steps": [{"value": null, "color": "green"}, {"value": 80, "color": "red"}]}}])),
            by("byName", "c", json!([{"id": "unit", "value": "s"}, {"id": "decimals", "value": 2}])),
            by("byUnknown", "c", json!([{"id": "displayName", "value": "never"}])),
        ]}}),
    );
    let frame = |name: &str| {
        json!({"schema": {"fields": [{"name": "Time", "type": "time"},
        {"name": "v", "type": "number", "config": {"displayNameFromDS": name}}]}, "data": {"values": [[1], [2]]}})
    };
    let answer = json!({"results": {"A": {"frames": [frame("a"), frame("b1"), frame("c")]}, "B": {"frames": [frame("d")]}}});
    let lines = read(&answer, &panel).unwrap().lines;
    let told = |line: &super::frames::Line| {
        let unit = line.look.unit.clone();
        (
            line.series.name.clone(),
            line.series.tone,
            unit,
            line.look.decimals,
        )
    };
    let found: Vec<_> = lines.iter().map(told).collect();
    let expected = |name: &str, tone: Option<Tone>, unit: Option<&str>, decimals: usize| {
        (name.to_owned(), tone, unit.map(str::to_owned), Some(decimals))
    };
    assert_eq!(
        found,
        [
            expected("Requests", Some(Tone::Red), None, 1),
            expected("c", None, Some("s"), 2),
            expected("d", None, Some("ms"), 1),
        ]
    );
    let steps = lines[2].look.steps.clone();
    assert_eq!(
        steps,
        Some(vec![(None, Some(Tone::Green)), (Some(40.0), Some(Tone::Red))])
    );
}

#[test]
fn tables_are_merged_and_put_in_order() {
    let panel = panel_of(
        "table",
        &json!({
            "fieldConfig": {"defaults": {"unit": "short"}, "overrides": [{"matcher": {"id": "byName", "options": "Value #B"}, "properties": [{"id": "unit", "value": "bytes"}]}]},
            "transformations": [{"id": "merge"}, {"id": "organize", "options": {
                "excludeByName": {"Time": true}, "renameByName": {"Value #A": "Pods", "Value #B": "Memory"}, "indexByName": {"Value #B": 0, "app": 1, "Value #A": 2}}},
                {"id": "calculateField"}],
        }),
    );
    let frame = |value: &str, apps: Value, numbers: Value| {
        json!({"schema": {"fields": [{"name": "Time", "type": "time"}, {"name": "app", "type": "string"}, {"name": value, "type": "number"}]},
               "data": {"values": [[1_000, 1_000], apps, numbers]}})
    };
    let answer = json!({"results": {
        "A": {"frames": [frame("Value #A", json!(["x", "y"]), json!([3, 1_200]))]},
        "B": {"frames": [frame("Value #B", json!(["y", "z"]), json!([2_048, null]))]},
    }});
    let found = read(&answer, &panel).unwrap();
    let titles: Vec<&str> = found
        .grid
        .columns
        .iter()
        .map(|column| column.title.as_str())
        .collect();
    assert_eq!(titles, ["Memory", "app", "Pods"]);
    let rows: Vec<String> = found
        .grid
        .rows
        .iter()
        .map(|row| row.join("|").replace('\u{a0}', " "))
        .collect();
    assert_eq!(rows, ["|x|3", "2 KiB|y|1.2 k", "|z|"]);
    assert_eq!(panel.arrangement.unknown, ["calculateField"]);
    // Without texts and with times the numbers are lines, of which a table shows the last.
    let line = json!({"results": {"A": {"frames": [{"schema": {"fields": [{"name": "Time", "type": "time"}, {"name": "v", "type": "number"}]},
        "data": {"values": [[1, 2], [5, 6]]}}]}}});
    assert_eq!(read(&line, &panel).unwrap().lines.len(), 1);
}

#[test]
fn tables_are_bounded_and_may_be_broken() {
    let panel = panel_of("table", &json!({}));
    let names: Vec<String> = (0..500).map(|row| format!("r{row}")).collect();
    let answer = json!({"results": {"A": {"frames": [
        {"schema": {"fields": [{"name": "n", "type": "string"}]}, "data": {"values": [names]}}]}}});
    let grid = read(&answer, &panel).unwrap().grid;
    assert_eq!((grid.rows.len(), grid.more), (100, 400));
    let ragged = json!({"results": {"A": {"frames": [
        {"schema": {"fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "number"}]}, "data": {"values": [["x"], []]}},
        {"schema": {"fields": [{"name": "a", "type": "string"}]}, "data": {}}, null]}}});
    assert_eq!(read(&ragged, &panel).unwrap().grid.rows, [["x", ""]]);
}

#[test]
fn lines_of_logs_are_newest_first() {
    let panel = panel_of("logs", &json!({}));
    let answer = json!({"results": {"A": {"frames": [{"schema": {"fields": [
        {"name": "labels", "type": "other"}, {"name": "Time", "type": "time"}, {"name": "Line", "type": "string"}, {"name": "tsNs", "type": "string"}]},
        "data": {"values": [[{"level": "ERROR"}, {"detected_level": "info"}, {}], [1_000, 3_000, 2_000], ["<b>first</b>", "third", "second"], ["1", "3", "2"]]}}]}}});
    let found = read(&answer, &panel).unwrap();
    let lines: Vec<(&str, Option<Tone>)> = found
        .logs
        .iter()
        .map(|line| (line.text.as_str(), line.tone))
        .collect();
    assert_eq!(
        lines,
        [
            ("third", Some(Tone::Blue)),
            ("second", None),
            ("<b>first</b>", Some(Tone::Red))
        ]
    );
    assert!(!found.is_empty());
    for broken in [json!({"results": {"A": {"frames": [null, {}]}}}), json!({})] {
        assert!(read(&broken, &panel).unwrap().is_empty(), "{broken}");
    }
}
