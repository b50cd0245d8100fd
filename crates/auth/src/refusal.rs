//! Why a sign-in did not come about, for the person and for whoever runs the portal. No token, code or secret is in it.

use std::fmt::Display;

use http::StatusCode;
use model::Fault;
use outside::{OutsideError, What};
use url::Url;

use crate::oidc::{NoTokens, TokenFault};

/// Longest text of another server that is shown, in characters.
const LONGEST: usize = 200;

/// A sign-in that did not come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub status: StatusCode,
    pub title: &'static str,
    /// What is the case.
    pub message: String,
    /// What can be done.
    pub hint: String,
}

impl Refusal {
    fn new(
        status: StatusCode,
        title: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            status,
            title,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// The provider cannot be asked.
    pub fn away(error: &dyn Display, place: &str) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "The sign-in service does not answer",
            format!("{error}."),
            format!(
                "Try again in a minute. Everybody who is signed in stays signed in. Whoever runs the portal finds the state of the \
                 service at /connections, and its address under {place}."
            ),
        )
    }

    /// What the provider says of itself cannot be had: it is away, or something else is at the address.
    pub fn of_discovery(error: &OutsideError, place: &str) -> Self {
        let is_elsewhere = match &error.what {
            What::Status { status, .. } => status.is_client_error(),
            What::NotJson { .. } | What::Redirected(_) | What::SignIn(_) => true,
            _ => false,
        };
        if !is_elsewhere {
            return Self::away(error, place);
        }
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Sign-in is not set up",
            format!("There is no sign-in service at the address of the configuration: {error}."),
            format!(
                "Whoever runs the portal has to correct the address under {place}. With /.well-known/openid-configuration at its \
                 end it shows a JSON document; at Keycloak it is https://<host>/realms/<realm>/.well-known/openid-configuration."
            ),
        )
    }

    /// The provider does not give its tokens for a code: it is away, or refuses the code or the portal.
    pub fn of_exchange(error: &NoTokens, place: &str, callback: &Url) -> Self {
        let NoTokens::Refused {
            error: code,
            description,
        } = error
        else {
            return Self::away(error, place);
        };
        let said = short(&error.to_string());
        let names_callback = |text: &str| text.contains("redirect") && text.contains("ur");
        match code.as_str() {
            "invalid_client" | "unauthorized_client" | "incorrect_client_credentials" => {
                Self::wrong_client(&said, place)
            }
            code if names_callback(code) || description.as_deref().is_some_and(names_callback) => {
                Self::wrong_callback(&said, place, callback)
            }
            _ => Self::unproved(&format!("It did not redeem the code: {said}"), place),
        }
    }

    /// The provider does not take the portal for its client.
    fn wrong_client(said: &str, place: &str) -> Self {
        Self::new(
            StatusCode::BAD_GATEWAY,
            "The sign-in service does not accept this portal",
            format!("It refused the portal's own login, so that nobody can sign in: {said}."),
            format!(
                "Whoever runs the portal has to compare clientId and clientSecret of {place} with the client at the sign-in \
                 service, and start the portal again. tokenEndpointAuthMethod says how the secret is sent."
            ),
        )
    }

    /// The provider does not lead back to the portal.
    fn wrong_callback(said: &str, place: &str, callback: &Url) -> Self {
        Self::new(
            StatusCode::BAD_GATEWAY,
            "The sign-in service does not lead back here",
            format!("It does not know {callback} as an address of this portal: {said}."),
            format!(
                "Whoever runs the portal has to register exactly this address at the sign-in service, as redirect URI or callback \
                 URL. If it is wrong itself, backend.baseUrl or callbackUrl of {place} is."
            ),
        )
    }

    /// An ID token is not accepted.
    pub fn of_token(fault: TokenFault, place: &str) -> Self {
        let refusal = Self::unproved(&fault.to_string(), place);
        match fault {
            TokenFault::Expired(_) | TokenFault::Future(_) => Self {
                hint: "The clock of the portal's machine or that of the sign-in service is wrong by more than a minute. Whoever \
                       runs them has to set both by NTP."
                    .to_owned(),
                ..refusal
            },
            _ => refusal,
        }
    }

    /// Headers that name a person came from somewhere else than the proxy.
    pub fn untrusted(header: &str, address: &str, place: &str) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "You cannot sign in this way",
            format!(
                "The header {header} came from {address}, which is no proxy of this portal, so that it does not count."
            ),
            format!(
                "If the request did come through the proxy, whoever runs the portal has to list its address under \
                 {place}.trustedProxies."
            ),
        )
    }

    /// No proxy named anybody.
    pub fn without_proxy(proxy: &str, header: &str, base_url: &str) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "You are not signed in",
            format!("{proxy} signs people in here, and it named nobody: the request has no header {header}."),
            format!(
                "Open the portal at {base_url}. If that leads here, too, whoever runs the portal has to let the proxy send the header."
            ),
        )
    }

    /// The answer of the provider belongs to no sign-in of this browser.
    pub fn interrupted(base_url: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "This sign-in cannot be finished",
            "It was not begun in this browser within the last ten minutes, or it was finished already.",
            format!("Begin again, with cookies allowed, at {base_url}."),
        )
    }

    /// The provider answers for another one.
    pub fn mixed_up() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "This sign-in cannot be finished",
            "The answer names another sign-in service than the one that was asked.",
            "Begin again. If it happens again, tell whoever runs the portal.",
        )
    }

    /// The provider ended the sign-in.
    pub fn ended(error: &str, description: Option<&str>, place: &str, callback: &Url) -> Self {
        if error.contains("redirect_uri") {
            return Self::wrong_callback(&short(error), place, callback);
        }
        let message = match error {
            "access_denied" => "You cancelled it, or the sign-in service does not let you use this portal.".to_owned(),
            "login_required" | "interaction_required" | "consent_required" => {
                "The sign-in service wants to ask you something, which prompt: none of the configuration forbids.".to_owned()
            }
            other => match description {
                Some(words) => format!("The sign-in service said: {} ({}).", short(words), short(other)),
                None => format!("The sign-in service said: {}.", short(other)),
            },
        };
        Self::new(
            StatusCode::FORBIDDEN,
            "You are not signed in",
            message,
            "Try again, or tell whoever runs the portal.",
        )
    }

    /// The provider's proof cannot be accepted.
    pub fn unproved(reason: &str, place: &str) -> Self {
        Self::new(
            StatusCode::BAD_GATEWAY,
            "The sign-in service's answer is not accepted",
            format!("{reason}."),
            format!(
                "Try again. If it happens again, whoever runs the portal has to compare {place} with the settings of the client at \
                 the sign-in service."
            ),
        )
    }

    /// The configuration or metadata of the provider cannot be used.
    pub fn unusable(reason: impl Into<String>, place: &str) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Sign-in is not set up",
            reason,
            format!("Whoever runs the portal has to correct {place}."),
        )
    }

    /// Nobody in the catalog is this person.
    pub fn nobody(who: &str, tried: &[String], place: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "You have no user in the catalog",
            format!("The sign-in service knows you as {who}. {}.", tried.join("; ")),
            format!(
                "Whoever runs the portal has to add a User entity that fits, or change signIn.resolvers of {place}. \
                 dangerouslyAllowSignInWithoutUserInCatalog: true of a resolver lets people in without one."
            ),
        )
    }

    /// Several in the catalog may be this person, or none may.
    pub fn not_allowed(message: String) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "You cannot sign in",
            message,
            "Tell whoever runs the portal.",
        )
    }

    /// A client or a person does it too often.
    pub fn too_often() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many sign-ins",
            "Too many sign-ins were begun or failed from your address, or in your name, in the last minute.",
            "Try again in a minute. Everybody who is signed in stays signed in. Behind a proxy all people have its address, unless \
             whoever runs the portal names it in backend.trustProxy.",
        )
    }

    /// The portal itself failed.
    pub fn failed(fault: &Fault) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "The portal could not sign you in",
            format!("{}.", fault.message.trim_end_matches('.')),
            "Try again in a moment.",
        )
    }
}

/// A text of another server in one line.
fn short(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST).collect()
}
