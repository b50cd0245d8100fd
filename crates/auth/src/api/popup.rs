//! The popup flow of the original's frontend: the window that came back from the provider tells the window that opened it how the
//! sign-in ended (`@backstage/plugin-auth-node` 0.7.6, `sendWebMessageResponse`).
//!
//! Where the window may send to was checked when the sign-in began, and is kept beside it: what came back cannot change it.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::refusal::Refusal;

/// How what is kept of a sign-in begins that a popup began; the origin follows.
const POPUP: &str = "popup:";
/// What `encodeURIComponent` leaves, but for the quote that ends the script's text.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'!')
    .remove(b'*')
    .remove(b'(')
    .remove(b')');

/// Where a sign-in of a popup of this origin leads.
pub(super) fn return_to(origin: &str) -> String {
    format!("{POPUP}{origin}")
}

/// The origin of the window that waits for a sign-in, if a popup began it.
pub(crate) fn origin(return_to: &str) -> Option<&str> {
    return_to.strip_prefix(POPUP)
}

/// Tells the window that waits who has signed in.
pub(super) fn signed_in(origin: &str, response: &Value) -> Response {
    told(
        origin,
        &json!({"type": "authorization_response", "response": response}),
    )
}

/// Tells it why nobody has.
pub(super) fn refused(origin: &str, refusal: &Refusal) -> Response {
    let name = match refusal.status {
        StatusCode::UNAUTHORIZED => "AuthenticationError",
        StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => "NotAllowedError",
        _ => "ServiceUnavailableError",
    };
    let message = format!("{}. {}", refusal.title, refusal.message);
    told(
        origin,
        &json!({"type": "authorization_response", "error": {"name": name, "message": message}}),
    )
}

fn told(origin: &str, message: &Value) -> Response {
    let text = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    let script = format!(
        "var authResponse = decodeURIComponent('{}');\n\
         var origin = decodeURIComponent('{}');\n\
         var originInfo = {{'type': 'config_info', 'targetOrigin': origin}};\n\
         (window.opener || window.parent).postMessage(originInfo, '*');\n\
         (window.opener || window.parent).postMessage(JSON.parse(authResponse), origin);\n\
         setTimeout(() => {{ window.close(); }}, 100);\n",
        text(&message.to_string()),
        text(origin),
    );
    let digest = STANDARD.encode(Sha256::digest(script.as_bytes()));
    let page = format!("<html><body><script>{script}</script></body></html>");
    let mut answer = page.into_response();
    let policy = format!("script-src 'sha256-{digest}'");
    let headers = answer.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (X_FRAME_OPTIONS, "sameorigin"),
        (CONTENT_SECURITY_POLICY, policy.as_str()),
    ] {
        let value = HeaderValue::from_str(value).expect("base64 and words are ASCII");
        headers.insert(name, value);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_message_ends_the_script() {
        let encoded = utf8_percent_encode("'</script>é\\", ENCODED).to_string();
        assert_eq!(encoded, "%27%3C%2Fscript%3E%C3%A9%5C");
        assert_eq!(
            origin(&return_to("https://app.example")),
            Some("https://app.example")
        );
        assert_eq!(origin("/catalog"), None);
    }
}
