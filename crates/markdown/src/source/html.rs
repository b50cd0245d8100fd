//! Raw HTML between blocks, and elements whose content is Markdown because they say so.
//!
//! An element stands between blocks if its tag is at the beginning of a line. What is before and behind it are then blocks
//! of their own. Other tags are part of a text.

use std::collections::HashMap;

use super::Numbered;
use super::elements::{self, Reading};
use crate::inline::tags::{self, Tag};
use crate::stash::{Inner, Kept, Mode, Stash};

/// Most elements with Markdown that are open.
const MAX_OPEN: usize = 100;

/// Takes raw HTML out of the lines.
pub(super) fn take_out(lines: &[Numbered], stash: &mut Stash) -> Vec<Numbered> {
    if !lines.iter().any(|(line, _)| line.contains('<')) {
        return lines.to_vec();
    }
    let texts: Vec<&str> = lines.iter().map(|(line, _)| line.as_str()).collect();
    let text = texts.join("\n");
    let numbers = lines.iter().map(|(_, number)| *number).collect();
    let mut html = Html {
        text: &text,
        at: 0,
        line: 0,
        line_start: 0,
        numbers,
        stash,
        frames: vec![Frame::default()],
        raw: None,
        in_tail: false,
        last_comment: text.rfind("-->").unwrap_or(0),
    };
    html.read();
    html.finish()
}

/// An element with Markdown in it, while it is open. The first one is the page.
#[derive(Debug, Default)]
struct Frame {
    name: String,
    open: String,
    reading: Option<Reading>,
    lines: Vec<Numbered>,
    /// Nothing was in it yet but tags.
    is_fresh: bool,
}

impl Frame {
    /// Puts a text behind what is there; its lines have these numbers. Code that was taken out leaves gaps between them.
    fn push(&mut self, text: &str, numbers: &[u32]) {
        for (at, piece) in text.split('\n').enumerate() {
            if let Some((line, _)) = self.lines.last_mut().filter(|_| at == 0) {
                line.push_str(piece);
            } else {
                let number = numbers.get(at).or(numbers.last()).copied();
                self.lines.push((piece.to_owned(), number.unwrap_or(1)));
            }
        }
    }

    /// Puts a block between blank lines.
    fn push_block(&mut self, mark: &str, number: u32) {
        if self.lines.last().is_some_and(|(line, _)| !line.trim().is_empty()) {
            self.lines.push((String::new(), number));
        }
        if let Some((last, _)) = self.lines.last_mut() {
            last.clear();
        }
        for line in [mark, "", ""] {
            self.lines.push((line.to_owned(), number));
        }
    }
}

/// Raw HTML, while an element of it is open.
#[derive(Debug, Default)]
struct Raw {
    html: String,
    open: Vec<String>,
    /// How many elements of each name are open.
    counts: HashMap<String, usize>,
}

impl Raw {
    fn close(&mut self, name: &str) {
        if self.counts.get(name).is_none_or(|count| *count == 0) {
            return;
        }
        while let Some(last) = self.open.pop() {
            if let Some(count) = self.counts.get_mut(&last) {
                *count -= 1;
            }
            if last == name {
                break;
            }
        }
    }
}

/// The page while it is read.
struct Html<'t, 's> {
    text: &'t str,
    at: usize,
    /// The line that is read, and where it begins.
    line: usize,
    line_start: usize,
    numbers: Vec<u32>,
    stash: &'s mut Stash,
    frames: Vec<Frame>,
    raw: Option<Raw>,
    /// Behind raw HTML, in the same line.
    in_tail: bool,
    /// Where the last comment ends.
    last_comment: usize,
}

