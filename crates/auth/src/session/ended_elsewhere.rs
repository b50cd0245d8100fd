//! Sessions end with the provider's own, which says so by a logout token. They end in the database, and so in all replicas.

use std::sync::Arc;

use jiff::SignedDuration;
use model::{Actor, Viewer};
use plugin::{AuditEvent, AuditOutcome};
use store::{Lane, StoreError};

use super::tables::at_provider::{self, EndedSession};
use super::{Sessions, unavailable};
use crate::oidc::{LOGOUT_TOKENS_COUNT, LogoutFault, LogoutToken};
use crate::refusal::Refusal;

/// What the clocks of provider and portal may differ beside the age of a token.
const LEEWAY: SignedDuration = SignedDuration::from_mins(2);

impl Sessions {
    /// Ends the sessions that a logout token of a provider is about, and says how many.
    pub async fn end_at_provider(
        &self,
        provider: &str,
        token: &LogoutToken,
        request: Option<Arc<str>>,
    ) -> Result<usize, LogoutFault> {
        let ended = self.end_in_store(provider, token, request).await;
        let ended = ended.map_err(|error| LogoutFault::Away(Refusal::failed(&unavailable(&error))))?;
        let ended = ended.ok_or(LogoutFault::Replayed)?;
        for session in &ended {
            self.opened.forget(&session.id);
        }
        Ok(ended.len())
    }

    /// Nothing where the token was used before.
    async fn end_in_store(
        &self,
        provider: &str,
        token: &LogoutToken,
        request: Option<Arc<str>>,
    ) -> Result<Option<Vec<EndedSession>>, StoreError> {
        let now = self.clock.now();
        let since = now - LOGOUT_TOKENS_COUNT - LEEWAY;
        let mut tx = self.store.write_unordered(Lane::Person).await?;
        if !at_provider::is_first_use(&mut tx, (provider, &token.id), now, since).await? {
            return Ok(None);
        }
        let ended = at_provider::end(&mut tx, provider, &token.of).await?;
        for session in &ended {
            let event = AuditEvent {
                actor: Actor::caller(&Viewer::nobody(), request.clone()),
                action: "auth.session.delete".into(),
                subject: format!(
                    "{}, {} by {provider}, at the word of the sign-in service",
                    session.entity, session.browser
                ),
                outcome: AuditOutcome::Done,
            };
            self.audit.record(&mut tx, event).await?;
        }
        tx.commit().await?;
        Ok(Some(ended))
    }
}
