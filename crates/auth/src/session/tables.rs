//! The tables of sessions and of sign-ins under way, and all SQL about them.

pub(super) mod at_provider;

use jiff::Timestamp;
use model::EntityRef;
use store::{Migration, Row as Answer, Session as Reader, StoreError, Tx};

use self::at_provider::AT_PROVIDER;
use super::Session;

use crate::access_tokens::ACCESS_TOKENS;
use crate::oidc::{Proofs, digest};
use crate::tokens::KEYS;

/// The tables of the plugin.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sql: SESSIONS,
    },
    Migration {
        version: 2,
        sql: KEYS,
    },
    Migration {
        version: 3,
        sql: AT_PROVIDER,
    },
    Migration {
        version: 4,
        sql: ACCESS_TOKENS,
    },
];

const SESSIONS: &str = "
CREATE TABLE auth_sessions (
    id TEXT PRIMARY KEY,
    digest {bytes} NOT NULL UNIQUE,
    entity TEXT NOT NULL,
    claims TEXT NOT NULL,
    provider TEXT NOT NULL,
    browser TEXT NOT NULL,
    created BIGINT NOT NULL,
    last_used BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    sealed {bytes}
);
CREATE INDEX auth_sessions_entity ON auth_sessions (entity, last_used);
CREATE INDEX auth_sessions_expires ON auth_sessions (expires);
CREATE INDEX auth_sessions_last_used ON auth_sessions (last_used);
CREATE TABLE auth_sign_ins (
    state {bytes} PRIMARY KEY,
    browser {bytes} NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    provider TEXT NOT NULL,
    return_to TEXT NOT NULL,
    begun BIGINT NOT NULL
);
CREATE INDEX auth_sign_ins_begun ON auth_sign_ins (begun);
";

/// Rows that are forgotten with each new one, so that the tables shrink to what is kept.
const FORGOTTEN_AT_ONCE: i64 = 100;
/// Most sign-ins under way. Anybody may begin one; beyond this the oldest ones are forgotten.
const MAX_SIGN_INS: i64 = 10_000;

const COLUMNS: &str = "id, digest, entity, claims, provider, browser, created, last_used, expires, sealed";

/// A session with what only the database holds.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub session: Session,
    /// Digest of the text in the cookie.
    pub digest: Vec<u8>,
    /// The tokens of the provider, readable with the text in the cookie.
    pub sealed: Option<Vec<u8>>,
}

/// A sign-in under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignIn {
    pub proofs: Proofs,
    pub provider: String,
    pub return_to: String,
}

pub(crate) async fn insert(tx: &mut Tx, row: &Row) -> Result<(), StoreError> {
    let session = &row.session;
    let arguments = vec![
        (&session.id).into(),
        row.digest.clone().into(),
        session.entity.to_string().into(),
        claims(session)?,
        (&session.provider).into(),
        (&session.browser).into(),
        session.created.into(),
        session.last_used.into(),
        session.expires.into(),
        store::Arg::Bytes(row.sealed.clone()),
    ];
    let text = format!("INSERT INTO auth_sessions ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    tx.execute(text, arguments).await.map(drop)
}

pub(crate) async fn find(reader: &mut Reader, digest: &[u8]) -> Result<Option<Row>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM auth_sessions WHERE digest = ?");
    let row = reader.row(text, vec![digest.to_vec().into()]).await?;
    row.as_ref().map(read).transpose()
}

/// Sessions of a person that have not ended, the one used last first.
pub(crate) async fn all_of(
    reader: &mut Reader,
    person: &EntityRef,
    now: Timestamp,
    used_since: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM auth_sessions WHERE entity = ? AND expires > ? AND last_used > ? ORDER BY last_used DESC"
    );
    let arguments = vec![person.to_string().into(), now.into(), used_since.into()];
    let rows = reader.rows(text, arguments).await?;
    rows.iter().map(|row| read(row).map(|row| row.session)).collect()
}

pub(crate) async fn note_use(tx: &mut Tx, session: &Session) -> Result<(), StoreError> {
    let text = "UPDATE auth_sessions SET last_used = ?, claims = ? WHERE id = ? AND last_used < ?";
    let used = session.last_used;
    let arguments = vec![used.into(), claims(session)?, (&session.id).into(), used.into()];
    tx.execute(text, arguments).await.map(drop)
}

pub(crate) async fn keep_sealed(
    tx: &mut Tx,
    session: &str,
    sealed: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    let text = "UPDATE auth_sessions SET sealed = ? WHERE id = ?";
    let arguments = vec![store::Arg::Bytes(sealed), session.into()];
    tx.execute(text, arguments).await.map(drop)
}

pub(crate) async fn end_by_digest(tx: &mut Tx, digest: &[u8]) -> Result<(), StoreError> {
    let text = "DELETE FROM auth_sessions WHERE digest = ?";
    tx.execute(text, vec![digest.to_vec().into()]).await.map(drop)
}

