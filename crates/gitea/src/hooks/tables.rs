//! The tables of webhooks and of how far changes were seen, and all SQL about them. One process asks the servers; all read its finds.

use jiff::Timestamp;
use store::{Migration, Row, Session, StoreError, Tx};

/// The tables of the plugin.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    sql: "
CREATE TABLE gitea_webhooks (
    host TEXT NOT NULL,
    scope TEXT NOT NULL,
    url TEXT NOT NULL,
    hook BIGINT,
    is_own BIGINT NOT NULL,
    fingerprint TEXT,
    written_at BIGINT,
    tried_as BIGINT,
    checked_at BIGINT NOT NULL,
    missed_at BIGINT,
    done TEXT NOT NULL,
    done_at BIGINT,
    problem TEXT,
    PRIMARY KEY (host, scope)
) {clustered};
CREATE TABLE gitea_webhooks_seen (
    host TEXT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL
);
",
}];

const COLUMNS: &str = "host, scope, url, hook, is_own, fingerprint, written_at, tried_as, checked_at, missed_at, done, done_at, problem";

/// The webhook of an organisation or of a server, as it was seen last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The host.
    pub host: String,
    /// The organisation; empty for the server.
    pub scope: String,
    /// The address that it calls.
    pub url: String,
    /// Its number; nothing where there is none.
    pub hook: Option<i64>,
    /// The portal has made it.
    pub is_own: bool,
    /// By what its secret is recognised.
    pub fingerprint: Option<String>,
    /// When the portal wrote it last.
    pub written_at: Option<Timestamp>,
    /// The server's note of when it was changed or tried to deliver, by the server's clock.
    pub tried_as: Option<Timestamp>,
    /// When the portal checked last.
    pub checked_at: Timestamp,
    /// When it was seen that the webhook had tried and nothing had come in.
    pub missed_at: Option<Timestamp>,
    /// What the portal did last; may be empty.
    pub done: String,
    /// When it did that.
    pub done_at: Option<Timestamp>,
    /// Why it could not be kept.
    pub problem: Option<String>,
}

impl Kept {
    /// Nothing is known yet.
    pub fn new(host: &str, scope: &str, url: &str, now: Timestamp) -> Self {
        Self {
            host: host.to_owned(),
            scope: scope.to_owned(),
            url: url.to_owned(),
            hook: None,
            is_own: false,
            fingerprint: None,
            written_at: None,
            tried_as: None,
            checked_at: now,
            missed_at: None,
            done: String::new(),
            done_at: None,
            problem: None,
        }
    }
}

/// Keeps what was seen.
pub(crate) async fn put(tx: &mut Tx, kept: &Kept) -> Result<(), StoreError> {
    let text = format!(
        "INSERT INTO gitea_webhooks ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (host, scope) DO UPDATE SET url = excluded.url, hook = excluded.hook, is_own = excluded.is_own, \
         fingerprint = excluded.fingerprint, written_at = excluded.written_at, tried_as = excluded.tried_as, \
         checked_at = excluded.checked_at, missed_at = excluded.missed_at, done = excluded.done, \
         done_at = excluded.done_at, problem = excluded.problem"
    );
    let arguments = vec![
        kept.host.as_str().into(),
        kept.scope.as_str().into(),
        kept.url.as_str().into(),
        kept.hook.into(),
        kept.is_own.into(),
        kept.fingerprint.clone().into(),
        kept.written_at.into(),
        kept.tried_as.into(),
        kept.checked_at.into(),
        kept.missed_at.into(),
        kept.done.as_str().into(),
        kept.done_at.into(),
        kept.problem.clone().into(),
    ];
    tx.execute(text, arguments).await.map(drop)
}

/// Forgets one.
pub(crate) async fn remove(tx: &mut Tx, host: &str, scope: &str) -> Result<(), StoreError> {
    let text = "DELETE FROM gitea_webhooks WHERE host = ? AND scope = ?";
    tx.execute(text, vec![host.into(), scope.into()]).await.map(drop)
}

/// All of a host, by organisation; the server's first.
pub(crate) async fn of_host(session: &mut Session, host: &str) -> Result<Vec<Kept>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM gitea_webhooks WHERE host = ? ORDER BY scope");
    let rows = session.rows(text, vec![host.into()]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Kept, StoreError> {
    Ok(Kept {
        host: row.text(0)?,
        scope: row.text(1)?,
        url: row.text(2)?,
        hook: row.maybe_int(3)?,
        is_own: row.flag(4)?,
        fingerprint: row.maybe_text(5)?,
        written_at: row.maybe_time(6)?,
        tried_as: row.maybe_time(7)?,
        checked_at: row.time(8)?,
        missed_at: row.maybe_time(9)?,
        done: row.text(10)?,
        done_at: row.maybe_time(11)?,
        problem: row.maybe_text(12)?,
    })
}

/// Until when changes of a host were seen, by the host's clock.
pub(crate) async fn seen_until(session: &mut Session, host: &str) -> Result<Option<Timestamp>, StoreError> {
    let text = "SELECT until FROM gitea_webhooks_seen WHERE host = ?";
    let row = session.row(text, vec![host.into()]).await?;
    row.map(|row| row.time(0)).transpose()
}

/// Keeps until when changes of a host were seen.
pub(crate) async fn see_until(tx: &mut Tx, host: &str, until: Timestamp) -> Result<(), StoreError> {
    let text = "INSERT INTO gitea_webhooks_seen (host, until) VALUES (?, ?) \
         ON CONFLICT (host) DO UPDATE SET until = excluded.until";
    tx.execute(text, vec![host.into(), until.into()]).await.map(drop)
}
