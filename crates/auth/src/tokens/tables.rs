//! The table of public keys, and all SQL about it. Private keys are never in it.

use jiff::Timestamp;
use store::{Session as Reader, StoreError, Tx};

/// The table.
pub(crate) const KEYS: &str = "
CREATE TABLE auth_keys (
    id TEXT PRIMARY KEY,
    public_key {bytes} NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX auth_keys_created ON auth_keys (created);
";

/// Most keys that are listed: those of more processes than a portal has.
const MAX_KEYS: usize = 1_000;

/// A public key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub id: String,
    /// A point of P-256, not compressed.
    pub public_key: Vec<u8>,
    pub created: Timestamp,
}

pub(super) async fn insert(tx: &mut Tx, row: &Row) -> Result<(), StoreError> {
    let text = "INSERT INTO auth_keys (id, public_key, created) VALUES (?, ?, ?)";
    let arguments = vec![
        (&row.id).into(),
        row.public_key.clone().into(),
        row.created.into(),
    ];
    tx.execute(text, arguments).await.map(drop)
}

/// Forgets keys that were made before.
pub(super) async fn forget(tx: &mut Tx, before: Timestamp) -> Result<(), StoreError> {
    let text = "DELETE FROM auth_keys WHERE created <= ?";
    tx.execute(text, vec![before.into()]).await.map(drop)
}

pub(super) async fn find(reader: &mut Reader, id: &str) -> Result<Option<Row>, StoreError> {
    let text = "SELECT id, public_key, created FROM auth_keys WHERE id = ?";
    let row = reader.row(text, vec![id.into()]).await?;
    row.as_ref().map(read).transpose()
}

/// Keys that were made since, the newest first.
pub(super) async fn since(reader: &mut Reader, since: Timestamp) -> Result<Vec<Row>, StoreError> {
    let text =
        "SELECT id, public_key, created FROM auth_keys WHERE created > ? ORDER BY created DESC, id LIMIT ?";
    let rows = reader.rows(text, vec![since.into(), MAX_KEYS.into()]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &store::Row) -> Result<Row, StoreError> {
    Ok(Row {
        id: row.text(0)?,
        public_key: row.bytes(1)?,
        created: row.time(2)?,
    })
}
