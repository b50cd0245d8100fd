//! A page as an answer: markup, status and the headers that belong to it.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, VARY};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::Markup;

use crate::layout::{PageHead, document};
use crate::shell::Chrome;

/// A whole page, ready to be sent.
pub struct Page {
    chrome: Chrome,
    head: PageHead,
    body: Markup,
    status: StatusCode,
}

impl Page {
    pub(crate) fn new(chrome: Chrome, head: PageHead, body: Markup) -> Self {
        Self {
            chrome,
            head,
            body,
            status: StatusCode::OK,
        }
    }

    /// The same page with another status.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The document's text.
    pub fn render(&self) -> String {
        document(&self.chrome, &self.head, &self.body)
    }

    fn policy(&self) -> String {
        let frames = match self.chrome.shell.frame_hosts.as_slice() {
            [] => "'none'".to_owned(),
            hosts => hosts.join(" "),
        };
        format!(
            "default-src 'self'; script-src 'nonce-{}'; style-src 'self'; \
             img-src 'self' data:; connect-src 'self'; object-src 'none'; frame-src {frames}; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            self.chrome.nonce
        )
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.render()).into_response();
        let headers = response.headers_mut();
        let policy =
            HeaderValue::from_str(&self.policy()).expect("a nonce of hexadecimal digits and names of hosts");
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        let fixed: [(HeaderName, &'static str); 3] = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            // The page shows what is true now and for this viewer; `no-store` would forbid the
            // instant way back.
            (CACHE_CONTROL, "private, no-cache"),
            (VARY, "Cookie"),
        ];
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use maud::html;

    use super::*;
    use crate::shell::Shell;

    fn policy(hosts: &[&str]) -> String {
        let shell = Shell {
            frame_hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            ..Shell::default()
        };
        let page = Chrome::sample(shell, "/docs").page(PageHead::new("Docs"), html! {});
        let headers = page.into_response().headers().clone();
        let policy = headers.get(CONTENT_SECURITY_POLICY).expect("each page has one");
        policy.to_str().expect("a text").to_owned()
    }

    #[test]
    fn frames_are_those_of_the_configuration() {
        assert!(policy(&[]).contains("; frame-src 'none';"));
        assert!(
            policy(&["www.example.org", "a.example.org:8443"])
                .contains("; frame-src www.example.org a.example.org:8443;")
        );
    }
}
