//! Sign-in with GitHub, which speaks OAuth 2.0 and has no ID tokens: who a person is, its API says.
//!
//! Whom a token is of is asked with the very token that the code gave, at the address of the configuration. PKCE binds the code to
//! this sign-in, as the nonce of an ID token would.

use http::header::{ACCEPT, HeaderName};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::{AtProvider, Identified, Proofs, Provider, ProviderTokens, challenge};
use crate::refusal::Refusal;
use crate::resolver::Profile;
use crate::settings::GitHub;

/// The version of the API (`X-GitHub-Api-Version`).
const API_VERSION: (HeaderName, &str) = (HeaderName::from_static("x-github-api-version"), "2022-11-28");

#[derive(Deserialize)]
struct User {
    /// Its number never changes, its login may.
    id: u64,
    login: String,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

impl Provider {
    /// Where a browser goes to sign in.
    pub(super) fn authorization_at_github(&self, github: &GitHub, proofs: &Proofs) -> Url {
        let mut url = github.authorization();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("scope", &self.settings.scopes.join(" "))
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", self.callback.as_str())
            .append_pair("state", &proofs.state)
            .append_pair("code_challenge", &challenge(&proofs.verifier))
            .append_pair("code_challenge_method", "S256");
        if let Some(prompt) = &self.settings.prompt {
            query.append_pair("prompt", prompt);
        }
        query.extend_pairs(&self.settings.parameters);
        drop(query);
        url
    }

    /// The person behind a code.
    pub(super) async fn redeem_at_github(
        &self,
        github: &GitHub,
        code: &str,
        proofs: &Proofs,
    ) -> Result<Identified, Refusal> {
        let tokens = self.exchange(&github.tokens(), code, &proofs.verifier).await?;
        let access = tokens
            .access_token
            .clone()
            .ok_or_else(|| self.unproved("It gave no access token"))?;
        let user: User = self.ask_github(github.user(), &access).await?;
        let asks_addresses = self.settings.scopes.iter().any(|scope| scope.starts_with("user"));
        let addresses: Vec<Address> = if asks_addresses {
            self.ask_github(github.emails(), &access).await?
        } else {
            Vec::new()
        };
        Ok(Identified {
            at_provider: AtProvider {
                subject: user.id.to_string(),
                session: None,
            },
            profile: profile(user, addresses),
            tokens: ProviderTokens::new(None, tokens, self.clock.now()),
        })
    }

    async fn ask_github<T: DeserializeOwned>(&self, url: Url, access: &str) -> Result<T, Refusal> {
        let (version, of_api) = API_VERSION;
        let request = self.host.get(url).bearer(access);
        let answer = request
            .header(ACCEPT, "application/vnd.github+json")
            .header(version, of_api)
            .send()
            .await;
        match answer {
            Ok(answer) => answer.json().await.map_err(|error| self.away(&error)),
            Err(error) => Err(self.away(&error)),
        }
    }
}

/// The person. Of its addresses only the first one counts, and only if it is verified: a GitHub of one's own may let people write
/// down any.
fn profile(user: User, addresses: Vec<Address>) -> Profile {
    let primary = addresses.into_iter().find(|address| address.primary);
    let is_verified = primary.as_ref().is_some_and(|address| address.verified);
    Profile {
        id: Some(user.id.to_string()),
        has_unverified_email: primary.is_some() && !is_verified,
        email: primary
            .filter(|address| address.verified)
            .map(|address| address.email),
        username: Some(user.login),
        name: user.name,
    }
}
