//! Pages of lists, and the `Link` header between them.

use serde_json::Value;

use super::ask::{Answer, Ask, Reply};
use super::world::World;

impl World {
    /// One page of `all`, with the headers that lead to the others.
    #[expect(clippy::unnecessary_wraps, reason = "routes end with it")]
    pub(super) fn page<T>(
        &self,
        ask: &Ask,
        all: &[T],
        body: impl FnOnce(&[T]) -> Value,
        linked: bool,
    ) -> Answer {
        let (page, limit) = self.window(ask);
        let start = (page - 1).saturating_mul(limit).min(all.len());
        let part = &all[start..(start + limit).min(all.len())];
        let mut reply = Reply::json(200, &body(part)).with("x-total-count", &all.len().to_string());
        let links = links(&self.base(), ask, page, limit, all.len());
        if linked && !links.is_empty() {
            reply = reply.with("link", &links);
        }
        Ok(reply)
    }

    /// Number and size of the page that is asked for: the first one, and the size cut to the largest.
    pub(super) fn window(&self, ask: &Ask) -> (usize, usize) {
        let number = |name: &str| ask.asked(name).and_then(|text| text.parse::<usize>().ok());
        let limit = number("limit").filter(|limit| *limit > 0);
        let limit = limit.unwrap_or(self.settings.default_paging_num);
        let limit = limit.min(self.settings.max_response_items);
        (number("page").unwrap_or(1).max(1), limit)
    }
}

/// Links to the other pages, built from the address that the server believes to have; empty for a single page.
fn links(base: &str, ask: &Ask, page: usize, limit: usize, total: usize) -> String {
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
