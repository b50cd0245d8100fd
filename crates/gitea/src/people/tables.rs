//! The table of names: which entity each organisation, team and user had, by its number, so that a new name is noticed.

use std::collections::HashMap;

use jiff::Timestamp;
use store::{Migration, Session, StoreError, Tx};

/// The table of people.
pub(crate) const TABLES: Migration = Migration {
    version: 1,
    sql: "
CREATE TABLE gitea_people_names (
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    id BIGINT NOT NULL,
    reference TEXT NOT NULL,
    former TEXT,
    renamed_at BIGINT,
    PRIMARY KEY (provider, kind, id)
);
",
};

/// The entity of an organisation, team or user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NameRow {
    pub kind: String,
    pub id: i64,
    pub reference: String,
    /// Its reference before, and when it changed.
    pub former: Option<(String, Timestamp)>,
}

/// All rows of a provider, by kind and number.
pub(crate) async fn names(
    session: &mut Session,
    provider: &str,
) -> Result<HashMap<(String, i64), NameRow>, StoreError> {
    let text = "SELECT kind, id, reference, former, renamed_at FROM gitea_people_names WHERE provider = ?";
    let rows = session.rows(text, vec![provider.into()]).await?;
    let row = |row: &store::Row| {
        let row = NameRow {
            kind: row.text(0)?,
            id: row.int(1)?,
            reference: row.text(2)?,
            former: row.maybe_text(3)?.zip(row.maybe_time(4)?),
        };
        Ok(((row.kind.clone(), row.id), row))
    };
    rows.iter().map(row).collect()
}

/// New references of entities that were renamed, by their former ones.
pub(crate) async fn renamed(session: &mut Session) -> Result<HashMap<String, String>, StoreError> {
    let text = "SELECT former, reference FROM gitea_people_names WHERE former IS NOT NULL";
    let rows = session.rows(text, Vec::new()).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
}

/// Keeps rows that are new or changed.
pub(crate) async fn put_names(tx: &mut Tx, provider: &str, rows: &[NameRow]) -> Result<(), StoreError> {
    for row in rows {
        let arguments = vec![
            provider.into(),
            row.kind.as_str().into(),
            row.id.into(),
            row.reference.as_str().into(),
            row.former.as_ref().map(|(former, _)| former.as_str()).into(),
            row.former.as_ref().map(|(_, at)| *at).into(),
        ];
        let text = "INSERT INTO gitea_people_names (provider, kind, id, reference, former, renamed_at) VALUES (?, ?, ?, ?, ?, ?) \
             ON CONFLICT (provider, kind, id) DO UPDATE SET reference = excluded.reference, former = excluded.former, \
             renamed_at = excluded.renamed_at";
        tx.execute(text, arguments).await?;
    }
    Ok(())
}

/// Forgets what is gone.
pub(crate) async fn forget_names(
    tx: &mut Tx,
    provider: &str,
    gone: &[(String, i64)],
) -> Result<(), StoreError> {
    for (kind, id) in gone {
        let text = "DELETE FROM gitea_people_names WHERE provider = ? AND kind = ? AND id = ?";
        tx.execute(text, vec![provider.into(), kind.as_str().into(), (*id).into()])
            .await?;
    }
    Ok(())
}
