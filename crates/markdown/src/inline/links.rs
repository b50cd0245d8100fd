//! Links, images, footnotes and addresses in the text.

use super::{Inline, Node, emphasis};
use crate::Target;
use crate::attributes::{self, Attributes};
use crate::context::{Context, key};
use crate::escape::escape;

/// Longest address that is read, in bytes.
const MAX_ADDRESS: usize = 4_096;
/// Longest label, in bytes.
const MAX_LABEL: usize = 999;
/// Most brackets that are open.
const MAX_OPEN: usize = 1_000;

/// A bracket that was opened.
pub(crate) struct Bracket {
    /// Its node.
    node: usize,
    is_image: bool,
    /// Where the text behind it begins.
    start: usize,
}

/// Where a link leads, and how long what says so is.
struct Destination {
    address: String,
    title: Option<String>,
    line: Option<u32>,
    length: usize,
}

impl Inline<'_> {
    pub(crate) fn open_bracket(&mut self, context: &mut Context<'_, '_>, is_image: bool) -> bool {
        if !is_image && self.footnote(context) {
            return true;
        }
        let mark = if is_image { "![" } else { "[" };
        if self.brackets.len() >= MAX_OPEN {
            self.push_text(mark);
            self.at += mark.len();
            return true;
        }
        self.nodes.push(Node::Text(mark.to_owned()));
        self.at += mark.len();
        self.brackets.push(Bracket {
            node: self.nodes.len() - 1,
            is_image,
            start: self.at,
        });
        // What follows is a node of its own.
        self.nodes.push(Node::Text(String::new()));
        true
    }

    fn footnote(&mut self, context: &mut Context<'_, '_>) -> bool {
        let Some(rest) = self.rest().strip_prefix("[^") else {
            return false;
        };
        let end = rest
            .bytes()
            .take(MAX_LABEL)
            .position(|byte| matches!(byte, b']' | b'[' | b'\n'));
        let Some(label) = end.and_then(|end| rest[end..].starts_with(']').then(|| &rest[..end])) else {
            return false;
        };
        let Some((number, uses)) = context.use_footnote(label) else {
            return false;
        };
        let suffix = if uses == 1 {
            String::new()
        } else {
            uses.to_string()
        };
        let shown = escape(label);
        let html = format!(
            "<sup id=\"fnref{suffix}:{shown}\"><a class=\"footnote-ref\" href=\"#fn:{shown}\">{number}</a></sup>"
        );
        self.push_html(html, label.len() + 3);
        true
    }

    pub(crate) fn close_bracket(&mut self, context: &mut Context<'_, '_>) -> bool {
        let Some(bracket) = self.brackets.pop() else {
            return false;
        };
        let label = &self.text[bracket.start..self.at];
        let behind = &self.text[self.at + 1..];
        let Some(destination) = inline(behind).or_else(|| by_label(context, label, behind)) else {
            self.push_text("]");
            self.at += 1;
            return true;
        };
        let line = destination.line.unwrap_or_else(|| self.line());
        self.at += 1 + destination.length;
        let mut list = Attributes::default();
        if let Some((attributes, length)) = attributes::leading(self.rest()) {
            list = attributes;
            self.at += length;
        }
        if let Some(title) = &destination.title {
            list.others.push(("title".to_owned(), title.clone()));
        }
        let list = list.html();
        // There is no link in a link.
        for node in &mut self.nodes[bracket.node + 1..] {
            if let Node::Address(_, text) = node {
                *node = Node::Text(std::mem::take(text));
            }
        }
        if bracket.is_image {
            let address = context.resolve(Target::Image, &destination.address, line);
            let alt = escape(&text_of(&self.nodes[bracket.node + 1..]));
            self.nodes.truncate(bracket.node);
            self.nodes.push(Node::Html(format!(
                "<img alt=\"{alt}\" src=\"{}\"{list} />",
                escape(&address)
            )));
        } else {
            let address = context.resolve(Target::Link, &destination.address, line);
            emphasis::resolve(&mut self.nodes, bracket.node + 1);
            self.nodes[bracket.node] = Node::Html(format!("<a href=\"{}\"{list}>", escape(&address)));
            self.nodes.push(Node::Html("</a>".to_owned()));
            // There is no link in a link.
            self.brackets.retain(|bracket| bracket.is_image);
        }
        true
    }

    /// An address that stands in the text as it is.
    pub(crate) fn bare_address(&mut self, context: &mut Context<'_, '_>) -> bool {
        let before = self.text[..self.at].chars().next_back();
        if before.is_some_and(|before| before.is_alphanumeric() || matches!(before, '/' | '"' | '=')) {
            return false;
        }
        let Some(mut address) = bare(self.rest()) else {
            return false;
        };
        if !self.brackets.is_empty() {
            // The text of a link ends before what says where that leads.
            address = &address[..address
                .find("](")
                .or_else(|| address.find("]["))
                .unwrap_or(address.len())];
        }
        let html = self.automatic(context, address);
        self.nodes.push(Node::Address(html, address.to_owned()));
        self.at += address.len();
        true
    }

    /// A mail address that stands in the text as it is.
    pub(crate) fn bare_mail(&mut self, context: &mut Context<'_, '_>) -> bool {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+');
        let before = &self.text.as_bytes()[..self.at];
        let name = before
            .iter()
            .rev()
            .take(64)
            .take_while(|byte| is_part(**byte))
            .count();
        let behind = &self.rest()[1..];
        let host = behind.bytes().take(253).take_while(|byte| is_part(*byte)).count();
        let host = behind[..host].trim_end_matches(['.', '-', '_', '+']);
        let address = &self.text[self.at - name..self.at + 1 + host.len()];
        if !is_mail(address) || self.brackets.iter().any(|bracket| !bracket.is_image) {
            return false;
        }
        // The name is part of the text before, unless marks are in it.
        let Some(Node::Text(text)) = self.nodes.last_mut() else {
            return false;
        };
        if !text.ends_with(&address[..name]) {
            return false;
        }
        text.truncate(text.len() - name);
        let html = self.automatic(context, address);
        self.push_html(html, 1 + host.len());
        true
    }

    /// A link whose text is its address.
    pub(crate) fn automatic(&mut self, context: &mut Context<'_, '_>, address: &str) -> String {
        let is_mail = address.contains('@') && !address.contains("://") && !address.starts_with("mailto:");
        let target = if is_mail {
            format!("mailto:{address}")
        } else if address.starts_with("www.") {
            format!("http://{address}")
        } else {
            address.to_owned()
        };
        let target = context.resolve(Target::Link, &target, self.line());
        format!("<a href=\"{}\">{}</a>", escape(&target), escape(address))
    }
}

