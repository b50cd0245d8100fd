//! Architecture decision records among the pages of a site: those in a folder `adr`, `adrs` or `decisions`.
//!
//! What they say about themselves is read in the forms that are common: a front matter, the heading "Status" of Nygard's form,
//! and the list "Status: …" of MADR 2 (<https://adr.github.io/madr/>).

use std::sync::LazyLock;

use regex::Regex;

use super::Site;

/// Folders of decisions, as they are called.
const FOLDERS: [&str; 3] = ["adr", "adrs", "decisions"];
/// Longest status that is shown.
const MAX_STATUS: usize = 60;
/// How much of a page is looked through.
const MAX_HEAD: usize = 4_000;

static STATUS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?im)^(?:[*-][ \t]+)?\**status\**[ \t]*:[ \t]*\**[ \t]*(\S.*)$").ok());
static UNDER_HEADING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?im)^#{1,6}[ \t]+status[ \t]*#*[ \t]*\r?\n\s*(\S.*)$").ok());
static DATE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?im)^(?:[*-][ \t]+)?\**date\**[ \t]*:[ \t]*\W*(\d{4}-\d{2}-\d{2})").ok());

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    /// The page.
    pub page: usize,
    /// The number in the name of its file, without zeros before it; empty if it has none.
    pub number: String,
    /// What it says about its state, such as "accepted"; empty if it says nothing.
    pub status: String,
    /// When it was made, as `2026-11-24`; empty if it does not say.
    pub date: String,
}

/// The decisions of a site, in the order of their files.
pub(crate) fn of(site: &Site) -> Vec<Decision> {
    let mut found: Vec<(&str, Decision)> = site
        .pages
        .iter()
        .enumerate()
        .filter_map(|(at, page)| Some((page.path.as_str(), decision(site, at, &page.path)?)))
        .collect();
    found.sort_by_key(|(path, _)| *path);
    found.into_iter().map(|(_, decision)| decision).collect()
}

fn decision(site: &Site, at: usize, path: &str) -> Option<Decision> {
    let (folder, file) = path.rsplit_once('/')?;
    let is_decision = FOLDERS.contains(&folder.rsplit('/').next()?);
    let number: String = file.chars().take_while(char::is_ascii_digit).collect();
    let is_other = ["index.md", "README.md", "template.md"].contains(&file) || file.contains("template");
    if !is_decision || is_other {
        return None;
    }
    let text = site.places.files.get(path).map(|bytes| {
        let head = &bytes[..bytes.len().min(MAX_HEAD)];
        String::from_utf8_lossy(head).into_owned()
    });
    let text = text.unwrap_or_default();
    let status = first(&STATUS, &text).or_else(|| first(&UNDER_HEADING, &text));
    Some(Decision {
        page: at,
        number: number.trim_start_matches('0').to_owned(),
        status: plain(&status.unwrap_or_default()),
        date: first(&DATE, &text).unwrap_or_default(),
    })
}

fn first(pattern: &LazyLock<Option<Regex>>, text: &str) -> Option<String> {
    let found = pattern.as_ref()?.captures(text)?;
    Some(found.get(1)?.as_str().trim().to_owned())
}

/// A status without Markdown: links are their texts.
fn plain(status: &str) -> String {
    let mut text = String::new();
    let mut in_address = false;
    let mut previous = ' ';
    for letter in status.chars() {
        match letter {
            '(' if previous == ']' => in_address = true,
            ')' if in_address => in_address = false,
            '[' | ']' | '*' | '_' | '`' | '"' => {}
            letter if !in_address => text.push(letter),
            _ => {}
        }
        previous = letter;
    }
    text.trim().chars().take(MAX_STATUS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decisions_say() {
        let check = |text: &str, status: &str, date: &str| {
            let found = first(&STATUS, text).or_else(|| first(&UNDER_HEADING, text));
            assert_eq!(plain(&found.unwrap_or_default()), status, "{text}");
            assert_eq!(first(&DATE, text).unwrap_or_default(), date, "{text}");
        };
        check(
            "---\nstatus: accepted\ndate: 2026-03-01\n---\n# X\n",
            "accepted",
            "2026-03-01",
        );
        check(
            "# X\n\n* Status: superseded by [ADR-5](0005-x.md)\n* Date: 2024-01-02\n",
            "superseded by ADR-5",
            "2024-01-02",
        );
        check(
            "# 1. X\n\nDate: 2025-12-31\n\n## Status\n\nAccepted\n\n## Context\n",
            "Accepted",
            "2025-12-31",
        );
        check("# X\n\n**Status**: *Proposed*\n", "Proposed", "");
        check("# X\n\nNothing.\n", "", "");
    }
}
