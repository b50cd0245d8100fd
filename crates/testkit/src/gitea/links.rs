//! The `Link` header of lists.

use super::ask::Ask;

/// Links to the other pages, built from the address that the server believes to have; empty for a single page.
pub(super) fn links(base: &str, ask: &Ask, page: usize, limit: usize, total: usize) -> String {
    let last = total.div_ceil(limit.max(1));
    let to = |rel: &str, page: usize| format!("<{}>; rel=\"{rel}\"", address(base, ask, page));
    let mut links = Vec::new();
    if page < last {
        links.extend([to("next", page + 1), to("last", last)]);
    }
    if page > 1 && total > 0 {
        links.extend([to("first", 1), to("prev", page - 1)]);
    }
    links.join(",")
}

/// The same address with another page; the query is sorted, as Go writes it.
fn address(base: &str, ask: &Ask, page: usize) -> String {
    let api = ask.path.split_once("/api/v1").map_or("", |(_, rest)| rest);
    let mut query: Vec<(&str, String)> = Vec::new();
    for (name, value) in ask.query.iter().filter(|(name, _)| name != "page") {
        query.push((name, value.clone()));
    }
    query.push(("page", page.to_string()));
    query.sort();
    let encoded = query.iter().map(|(name, value)| {
        let value = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
        format!("{name}={value}")
    });
    format!("{base}/api/v1{api}?{}", encoded.collect::<Vec<_>>().join("&"))
}
