//! Answers about rules, and which of them belong to a selector.

use serde_json::{Value, json};

use super::*;

fn known(rules: Value) -> HostAlerts {
    let answer =
        json!({"status": "success", "data": {"groups": [{"name": "g", "file": "F", "rules": rules}]}});
    HostAlerts {
        rules: read::rules(&answer, None),
        ..HostAlerts::default()
    }
}

fn states(known: &HostAlerts, selector: &str) -> Vec<(String, State, usize)> {
    let selector = AlertSelector::parse(selector).unwrap();
    let owned = known.of(&selector);
    owned
        .iter()
        .map(|owned| (owned.rule.name.clone(), owned.state, owned.firing()))
        .collect()
}

#[test]
fn the_state_of_a_rule_is_the_worst_of_its_alerts() {
    let rule = |name: &str, state: &str, health: &str, alerts: &[&str]| {
        let alerts: Vec<Value> = alerts
            .iter()
            .map(|state| json!({"state": state, "labels": {"app": "a"}}))
            .collect();
        json!({"uid": name, "name": name, "state": state, "health": health, "type": "alerting", "labels": {"app": "a"}, "alerts": alerts})
    };
    let known = known(json!([
        rule("normal", "inactive", "ok", &["Normal (MissingSeries)"]),
        rule(
            "firing",
            "firing",
            "ok",
            &["Alerting (NoData)", "Alerting", "Normal"]
        ),
        rule("failed", "inactive", "error", &["Error"]),
        rule("pending", "pending", "ok", &["Pending", "NoData"]),
        rule("recovering", "recovering", "ok", &["Recovering"]),
        rule("no data", "inactive", "nodata", &["NoData", "NoData"]),
        rule("some data", "inactive", "ok", &["NoData", "Normal"]),
        rule("none", "inactive", "ok", &[]),
        rule("odd", "what", "ok", &["Thinking"]),
        json!({"name": "recorded", "type": "recording", "labels": {"app": "a"}}),
        json!({"type": "alerting", "labels": {"app": "a"}}),
    ]));
    let found: Vec<(String, State)> = states(&known, "app=a")
        .into_iter()
        .map(|(name, state, _)| (name, state))
        .collect();
    let expected = [
        ("firing", State::Firing),
        ("failed", State::Failed),
        ("pending", State::Pending),
        ("recovering", State::Recovering),
        ("no data", State::NoData),
        ("none", State::Normal),
        ("normal", State::Normal),
        ("some data", State::Normal),
        ("odd", State::Unknown),
    ];
    assert_eq!(found, expected.map(|(name, state)| (name.to_owned(), state)));
    assert_eq!(
        known.counts(&AlertSelector::parse("app=a").unwrap()),
        Counts {
            firing: 2,
            silenced: 0,
            failed: 1
        }
    );
}

#[test]
fn a_rule_belongs_by_its_own_labels_or_by_those_of_its_alerts() {
    let known = known(json!([
        {"name": "Down", "state": "firing", "labels": {"team": "t"}, "alerts": [
            {"state": "firing", "labels": {"app": "a"}, "activeAt": "2026-11-24T09:00:00.5Z", "value": "5e-01"},
            {"state": "firing", "labels": {"app": "b"}, "activeAt": "0001-01-01T00:00:00Z", "value": "[ var='A' labels={} value=3 ]"}]},
        {"name": "Other", "state": "firing", "labels": {"app": "c"}},
    ]));
    assert_eq!(states(&known, "app=a"), [("Down".to_owned(), State::Firing, 1)]);
    assert_eq!(states(&known, "team=t"), [("Down".to_owned(), State::Firing, 2)]);
    // A rule that two labels mean is listed once.
    assert_eq!(states(&known, "app=b,team=t").len(), 1);
    assert_eq!(states(&known, "app=c"), [("Other".to_owned(), State::Firing, 1)]);
    assert_eq!(states(&known, "app=d"), []);
    let alerts = &known.rules[0].alerts;
    assert_eq!(
        (alerts[0].value.as_deref(), alerts[1].value.as_deref()),
        (Some("0.5"), Some("3"))
    );
    assert!(alerts[0].since.is_some() && alerts[1].since.is_none());
}

#[test]
fn answers_may_be_broken() {
    for answer in [
        json!({}),
        json!([]),
        json!({"data": {"groups": [{"rules": 3}, null]}}),
        json!({"data": {"groups": {}}}),
    ] {
        assert_eq!(read::rules(&answer, None), [], "{answer}");
    }
}

#[test]
fn what_is_kept_is_read_again() {
    let known = known(
        json!([{"name": "Down", "state": "firing", "labels": {"a": "b"}, "alerts": [{"state": "Pending"}]}]),
    );
    let text = serde_json::to_string(&known.rules).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Rule>>(&text).unwrap(), known.rules);
}

#[test]
fn silenced_alerts_are_known_and_quiet() {
    let silence = |matchers: Value, state: &str| json!({"id": "s", "createdBy": "ines", "comment": "moving", "endsAt": "2026-11-24T12:00:00Z", "status": {"state": state}, "matchers": matchers});
    let matcher = |name: &str, value: &str, is_regex: bool, is_equal: bool| json!({"name": name, "value": value, "isRegex": is_regex, "isEqual": is_equal});
    let rules = json!([{"name": "Down", "state": "firing", "labels": {"app": "a"}, "alerts": [
        {"state": "Alerting", "labels": {"app": "a", "pod": "x-1"}}, {"state": "Alerting", "labels": {"app": "a", "pod": "y-1"}}]}]);
    for (name, matchers, state, firing, is_loud) in [
        (
            "a label",
            json!([matcher("pod", "x-1", false, true)]),
            "active",
            1,
            true,
        ),
        (
            "all of them",
            json!([matcher("app", "a", false, true)]),
            "active",
            0,
            false,
        ),
        (
            "the name of the rule",
            json!([matcher("alertname", "Down", false, true)]),
            "active",
            0,
            false,
        ),
        (
            "a pattern, whole",
            json!([matcher("pod", "x", true, true)]),
            "active",
            2,
            true,
        ),
        (
            "a pattern",
            json!([matcher("pod", "[xy]-.+", true, true)]),
            "active",
            0,
            false,
        ),
        (
            "not a value",
            json!([matcher("pod", "y-1", false, false)]),
            "active",
            1,
            true,
        ),
        (
            "a label that is missing",
            json!([matcher("zone", "", false, true)]),
            "active",
            0,
            false,
        ),
        (
            "over",
            json!([matcher("app", "a", false, true)]),
            "expired",
            2,
            true,
        ),
        (
            "a broken pattern",
            json!([matcher("pod", "(", true, true)]),
            "active",
            2,
            true,
        ),
        ("nothing", json!([]), "active", 2, true),
    ] {
        let mut known = known(rules.clone());
        silences::note(
            &mut known.rules,
            &silences::read(&json!([silence(matchers, state), 7])),
        );
        let selector = AlertSelector::parse("app=a").unwrap();
        let owned = known.of(&selector);
        assert_eq!(
            (owned[0].firing(), owned[0].is_loud()),
            (firing, is_loud),
            "{name}"
        );
        assert_eq!(known.counts(&selector).silenced, 2 - firing, "{name}");
    }
    assert!(silences::read(&json!({"message": "no"})).is_empty());
}