pub(crate) async fn end_of_person(
    tx: &mut Tx,
    person: &EntityRef,
    id: Option<&str>,
) -> Result<(), StoreError> {
    let (text, mut arguments) = (
        "DELETE FROM auth_sessions WHERE entity = ?",
        vec![person.to_string().into()],
    );
    let text = match id {
        Some(id) => {
            arguments.push(id.into());
            format!("{text} AND id = ?")
        }
        None => text.to_owned(),
    };
    tx.execute(text, arguments).await.map(drop)
}

/// Ends all sessions of a person but the newest ones.
pub(crate) async fn keep_newest(tx: &mut Tx, person: &EntityRef, most: usize) -> Result<(), StoreError> {
    let text = "DELETE FROM auth_sessions WHERE entity = ? AND id NOT IN \
         (SELECT id FROM auth_sessions WHERE entity = ? ORDER BY created DESC LIMIT ?)";
    let person = person.to_string();
    tx.execute(text, vec![person.clone().into(), person.into(), most.into()])
        .await
        .map(drop)
}

/// Forgets some of the sessions that have ended.
pub(crate) async fn forget(tx: &mut Tx, now: Timestamp, used_since: Timestamp) -> Result<(), StoreError> {
    let text = "DELETE FROM auth_sessions WHERE id IN \
         (SELECT id FROM auth_sessions WHERE expires <= ? OR last_used <= ? LIMIT ?)";
    let arguments = vec![now.into(), used_since.into(), FORGOTTEN_AT_ONCE.into()];
    tx.execute(text, arguments).await.map(drop)
}

/// Keeps a sign-in of a browser.
pub(crate) async fn begin_sign_in(
    tx: &mut Tx,
    sign_in: &SignIn,
    browser: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let arguments = vec![
        digest(&sign_in.proofs.state).into(),
        digest(browser).into(),
        (&sign_in.proofs.nonce).into(),
        (&sign_in.proofs.verifier).into(),
        (&sign_in.provider).into(),
        (&sign_in.return_to).into(),
        now.into(),
    ];
    let text = "INSERT INTO auth_sign_ins (state, browser, nonce, verifier, provider, return_to, begun) \
         VALUES (?, ?, ?, ?, ?, ?, ?)";
    tx.execute(text, arguments).await.map(drop)
}

/// Forgets sign-ins that took too long, and the oldest ones where there are too many.
pub(crate) async fn forget_sign_ins(tx: &mut Tx, before: Timestamp) -> Result<(), StoreError> {
    let text = "DELETE FROM auth_sign_ins WHERE state IN \
         (SELECT state FROM auth_sign_ins WHERE begun < ? ORDER BY begun LIMIT ?)";
    tx.execute(text, vec![before.into(), FORGOTTEN_AT_ONCE.into()])
        .await?;
    let text = "DELETE FROM auth_sign_ins WHERE state IN \
         (SELECT state FROM auth_sign_ins ORDER BY begun DESC LIMIT ? OFFSET ?)";
    tx.execute(text, vec![FORGOTTEN_AT_ONCE.into(), MAX_SIGN_INS.into()])
        .await
        .map(drop)
}

/// Takes out the sign-in that a browser began with a state: it is finished once.
pub(crate) async fn take_sign_in(
    tx: &mut Tx,
    state: &str,
    browser: &str,
    since: Timestamp,
) -> Result<Option<SignIn>, StoreError> {
    let text = "DELETE FROM auth_sign_ins WHERE state = ? AND browser = ? AND begun > ? \
         RETURNING nonce, verifier, provider, return_to";
    let arguments = vec![digest(state).into(), digest(browser).into(), since.into()];
    let rows = tx.rows(text, arguments).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(SignIn {
        proofs: Proofs {
            state: state.to_owned(),
            nonce: row.text(0)?,
            verifier: row.text(1)?,
        },
        provider: row.text(2)?,
        return_to: row.text(3)?,
    }))
}

fn claims(session: &Session) -> Result<store::Arg, StoreError> {
    let texts: Vec<String> = session.claims.iter().map(ToString::to_string).collect();
    store::Arg::json(&texts)
}

fn read(row: &Answer) -> Result<Row, StoreError> {
    let reference = |text: &str| {
        let parsed = text.parse::<EntityRef>();
        parsed.map_err(|fault| StoreError::Malformed {
            what: "entity reference".to_owned(),
            reason: fault.message,
        })
    };
    let claims: Vec<String> = row.json(3)?;
    Ok(Row {
        digest: row.bytes(1)?,
        sealed: row.maybe_bytes(9)?,
        session: Session {
            id: row.text(0)?,
            entity: reference(&row.text(2)?)?,
            claims: claims
                .iter()
                .map(|text| reference(text))
                .collect::<Result<_, _>>()?,
            provider: row.text(4)?,
            browser: row.text(5)?,
            created: row.time(6)?,
            last_used: row.time(7)?,
            expires: row.time(8)?,
        },
    })
}
