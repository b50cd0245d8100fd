//! Samples of the tab in its states, for the snapshot test.

use std::sync::Arc;

use jiff::Timestamp;
use maud::{Markup, html};
use model::EntityRef;
use serde_json::{Value, json};
use ui::{Marker, Series, Tone};

use super::alerts::{Alerts, alerts, short};
use super::boards::{Shown, boards, chart_id, waiting};
use super::charts::{Chart, chart};
use super::connect::how_to_connect;
use super::many;
use crate::alerts::{Counts, HostAlerts, State, read};
use crate::boards::board::{Board, Panel};
use crate::boards::frames::{self, Answered};
use crate::boards::{Hit, Match, Matches, NoMatches};
use crate::many::{Line, Lines, Whose};
use crate::range::Range;
use crate::selector::{AlertSelector, BrokenSelector, Selector};
use crate::settings::{HostSettings, Settings};
use crate::trouble::Trouble;

const PATH: &str = "/catalog/default/component/talentmesh-api/monitoring";
/// A Tuesday, 09:30 UTC.
const NOW: i64 = 1_795_512_600_000;
const MINUTE: i64 = 60_000;

/// The tab with its states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let host = host();
    vec![
        (
            "monitoring",
            tab(&known(None), &Ok(found()), Some(&board()), &host),
        ),
        (
            "monitoring-away",
            tab(
                &known(Some(away())),
                &Err(NoMatches::Trouble(away())),
                None,
                &host,
            ),
        ),
        (
            "monitoring-nothing",
            tab(&HostAlerts::default(), &Ok(nothing()), None, &host),
        ),
        ("monitoring-broken", broken(&host)),
        ("monitoring-charts", charts()),
        (
            "monitoring-card",
            short(&shown(&known(None), Some(&Ok(selector())), &host), PATH),
        ),
        ("alerts-of-many", of_many()),
        ("monitoring-connect", how_to_connect()),
    ]
}

fn host() -> HostSettings {
    let section = json!({"domain": "https://grafana.example.com"});
    let settings =
        Settings::read(&section, &Value::Null, &|_, secret| secret).expect("a section with a domain");
    settings.hosts.into_iter().next().expect("a host")
}

fn selector() -> AlertSelector {
    AlertSelector::parse("app=talentmesh-api").expect("a selector")
}

fn shown<'a>(
    known: &'a HostAlerts,
    selector: Option<&'a Result<AlertSelector, BrokenSelector>>,
    host: &'a HostSettings,
) -> Alerts<'a> {
    Alerts {
        selector,
        known,
        host,
        entity: "talentmesh-api",
        now: at(NOW),
    }
}

fn tab(
    known: &HostAlerts,
    matches: &Result<Matches, NoMatches>,
    board: Option<&Board>,
    host: &HostSettings,
) -> Markup {
    let variables = [("app".to_owned(), "talentmesh-api".to_owned())];
    let choices = match matches {
        Ok(matches) => matches.found.iter().map(Match::choice).collect(),
        Err(_) => Vec::new(),
    };
    let boards = boards(&Shown {
        host,
        matches: Some(matches),
        pinned: None,
        choices,
        board: board.map(|board| Ok((board, &variables[..]))),
        range: Range::SixHours,
        path: PATH,
    });
    html! { div.monitoring { (alerts(&shown(known, Some(&Ok(selector())), host))) (boards) } }
}

fn broken(host: &HostSettings) -> Markup {
    let text = "title = 'Orders'";
    let matches = Selector::parse(text).map_err(NoMatches::Broken);
    let matches = matches.map(|_| Matches::default());
    let labels = AlertSelector::parse("talentmesh-api");
    let boards = boards(&Shown {
        host,
        matches: Some(&matches),
        pinned: Some((
            "Overview".to_owned(),
            "https://grafana.example.com/d/x/overview".to_owned(),
        )),
        choices: Vec::new(),
        board: Some(Err(&Trouble::new("Dashboard not found"))),
        range: Range::Hour,
        path: PATH,
    });
    html! {
        div.monitoring { (alerts(&shown(&known(None), Some(&labels), host))) (boards) }
        div.monitoring { (alerts(&shown(&known(None), None, host))) (waiting(PATH, Range::Day, Some("x"))) }
    }
}

