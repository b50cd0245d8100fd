//! The table of access tokens, and all SQL about it. Their texts are never in it.

use jiff::Timestamp;
use model::Scope;
use store::{Arg, Row, Session as Reader, StoreError, Tx};

use super::{AccessToken, Holder};

/// The table.
pub(crate) const ACCESS_TOKENS: &str = "
CREATE TABLE auth_access_tokens (
    id TEXT PRIMARY KEY,
    digest {bytes} NOT NULL UNIQUE,
    holder TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made_by TEXT NOT NULL,
    is_in_catalog BIGINT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    last_used BIGINT
);
CREATE INDEX auth_access_tokens_holder ON auth_access_tokens (holder, created);
CREATE INDEX auth_access_tokens_created ON auth_access_tokens (created);
CREATE INDEX auth_access_tokens_expires ON auth_access_tokens (expires);
";

/// Rows that are forgotten with each new one, so that the table shrinks to what is kept.
const FORGOTTEN_AT_ONCE: i64 = 100;

const COLUMNS: &str = "id, holder, name, scopes, made_by, is_in_catalog, created, expires, last_used";

pub(super) async fn insert(tx: &mut Tx, token: &AccessToken, digest: Vec<u8>) -> Result<(), StoreError> {
    let scopes: Vec<String> = token.scopes.iter().map(ToString::to_string).collect();
    let arguments = vec![
        digest.into(),
        (&token.id).into(),
        token.holder.to_string().into(),
        (&token.name).into(),
        Arg::json(&scopes)?,
        (&token.made_by).into(),
        token.is_in_catalog.into(),
        token.created.into(),
        token.expires.into(),
        token.last_used.into(),
    ];
    let text =
        format!("INSERT INTO auth_access_tokens (digest, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    tx.execute(text, arguments).await.map(drop)
}

/// Tokens of a holder that have not expired.
pub(super) async fn count(tx: &mut Tx, holder: &Holder, now: Timestamp) -> Result<usize, StoreError> {
    let text = "SELECT COUNT(*) FROM auth_access_tokens WHERE holder = ? AND expires > ?";
    let rows = tx.rows(text, vec![holder.to_string().into(), now.into()]).await?;
    let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

pub(super) async fn find(reader: &mut Reader, digest: &[u8]) -> Result<Option<AccessToken>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM auth_access_tokens WHERE digest = ?");
    let row = reader.row(text, vec![digest.to_vec().into()]).await?;
    row.as_ref().map(read).transpose()
}

/// The tokens of a holder or of everybody, the newest first.
pub(super) async fn of(
    reader: &mut Reader,
    holder: Option<&Holder>,
    most: usize,
) -> Result<Vec<AccessToken>, StoreError> {
    let (condition, mut arguments) = match holder {
        Some(holder) => ("WHERE holder = ?", vec![holder.to_string().into()]),
        None => ("", Vec::new()),
    };
    arguments.push(most.into());
    let text =
        format!("SELECT {COLUMNS} FROM auth_access_tokens {condition} ORDER BY created DESC, id LIMIT ?");
    let rows = reader.rows(text, arguments).await?;
    rows.iter().map(read).collect()
}

/// Takes a token out, if it is there and the holder's.
pub(super) async fn remove(
    tx: &mut Tx,
    id: &str,
    holder: Option<&Holder>,
) -> Result<Option<AccessToken>, StoreError> {
    let mut text = "DELETE FROM auth_access_tokens WHERE id = ?".to_owned();
    let mut arguments = vec![id.into()];
    if let Some(holder) = holder {
        text += " AND holder = ?";
        arguments.push(holder.to_string().into());
    }
    let rows = tx.rows(format!("{text} RETURNING {COLUMNS}"), arguments).await?;
    rows.first().map(read).transpose()
}

/// Keeps when a token was used, unless that was noted a moment ago.
pub(super) async fn note_use(
    tx: &mut Tx,
    id: &str,
    now: Timestamp,
    noted_before: Timestamp,
) -> Result<(), StoreError> {
    let text =
        "UPDATE auth_access_tokens SET last_used = ? WHERE id = ? AND (last_used IS NULL OR last_used <= ?)";
    tx.execute(text, vec![now.into(), id.into(), noted_before.into()])
        .await
        .map(drop)
}

/// Forgets some of the tokens that expired before.
pub(super) async fn forget(tx: &mut Tx, before: Timestamp) -> Result<(), StoreError> {
    let text = "DELETE FROM auth_access_tokens WHERE id IN \
         (SELECT id FROM auth_access_tokens WHERE expires <= ? ORDER BY expires LIMIT ?)";
    tx.execute(text, vec![before.into(), FORGOTTEN_AT_ONCE.into()])
        .await
        .map(drop)
}

fn read(row: &Row) -> Result<AccessToken, StoreError> {
    let malformed = |what: &str, reason: String| StoreError::Malformed {
        what: what.to_owned(),
        reason,
    };
    let scopes: Vec<String> = row.json(3)?;
    let scopes = scopes.iter().map(|word| word.parse::<Scope>());
    Ok(AccessToken {
        id: row.text(0)?,
        holder: Holder::parse(&row.text(1)?)
            .map_err(|fault| malformed("holder of a token", fault.message))?,
        name: row.text(2)?,
        scopes: scopes
            .collect::<Result<_, _>>()
            .map_err(|fault| malformed("scope of a token", fault.message))?,
        made_by: row.text(4)?,
        is_in_catalog: row.flag(5)?,
        created: row.time(6)?,
        expires: row.time(7)?,
        last_used: row.maybe_time(8)?,
    })
}