/// The text that nodes show, for an image that cannot be seen.
fn text_of(nodes: &[Node]) -> String {
    let mut text = String::new();
    for node in nodes {
        match node {
            Node::Html(html) | Node::Address(html, _) => {
                text.push_str(&crate::unescape(&super::without_tags(html)));
            }
            Node::Text(plain) => text.push_str(plain),
            Node::Mark(mark) => text.push_str(&mark.text()),
        }
    }
    text
}

/// `(address "title")`.
fn inline(text: &str) -> Option<Destination> {
    let body = text.strip_prefix('(')?;
    let trimmed = body.trim_start_matches([' ', '\n']);
    let mut at = body.len() - trimmed.len();
    let address = if let Some(rest) = trimmed.strip_prefix('<') {
        let end = rest
            .bytes()
            .take(MAX_ADDRESS)
            .position(|byte| matches!(byte, b'>' | b'\n'))?;
        rest[end..].strip_prefix('>')?;
        at += end + 2;
        &rest[..end]
    } else {
        let length = address_length(trimmed)?;
        at += length;
        &trimmed[..length]
    };
    let rest = body[at..].trim_start_matches([' ', '\n']);
    at = body.len() - rest.len();
    let mut title = None;
    if let Some(quote) = rest.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
        let (text, length) = quoted(rest, quote)?;
        title = Some(text);
        at += length;
        at += body[at..].len() - body[at..].trim_start_matches([' ', '\n']).len();
    }
    body[at..].starts_with(')').then(|| Destination {
        address: unescaped(address),
        title,
        line: None,
        length: at + 2,
    })
}

