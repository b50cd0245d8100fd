//! The table of what is known of rules, and all SQL about it. One process asks Grafana; all read what it was told.

use serde_json::Value;
use store::{Migration, Row, Session, StoreError, Tx};

use super::HostAlerts;

/// The tables of the plugin.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    sql: "
CREATE TABLE grafana_alerts (
    host TEXT NOT NULL PRIMARY KEY,
    tried_at BIGINT,
    known_at BIGINT,
    trouble TEXT NOT NULL,
    rules TEXT NOT NULL
);
",
}];

/// Keeps what is known of a host.
pub(crate) async fn put(tx: &mut Tx, host: &str, known: &HostAlerts) -> Result<(), StoreError> {
    let rules = serde_json::to_string(&known.rules).unwrap_or_else(|_| "[]".to_owned());
    let trouble = serde_json::to_string(&known.trouble).unwrap_or_else(|_| "null".to_owned());
    let arguments = vec![
        host.into(),
        known.tried_at.into(),
        known.known_at.into(),
        trouble.into(),
        rules.into(),
    ];
    let text = "INSERT INTO grafana_alerts (host, tried_at, known_at, trouble, rules) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (host) DO UPDATE SET tried_at = excluded.tried_at, known_at = excluded.known_at, \
         trouble = excluded.trouble, rules = excluded.rules";
    tx.execute(text, arguments).await.map(drop)
}

/// What is known of all hosts.
pub(crate) async fn all(session: &mut Session) -> Result<Vec<(String, HostAlerts)>, StoreError> {
    let text = "SELECT host, tried_at, known_at, trouble, rules FROM grafana_alerts";
    let rows = session.rows(text, Vec::new()).await?;
    rows.iter().map(host).collect()
}

fn host(row: &Row) -> Result<(String, HostAlerts), StoreError> {
    // What another version wrote in another form is asked for anew.
    let (trouble, rules): (Value, Value) = (row.json(3)?, row.json(4)?);
    let known = HostAlerts {
        tried_at: row.maybe_time(1)?,
        known_at: row.maybe_time(2)?,
        trouble: serde_json::from_value(trouble).unwrap_or_default(),
        rules: serde_json::from_value(rules).unwrap_or_default(),
    };
    Ok((row.text(0)?, known))
}
