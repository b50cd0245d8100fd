//! Where an answer sends its caller.

use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::error::{What, shown};

/// Words in the address of a page on which people sign in.
const SIGN_IN: [&str; 7] = [
    "login",
    "signin",
    "sign-in",
    "sign_in",
    "sso",
    "oauth",
    "authorize",
];

/// Where a redirect leads that a browser would follow with the same request.
pub(crate) fn target(status: StatusCode, headers: &HeaderMap, from: &Url) -> Option<Result<Url, What>> {
    if !matches!(status.as_u16(), 301 | 302 | 307 | 308) {
        return None;
    }
    let location = headers.get(LOCATION)?.to_str().ok()?;
    let target = from
        .join(location)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .filter(|url| url.username().is_empty() && url.password().is_none());
    Some(target.ok_or(What::UnusableRedirect))
}

/// What a redirect means that is not followed.
pub(crate) fn refusal(status: StatusCode, headers: &HeaderMap, from: &Url) -> Option<What> {
    if !status.is_redirection() {
        return None;
    }
    let location = headers.get(LOCATION)?.to_str().ok()?;
    let Ok(target) = from.join(location) else {
        return Some(What::UnusableRedirect);
    };
    let path = target.path().to_ascii_lowercase();
    let asks_who = SIGN_IN
        .iter()
        .any(|word| path.split('/').any(|part| part.starts_with(word)));
    let address = shown(&target);
    Some(if asks_who {
        What::SignIn(address)
    } else {
        What::Redirected(address)
    })
}
