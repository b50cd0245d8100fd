//! What names, keys and tags must look like (as in `@backstage/catalog-model` 1.10.1; the expressions are exact).

/// Longest name, label value, key suffix, namespace and tag.
const LONGEST: usize = 63;
/// Longest DNS subdomain.
const LONGEST_DOMAIN: usize = 253;

/// `metadata.name`, and label values that are not empty.
pub(crate) fn is_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    bounded(text)
        && text.bytes().all(inner)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// A DNS label, as namespaces are.
pub(crate) fn is_dns_label(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    bounded(text) && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_dns_subdomain(text: &str) -> bool {
    (1..=LONGEST_DOMAIN).contains(&text.len()) && text.split('.').all(is_dns_label)
}

/// `apiVersion`: `v1` or `example.com/v1`.
pub(crate) fn is_api_version(text: &str) -> bool {
    prefixed(text, |suffix| {
        bounded(suffix) && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Keys of labels and annotations.
pub(crate) fn is_key(text: &str) -> bool {
    prefixed(text, is_name)
}

fn prefixed(text: &str, suffix_holds: impl Fn(&str) -> bool) -> bool {
    let mut parts = text.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(suffix), None, None) => suffix_holds(suffix),
        (Some(prefix), Some(suffix), None) => is_dns_subdomain(prefix) && suffix_holds(suffix),
        _ => false,
    }
}

/// `kind`.
pub(crate) fn is_kind(text: &str) -> bool {
    bounded(text)
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Values of labels.
pub(crate) fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_name(text)
}

/// `metadata.tags`: words joined by single dashes.
pub(crate) fn is_tag(text: &str) -> bool {
    let inner =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b':' | b'+' | b'#');
    bounded(text)
        && text
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(inner))
}

/// `links[].url`.
pub(crate) fn is_url(text: &str) -> bool {
    url::Url::parse(text).is_ok()
}

fn bounded(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
}
