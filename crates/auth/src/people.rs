//! The tokens that providers gave people, for calls in their name: kept sealed in the session, renewed when they have expired.

use async_trait::async_trait;
use model::{Fault, FaultKind, Principal, Viewer};
use plugin::PeopleTokens;
use secrecy::SecretString;

use crate::front::Front;
use crate::oidc::{NotRenewed, ProviderTokens};

/// The one sort of provider that gives tokens.
const OIDC: &str = "oidc";

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
        if provider != OIDC {
            return Ok(None);
        }
        let tokens = self.provider_tokens(session).await?;
        Ok(tokens.map(|tokens| SecretString::from(tokens.id_token)))
    }
}

impl Front {
    /// The tokens of a session whose browser is asking now, good for half a minute at least.
    pub(crate) async fn provider_tokens(&self, session: &str) -> Result<Option<ProviderTokens>, Fault> {
        let Some((secret, renewing)) = self.sessions.opened(session) else {
            return Ok(None);
        };
        let kept = self.sessions.kept_tokens(&secret).await?;
        if kept
            .as_ref()
            .is_none_or(|(_, tokens)| tokens.are_good(self.clock.now()))
        {
            return Ok(kept.map(|(_, tokens)| tokens));
        }
        // One request renews them for all that wait; a provider may take a refresh token only once.
        let _held = renewing.lock().await;
        let Some((environment, tokens)) = self.sessions.kept_tokens(&secret).await? else {
            return Ok(None);
        };
        if tokens.are_good(self.clock.now()) {
            return Ok(Some(tokens));
        }
        let Some(provider) = self.provider(&environment) else {
            return Ok(None);
        };
        match provider.renewed(&tokens).await {
            Ok(new) => {
                self.sessions.keep_tokens(session, &secret, &new).await?;
                Ok(new.are_good(self.clock.now()).then_some(new))
            }
            // Another process may have been first.
            Err(NotRenewed::Ended) => {
                let kept = self.sessions.kept_tokens(&secret).await?;
                let good = kept.filter(|(_, tokens)| tokens.are_good(self.clock.now()));
                Ok(good.map(|(_, tokens)| tokens))
            }
            Err(NotRenewed::Away(refusal)) => Err(Fault::new(FaultKind::Unavailable, refusal.message)),
        }
    }
}
