//! What a session has to do with the provider's own: by which name that knows it, and how it ends with it.

use jiff::Timestamp;
use store::{Arg, StoreError, Tx};

use crate::oidc::{AtProvider, Ended, digest};

/// The provider's names of a session and its person, and the logout tokens that were used.
pub(super) const AT_PROVIDER: &str = "
ALTER TABLE auth_sessions ADD COLUMN subject TEXT;
ALTER TABLE auth_sessions ADD COLUMN provider_session TEXT;
CREATE INDEX auth_sessions_subject ON auth_sessions (subject);
CREATE INDEX auth_sessions_provider_session ON auth_sessions (provider_session);
CREATE TABLE auth_logout_tokens (
    id {bytes} PRIMARY KEY,
    used BIGINT NOT NULL
);
CREATE INDEX auth_logout_tokens_used ON auth_logout_tokens (used);
";

/// Names that are forgotten with each new one.
const FORGOTTEN_AT_ONCE: i64 = 100;

/// A session that has ended: its name, its person, and its browser.
pub(in crate::session) struct EndedSession {
    pub id: String,
    pub entity: String,
    pub browser: String,
}

/// Keeps by what the provider knows a session.
pub(in crate::session) async fn note(
    tx: &mut Tx,
    session: &str,
    known: &AtProvider,
) -> Result<(), StoreError> {
    let text = "UPDATE auth_sessions SET subject = ?, provider_session = ? WHERE id = ?";
    let arguments = vec![(&known.subject).into(), Arg::from(&known.session), session.into()];
    tx.execute(text, arguments).await.map(drop)
}

/// Whether a logout token counts: the first time it does. Names of tokens that are too old to count are forgotten.
pub(in crate::session) async fn is_first_use(
    tx: &mut Tx,
    (provider, id): (&str, &str),
    now: Timestamp,
    counting_since: Timestamp,
) -> Result<bool, StoreError> {
    let text = "DELETE FROM auth_logout_tokens WHERE id IN \
         (SELECT id FROM auth_logout_tokens WHERE used < ? LIMIT ?)";
    tx.execute(text, vec![counting_since.into(), FORGOTTEN_AT_ONCE.into()])
        .await?;
    let text = "INSERT INTO auth_logout_tokens (id, used) VALUES (?, ?) ON CONFLICT (id) DO NOTHING";
    let name = digest(&format!("{provider} {id}"));
    let added = tx.execute(text, vec![name.into(), now.into()]).await?;
    Ok(added == 1)
}

/// Ends the sessions of what has ended at the provider.
pub(in crate::session) async fn end(
    tx: &mut Tx,
    provider: &str,
    ended: &Ended,
) -> Result<Vec<EndedSession>, StoreError> {
    const BY_SESSION: &str = " AND provider_session = ?";
    const BY_SUBJECT: &str = " AND subject = ?";
    let (condition, names) = match ended {
        Ended::Session(session) => (BY_SESSION.to_owned(), vec![session]),
        Ended::Person(subject) => (BY_SUBJECT.to_owned(), vec![subject]),
        Ended::SessionOf(known) => (
            format!("{BY_SUBJECT}{BY_SESSION}"),
            std::iter::once(&known.subject).chain(&known.session).collect(),
        ),
    };
    let text =
        format!("DELETE FROM auth_sessions WHERE provider = ?{condition} RETURNING id, entity, browser");
    let arguments = std::iter::once(provider.into()).chain(names.into_iter().map(Into::into));
    let rows = tx.rows(text, arguments.collect()).await?;
    let read = |row: &store::Row| {
        Ok(EndedSession {
            id: row.text(0)?,
            entity: row.text(1)?,
            browser: row.text(2)?,
        })
    };
    rows.iter().map(read).collect()
}
