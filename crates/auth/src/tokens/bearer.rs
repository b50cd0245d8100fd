//! Callers that carry a token: in the header, or, for files that browsers load by themselves, in a cookie.

use async_trait::async_trait;
use axum::http::request::Parts;
use model::{Fault, FaultKind, Viewer};
use plugin::Authenticator;
use web::bearer;

use super::cookie::cookie_of;
use super::external::ExternalTokens;
use super::owners::Owners;
use super::plugin::PluginTokens;
use super::user::{UserTokens, Verified};

/// Knows people by their user tokens, of which limited ones are refused, and programs by tokens that they sign.
pub(crate) struct BearerTokens {
    pub users: UserTokens,
    pub owners: Owners,
    pub plugins: PluginTokens,
    pub external: ExternalTokens,
}

/// Knows people by limited tokens, for routes that take them.
pub(crate) struct LimitedTokens {
    pub users: UserTokens,
    pub owners: Owners,
}

#[async_trait]
impl Authenticator for BearerTokens {
    fn name(&self) -> &'static str {
        "token"
    }

    async fn authenticate(&self, request: &Parts) -> Result<Option<Viewer>, Fault> {
        let Some(text) = bearer(&request.headers) else {
            return Ok(None);
        };
        if let Some(viewer) = self.plugins.viewer(text, request).await? {
            return Ok(Some(viewer));
        }
        match self.users.verify(text).await? {
            None => self.external.viewer(text).await,
            Some(Verified { is_limited: true, .. }) => Err(Fault::new(
                FaultKind::Authentication.as_wire(),
                "Illegal limited user token",
            )),
            Some(user) => self.owners.viewer(user.entity).await.map(Some),
        }
    }
}

#[async_trait]
impl Authenticator for LimitedTokens {
    fn name(&self) -> &'static str {
        "limited user token"
    }

    fn is_limited(&self) -> bool {
        true
    }

    async fn authenticate(&self, request: &Parts) -> Result<Option<Viewer>, Fault> {
        let found = match bearer(&request.headers) {
            Some(text) => self.users.verify(text).await?,
            // A cookie that counts no more is no mistake of the caller: browsers send it without being asked.
            None => match cookie_of(&request.headers) {
                Some(text) => self.users.verify(text).await.or_else(unless_away)?,
                None => None,
            },
        };
        match found.filter(|user| user.is_limited) {
            Some(user) => self.owners.viewer(user.entity).await.map(Some),
            None => Ok(None),
        }
    }
}

/// No credential, where it was refused; a database that does not answer stays a fault.
fn unless_away(fault: Fault) -> Result<Option<Verified>, Fault> {
    if fault.is(&FaultKind::Authentication) {
        Ok(None)
    } else {
        Err(fault)
    }
}
