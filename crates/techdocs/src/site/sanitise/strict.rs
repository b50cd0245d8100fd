//! The short way through the sanitiser: HTML in the strict form that Markdown writes is copied tag by tag, by the same lists.
//!
//! A parser as browsers have it costs half of what a page costs, and pages without odd HTML need none. A copy is safe for three
//! reasons: all that is written was read as a tag, an attribute or a text and is written anew in its plainest form; none of the
//! elements of the list makes a browser read what follows as anything but tags and texts; and each element ends in the element in
//! which it began, so that nothing leaves the article. What is not in that form (a tag that does not end, an attribute without
//! quotes, a comment, an element or a character reference that is not known, an element that browsers put elsewhere) is not mended here:
//! the parser takes the whole page. So both ways write the same.

use std::borrow::Cow;

use super::{Lists, Places, nesting};

/// Elements without an end.
const VOID: [&str; 6] = ["area", "br", "col", "hr", "img", "input"];
/// Most attributes of an element; more have to be compared by the parser.
const MAX_ATTRIBUTES: usize = 12;

/// The HTML made safe; nothing where it is not in the strict form. `page` is the position and the file of the page.
pub(super) fn copy(html: &str, lists: &Lists, places: &Places, page: (usize, &str)) -> Option<String> {
    let mut copy = Copy {
        lists,
        places,
        page,
        written: String::with_capacity(html.len() + html.len() / 8),
        open: Vec::new(),
    };
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        copy.text(&rest[..at])?;
        rest = &rest[at + 1..];
        rest = match rest.strip_prefix('/') {
            Some(end) => copy.end(end)?,
            None => copy.start(rest)?,
        };
    }
    copy.text(rest)?;
    copy.open.is_empty().then_some(copy.written)
}

struct Copy<'a> {
    lists: &'a Lists,
    places: &'a Places,
    page: (usize, &'a str),
    written: String,
    /// Elements that did not end yet.
    open: Vec<&'a str>,
}

impl Copy<'_> {
    /// Copies the end of an element, up to behind it.
    fn end<'h>(&mut self, rest: &'h str) -> Option<&'h str> {
        let (name, rest) = rest.split_once('>')?;
        (self.open.pop()? == name).then_some(())?;
        self.written.push_str("</");
        self.written.push_str(name);
        self.written.push('>');
        Some(rest)
    }

    /// Copies the start of an element, up to behind it.
    fn start<'h>(&mut self, rest: &'h str) -> Option<&'h str> {
        let (name, mut rest) = word(rest)?;
        let name = *self.lists.tags.get(name)?;
        nesting::stays(name, &self.open).then_some(())?;
        self.written.push('<');
        self.written.push_str(name);
        let mut seen: Vec<&str> = Vec::new();
        let is_closed = loop {
            let inner = rest.trim_start_matches([' ', '\n']);
            if let Some(behind) = inner.strip_prefix('>') {
                rest = behind;
                break false;
            }
            if let Some(behind) = inner.strip_prefix("/>") {
                rest = behind;
                break true;
            }
            // An attribute that follows another one at once is read differently by different programs.
            (inner.len() < rest.len() && seen.len() < MAX_ATTRIBUTES).then_some(())?;
            let (attribute, value, behind) = attribute(inner)?;
            (!seen.contains(&attribute)).then_some(())?;
            seen.push(attribute);
            self.attribute(name, attribute, &value);
            rest = behind;
        };
        for (attribute, value) in super::added(name) {
            self.write_attribute(attribute, value);
        }
        self.written.push('>');
        if VOID.contains(&name) {
            return Some(rest);
        }
        // A browser does not see the slash.
        (!is_closed).then_some(())?;
        // Nor the first line break of this element.
        (name != "pre" || !rest.starts_with('\n')).then_some(())?;
        self.open.push(name);
        Some(rest)
    }

    fn attribute(&mut self, element: &str, name: &str, value: &str) {
        if self
            .lists
            .allow(element, name, value, &self.places.allowed.schemes)
            && let Some(value) = super::attribute(self.places, self.page, element, name, value)
        {
            self.write_attribute(name, &value);
        }
    }

    fn write_attribute(&mut self, name: &str, value: &str) {
        self.written.push(' ');
        self.written.push_str(name);
        self.written.push_str("=\"");
        if value.contains(['&', '<', '>', '"', '\u{a0}']) {
            let escaped = markdown::escape(value).replace('\u{a0}', "&nbsp;");
            self.written.push_str(&escaped);
        } else {
            self.written.push_str(value);
        }
        self.written.push('"');
    }

    fn text(&mut self, text: &str) -> Option<()> {
        nesting::text_stays(text, &self.open).then_some(())?;
        let mut rest = text;
        while let Some(at) = rest.find(['&', '>', '\u{a0}', '\r', '\0']) {
            self.written.push_str(&rest[..at]);
            rest = &rest[at..];
            let (character, length) = character(rest)?;
            match character {
                '&' => self.written.push_str("&amp;"),
                '<' => self.written.push_str("&lt;"),
                '>' => self.written.push_str("&gt;"),
                '\u{a0}' => self.written.push_str("&nbsp;"),
                other => self.written.push(other),
            }
            rest = &rest[length..];
        }
        self.written.push_str(rest);
        Some(())
    }
}

/// A name in small letters, and what follows.
fn word(text: &str) -> Option<(&str, &str)> {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let length = text.bytes().take_while(|byte| is_part(*byte)).count();
    text.starts_with(|first: char| first.is_ascii_lowercase())
        .then_some(text.split_at(length))
}

/// The attribute at the beginning, its value, and what follows.
fn attribute(text: &str) -> Option<(&str, Cow<'_, str>, &str)> {
    let (name, rest) = word(text)?;
    let Some(quoted) = rest.strip_prefix("=\"") else {
        return rest
            .starts_with([' ', '>', '/'])
            .then_some((name, Cow::Borrowed(""), rest));
    };
    let (value, rest) = quoted.split_once('"')?;
    Some((name, plain(value)?, rest))
}

/// The text that a value means.
fn plain(value: &str) -> Option<Cow<'_, str>> {
    if !value.contains(['&', '\r', '\0']) {
        return Some(Cow::Borrowed(value));
    }
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find(['&', '\r', '\0']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let (character, length) = character(rest)?;
        text.push(character);
        rest = &rest[length..];
    }
    text.push_str(rest);
    Some(Cow::Owned(text))
}

/// The character that stands at the beginning, as itself or as a reference, and its length. Nothing for what browsers read in a way of
/// their own.
fn character(text: &str) -> Option<(char, usize)> {
    let first = text.chars().next()?;
    if first != '&' {
        return (!matches!(first, '\r' | '\0')).then_some((first, first.len_utf8()));
    }
    let length = text.bytes().take(12).position(|byte| byte == b';')? + 1;
    let reference = &text[..length];
    let meant = markdown::unescape(reference);
    let mut meant = meant.chars();
    let character = meant.next()?;
    let is_known = meant.next().is_none() && !is_odd(character);
    is_known.then_some((character, length))
}

/// Whether browsers may read a reference to this character as another one.
fn is_odd(character: char) -> bool {
    character != '\n' && character < ' ' || ('\u{7f}'..'\u{a0}').contains(&character)
}
