//! What went wrong with Grafana, in words for the people who look at an entity.

use http::StatusCode;
use outside::{OutsideError, What};
use serde::{Deserialize, Serialize};

/// Something that went wrong, and the way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trouble {
    /// What happened.
    pub(crate) message: String,
    /// What to do.
    pub(crate) hint: Option<String>,
}

impl Trouble {
    /// Trouble without advice.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }

    /// With advice.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An answer that is no success.
    pub(crate) fn status(host: &str, status: StatusCode, reason: Option<&str>) -> Self {
        let phrase = status.canonical_reason().unwrap_or_default();
        let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        let told = Self::new(format!("{host} answered {} {phrase}{reason}", status.as_u16()));
        match advice(status) {
            Some(advice) => told.hint(advice),
            None => told,
        }
    }
}

impl From<OutsideError> for Trouble {
    fn from(error: OutsideError) -> Self {
        let advice = match &error.what {
            What::Status { status, .. } => advice(*status),
            What::SignIn(_) => Some(TOKEN),
            What::Redirected(_) | What::NotJson { .. } => Some(ADDRESS),
            What::TooLarge(_) | What::UnusableRequest(_) => None,
            _ => Some("The portal asks again by itself. /connections shows how the server is."),
        };
        let told = Self::new(error.to_string());
        match advice {
            Some(advice) => told.hint(advice),
            None => told,
        }
    }
}

const TOKEN: &str = "Create a service account with the role Viewer in Grafana, and set its token as grafana.token (or as the \
    Authorization header of the proxy endpoint).";
const ADDRESS: &str =
    "grafana.url must be the address at which Grafana itself answers, without a sign-in proxy in between.";

fn advice(status: StatusCode) -> Option<&'static str> {
    match status {
        StatusCode::UNAUTHORIZED => Some(TOKEN),
        StatusCode::FORBIDDEN => Some(
            "The portal's service account lacks this right; the role Viewer in the dashboards' organisation is enough.",
        ),
        StatusCode::NOT_FOUND => Some("Is grafana.url right, with the path under which Grafana is served?"),
        StatusCode::UNPROCESSABLE_ENTITY => {
            Some("Lower grafana.grafanaDashboardSearchLimit; Grafana allows 5,000 at most.")
        }
        status if status.is_redirection() => Some(TOKEN),
        status if status.is_server_error() => {
            Some("Grafana itself fails; its log says why. The portal asks again by itself.")
        }
        _ => None,
    }
}
