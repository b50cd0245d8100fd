//! Text with marks: code, links, images, emphasis, raw tags, symbols.
//!
//! One pass from left to right makes nodes; marks of emphasis are matched at the end, links as soon as they are closed.

mod critic;
mod emphasis;
mod keys;
mod links;
pub(crate) mod punctuation;
pub(crate) mod short_links;
mod symbols;
pub(crate) mod tags;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::attributes;
use crate::context::Context;
use crate::escape::{entity_length, escape};
use crate::math;
use emphasis::Mark;
use links::Bracket;

/// A part of the text.
#[derive(Debug)]
pub(crate) enum Node {
    /// HTML that is done.
    Html(String),
    /// Text that is still to be escaped.
    Text(String),
    /// Marks of emphasis.
    Mark(Mark),
    /// An address that is a link unless it stands in one: the link and the text.
    Address(String, String),
}

/// The text while it is read.
pub(crate) struct Inline<'t> {
    text: &'t str,
    at: usize,
    first_line: u32,
    nodes: Vec<Node>,
    brackets: Vec<Bracket>,
    /// Where the last run of backticks of each length stands.
    last_ticks: HashMap<usize, usize>,
    /// Where the last comment ends.
    last_comment: usize,
    /// Where the last `\)` stands that can close something, if formulas are read.
    last_round: Option<usize>,
    /// Up to where line breaks were counted, and their number.
    counted: (usize, u32),
}

impl Context<'_, '_> {
    /// A text as HTML. `line` is that of its beginning.
    pub(crate) fn inline(&mut self, text: &str, line: u32) -> String {
        let mut inline = Inline {
            text,
            at: 0,
            first_line: line,
            nodes: Vec::new(),
            brackets: Vec::new(),
            last_ticks: last_ticks(text),
            last_comment: text.rfind("-->").unwrap_or(0),
            last_round: self.options.math.then(|| text.rfind("\\)").unwrap_or(0)),
            counted: (0, 0),
        };
        while inline.at < text.len() {
            if !inline.special(self) {
                inline.plain();
            }
        }
        emphasis::resolve(&mut inline.nodes, 0);
        self.written(&inline.nodes)
    }

    fn written(&self, nodes: &[Node]) -> String {
        let mut html = String::new();
        for node in nodes {
            match node {
                Node::Html(done) | Node::Address(done, _) => html.push_str(done),
                Node::Text(text) => self.escaped(text, &mut html),
                Node::Mark(mark) => mark.write(&mut html),
            }
        }
        html
    }

    /// Text with its abbreviations explained.
    fn escaped(&self, text: &str, html: &mut String) {
        let exchanged = self
            .options
            .punctuation
            .as_ref()
            .map(|punctuation| punctuation.of(text));
        let text = exchanged.as_deref().unwrap_or(text);
        let Some(words) = &self.abbreviation_words else {
            return symbols::with_ordinals(text, html);
        };
        let mut end = 0;
        for found in words.find_iter(text) {
            symbols::with_ordinals(&text[end..found.start()], html);
            let meaning = self.abbreviations.get(found.as_str()).map_or("", String::as_str);
            html.push_str(&format!(
                "<abbr title=\"{}\">{}</abbr>",
                escape(meaning),
                escape(found.as_str())
            ));
            end = found.end();
        }
        symbols::with_ordinals(&text[end..], html);
    }
}