fn charts() -> Markup {
    let board = board();
    let line = |name: &str, level: f64| Series {
        name: name.to_owned(),
        points: (0..60_i32)
            .map(|minute| {
                (
                    NOW - i64::from(60 - minute) * MINUTE,
                    Some(level + f64::from(minute % 12)),
                )
            })
            .collect(),
        ..Series::default()
    };
    let line = |name: &str, level: f64| frames::Line {
        series: line(name, level),
        ..frames::Line::default()
    };
    let lines = Answered {
        lines: vec![line("200", 30.0), line("500", 0.5)],
        ..Answered::default()
    };
    let number = Answered {
        lines: vec![line("p95", 0.1)],
        ..Answered::default()
    };
    let slow = Trouble::new("The data source gave no answer within 8 s.")
        .hint("A shorter span of time asks for less.");
    html! {
        div.chart-places {
            (one(&board.panels[0], Ok(lines)))
            (one(&board.panels[1], Ok(number)))
            (one(&board.panels[0], Err(slow)))
            (one(&board.panels[0], Ok(Answered::default())))
            @for (panel, answered) in other_types() { (one(&panel, Ok(answered))) }
        }
    }
}

/// Panels of the types that are no lines, with answers.
fn other_types() -> Vec<(Panel, Answered)> {
    let frame = |fields: Value, values: Value| json!({"results": {"A": {"frames": [{"schema": {"fields": fields}, "data": {"values": values}}]}}});
    let table = frame(
        json!([{"name": "pod", "type": "string"}, {"name": "Value", "type": "number"}]),
        json!([["api-7d9c6b5f4-x1", "api-7d9c6b5f4-x2"], [64.5, 93.25]]),
    );
    let logs = frame(
        json!([{"name": "labels", "type": "other"}, {"name": "Time", "type": "time"}, {"name": "Line", "type": "string"}]),
        json!([[{"level": "error"}, {"level": "info"}], [NOW - 4_000, NOW - 9_000],
               ["POST /orders failed: <timeout> after 30 s", "GET /orders 200 in 12 ms"]]),
    );
    let bucket = |bound: &str, level: i64| {
        let counts: Vec<i64> = (0..60_i64)
            .map(|minute| level + (minute * 7 + level) % 9)
            .collect();
        json!({"schema": {"refId": "A", "fields": [{"name": "Time", "type": "time", "config": {"interval": MINUTE}},
            {"name": "Value", "type": "number", "labels": {"le": bound}}]},
            "data": {"values": [(1..=60_i64).map(|minute| NOW - (60 - minute) * MINUTE).collect::<Vec<_>>(), counts]}})
    };
    let buckets = json!({"results": {"A": {"frames": [
        bucket("0.05", 10), bucket("0.1", 40), bucket("0.25", 160), bucket("1", 190), bucket("+Inf", 191)]}}});
    let types = [
        ("heatmap", &buckets),
        ("gauge", &table),
        ("bargauge", &table),
        ("table", &table),
        ("logs", &logs),
    ];
    let made = types.into_iter().zip(10_i64..).map(|((kind, answer), id)| {
        let board = Board::read(&json!({"dashboard": {"panels": [{
            "id": id, "type": kind, "title": format!("Disk of pods ({kind})"), "targets": [{"refId": "A", "format": if kind == "heatmap" { "heatmap" } else { "table" }}],
            "fieldConfig": {"defaults": {"unit": "percent", "thresholds": {"mode": "absolute", "steps": [
                {"color": "green", "value": null}, {"color": "orange", "value": 80}, {"color": "red", "value": 90}]}}},
        }]}}));
        let panel = board.panels.into_iter().next().expect("a panel");
        let answered = frames::read(answer, &panel).expect("an answer");
        (panel, answered)
    });
    made.collect()
}

fn one(panel: &Panel, answered: Result<Answered, Trouble>) -> Markup {
    chart(&Chart {
        id: chart_id("talentmesh-api", &panel.key()),
        panel,
        answered,
        markers: vec![Marker {
            at: NOW - 22 * MINUTE,
            text: "v1.4.0 was deployed".to_owned(),
            href: Some("/catalog/default/component/talentmesh-api/deployments".to_owned()),
            tone: Some(Tone::Green),
        }],
        span: (NOW - 60 * MINUTE, NOW),
        step: MINUTE,
        address: format!(
            "https://grafana.example.com/d/talentmesh-api/x?viewPanel={}",
            panel.id
        ),
        is_alone: false,
    })
}

fn of_many() -> Markup {
    let line = |name: &str, worst: State, firing: usize, rules: &[(&str, i64)]| Line {
        entity: EntityRef::new("component", "default", name),
        title: None,
        worst,
        counts: Counts {
            firing,
            ..Counts::default()
        },
        rules: rules
            .iter()
            .map(|(rule, minutes)| ((*rule).to_owned(), Some(at(NOW - minutes * MINUTE))))
            .collect(),
    };
    let some = Lines {
        loud: vec![
            line(
                "talentmesh-api",
                State::Firing,
                3,
                &[("API answers errors", 32), ("API is slow", 4)],
            ),
            line("talentmesh-search", State::Pending, 0, &[("Search is slow", 2)]),
        ],
        total: 14,
        is_cut: false,
        away: vec![("eu".to_owned(), Some(at(NOW - 12 * MINUTE)))],
    };
    let quiet = Lines {
        total: 3,
        ..Lines::default()
    };
    html! {
        section.card { div.card-body.card-flush { (many::lines(&some, &Whose::Mine, at(NOW))) } }
        section.card { div.card-body.card-flush { (many::lines(&quiet, &Whose::Mine, at(NOW))) } }
        section.card { div.card-body { (many::waiting(&Whose::Mine)) } }
        section.card { div.card-body.card-flush { (many::lines(&Lines::default(), &Whose::All, at(NOW))) } }
    }
}

