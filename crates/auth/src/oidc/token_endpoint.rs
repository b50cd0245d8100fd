//! The endpoint at which a provider gives tokens (RFC 6749 §5), and the portal's login at it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use config::Secret;
use http::StatusCode;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use outside::{Method, OutsideError};
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;

use super::Provider;
use crate::settings::ClientAuthentication;

/// What it answers: tokens, or with any status an error. GitHub sends errors with 200.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    pub id_token: Option<String>,
    pub access_token: Option<String>,
    pub refresh_token: Option<String>,
    pub expires_in: Option<i64>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Why it gave no tokens.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoTokens {
    /// It refuses the code, or the portal.
    #[error("{error}{}", described(.description.as_deref()))]
    Refused {
        /// A code of RFC 6749 §5.2, or one of the provider's own.
        error: String,
        description: Option<String>,
    },
    /// It failed itself.
    #[error("{0} answered {1}")]
    Failed(String, StatusCode),
    #[error(transparent)]
    Away(#[from] OutsideError),
}

impl NoTokens {
    /// Whether it will answer the same tomorrow.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    fn without(self, secrets: &[&str]) -> Self {
        let Self::Refused { error, description } = self else {
            return self;
        };
        let clean = |text: String| {
            secrets
                .iter()
                .fold(text, |text, secret| text.replace(secret, "[redacted]"))
        };
        Self::Refused {
            error: clean(error),
            description: description.map(clean),
        }
    }
}

fn described(description: Option<&str>) -> String {
    description.map_or_else(String::new, |words| format!(", {words}"))
}

impl Provider {
    /// What the endpoint at an address answers to a form of this client. No error has a secret of the form in it.
    pub(super) async fn token_answer(
        &self,
        endpoint: &Url,
        form: &[(&str, &str)],
    ) -> Result<TokenAnswer, NoTokens> {
        let answer = self.asked(endpoint, form).await;
        answer.map_err(|error| {
            let of_client = self.settings.client_secret.as_ref().map(Secret::current);
            let mut secrets = secrets_of(form);
            secrets.extend(
                of_client
                    .as_deref()
                    .map(Secret::expose)
                    .filter(|secret| !secret.is_empty()),
            );
            error.without(&secrets)
        })
    }

    async fn asked(&self, endpoint: &Url, form: &[(&str, &str)]) -> Result<TokenAnswer, NoTokens> {
        let (login, form) = self.with_login(form);
        let mut request = self.host.request(Method::POST, endpoint.clone());
        if let Some(login) = login {
            request = request.secret_header(AUTHORIZATION, &login);
        }
        let request = request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(form);
        let answer = request.any_status().send().await?;
        let status = answer.status();
        if status.is_success() {
            return tokens_of(answer.json().await?, status);
        }
        if !status.is_client_error() {
            return Err(NoTokens::Failed(self.settings.host().to_owned(), status));
        }
        // An error without its code is one of a proxy in between, or of a server that is none of OAuth.
        let said = answer.json::<TokenAnswer>().await.ok();
        match said.map(|said| tokens_of(said, status)) {
            Some(Err(refused)) => Err(refused),
            _ => Err(NoTokens::Refused {
                error: if status == StatusCode::UNAUTHORIZED {
                    "invalid_client"
                } else {
                    "an error"
                }
                .to_owned(),
                description: Some(status.to_string()),
            }),
        }
    }

    /// A form with the login of the portal, and the login itself where it goes by a header.
    fn with_login(&self, pairs: &[(&str, &str)]) -> (Option<String>, String) {
        let settings = &self.settings;
        let (id, secret) = (&settings.client_id, settings.client_secret.as_ref());
        let secret = secret.map(Secret::current);
        let secret = secret.as_deref().map_or("", Secret::expose);
        let mut form = Serializer::new(String::new());
        form.extend_pairs(pairs);
        let login = match settings.authentication {
            ClientAuthentication::Basic => {
                let login = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
                Some(format!("Basic {login}"))
            }
            ClientAuthentication::Post => {
                form.append_pair("client_id", id)
                    .append_pair("client_secret", secret);
                None
            }
            ClientAuthentication::None => {
                form.append_pair("client_id", id);
                None
            }
        };
        (login, form.finish())
    }
}

fn tokens_of(answer: TokenAnswer, status: StatusCode) -> Result<TokenAnswer, NoTokens> {
    match answer.error {
        Some(error) => Err(NoTokens::Refused {
            error,
            description: answer.error_description,
        }),
        None if status.is_success() => Ok(answer),
        None => Err(NoTokens::Refused {
            error: "an error".to_owned(),
            description: Some(status.to_string()),
        }),
    }
}

/// A part of the login of a client, encoded before it is joined (RFC 6749 §2.3.1).
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// What a provider might repeat of a form, and nobody may see.
fn secrets_of<'a>(form: &[(&str, &'a str)]) -> Vec<&'a str> {
    let is_secret = |name: &str| matches!(name, "code" | "code_verifier" | "refresh_token");
    let secrets = form
        .iter()
        .filter(|(name, value)| is_secret(name) && !value.is_empty());
    secrets.map(|(_, value)| *value).collect()
}
