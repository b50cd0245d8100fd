//! How a person likes texts to be set: kept in the cookie `docs`, as `size:large.width:wide`.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// The size of texts and the width of lines; nothing for what is usual.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// `small` or `large`.
    pub size: Option<&'static str>,
    /// `wide`.
    pub width: Option<&'static str>,
}

impl Reading {
    /// Reads the cookie. What is not known counts as usual.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let lines = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';'));
        let kept = pairs
            .filter_map(|pair| pair.trim().strip_prefix("docs="))
            .next_back();
        let mut reading = Self::default();
        for choice in kept.unwrap_or_default().split('.') {
            match choice {
                "size:small" => reading.size = Some("small"),
                "size:large" => reading.size = Some("large"),
                "width:wide" => reading.width = Some("wide"),
                _ => {}
            }
        }
        reading
    }

    /// Whether this is what was chosen.
    pub(crate) fn is(&self, key: &str, value: &str) -> bool {
        let chosen = if key == "size" { self.size } else { self.width };
        chosen.unwrap_or("normal") == value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies() {
        let check = |cookie: &str, size: Option<&str>, width: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, cookie.parse().unwrap());
            let reading = Reading::of(&headers);
            assert_eq!((reading.size, reading.width), (size, width), "{cookie}");
        };
        check(
            "theme=dark; docs=size:large.width:wide",
            Some("large"),
            Some("wide"),
        );
        check("docs=size:huge", None, None);
        check("docs=", None, None);
        check("mydocs=size:large", None, None);
    }
}
