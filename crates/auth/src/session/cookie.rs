//! The two cookies: of a session, and of a browser that is signing in.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// How long a sign-in may take, in seconds.
pub(crate) const SIGN_IN_SECONDS: i64 = 600;

/// Longest value that is looked at, in bytes.
const LONGEST: usize = 128;

/// Names and attributes of the cookies. Under https their names keep other hosts of the domain from setting them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies {
    is_secure: bool,
}

impl Cookies {
    /// The cookies of a portal at this address.
    pub fn of_address(base_url: &url::Url) -> Self {
        Self {
            is_secure: base_url.scheme() == "https",
        }
    }

    fn session_name(self) -> &'static str {
        if self.is_secure {
            "__Host-portal-session"
        } else {
            "portal-session"
        }
    }

    fn sign_in_name(self) -> &'static str {
        if self.is_secure {
            "__Host-portal-sign-in"
        } else {
            "portal-sign-in"
        }
    }

    /// The text of the session in a request.
    pub fn session(self, headers: &HeaderMap) -> Option<&str> {
        value(headers, self.session_name())
    }

    /// The text by which a browser that is signing in is known again.
    pub fn sign_in(self, headers: &HeaderMap) -> Option<&str> {
        value(headers, self.sign_in_name())
    }

    /// Gives a browser a session for so many seconds.
    pub fn begin(self, secret: &str, seconds: i64) -> HeaderValue {
        self.set(self.session_name(), secret, seconds)
    }

    /// Takes it away.
    pub fn end(self) -> HeaderValue {
        self.set(self.session_name(), "", 0)
    }

    /// Makes a browser known for the time of a sign-in.
    pub fn begin_sign_in(self, secret: &str) -> HeaderValue {
        self.set(self.sign_in_name(), secret, SIGN_IN_SECONDS)
    }

    fn set(self, name: &str, value: &str, seconds: i64) -> HeaderValue {
        let secure = if self.is_secure { "; Secure" } else { "" };
        // Lax, because the provider leads back here by a link.
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).expect("names and random texts are ASCII")
    }
}

fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(known, _)| *known == name)?;
    let is_random = !value.is_empty()
        && value.len() <= LONGEST
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    is_random.then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(address: &str) -> Cookies {
        Cookies::of_address(&address.parse().unwrap())
    }

    #[test]
    fn cookies_are_out_of_reach() {
        let far = cookies("https://portal.example").begin("abc", 60);
        assert_eq!(
            far,
            "__Host-portal-session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        let near = cookies("http://localhost:7007").end();
        assert_eq!(near, "portal-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            COOKIE,
            "theme=dark; portal-session=abc-_1; portal-sign-in="
                .parse()
                .unwrap(),
        );
        let near = cookies("http://localhost");
        assert_eq!(near.session(&headers), Some("abc-_1"));
        assert_eq!(near.sign_in(&headers), None);
        assert_eq!(cookies("https://localhost").session(&headers), None);
    }
}
