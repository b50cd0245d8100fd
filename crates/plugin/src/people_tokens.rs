//! Tokens that identity providers gave people at their sign-in, for calls in their name.

use async_trait::async_trait;
use model::{Fault, Viewer};
use secrecy::SecretString;

/// Gives out tokens of the people who are asking right now. Nobody else's can be had: they are kept so that only the request of
/// their own person opens them.
#[async_trait]
pub trait PeopleTokens: Send + Sync {
    /// The ID token that a provider gave the viewer, renewed where it has expired. Nothing where the viewer did not sign in with
    /// that provider, or the provider does not renew it any more; an error where the provider or the database does not answer.
    async fn id_token(&self, viewer: &Viewer, provider: &str) -> Result<Option<SecretString>, Fault>;
}

/// Nobody has a token.
pub struct NoPeopleTokens;

#[async_trait]
impl PeopleTokens for NoPeopleTokens {
    async fn id_token(&self, _: &Viewer, _: &str) -> Result<Option<SecretString>, Fault> {
        Ok(None)
    }
}
