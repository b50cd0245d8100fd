//! Snippets: `--8<-- "file"` is a file of the site, if the site has it.
//!
//! Which files there are says who reads the page. `file:3:8` are lines of a file, `file:name` is the part of it between
//! `--8<-- [start:name]` and `--8<-- [end:name]`.

use super::Numbered;
use crate::{LeftOut, MAX_BYTES, Snippet, Snippets, lines};

/// Deepest nesting of snippets.
const MAX_DEPTH: usize = 8;
/// Most lines that snippets bring into a page.
const MAX_LINES: usize = 20_000;
/// Most bytes of files that are looked through for what a page takes of them.
const MAX_SOUGHT: usize = 16 * MAX_BYTES;

/// The lines with snippets put in. Lines of a snippet have the number of the line that asks for it.
pub(super) fn put_in(
    lines: Vec<Numbered>,
    snippets: &mut Snippets<'_>,
    left_out: &mut Vec<LeftOut>,
) -> Vec<Numbered> {
    if !lines.iter().any(|(line, _)| line.contains("8<-")) {
        return lines;
    }
    let mut page = Page {
        snippets,
        all: Vec::with_capacity(lines.len()),
        lines: MAX_LINES,
        bytes: MAX_BYTES,
        sought: MAX_SOUGHT,
        full_at: None,
    };
    page.read(&lines, "", 0);
    left_out.extend(page.full_at.map(|line| LeftOut {
        line,
        reason: format!(
            "What snippets bring into the page is more than {MAX_LINES} lines or {MAX_BYTES} bytes, or is sought in more than \
             {MAX_SOUGHT} bytes of files"
        ),
    }));
    page.all
}

/// The page while snippets are put in, and how much they may still bring.
struct Page<'s, 'f> {
    snippets: &'s mut Snippets<'f>,
    all: Vec<Numbered>,
    lines: usize,
    bytes: usize,
    sought: usize,
    /// The first line that asks for more.
    full_at: Option<u32>,
}

impl Page<'_, '_> {
    fn read(&mut self, lines: &[Numbered], indent: &str, depth: usize) {
        let mut is_list = false;
        for (line, number) in lines {
            let text = line.trim();
            if is_cut(text) {
                is_list = !is_list;
                continue;
            }
            let asked = if is_list { Some(text) } else { asked(text) };
            match asked {
                // A section of a page that others take.
                None if marks_section(text) => {}
                None => self.push(line, *number, indent, depth),
                Some(name) if name.is_empty() || name.starts_with(';') || depth >= MAX_DEPTH => {}
                Some(name) => {
                    let inner = self.taken(name, *number);
                    let indent = format!("{indent}{}", spaces(line));
                    self.read(&inner, lines::near(&indent), depth + 1);
                }
            }
        }
    }

    fn push(&mut self, line: &str, number: u32, indent: &str, depth: usize) {
        let text = line.trim();
        // A semicolon before the scissors makes them a text.
        let shown = match text.strip_prefix(';').filter(|rest| scissors(rest).is_some()) {
            Some(rest) => format!("{}{rest}", spaces(line)),
            None => line.to_owned(),
        };
        let indent = if line.is_empty() { "" } else { indent };
        let cost = if depth == 0 { 0 } else { indent.len() + shown.len() };
        match self.bytes.checked_sub(cost) {
            Some(left) => {
                self.bytes = left;
                self.all.push((format!("{indent}{shown}"), number));
            }
            None => self.is_full(number),
        }
    }

    fn is_full(&mut self, number: u32) {
        self.full_at.get_or_insert(number);
    }

    /// The lines that a name stands for, as lines of a page are: marks of what is taken out of pages are none in a file either.
    fn taken(&mut self, name: &str, number: u32) -> Vec<Numbered> {
        let name = name.trim();
        let (path, part) = name.split_once(':').unwrap_or((name, ""));
        if self.lines == 0 || self.sought == 0 {
            self.is_full(number);
            return Vec::new();
        }
        let Some(text) = (self.snippets)(Snippet {
            name,
            path,
            line: number,
        }) else {
            return Vec::new();
        };
        self.sought = self.sought.saturating_sub(text.len());
        let mut found = part_of(&text, part);
        if found.len() > self.lines {
            found.truncate(self.lines);
            self.is_full(number);
        }
        self.lines -= found.len();
        let clean = found.into_iter().map(|line| (lines::expand(line), number));
        clean.collect()
    }
}

fn spaces(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
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

/// The lines of a part of a file.
fn part_of<'t>(text: &'t str, part: &str) -> Vec<&'t str> {
    let lines: Vec<&str> = text.lines().collect();
    let mut parts = part.splitn(2, ':');
    let first = parts.next().unwrap_or_default();
    if part.is_empty() {
        lines
    } else if first.is_empty() || first.bytes().all(|byte| byte.is_ascii_digit()) {
        let from = first.parse::<usize>().unwrap_or(1).max(1);
        let to = parts.next().and_then(|to| to.parse().ok()).unwrap_or(lines.len());
        lines.into_iter().take(to).skip(from - 1).collect()
    } else {
        section(&lines, part)
    }
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