impl<'t> Inline<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn push_text(&mut self, text: &str) {
        match self.nodes.last_mut() {
            Some(Node::Text(last)) => last.push_str(text),
            _ => self.nodes.push(Node::Text(text.to_owned())),
        }
    }

    fn push_html(&mut self, html: String, length: usize) {
        self.nodes.push(Node::Html(html));
        self.at += length;
    }

    /// The line of the page that the text at hand is in.
    fn line(&mut self) -> u32 {
        let (from, known) = self.counted;
        let breaks = self.text.as_bytes()[from..self.at]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        let breaks = known.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.counted = (self.at, breaks);
        self.first_line.saturating_add(breaks)
    }

    /// Takes text up to the next character that may mean something.
    fn plain(&mut self) {
        let rest = self.rest();
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let means = |byte: u8| {
            matches!(
                byte,
                b'\\'
                    | b'`'
                    | b'['
                    | b']'
                    | b'!'
                    | b'#'
                    | b'?'
                    | b'<'
                    | b'&'
                    | b'*'
                    | b'_'
                    | b'~'
                    | b'^'
                    | b'='
                    | b':'
                    | b'@'
                    | b'c'
                    | b'h'
                    | b'w'
                    | b'\n'
                    | b'('
                    | b'+'
                    | b'-'
                    | b'$'
                    | b' '
                    | b'{'
                    | 2
            )
        };
        let length = rest
            .bytes()
            .skip(first)
            .position(means)
            .map_or(rest.len(), |at| at + first);
        self.push_text(&rest[..length]);
        self.at += length;
    }

    /// Takes something that means more than its text, if there is something.
    fn special(&mut self, context: &mut Context<'_, '_>) -> bool {
        match self.text.as_bytes()[self.at] {
            b'\\' | b'$' if self.formula() => true,
            b'\\' => self.escaped(),
            b'`' => self.code(),
            b'[' => self.open_bracket(context, false),
            b'!' if self.rest().starts_with("![") => self.open_bracket(context, true),
            b'#' | b'!' | b'?' => self.numbered(context),
            b']' => self.close_bracket(context),
            b'<' => self.tag(context),
            b'&' => self.entity(),
            b'=' if self.symbol() => true,
            b'c' => self.symbol(),
            b'*' | b'_' | b'~' | b'^' | b'=' => self.mark(),
            b':' => self.emoji(context.options.icons),
            b'@' => self.bare_mail(context) || self.mention(context),
            b'h' | b'w' => self.bare_address(context),
            b' ' | b'\n' => self.line_break(),
            b'(' | b'+' | b'-' => self.keys(context) || self.symbol(),
            b'{' => self.critic(context),
            2 => self.kept(context),
            _ => false,
        }
    }

    fn escaped(&mut self) -> bool {
        let Some(next) = self.rest()[1..].chars().next() else {
            return false;
        };
        if next == ' ' {
            // A space that breaks no line, for example within letters that are set low.
            self.push_html("&#160;".to_owned(), 2);
            return true;
        }
        if !"\\`*_{}[]()>#+-.!~^=|:".contains(next) {
            return false;
        }
        // Text of its own, so that it joins no symbol.
        self.nodes.push(Node::Html(escape(next.encode_utf8(&mut [0; 4]))));
        self.at += 2;
        true
    }

    fn formula(&mut self) -> bool {
        let Some(last_round) = self.last_round else {
            return false;
        };
        let rest = self.rest();
        if rest.starts_with("\\$") {
            self.push_html("$".to_owned(), 2);
            return true;
        }
        if rest.starts_with('\\') && last_round <= self.at {
            return false;
        }
        let Some((tex, length)) = math::inline(rest) else {
            if math::is_open(rest) {
                // What is not closed behind this place is not closed behind a later one.
                self.last_round = Some(0);
            }
            return false;
        };
        let html = math::inline_html(tex);
        self.push_html(html, length);
        true
    }

    fn code(&mut self) -> bool {
        let rest = self.rest();
        let run = rest.bytes().take_while(|byte| *byte == b'`').count();
        let is_closed = self.last_ticks.get(&run).is_some_and(|last| *last > self.at);
        let Some(end) = is_closed.then(|| closing_ticks(&rest[run..], run)).flatten() else {
            self.push_text(&rest[..run]);
            self.at += run;
            return true;
        };
        let (language, code) = highlighted(&rest[run..run + end]);
        let code = code.trim_matches(' ');
        let mut length = run + end + run;
        let mut attributes = attributes::Attributes::default();
        if let Some((list, more)) = attributes::leading(&rest[length..]) {
            attributes = list;
            length += more;
        }
        if let Some(language) = language {
            attributes.classes.push("highlight".to_owned());
            attributes.classes.push(format!("language-{language}"));
        }
        self.push_html(
            format!("<code{}>{}</code>", attributes.html(), escape(code)),
            length,
        );
        true
    }

    fn tag(&mut self, context: &mut Context<'_, '_>) -> bool {
        let rest = self.rest();
        let is_snippet = self.text[..self.at].ends_with("--8");
        if let Some((html, length)) = symbols::arrow(rest).filter(|_| !is_snippet) {
            self.push_html(html.to_owned(), length);
            return true;
        }
        if let Some((address, length)) = links::auto(rest) {
            let html = self.automatic(context, address);
            self.push_html(html, length);
            return true;
        }
        let length = match rest.strip_prefix("<!--") {
            Some(_) if self.last_comment <= self.at => None,
            Some(comment) => comment.find("-->").map(|end| end + 7),
            None => tags::tag(rest).map(|tag| tag.length),
        };
        let Some(length) = length else { return false };
        self.push_html(rest[..length].to_owned(), length);
        true
    }

    fn entity(&mut self) -> bool {
        let Some(length) = entity_length(self.rest()) else {
            return false;
        };
        let html = self.rest()[..length].to_owned();
        self.push_html(html, length);
        true
    }

    /// Two spaces at the end of a line break it.
    fn line_break(&mut self) -> bool {
        let rest = self.rest();
        let spaces = rest.bytes().take_while(|byte| *byte == b' ').count();
        if !rest[spaces..].starts_with('\n') {
            self.push_text(&rest[..spaces.max(1)]);
            self.at += spaces.max(1);
            return true;
        }
        if spaces >= 2 {
            self.push_html("<br />\n".to_owned(), spaces + 1);
        } else {
            self.push_text("\n");
            self.at += spaces + 1;
        }
        true
    }

    fn emoji(&mut self, has_icons: bool) -> bool {
        let rest = self.rest();
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-');
        let end = rest[1..].bytes().take(60).position(|byte| !is_part(byte));
        let Some(end) = end.filter(|end| *end > 0 && rest.as_bytes()[end + 1] == b':') else {
            return false;
        };
        let name = &rest[1..=end];
        if let Some(emoji) = emoji(name) {
            let html = format!(
                "<span class=\"twemoji\" title=\":{name}:\">{}</span>",
                emoji.as_str()
            );
            self.push_html(html, end + 2);
            return true;
        }
        let is_icon = has_icons
            && ["material-", "octicons-", "fontawesome-", "simple-"]
                .iter()
                .any(|set| name.starts_with(set));
        if is_icon {
            let mut length = end + 2;
            if let Some((_, more)) = attributes::leading(&rest[length..]) {
                length += more;
            }
            let label = escape(&name.replace('-', " "));
            let html = format!("<span class=\"twemoji\" role=\"img\" aria-label=\"{label}\"></span>");
            self.push_html(html, length);
        }
        is_icon
    }

    /// What was taken out of the page before.
    fn kept(&mut self, context: &Context<'_, '_>) -> bool {
        let Some((html, length)) = context.stash.html(self.rest()) else {
            return false;
        };
        self.push_html(html, length);
        true
    }

    fn symbol(&mut self) -> bool {
        let before = self.text[..self.at].chars().next_back();
        let Some((html, length)) = symbols::symbol(self.rest(), before) else {
            return false;
        };
        self.push_html(html.to_owned(), length);
        true
    }
}

