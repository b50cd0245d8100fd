//! Why a sign-in did not come about, for the person and for whoever runs the portal. No token, code or secret is in it.

use http::StatusCode;
use model::Fault;
use outside::{OutsideError, What};

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
    pub fn away(error: &OutsideError) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "The sign-in service does not answer",
            format!("{error}."),
            "Try again in a minute. Everybody who is signed in stays signed in. Whoever runs the portal finds the state of the \
             service at /connections, and its address under auth.providers.oidc.",
        )
    }

    /// The provider does not give its tokens for a code: it is away, or refuses the code or the portal.
    pub fn of_exchange(error: &OutsideError) -> Self {
        match error.what {
            What::Status { status, .. } if status.is_client_error() => {
                Self::unproved(&format!("It did not redeem the code: {error}"))
            }
            _ => Self::away(error),
        }
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
    pub fn ended(error: &str, description: Option<&str>) -> Self {
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
    pub fn unproved(reason: &str) -> Self {
        Self::new(
            StatusCode::BAD_GATEWAY,
            "The sign-in service's answer is not accepted",
            format!("{reason}."),
            "Try again. If it happens again, whoever runs the portal has to compare auth.providers.oidc with the settings of the \
             client at the sign-in service.",
        )
    }

    /// The configuration or metadata of the provider cannot be used.
    pub fn unusable(reason: impl Into<String>) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Sign-in is not set up",
            reason,
            "Whoever runs the portal has to correct auth.providers.oidc.",
        )
    }

    /// Nobody in the catalog is this person.
    pub fn nobody(who: &str, tried: &[String]) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "You have no user in the catalog",
            format!("The sign-in service knows you as {who}. {}.", tried.join("; ")),
            "Whoever runs the portal has to add a User entity that fits, or change signIn.resolvers of auth.providers.oidc. \
             dangerouslyAllowSignInWithoutUserInCatalog: true of a resolver lets people in without one.",
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
