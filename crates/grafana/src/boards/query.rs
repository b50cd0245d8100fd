//! Asks for the numbers of a panel.

use std::time::Duration;

use serde_json::{Value, json};

use super::Chosen;
use super::board::{Board, Drawn, Panel};
use super::frames::{self, Answered};
use super::interpolate::Values;
use crate::grafana::Grafana;
use crate::trouble::Trouble;

/// Points of a line, and columns of cells.
const POINTS: i64 = 300;
const COLUMNS: i64 = 60;
/// Shortest distance of two points, in milliseconds.
const SHORTEST: i64 = 5_000;
/// Most queries of a panel.
const MOST: usize = 26;
/// Most lines of a log that are asked for.
const LOG_LINES: u64 = 200;
/// The data source of calculations over other queries.
const CALCULATION: &str = "__expr__";

/// The numbers of a panel over a span of time.
pub(crate) async fn ask(
    host: &Grafana,
    (board, panel): (&Board, &Panel),
    chosen: &Chosen,
    span: (i64, i64),
    within: Duration,
) -> Result<Answered, Trouble> {
    let values = Values::new(board, chosen, span);
    let queries = queries(panel, &values, span, host.settings.default_data_source.as_deref())?;
    let answer = host.client.query(span, &queries, within).await?;
    frames::read(&answer, panel)
}

/// The distance of two points of a line, in milliseconds.
pub(crate) fn step((from, to): (i64, i64)) -> i64 {
    ((to - from) / POINTS).max(SHORTEST)
}

/// The distance of two points of a panel, in milliseconds.
pub(crate) fn step_of(panel: &Panel, (from, to): (i64, i64)) -> i64 {
    ((to - from) / points(panel)).max(SHORTEST)
}

fn points(panel: &Panel) -> i64 {
    if panel.drawn == Some(Drawn::Heat) {
        COLUMNS
    } else {
        POINTS
    }
}

fn queries(
    panel: &Panel,
    values: &Values<'_>,
    span: (i64, i64),
    default: Option<&str>,
) -> Result<Vec<Value>, Trouble> {
    let has_calculations = panel
        .targets
        .iter()
        .any(|target| target["datasource"]["uid"] == CALCULATION);
    let mut queries = Vec::new();
    for (index, target) in panel.targets.iter().take(MOST).enumerate() {
        if target["hide"] == true && !has_calculations {
            continue;
        }
        let mut query = values.fill(target);
        if query["refId"].as_str().is_none_or(str::is_empty) {
            query["refId"] =
                Value::from(char::from(b'A' + u8::try_from(index).unwrap_or_default()).to_string());
        }
        query["datasource"] = data_source(target, panel, values, default)?;
        query["intervalMs"] = json!(step_of(panel, span));
        query["maxDataPoints"] = json!(points(panel));
        if panel.drawn == Some(Drawn::Logs) && query["maxLines"].as_u64().is_none_or(|most| most > LOG_LINES)
        {
            query["maxLines"] = json!(LOG_LINES);
        }
        queries.push(query);
    }
    if queries.is_empty() {
        return Err(Trouble::new("This panel has no queries."));
    }
    Ok(queries)
}

/// The data source of a query: its own, that of the panel, or the one that is configured.
fn data_source(
    target: &Value,
    panel: &Panel,
    values: &Values<'_>,
    default: Option<&str>,
) -> Result<Value, Trouble> {
    let named = [&target["datasource"], &panel.data_source]
        .into_iter()
        .find_map(|source| {
            let uid = source.as_str().or_else(|| source["uid"].as_str())?;
            let uid = values.text(uid);
            let says_nothing = uid.is_empty()
                || matches!(
                    uid.as_str(),
                    "-- Mixed --" | "-- Dashboard --" | "default" | "null"
                );
            (!says_nothing).then(|| (uid, source["type"].clone()))
        });
    match (named, default) {
        (Some((uid, _)), Some(default)) if uid.starts_with('$') => Ok(json!({"uid": default})),
        (Some((uid, _)), None) if uid.starts_with('$') => Err(Trouble::new(format!(
            "The data source of this panel is the variable {uid}, which has no value."
        ))
        .hint("Save the dashboard with a value, or set grafana.defaultDataSource.")),
        (Some((uid, kind)), _) if kind.is_string() => Ok(json!({"uid": uid, "type": kind})),
        (Some((uid, _)), _) => Ok(json!({"uid": uid})),
        (None, Some(default)) => Ok(json!({"uid": default})),
        (None, None) => Err(Trouble::new(
            "This panel uses Grafana's default data source, which only Grafana knows.",
        )
        .hint("Name its uid as grafana.defaultDataSource, or choose a data source in the panel.")),
    }
}
