//! Fenced code, wherever it stands: in items, quotes and notes too.

use super::Numbered;
use crate::Options;
use crate::attributes;
use crate::escape::escape;
use crate::stash::{Kept, Stash};

/// Most quotes within a value.
const MAX_QUOTES: usize = 16;
/// Most lines that are marked of one block.
const MAX_MARKED: usize = 500;

/// The line that opens fenced code.
#[derive(Debug, Clone, Default)]
struct Fence {
    /// Spaces and marks of quotes before it.
    prefix: String,
    marks: String,
    code: Code,
    /// The position of its line.
    start: usize,
    /// A blank line was in a quote.
    had_blank: bool,
}

/// What a block of code is, apart from its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Code {
    pub language: String,
    pub title: String,
    /// Number of the first line.
    pub first: Option<u32>,
    /// Marked lines, counted from 1.
    pub marked: Vec<u32>,
}

/// What stands before a line: spaces and marks of quotes, at most so many.
fn prefix(line: &str, most: usize) -> (&str, &str) {
    let length = line
        .bytes()
        .take(most)
        .take_while(|byte| matches!(byte, b' ' | b'>'))
        .count();
    line.split_at(length)
}

fn quotes(prefix: &str) -> usize {
    prefix.bytes().filter(|byte| *byte == b'>').count()
}

impl Fence {
    fn open(line: &str, start: usize, options: &Options) -> Option<Self> {
        let (prefix, text) = prefix(line, usize::MAX);
        let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let info = text.trim_start_matches(mark);
        let marks = &text[..text.len() - info.len()];
        let code = Code::read(info, options).filter(|_| marks.len() >= 3)?;
        Some(Self {
            prefix: prefix.to_owned(),
            marks: marks.to_owned(),
            code,
            start,
            had_blank: false,
        })
    }

    /// What a line is to the code.
    fn meets(&mut self, line: &str) -> Meeting {
        let (before, content) = prefix(line, self.prefix.len());
        let (own, its) = (quotes(&self.prefix), quotes(before));
        let is_end = content
            .strip_prefix(&*self.marks)
            .is_some_and(|rest| rest.trim().is_empty());
        if its > own {
            return Meeting::Abandons;
        }
        if content.trim().is_empty() {
            self.had_blank |= own > 0;
            return Meeting::Belongs;
        }
        let is_short = before.len() < self.prefix.len();
        if is_short || (self.had_blank && its < own) {
            return Meeting::Abandons;
        }
        if is_end {
            return Meeting::Ends;
        }
        self.had_blank = false;
        Meeting::Belongs
    }
}

/// What a line is to the code before it.
enum Meeting {
    Belongs,
    Ends,
    /// The code is none.
    Abandons,
}

/// Takes fenced code out of the lines.
pub(super) fn take_out(lines: Vec<Numbered>, options: &Options, stash: &mut Stash) -> Vec<Numbered> {
    let mut open: Option<Fence> = None;
    let mut all: Vec<Numbered> = Vec::with_capacity(lines.len());
    for (line, number) in lines {
        let met = open.as_mut().map(|fence| fence.meets(&line));
        match (met, &open) {
            (Some(Meeting::Ends), Some(fence)) => {
                let number = all.get(fence.start).map_or(number, |(_, number)| *number);
                let kept = kept(fence, &all[fence.start..], &line, options);
                all.truncate(fence.start);
                all.push((format!("{}{}", fence.prefix, stash.keep(kept)), number));
                open = None;
                continue;
            }
            (Some(Meeting::Abandons), _) => open = None,
            (Some(Meeting::Belongs), _) => {}
            _ => open = Fence::open(&line, all.len(), options),
        }
        all.push((line, number));
    }
    all
}

fn kept(fence: &Fence, lines: &[Numbered], end: &str, options: &Options) -> Kept {
    let width = fence.prefix.len();
    let inner = |line: &str| prefix(line, width).1.to_owned();
    let mut source: Vec<String> = lines.iter().map(|(line, _)| inner(line)).collect();
    let mut text = String::new();
    for line in &source[1..] {
        text.push_str(line);
        text.push('\n');
    }
    source.push(inner(end));
    Kept::Code(code_html(&text, &fence.code, options), source)
}

impl Code {
    /// Indented code, which says nothing about itself.
    pub(crate) fn plain() -> Self {
        Self::default()
    }