fn found() -> Matches {
    let hit = |uid: &str, title: &str, folder: &str| {
        Match {
        hit: Arc::new(Hit(json!({
            "uid": uid, "title": title, "url": format!("https://grafana.example.com/d/{uid}/x"), "folderTitle": folder,
            "folderUrl": "https://grafana.example.com/dashboards/f/x/y", "tags": ["app=talentmesh-api"],
        })
        .as_object()
        .cloned()
        .unwrap_or_default())),
        variables: vec![("app".to_owned(), "talentmesh-api".to_owned())],
    }
    };
    Matches {
        found: vec![
            hit("talentmesh-api", "Talentmesh API", "Talent / Services"),
            hit("any-service", "Any service", ""),
        ],
        total: 214,
        ..Matches::default()
    }
}

fn nothing() -> Matches {
    Matches {
        looked_for: vec![
            "app=talentmesh-api".to_owned(),
            "app:talentmesh-api".to_owned(),
            "talentmesh-api".to_owned(),
        ],
        near: vec!["talentmesh-web".to_owned()],
        total: 1_000,
        is_cut: true,
        unseen: 800,
        ..Matches::default()
    }
}

fn board() -> Board {
    Board::read(&json!({
        "meta": {"url": "/d/talentmesh-api/x"},
        "dashboard": {
            "uid": "talentmesh-api", "title": "Talentmesh API", "panels": [
                {"id": 1, "type": "timeseries", "title": "Requests a second", "gridPos": {"x": 0, "y": 0},
                 "targets": [{"refId": "A"}], "fieldConfig": {"defaults": {"unit": "reqps"}}},
                {"id": 2, "type": "stat", "title": "95th percentile", "gridPos": {"x": 12, "y": 0},
                 "targets": [{"refId": "A"}], "fieldConfig": {"defaults": {"unit": "s", "thresholds": {
                     "mode": "absolute", "steps": [{"color": "green", "value": null}, {"color": "red", "value": 1}]}}}},
                {"id": 3, "type": "logs", "title": "Errors", "gridPos": {"x": 0, "y": 8}, "targets": [{"refId": "A"}]},
            ],
        },
    }))
}

fn away() -> Trouble {
    Trouble::new("grafana (http://grafana.monitoring.svc/api/search) is away: nothing listens at its address")
        .hint("The portal asks again by itself. /connections shows how the server is.")
}

fn known(trouble: Option<Trouble>) -> HostAlerts {
    let labels = json!({"app": "talentmesh-api", "severity": "critical"});
    let alert = |state: &str, since: &str| {
        json!({"state": state, "activeAt": since, "value": "5e-01", "labels": labels, "annotations": {
            "summary": "Errors above 0.1 a second", "runbook_url": "https://runbooks.example.com/api-errors",
            "__dashboardUid__": "talentmesh-api", "__panelId__": "1",
        }})
    };
    let rule = |uid: &str, name: &str, state: &str, alerts: Vec<Value>| json!({"uid": uid, "name": name, "state": state, "health": "ok", "type": "alerting", "labels": labels, "alerts": alerts});
    let rules = json!({"data": {"groups": [{"file": "Talent / Services", "name": "talentmesh-api", "rules": [
        rule("a", "API answers errors", "firing", vec![alert("Alerting", "2026-11-24T08:58:00Z")]),
        rule("b", "API is slow", "pending", vec![alert("Pending", "2026-11-24T09:26:00Z")]),
        rule("c", "API is idle", "inactive", vec![alert("Normal", "0001-01-01T00:00:00Z")]),
        rule("d", "API sends no numbers", "inactive", vec![alert("NoData", "2026-11-24T08:00:00Z")]),
    ]}]}});
    HostAlerts {
        tried_at: Some(at(NOW)),
        known_at: Some(at(NOW - if trouble.is_some() { 12 * MINUTE } else { 20_000 })),
        trouble,
        rules: read::rules(&rules, None),
    }
}

fn at(moment: i64) -> Timestamp {
    Timestamp::from_millisecond(moment).expect("a valid time")
}
