//! Reads the answers about rules: of Grafana, of Prometheus and of Mimir, whatever they leave out.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Alert, Labels, Rule, State};

/// Most rules, and most alerts of a rule, that are kept.
const MOST_RULES: usize = 20_000;
const MOST_ALERTS: usize = 500;
/// Most labels of a thing, and the longest text of one, in characters.
const MOST_LABELS: usize = 60;
const LONGEST: usize = 2_000;

/// The rules of an answer.
pub(crate) fn rules(answer: &Value, source: Option<&str>) -> Vec<Rule> {
    let groups = answer.pointer("/data/groups").and_then(Value::as_array);
    let rules = groups.into_iter().flatten().flat_map(|group| {
        let rules = group.get("rules").and_then(Value::as_array);
        rules
            .into_iter()
            .flatten()
            .filter_map(|one| rule(group, one, source))
    });
    rules.take(MOST_RULES).collect()
}

fn rule(group: &Value, rule: &Value, source: Option<&str>) -> Option<Rule> {
    if text(rule, "type").is_some_and(|kind| kind == "recording") {
        return None;
    }
    let alerts = rule.get("alerts").and_then(Value::as_array);
    let alerts: Vec<Alert> = alerts
        .into_iter()
        .flatten()
        .take(MOST_ALERTS)
        .map(alert)
        .collect();
    let health = text(rule, "health").unwrap_or_default();
    let state = match (text(rule, "state").as_deref().map(state), health.as_str()) {
        (Some(State::Firing), _) => State::Firing,
        (_, "error" | "err") => State::Failed,
        (Some(State::Normal) | None, "nodata") => State::NoData,
        (known, _) => known.unwrap_or(State::Unknown),
    };
    Some(Rule {
        uid: text(rule, "uid").filter(|uid| !uid.is_empty()),
        name: text(rule, "name")?,
        place: place(group),
        source: source.map(str::to_owned),
        state,
        labels: labels(rule.get("labels")),
        annotations: labels(rule.get("annotations")),
        alerts,
        error: text(rule, "lastError").filter(|error| !error.is_empty()),
        is_paused: rule.get("isPaused").and_then(Value::as_bool).unwrap_or(false),
    })
}

fn alert(alert: &Value) -> Alert {
    Alert {
        state: text(alert, "state").as_deref().map_or(State::Unknown, state),
        labels: labels(alert.get("labels")),
        annotations: labels(alert.get("annotations")),
        since: text(alert, "activeAt").and_then(|time| since(&time)),
        value: text(alert, "value").and_then(|value| shown_value(&value)),
        silence: None,
    }
}

/// The first word says the state; a reason may follow in parentheses.
fn state(text: &str) -> State {
    match text
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "alerting" | "firing" => State::Firing,
        "error" => State::Failed,
        "pending" => State::Pending,
        "recovering" => State::Recovering,
        "nodata" => State::NoData,
        "normal" | "inactive" => State::Normal,
        _ => State::Unknown,
    }
}

/// A moment; the beginning of the calendar stands for none.
fn since(text: &str) -> Option<Timestamp> {
    text.parse()
        .ok()
        .filter(|moment: &Timestamp| moment.as_second() > 0)
}

/// A value for people: `5e-01` as `0.5`, of Grafana's own form the numbers alone.
fn shown_value(text: &str) -> Option<String> {
    let number = |text: &str| {
        text.trim()
            .parse::<f64>()
            .ok()
            .map(|number| ui::Unit::number().show(number))
    };
    if let Some(number) = number(text) {
        return Some(number);
    }
    let values: Vec<String> = text
        .split("value=")
        .skip(1)
        .filter_map(|rest| number(rest.split([' ', ']', ',']).next()?))
        .take(4)
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn place(group: &Value) -> String {
    let (folder, name) = (
        text(group, "file").unwrap_or_default(),
        text(group, "name").unwrap_or_default(),
    );
    // Prometheus names a file of its own machine here.
    let folder = folder
        .rsplit('/')
        .next()
        .filter(|_| folder.starts_with('/'))
        .unwrap_or(&folder)
        .to_owned();
    match (folder.is_empty(), name.is_empty()) {
        (true, _) => name,
        (_, true) => folder,
        _ => format!("{folder} › {name}"),
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    let found = value.get(key)?;
    let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
    (!found.is_null()).then(|| cut(&text))
}

fn labels(value: Option<&Value>) -> Labels {
    let entries = value.and_then(Value::as_object).into_iter().flat_map(Map::iter);
    entries
        .filter_map(|(name, value)| Some((cut(name), cut(value.as_str()?))))
        .take(MOST_LABELS)
        .collect()
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