impl<'t> Html<'t, '_> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn number(&self) -> u32 {
        self.numbers.get(self.line).copied().unwrap_or(1)
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// Goes on by so many bytes.
    fn go(&mut self, length: usize) {
        let passed = &self.text[self.at..self.at + length];
        if let Some(last) = passed.rfind('\n') {
            self.line += passed.bytes().filter(|byte| *byte == b'\n').count();
            self.line_start = self.at + last + 1;
        }
        self.at += length;
    }

    fn is_line_start(&self) -> bool {
        self.at - self.line_start <= 3 && self.text[self.line_start..self.at].trim().is_empty()
    }

    /// Whether nothing stands behind so many bytes in the line.
    fn is_line_end(&self, length: usize) -> bool {
        // Only blanks are passed, so that a line of tags is not read as often as it has tags.
        let is_blank = |one: char| one.is_whitespace() && one != '\n';
        let behind = self.text[self.at + length..].trim_start_matches(is_blank);
        behind.is_empty() || behind.starts_with('\n')
    }

    fn read(&mut self) {
        while self.at < self.text.len() {
            let rest = self.rest();
            let plain = rest.find('<').unwrap_or(rest.len());
            if plain > 0 {
                self.data(plain);
                continue;
            }
            if rest.starts_with("<!--") {
                self.comment();
            } else if rest.starts_with("<!") || rest.starts_with("<?") {
                self.declaration();
            } else if let Some(tag) = tags::tag(rest) {
                self.tag(&tag);
            } else {
                self.data(1);
            }
        }
    }

    /// Text of so many bytes.
    fn data(&mut self, length: usize) {
        let text = &self.rest()[..length];
        self.in_tail &= !text.contains('\n');
        if let Some(raw) = &mut self.raw {
            raw.html.push_str(text);
        } else {
            let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
            let numbers: Vec<u32> = self.numbers.iter().skip(self.line).take(lines).copied().collect();
            let frame = self.frame();
            frame.is_fresh = false;
            frame.push(text, &numbers);
        }
        self.go(length);
    }

    fn comment(&mut self) {
        let rest = self.rest();
        let end = (self.last_comment > self.at)
            .then(|| rest[4..].find("-->"))
            .flatten();
        match end {
            Some(end) => self.standalone(end + 7, true),
            None => self.data(1),
        }
    }

    fn declaration(&mut self) {
        let is_separate = self.is_line_start() || self.in_tail;
        let looked_at = if is_separate { 2_000 } else { 0 };
        match self.rest().bytes().take(looked_at).position(|byte| byte == b'>') {
            Some(end) => self.standalone(end + 1, true),
            None => self.data(2),
        }
    }

    /// HTML of so many bytes that has no content.
    fn standalone(&mut self, length: usize, is_block: bool) {
        let text = self.rest()[..length].to_owned();
        let is_alone = is_block && self.is_line_start() && self.raw.is_none();
        if is_alone {
            let number = self.number();
            let is_nested = self.frames.len() > 1;
            self.in_tail = !is_nested && !self.is_line_end(length);
            let mark = self.stash.keep(Kept::Html(text, true));
            self.frame().push_block(&mark, number);
            return self.go(length);
        }
        self.within(length);
    }

    /// A tag of so many bytes within a text.
    fn within(&mut self, length: usize) {
        let is_off = self
            .frames
            .last()
            .is_some_and(|frame| frame.reading == Some(Reading::Off));
        if self.raw.is_some() || !is_off {
            return self.data(length);
        }
        let text = self.rest()[..length].to_owned();
        let mark = self.stash.keep(Kept::Html(text, false));
        let number = self.number();
        self.frame().push(&mark, &[number]);
        self.go(length);
    }

    fn tag(&mut self, tag: &Tag<'t>) {
        let name = tag.name.to_ascii_lowercase();
        let is_block = elements::is_block(&name);
        if tag.is_close {
            return self.close(&name, tag.length, is_block);
        }
        let is_separate = self.is_line_start() || self.in_tail;
        if name == "hr" && is_separate || tag.closes_itself() {
            return self.standalone(tag.length, is_block);
        }
        let is_fresh = self.frames.len() > 1 && self.frames.last().is_some_and(|frame| frame.is_fresh);
        if self.raw.is_some() {
            return self.open_raw(name, tag);
        }
        if !is_block || !(is_separate || is_fresh) {
            return self.within(tag.length);
        }
        let around = self.frames.last().and_then(|frame| frame.reading);
        let attribute = tag.attribute("markdown");
        let reading = elements::reading(&name, attribute.as_deref(), around);
        if self.frames.len() > MAX_OPEN || (self.frames.len() == 1 && reading == Reading::Off) {
            return self.open_raw(name, tag);
        }
        if name != "p" && self.frames.last().is_some_and(|frame| frame.name == "p") {
            self.close_frame();
        }
        self.frames.push(Frame {
            name,
            open: tag.without("markdown"),
            reading: Some(reading),
            lines: Vec::new(),
            is_fresh: true,
        });
        self.go(tag.length);
    }

    fn open_raw(&mut self, name: String, tag: &Tag<'t>) {
        let rest = self.rest();
        let mut length = tag.length;
        if matches!(name.as_str(), "script" | "style") {
            // Everything up to the end of the element is no HTML.
            let close = format!("</{name}");
            length += rest[length..].find(&close).unwrap_or(rest.len() - length);
        }
        let raw = self.raw.get_or_insert_with(Raw::default);
        raw.html.push_str(&tag.without("markdown"));
        raw.html.push_str(&rest[tag.length..length]);
        *raw.counts.entry(name.clone()).or_default() += 1;
        raw.open.push(name);
        self.go(length);
    }

    fn close(&mut self, name: &str, length: usize, is_block: bool) {
        if self.raw.is_some() {
            return self.close_raw(name, length);
        }
        if is_block && self.frames[1..].iter().any(|frame| frame.name == name) {
            while self.frames.len() > 1 {
                let is_it = self.frames.last().is_some_and(|frame| frame.name == name);
                self.close_frame();
                if is_it {
                    break;
                }
            }
            self.in_tail = self.frames.len() == 1 && !self.is_line_end(length);
            return self.go(length);
        }
        self.within(length);
    }

    fn close_raw(&mut self, name: &str, length: usize) {
        let text = &self.text[self.at..self.at + length];
        let is_end = self.is_line_end(length);
        let number = self.number();
        let Some(raw) = &mut self.raw else { return };
        raw.html.push_str(text);
        raw.close(name);
        if raw.open.is_empty() {
            let html = std::mem::take(&mut raw.html);
            self.raw = None;
            self.in_tail = !is_end;
            let mark = self.stash.keep(Kept::Html(html, true));
            self.frame().push_block(&mark, number);
        }
        self.go(length);
    }

    /// Ends the innermost element with Markdown.
    fn close_frame(&mut self) {
        if self.frames.len() < 2 {
            return;
        }
        let number = self.number();
        let Some(frame) = self.frames.pop() else { return };
        let mode = match frame.reading {
            Some(Reading::Blocks) => Mode::Blocks,
            Some(Reading::Text) => Mode::Text,
            _ => {
                let texts: Vec<&str> = frame.lines.iter().map(|(line, _)| line.as_str()).collect();
                let html = format!("{}{}</{}>", frame.open, texts.join("\n"), frame.name);
                let mark = self.stash.keep(Kept::Html(html, true));
                return self.frame().push_block(&mark, number);
            }
        };
        let mark = self.stash.keep(Kept::Element(Inner {
            name: frame.name,
            open: frame.open,
            mode,
            lines: frame.lines,
        }));
        self.frame().push_block(&mark, number);
    }

    fn finish(mut self) -> Vec<Numbered> {
        if let Some(raw) = self.raw.take() {
            let number = self.number();
            let mark = self.stash.keep(Kept::Html(raw.html, true));
            self.frame().push_block(&mark, number);
        }
        while self.frames.len() > 1 {
            self.close_frame();
        }
        self.frames.pop().map(|frame| frame.lines).unwrap_or_default()
    }
}