/// Emoji by their names in Unicode, in small letters with underscores.
static EMOJI_NAMES: LazyLock<HashMap<String, &emojis::Emoji>> = LazyLock::new(|| {
    let name = |emoji: &emojis::Emoji| emoji.name().to_ascii_lowercase().replace([' ', '-'], "_");
    emojis::iter().map(|emoji| (name(emoji), emoji)).collect()
});

/// The emoji of a short name, else the one whose name in Unicode it is.
fn emoji(name: &str) -> Option<&'static emojis::Emoji> {
    emojis::get_by_shortcode(name).or_else(|| EMOJI_NAMES.get(name).copied())
}

/// HTML without its tags and comments.
pub(crate) fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let comment = rest.strip_prefix("<!--").and_then(|comment| comment.find("-->"));
        if let Some(end) = comment {
            rest = &rest[end + 7..];
        } else if let Some(tag) = tags::tag(rest) {
            rest = &rest[tag.length..];
        } else {
            text.push('<');
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    text
}

fn last_ticks(text: &str) -> HashMap<usize, usize> {
    let mut last = HashMap::new();
    let mut run = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'`' {
            run += 1;
        } else if run > 0 {
            last.insert(run, at - run);
            run = 0;
        }
    }
    if run > 0 {
        last.insert(run, text.len() - run);
    }
    last
}

fn closing_ticks(text: &str, run: usize) -> Option<usize> {
    let mut found = 0;
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        if byte == b'`' {
            found += 1;
        } else if found == run {
            return Some(at - run);
        } else {
            found = 0;
        }
    }
    None
}

/// The language of `#!python code`, and the code.
fn highlighted(code: &str) -> (Option<&str>, &str) {
    let marked = code.strip_prefix("#!").or_else(|| code.strip_prefix(":::"));
    let split = marked.and_then(|rest| rest.split_once(' '));
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    match split {
        Some((language, rest)) if is_name(language) => (Some(language), rest.trim()),
        _ => (None, code),
    }
}
