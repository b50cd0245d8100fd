//! What is defined somewhere and used elsewhere: links by label, footnotes, abbreviations. They are taken out of the page
//! before the rest is read.

use regex::Regex;

use crate::context::{Context, Definition, Footnote, MAX_DEPTH};
use crate::escape::escape;
use crate::fences::Fence;
use crate::lines::{Line, split};

/// Longest address, title or label, in bytes. It may be used many times.
const MAX_BYTES: usize = 2_000;
/// Most abbreviations.
const MAX_ABBREVIATIONS: usize = 500;

/// Takes definitions out of the lines, and gives the lines that are left.
pub(crate) fn collect<'a>(context: &mut Context<'_, '_>, lines: &[Line<'a>]) -> Vec<Line<'a>> {
    let mut left = Vec::with_capacity(lines.len());
    let mut fence: Option<Fence<'_>> = None;
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        if let Some(open) = fence {
            fence = (!open.is_closed_by(line.text.trim_start())).then_some(open);
        } else if let Some(open) = Fence::open(line.text.trim_start()) {
            fence = Some(open);
        } else if let Some(taken) = definition(context, &lines[at..]) {
            // A blank line stays, so that what is around does not become one paragraph.
            left.push(Line { text: "", ..line });
            at += taken;
            continue;
        }
        left.push(line);
        at += 1;
    }
    finish(context);
    left
}

/// Reads the definition at the beginning of the lines, and says how many lines it has.
fn definition(context: &mut Context<'_, '_>, lines: &[Line<'_>]) -> Option<usize> {
    let text = lines[0].text.trim_start();
    if let Some(rest) = text.strip_prefix("*[") {
        return abbreviation(context, rest);
    }
    let rest = text.strip_prefix('[')?;
    if let Some(rest) = rest.strip_prefix('^') {
        return footnote(context, rest, lines);
    }
    let (label, rest) = label(rest)?;
    let (address, title) = address(rest.trim())?;
    let definition = Definition {
        address: address.to_owned(),
        title: title.map(str::to_owned),
        line: lines[0].number,
    };
    let mut taken = 1;
    let mut definition = definition;
    if definition.title.is_none()
        && let Some(next) = lines.get(1).and_then(|line| quoted(line.text.trim()))
    {
        definition.title = Some(next.to_owned());
        taken = 2;
    }
    context.definitions.entry(key(label)).or_insert(definition);
    Some(taken)
}

/// `label]: rest`.
fn label(rest: &str) -> Option<(&str, &str)> {
    let end = rest
        .bytes()
        .take(MAX_BYTES)
        .position(|byte| matches!(byte, b'[' | b']'))?;
    let label = &rest[..end];
    let rest = rest[end..].strip_prefix("]:")?;
    (!label.trim().is_empty()).then_some((label, rest))
}

/// An address and the title behind it.
fn address(text: &str) -> Option<(&str, Option<&str>)> {
    let (address, rest) = match text.strip_prefix('<') {
        Some(rest) => rest.split_once('>')?,
        None => text.split_once(' ').unwrap_or((text, "")),
    };
    let rest = rest.trim();
    if address.is_empty() || address.len() > MAX_BYTES {
        return None;
    }
    match rest {
        "" => Some((address, None)),
        rest => quoted(rest).map(|title| (address, Some(title))),
    }
}

/// The text of a title in quotes or parentheses.
fn quoted(text: &str) -> Option<&str> {
    let inner = [('"', '"'), ('\'', '\''), ('(', ')')]
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    inner.filter(|inner| inner.len() <= MAX_BYTES)
}

/// The form of a label by which it is looked up.
pub(crate) fn key(label: &str) -> String {
    label
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

fn abbreviation(context: &mut Context<'_, '_>, rest: &str) -> Option<usize> {
    let (word, meaning) = label(rest)?;
    let meaning = meaning.trim();
    if meaning.len() > MAX_BYTES || context.abbreviations.len() >= MAX_ABBREVIATIONS {
        return None;
    }
    context.abbreviations.insert(word.to_owned(), meaning.to_owned());
    Some(1)
}

fn footnote(context: &mut Context<'_, '_>, rest: &str, lines: &[Line<'_>]) -> Option<usize> {
    let (label, first) = label(rest)?;
    let base = lines[0].indent();
    let mut text = vec![(first.trim().to_owned(), lines[0].number)];
    let mut taken = 1;
    for (at, line) in lines.iter().enumerate().skip(1) {
        if line.is_blank() {
            continue;
        }
        let is_lazy = at == taken && definition_start(line.text);
        if line.indent() >= base + 4 || is_lazy {
            let blanks = lines[taken..at].iter().map(|line| (String::new(), line.number));
            text.extend(blanks);
            text.push((line.dedent(base + 4).text.to_owned(), line.number));
            taken = at + 1;
        } else {
            break;
        }
    }
    context
        .footnotes
        .entry(label.to_owned())
        .or_insert_with(|| Footnote {
            text,
            ..Footnote::default()
        });
    Some(taken)
}

/// Whether a line directly behind the first line of a footnote goes on with its paragraph.
fn definition_start(text: &str) -> bool {
    let text = text.trim_start();
    !text.starts_with('[') && !text.starts_with(['#', '>', '-', '*', '|', '<', '`'])
}

fn finish(context: &mut Context<'_, '_>) {
    if context.abbreviations.is_empty() {
        return;
    }
    let mut words: Vec<String> = context
        .abbreviations
        .keys()
        .map(|word| regex::escape(word))
        .collect();
    // The longest first, so that it is found where a shorter one is its beginning.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    context.abbreviation_words = Regex::new(&format!(r"\b(?:{})\b", words.join("|"))).ok();
}

impl Context<'_, '_> {
    /// The section of the footnotes that were referred to.
    pub(crate) fn footnotes(&mut self) -> String {
        if self.footnote_order.is_empty() {
            return String::new();
        }
        let mut html = "<div class=\"footnote\">\n<hr />\n<ol>\n".to_owned();
        let mut at = 0;
        // A footnote may refer to another one, which then joins the order.
        while let Some(label) = self.footnote_order.get(at).cloned() {
            at += 1;
            let Some(footnote) = self.footnotes.get_mut(&label) else {
                continue;
            };
            let (lines, uses) = (std::mem::take(&mut footnote.text), footnote.uses);
            html.push_str(&self.footnote(&label, &lines, uses));
        }
        html.push_str("</ol>\n</div>\n");
        html
    }

    fn footnote(&mut self, label: &str, lines: &[(String, u32)], uses: usize) -> String {
        let text: Vec<&str> = lines.iter().map(|(text, _)| text.as_str()).collect();
        let text = text.join("\n");
        let body = self.blocks(
            &split(&text, lines.first().map_or(1, |(_, line)| *line)),
            MAX_DEPTH / 2,
            false,
        );
        let label = escape(label);
        let back: String = (1..=uses.clamp(1, 20))
            .map(|number| {
                let suffix = if number == 1 {
                    String::new()
                } else {
                    number.to_string()
                };
                format!(
                    "&#160;<a class=\"footnote-backref\" href=\"#fnref{suffix}:{label}\" \
                     title=\"Jump back to the text\">&#8617;</a>"
                )
            })
            .collect();
        let body = match body.trim_end().strip_suffix("</p>") {
            Some(body) => format!("{body}{back}</p>"),
            None => format!("{body}<p>{back}</p>"),
        };
        format!("<li id=\"fn:{label}\">\n{body}\n</li>\n")
    }
}
