//! Search within one site.

use crate::site::Site;

/// Most results.
const MOST: usize = 50;
/// Letters of the text around a word.
const AROUND: usize = 90;

/// A heading with all words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The address within the site.
    pub address: String,
    /// The heading.
    pub title: String,
    /// The page.
    pub page: String,
    /// The text around the first word.
    pub excerpt: String,
    score: usize,
}

/// Headings whose text has all words, the best first.
pub(crate) fn find(site: &Site, words: &str) -> Vec<Hit> {
    let words: Vec<String> = words.split_whitespace().take(8).map(str::to_lowercase).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut hits = Vec::new();
    for (at, page) in site.pages.iter().enumerate() {
        let rendered = site.rendered(at);
        for section in &rendered.sections {
            let heading = section.heading.and_then(|heading| rendered.headings.get(heading));
            let title = heading.map_or(page.title.as_str(), |heading| heading.text.as_str());
            let Some(score) = score(title, &page.title, &section.text, &words) else {
                continue;
            };
            hits.push(Hit {
                address: format!(
                    "{}{}",
                    page.url,
                    heading
                        .map(|heading| format!("#{}", heading.id))
                        .unwrap_or_default()
                ),
                title: title.to_owned(),
                page: page.title.clone(),
                excerpt: excerpt(&section.text, &words),
                score,
            });
        }
    }
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.score));
    hits.truncate(MOST);
    hits
}

fn score(title: &str, page: &str, text: &str, words: &[String]) -> Option<usize> {
    let (title, page, text) = (title.to_lowercase(), page.to_lowercase(), text.to_lowercase());
    let mut score = 0;
    for word in words {
        let found = (title.contains(word), text.contains(word), page.contains(word));
        score += match found {
            (true, _, _) => 10 + usize::from(title.starts_with(word.as_str())) * 4,
            (_, true, _) => 2 + text.matches(word.as_str()).take(3).count(),
            (_, _, true) => 1,
            _ => return None,
        };
    }
    Some(score)
}

fn excerpt(text: &str, words: &[String]) -> String {
    let lower = text.to_lowercase();
    let found = words
        .iter()
        .filter_map(|word| lower.find(word.as_str()))
        .min()
        .unwrap_or(0);
    // Lower case may have other lengths; the place is only about right then.
    let mut from = found.saturating_sub(AROUND).min(text.len());
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    let from = text[from..]
        .find(' ')
        .filter(|_| from > 0)
        .map_or(from, |space| from + space + 1);
    let shown: String = text[from..].chars().take(AROUND * 2 + 40).collect();
    let before = if from > 0 { "…" } else { "" };
    let behind = if from + shown.len() < text.len() {
        "…"
    } else {
        ""
    };
    format!("{before}{shown}{behind}")
}
