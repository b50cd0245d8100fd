//! Snippets: `--8<-- "file"` is a file of the site, if the site has it.
//!
//! Which files there are says who reads the page. `file:3:8` are lines of a file, `file:name` is the part of it between
//! `--8<-- [start:name]` and `--8<-- [end:name]`.

use super::Numbered;
use crate::{Snippet, Snippets};

/// Deepest nesting of snippets.
const MAX_DEPTH: usize = 8;
/// Most lines that snippets bring into a page.
const MAX_LINES: usize = 20_000;

/// The lines with snippets put in. Lines of a snippet have the number of the line that asks for it.
pub(super) fn put_in(lines: Vec<Numbered>, snippets: &mut Snippets<'_>) -> Vec<Numbered> {
    if !lines.iter().any(|(line, _)| line.contains("8<-")) {
        return lines;
    }
    let mut all = Vec::with_capacity(lines.len());
    let mut left = MAX_LINES;
    read(&lines, "", 0, snippets, &mut left, &mut all);
    all
}

fn read(
    lines: &[Numbered],
    indent: &str,
    depth: usize,
    snippets: &mut Snippets<'_>,
    left: &mut usize,
    all: &mut Vec<Numbered>,
) {
    let mut is_list = false;
    for (line, number) in lines {
        let text = line.trim();
        let spaces = &line[..line.len() - line.trim_start().len()];
        if is_cut(text) {
            is_list = !is_list;
            continue;
        }
        let asked = if is_list { Some(text) } else { asked(text) };
        match asked {
            // A section of a page that others take.
            None if marks_section(text) => {}
            None => {
                // A semicolon before the scissors makes them a text.
                let shown = match text.strip_prefix(';').filter(|rest| scissors(rest).is_some()) {
                    Some(rest) => format!("{spaces}{rest}"),
                    None => line.clone(),
                };
                let indent = if line.is_empty() { "" } else { indent };
                all.push((format!("{indent}{shown}"), *number));
            }
            Some(name) if name.is_empty() || name.starts_with(';') || depth >= MAX_DEPTH => {}
            Some(name) => {
                let found = taken(name, *number, snippets).unwrap_or_default();
                let count = found.len().min(*left);
                *left -= count;
                let inner: Vec<Numbered> = found
                    .into_iter()
                    .take(count)
                    .map(|line| (line, *number))
                    .collect();
                read(
                    &inner,
                    &format!("{indent}{spaces}"),
                    depth + 1,
                    snippets,
                    left,
                    all,
                );
            }
        }
    }
}

/// Whether a line is nothing but scissors, between which names of files stand.
fn is_cut(text: &str) -> bool {
    scissors(text).is_some_and(str::is_empty)
}

/// What stands behind scissors.
fn scissors(text: &str) -> Option<&str> {
    let rest = text
        .strip_prefix('-')?
        .trim_start_matches('-')
        .strip_prefix("8<-")?;
    Some(rest.trim_start_matches('-').trim())
}

/// The name that a line asks for.
fn asked(text: &str) -> Option<&str> {
    let rest = scissors(text)?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest.strip_prefix(quote)?.strip_suffix(quote)
}

fn marks_section(text: &str) -> bool {
    scissors_in(text).is_some_and(|rest| rest.starts_with("[start:") || rest.starts_with("[end:"))
}

/// What stands behind scissors anywhere in a line, because sections of code are marked in comments.
fn scissors_in(text: &str) -> Option<&str> {
    let at = text.find("-8<-")?;
    Some(text[at + 4..].trim_start_matches('-').trim_start())
}

/// The lines that a name stands for.
fn taken(name: &str, line: u32, snippets: &mut Snippets<'_>) -> Option<Vec<String>> {
    let name = name.trim();
    let (path, part) = name.split_once(':').unwrap_or((name, ""));
    let text = snippets(Snippet { name, path, line })?;
    let lines: Vec<&str> = text.lines().collect();
    let mut parts = part.splitn(2, ':');
    let first = parts.next().unwrap_or_default();
    let kept: Vec<&str> = if part.is_empty() {
        lines
    } else if first.is_empty() || first.bytes().all(|byte| byte.is_ascii_digit()) {
        let from = first.parse::<usize>().unwrap_or(1).max(1);
        let to = parts.next().and_then(|to| to.parse().ok()).unwrap_or(lines.len());
        lines.into_iter().take(to).skip(from - 1).collect()
    } else {
        section(&lines, part)
    };
    Some(kept.into_iter().map(str::to_owned).collect())
}

fn section<'t>(lines: &[&'t str], name: &str) -> Vec<&'t str> {
    let is_mark = |line: &&str, mark: &str| {
        scissors_in(line).is_some_and(|rest| rest.starts_with(&format!("[{mark}:{name}]")))
    };
    let from = lines.iter().position(|line| is_mark(line, "start"));
    let Some(from) = from else { return Vec::new() };
    let behind = lines[from + 1..].iter();
    behind.take_while(|line| !is_mark(line, "end")).copied().collect()
}
