//! The tokens that providers gave people, for calls in their name: kept sealed in the session, renewed when they have expired.

use async_trait::async_trait;
use model::{Fault, FaultKind, Principal, Viewer};
use plugin::PeopleTokens;
use secrecy::SecretString;

use crate::front::Front;
use crate::oidc::{NotRenewed, ProviderTokens};

#[async_trait]
impl PeopleTokens for Front {
    async fn id_token(&self, viewer: &Viewer, provider: &str) -> Result<Option<SecretString>, Fault> {
        let Principal::Person {
            session: Some(session),
            ..
        } = &viewer.who
        else {
            return Ok(None);
        };
        let found = self.provider_tokens(session).await?;
        let found = found.filter(|(key, _)| {
            self.provider(key)
                .is_some_and(|known| known.settings.id == provider)
        });
        let token = found.and_then(|(_, tokens)| tokens.id_token);
        Ok(token.map(SecretString::from))
    }
}

impl Front {
    /// The tokens of a session whose browser is asking now, good for half a minute at least, with the name of their provider.
    pub(crate) async fn provider_tokens(
        &self,
        session: &str,
    ) -> Result<Option<(String, ProviderTokens)>, Fault> {
        let Some((secret, renewing)) = self.sessions.opened(session) else {
            return Ok(None);
        };
        let kept = self.sessions.kept_tokens(&secret).await?;
        if kept
            .as_ref()
            .is_none_or(|(_, tokens)| tokens.are_good(self.clock.now()))
        {
            return Ok(kept);
        }
        // One request renews them for all that wait; a provider may take a refresh token only once.
        let _held = renewing.lock().await;
        let Some((key, tokens)) = self.sessions.kept_tokens(&secret).await? else {
            return Ok(None);
        };
        if tokens.are_good(self.clock.now()) {
            return Ok(Some((key, tokens)));
        }
        let Some(provider) = self.provider(&key) else {
            return Ok(None);
        };
        match provider.renewed(&tokens).await {
            Ok(new) => {
                self.sessions.keep_tokens(session, &secret, &new).await?;
                Ok(new.are_good(self.clock.now()).then_some((key, new)))
            }
            // Another process may have been first.
            Err(NotRenewed::Ended) => {
                let kept = self.sessions.kept_tokens(&secret).await?;
                Ok(kept.filter(|(_, tokens)| tokens.are_good(self.clock.now())))
            }
            Err(NotRenewed::Away(refusal)) => Err(Fault::new(FaultKind::Unavailable, refusal.message)),
        }
    }
}