/// The length of an address, in which parentheses are balanced. Spaces within it are part of it unless a title follows.
fn address_length(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate().take(MAX_ADDRESS) {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(text[..at].trim_end().len()),
            b')' => depth -= 1,
            b' ' if text[at..].trim_start().starts_with(['"', '\'']) => return Some(at),
            b'\n' => return None,
            _ => {}
        }
    }
    None
}

/// The text of a title, and its length with quotes. It ends with the last quote before the parenthesis.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut from = 1;
    while from < text.len().min(MAX_ADDRESS) {
        let at = from + text[from..].find(quote)?;
        if text[at + 1..].trim_start_matches([' ', '\n']).starts_with(')') {
            return Some((text[1..at].to_owned(), at + 1));
        }
        from = at + 1;
    }
    None
}

fn unescaped(address: &str) -> String {
    let mut plain = String::with_capacity(address.len());
    let mut characters = address.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek().is_some_and(char::is_ascii_punctuation) => {}
            ' ' => plain.push_str("%20"),
            other => plain.push(other),
        }
    }
    crate::unescape(&plain)
}

/// `[label]`, `[]` or nothing behind the text of a link.
fn by_label(context: &Context<'_, '_>, text: &str, behind: &str) -> Option<Destination> {
    if context.definitions.is_empty() {
        return None;
    }
    let spaced = usize::from(behind.starts_with([' ', '\n']) && behind[1..].starts_with('['));
    // A footnote behind a short label is one of its own.
    let full = behind[spaced..]
        .strip_prefix('[')
        .filter(|rest| !rest.starts_with('^'));
    let full = full.and_then(|rest| {
        let end = rest
            .bytes()
            .take(MAX_LABEL)
            .position(|byte| matches!(byte, b']' | b'['))?;
        rest[end..].starts_with(']').then(|| &rest[..end])
    });
    let (label, length) = match full {
        Some("") => (text, spaced + 2),
        Some(label) => (label, spaced + label.len() + 2),
        None => (text, 0),
    };
    let short = |label: &str| {
        (label.len() <= MAX_LABEL)
            .then(|| context.definitions.get(&key(label)))
            .flatten()
    };
    let (definition, length) = match short(label) {
        Some(definition) => (definition, length),
        // Behind a label that means nothing, the text may mean something itself.
        None => (short(text)?, 0),
    };
    Some(Destination {
        address: definition.address.clone(),
        title: definition.title.clone(),
        line: Some(definition.line),
        length,
    })
}

/// `<https://…>` or `<name@host>`: the address and the length of all.
pub(crate) fn auto(text: &str) -> Option<(&str, usize)> {
    let body = text.strip_prefix('<')?;
    let end = body
        .bytes()
        .take(MAX_ADDRESS)
        .position(|byte| matches!(byte, b'>' | b'<' | b' ' | b'\n'))?;
    let address = &body[..end];
    let is_address = ["http://", "https://", "ftp://", "mailto:"]
        .iter()
        .any(|scheme| address.starts_with(scheme))
        || is_mail(address);
    (body.as_bytes()[end] == b'>' && is_address).then_some((address, end + 2))
}

fn is_mail(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let is_part = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+'))
    };
    is_part(name) && is_part(host) && host.contains('.')
}

/// The address at the beginning of a text.
fn bare(text: &str) -> Option<&str> {
    let scheme = ["https://", "http://", "www."]
        .into_iter()
        .find(|scheme| text.starts_with(scheme))?;
    let ends =
        |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'>' | b'"' | b'`' | b'*' | b'|');
    let end = text
        .bytes()
        .take(MAX_ADDRESS)
        .position(ends)
        .unwrap_or(text.len().min(MAX_ADDRESS));
    let is_end =
        |last: char| last.is_alphanumeric() || matches!(last, '-' | '/' | '#' | '@' | '$' | '+' | '=');
    let address = text.get(..end)?.trim_end_matches(|last: char| !is_end(last));
    let host = address.strip_prefix(scheme)?;
    let is_host = host.starts_with(|first: char| first.is_alphanumeric() || first == '[')
        && (scheme != "www." || host.contains('.'));
    is_host.then_some(address)
}
