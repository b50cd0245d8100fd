//! Addresses of the portal's pages, built in one place.

use model::EntityRef;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What may stand unescaped in a path segment or a query value (RFC 3986 unreserved, and the
/// characters of entity references that are legal in both).
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b'@');

/// Escapes one path segment or query value.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}

/// The page of an entity: `/catalog/{namespace}/{kind}/{name}`.
pub fn entity(reference: &EntityRef) -> String {
    format!(
        "/catalog/{}/{}/{}",
        encode(reference.namespace()),
        encode(reference.kind()),
        encode(reference.name())
    )
}

/// A tab of an entity's page.
pub fn entity_tab(reference: &EntityRef, tab: &str) -> String {
    format!("{}/{}", entity(reference), encode(tab))
}

/// An entity as the API serves it.
pub fn entity_api(reference: &EntityRef) -> String {
    format!(
        "/api/catalog/entities/by-name/{}/{}/{}",
        encode(reference.kind()),
        encode(reference.namespace()),
        encode(reference.name())
    )
}

/// A path with a query string of these pairs; pairs with an empty value are left out.
pub fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut address = path.to_owned();
    let mut separator = '?';
    for (key, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
        address.push(separator);
        address.push_str(&encode(key));
        address.push('=');
        address.push_str(
            &encode(value)
                .replace("%20", "+")
                .replace("%2C", ",")
                .replace("%2F", "/"),
        );
        separator = '&';
    }
    address
}

/// The catalog list filtered to one kind.
pub fn catalog_kind(kind: &str) -> String {
    with_query("/catalog", [("kind", kind)])
}

/// Whether a path given by a browser leads to a page of this portal, so that it may be redirected to.
pub fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities() {
        let reference: EntityRef = "component:default/a b".parse().unwrap();
        assert_eq!(entity(&reference), "/catalog/default/component/a%20b");
        assert_eq!(
            entity_tab(&reference, "yaml"),
            "/catalog/default/component/a%20b/yaml"
        );
    }

    #[test]
    fn queries() {
        assert_eq!(
            with_query("/catalog", [("kind", "api"), ("owner", ""), ("q", "a&b c")]),
            "/catalog?kind=api&q=a%26b+c"
        );
        assert_eq!(with_query("/catalog", []), "/catalog");
    }

    #[test]
    fn local_paths() {
        for path in ["/", "/catalog?x=1"] {
            assert!(is_local(path), "{path}");
        }
        for path in [
            "",
            "catalog",
            "//evil.example",
            "https://evil.example",
            "/\\evil",
            "/a\nb",
        ] {
            assert!(!is_local(path), "{path:?}");
        }
    }
}
