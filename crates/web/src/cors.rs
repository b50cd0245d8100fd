//! Answers to pages of other origins (as `@backstage/backend-defaults` 0.18.0 answers).

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use config::{CorsSection, OneOrMany};

/// The configured CORS behaviour.
#[derive(Debug, Clone)]
pub struct Cors {
    origins: Vec<String>,
    methods: String,
    allowed_headers: Option<String>,
    exposed_headers: Option<String>,
    with_credentials: bool,
    max_age: Option<u64>,
    status: StatusCode,
}

impl Cors {
    /// Reads `backend.cors`.
    pub fn from_config(section: &CorsSection) -> Self {
        let joined = |list: &Option<OneOrMany>| list.as_ref().map(|list| list.as_slice().join(","));
        Self {
            origins: section
                .origin
                .as_ref()
                .map_or_else(Vec::new, |list| list.as_slice().to_vec()),
            methods: joined(&section.methods).unwrap_or_else(|| "GET,HEAD,PUT,PATCH,POST,DELETE".to_owned()),
            allowed_headers: joined(&section.allowed_headers),
            exposed_headers: joined(&section.exposed_headers),
            with_credentials: section.credentials.unwrap_or(false),
            max_age: section.max_age,
            status: section
                .options_success_status
                .and_then(|s| StatusCode::from_u16(s).ok())
                .unwrap_or(StatusCode::NO_CONTENT),
        }
    }

    /// The answer to a preflight request, `None` for every other request.
    pub(crate) fn preflight(&self, method: &Method, request: &HeaderMap) -> Option<Response> {
        if *method != Method::OPTIONS || !request.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        let mut response = self.status.into_response();
        let headers = response.headers_mut();
        self.apply(request, headers);
        set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, &self.methods);
        let asked = request
            .get(header::ACCESS_CONTROL_REQUEST_HEADERS)
            .and_then(|value| value.to_str().ok());
        if let Some(allowed) = self.allowed_headers.as_deref().or(asked) {
            set(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
        }
        if let Some(seconds) = self.max_age {
            set(headers, header::ACCESS_CONTROL_MAX_AGE, &seconds.to_string());
        }
        Some(response)
    }

    /// Adds the headers of an ordinary answer.
    pub(crate) fn apply(&self, request: &HeaderMap, answer: &mut HeaderMap) {
        answer.append(header::VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = request.get(header::ORIGIN) else {
            return;
        };
        if !origin.to_str().is_ok_and(|text| self.is_allowed(text)) {
            return;
        }
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        if self.with_credentials {
            set(answer, header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        if let Some(exposed) = &self.exposed_headers {
            set(answer, header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
    }

    pub(crate) fn is_allowed(&self, origin: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        self.origins
            .iter()
            .any(|pattern| matches_glob(&pattern.to_ascii_lowercase(), &origin))
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// `*` stands for any text without a slash, `?` for one letter; `**` is nothing special.
fn matches_glob(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('*') => {
            let pattern = rest.as_str();
            let reach = text.find('/').unwrap_or(text.len());
            (0..=reach).any(|at| text.is_char_boundary(at) && matches_glob(pattern, &text[at..]))
        }
        Some(wanted) => {
            let mut letters = text.chars();
            let fits = letters
                .next()
                .is_some_and(|letter| letter == wanted || (wanted == '?' && letter != '/'));
            fits && matches_glob(rest.as_str(), letters.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches_glob;

    fn check(pattern: &str, origin: &str, expected: bool) {
        assert_eq!(matches_glob(pattern, origin), expected, "{pattern} {origin}");
    }

    #[test]
    fn globs() {
        check("https://*.example.com", "https://a.example.com", true);
        check("https://*.example.com", "https://a.b.example.com", true);
        check("https://*.example.com", "https://evil.com/.example.com", false);
        check("http://localhost:3000", "http://localhost:3000", true);
        check("http://localhost:300?", "http://localhost:3001", true);
        check("*", "http://a", false);
    }
}