    /// Reads what stands behind the marks. Nothing if that is not what may stand there: then the line is a text.
    fn read(info: &str, options: &Options) -> Option<Self> {
        let mut code = Self::default();
        let info = info.trim();
        let first = info.split([' ', '{']).next().unwrap_or_default();
        let name = first.strip_prefix('.').unwrap_or(first);
        let is_part =
            |character: char| character.is_alphanumeric() || matches!(character, '_' | '#' | '.' | '+' | '-');
        let mut rest = info;
        if !name.is_empty() && name.chars().all(is_part) {
            name.clone_into(&mut code.language);
            rest = info[first.len()..].trim_start();
        }
        if rest.starts_with('{') && rest.ends_with('}') {
            code.take_list(rest, options)?;
            return Some(code);
        }
        while !rest.is_empty() {
            rest = code.take_option(rest, options)?.trim_start();
        }
        Some(code)
    }

    /// Options in braces, of which the first class is the language.
    fn take_list(&mut self, list: &str, options: &Options) -> Option<()> {
        let Some((list, _)) = attributes::leading(list) else {
            return list.trim_matches(['{', '}', ' ', ':']).is_empty().then_some(());
        };
        if self.language.is_empty() {
            self.language = list.classes.first().cloned().unwrap_or_default();
        }
        for (name, value) in &list.others {
            // Others are attributes of the block.
            self.take(name, value, options);
        }
        Some(())
    }

    /// One option, and what is behind it.
    fn take_option<'t>(&mut self, text: &'t str, options: &Options) -> Option<&'t str> {
        let end = text.find(['=', ' ']).unwrap_or(text.len());
        let (name, behind) = text.split_at(end);
        let Some(value) = behind.strip_prefix('=') else {
            // An option without value.
            return self.take(name, name, options).then_some(behind);
        };
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        // A value ends with the first quote behind which something else can begin.
        let ends = value[1..].match_indices(quote).map(|(at, _)| at + 1);
        let is_end = |at: &usize| value[at + 1..].is_empty() || value[at + 1..].starts_with(' ');
        let end = ends.take(MAX_QUOTES).find(is_end)?;
        let (value, rest) = (&value[1..end], &value[end + 1..]);
        self.take(name, value, options).then_some(rest)
    }

    /// Keeps an option; `false` if there is none of this name and value.
    fn take(&mut self, name: &str, value: &str, options: &Options) -> bool {
        match name {
            "title" => value.clone_into(&mut self.title),
            "linenums" => {
                let first = value
                    .split_whitespace()
                    .next()
                    .and_then(|first| first.parse().ok());
                let Some(first) = first else { return false };
                self.first = (first > 0).then_some(first);
            }
            "hl_lines" => match marked(value) {
                Some(lines) => self.marked = lines,
                None => return false,
            },
            // The language of a diagram may have options of its own.
            _ => return options.fences.contains(&self.language),
        }
        true
    }
}

/// `2 4-6` as lines.
fn marked(value: &str) -> Option<Vec<u32>> {
    let mut lines = Vec::new();
    for range in value.trim_end_matches(['"', '\'']).split_whitespace() {
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
        lines.extend((from..=to).take(MAX_MARKED - lines.len().min(MAX_MARKED)));
    }
    (!lines.is_empty()).then_some(lines)
}

/// Code as HTML: the language is a class, the number of the first line and the marked lines are attributes.
pub(crate) fn code_html(text: &str, code: &Code, options: &Options) -> String {
    let language: String = code
        .language
        .chars()
        .filter(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '+' | '#'))
        .take(40)
        .collect();
    let mut attributes = String::new();
    if !language.is_empty() {
        attributes.push_str(&format!(" class=\"language-{language}\""));
    }
    // A diagram has no lines to number.
    let is_drawn = options.fences.contains(&code.language);
    let first = code.first.or(options.line_numbers.then_some(1));
    if let Some(first) = first.filter(|_| !is_drawn) {
        attributes.push_str(&format!(" data-first=\"{first}\""));
    }
    if !code.marked.is_empty() {
        let lines: Vec<String> = code.marked.iter().map(u32::to_string).collect();
        attributes.push_str(&format!(" data-marked=\"{}\"", lines.join(" ")));
    }
    let title = match code.title.as_str() {
        "" => String::new(),
        title => format!("<span class=\"filename\">{}</span>", escape(title)),
    };
    format!(
        "<div class=\"highlight\">{title}<pre><code{attributes}>{}</code></pre></div>\n",
        escape(text)
    )
}
