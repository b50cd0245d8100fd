//! The security headers of every answer (as `@backstage/backend-defaults` 0.18.0 answers).

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use config::{BackendSection, CspDirective};
use model::Fault;

/// The original's Content-Security-Policy for the API.
const CSP: [(&str, &str); 11] = [
    ("default-src", "'self'"),
    ("base-uri", "'self'"),
    ("font-src", "'self' https: data:"),
    ("frame-ancestors", "'self'"),
    ("img-src", "'self' data:"),
    ("object-src", "'none'"),
    ("script-src", "'self' 'unsafe-eval'"),
    ("script-src-attr", "'none'"),
    ("style-src", "'self' https: 'unsafe-inline'"),
    ("upgrade-insecure-requests", ""),
    ("form-action", ""),
];

const FIXED: [(&str, &str); 7] = [
    ("strict-transport-security", "max-age=15552000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("x-dns-prefetch-control", "off"),
    ("x-download-options", "noopen"),
    ("x-frame-options", "SAMEORIGIN"),
    ("x-permitted-cross-domain-policies", "none"),
    ("x-xss-protection", "0"),
];

/// Headers added to an answer that does not set them itself.
#[derive(Debug, Clone)]
pub struct SecurityHeaders {
    headers: HeaderMap,
}

impl SecurityHeaders {
    /// The original's headers with the changes of `backend.csp` and `backend.referrer`.
    pub fn from_config(backend: &BackendSection) -> Result<Self, Fault> {
        let csp = policy(backend.csp.as_ref().unwrap_or(&BTreeMap::new()));
        let referrer = backend
            .referrer
            .policy
            .as_ref()
            .map_or("no-referrer".to_owned(), |all| all.join(","));
        let given = [
            ("content-security-policy", csp.as_str()),
            ("referrer-policy", referrer.as_str()),
        ];
        let mut headers = HeaderMap::new();
        for (name, value) in given.into_iter().chain(FIXED) {
            let value = HeaderValue::from_str(value).map_err(|_| {
                Fault::error(format!(
                    "The header {name} cannot hold the configured text '{value}'"
                ))
            })?;
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(Self { headers })
    }

    pub(crate) fn apply(&self, answer: &mut HeaderMap) {
        for (name, value) in &self.headers {
            if !answer.contains_key(name) {
                answer.insert(name.clone(), value.clone());
            }
        }
    }
}

fn policy(changes: &BTreeMap<String, CspDirective>) -> String {
    let changes: BTreeMap<String, &CspDirective> = changes
        .iter()
        .map(|(name, change)| (kebab_case(name), change))
        .collect();
    let mut directives = Vec::new();
    for (name, sources) in CSP {
        match changes.get(name) {
            Some(CspDirective::Removed(false)) => {}
            Some(CspDirective::Sources(sources)) => directives.push(directive(name, &sources.join(" "))),
            // Absent in the original, so only there when configured.
            _ if name == "form-action" => {}
            _ => directives.push(directive(name, sources)),
        }
    }
    for (name, change) in &changes {
        if let CspDirective::Sources(sources) = change
            && !CSP.iter().any(|(known, _)| known == name)
        {
            directives.push(directive(name, &sources.join(" ")));
        }
    }
    directives.join(";")
}

fn directive(name: &str, sources: &str) -> String {
    if sources.is_empty() {
        name.to_owned()
    } else {
        format!("{name} {sources}")
    }
}

fn kebab_case(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}
