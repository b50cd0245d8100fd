//! Headings: with marks before them and with a line below.

use crate::attributes;
use crate::context::Context;
use crate::escape::{escape, unescape};
use crate::lines::Line;
use crate::slug::slug;
use crate::{Heading, inline};

/// The level and text of a heading with marks before it.
pub(crate) fn marked(text: &str) -> Option<(u8, &str)> {
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    if !(1..=6).contains(&level) {
        return None;
    }
    let title = text[level..].trim();
    let unmarked = title.trim_end_matches('#');
    let title = if unmarked.ends_with('\\') {
        title
    } else {
        unmarked.trim_end()
    };
    Some((u8::try_from(level).unwrap_or(6), title))
}

/// The level that a line below a text makes of it.
pub(crate) fn underlined(below: &str) -> Option<u8> {
    let below = below.trim_end();
    let is_of = |mark: u8| !below.is_empty() && below.bytes().all(|byte| byte == mark);
    if is_of(b'=') {
        Some(1)
    } else if is_of(b'-') {
        Some(2)
    } else {
        None
    }
}

/// Whether a line is a rule across the page.
pub(crate) fn is_rule(text: &str) -> bool {
    let text = text.trim_end();
    let Some(mark) = text
        .bytes()
        .next()
        .filter(|mark| matches!(mark, b'-' | b'*' | b'_'))
    else {
        return false;
    };
    let count = text.bytes().filter(|byte| *byte == mark).count();
    let mut spaces = 0;
    for byte in text.bytes() {
        spaces = if byte == b' ' { spaces + 1 } else { 0 };
        if (byte != mark && byte != b' ') || spaces > 2 {
            return false;
        }
    }
    count >= 3
}

impl Context<'_, '_> {
    /// A heading as HTML; it joins the page's headings.
    pub(crate) fn heading(&mut self, level: u8, title: &str, line: Line<'_>) -> String {
        let (title, mut attributes) = attributes::trailing(title).map_or_else(
            || (title, attributes::Attributes::default()),
            |(title, attributes)| (title, attributes),
        );
        let html = self.inline(title, line.number);
        let text = unescape(&inline::without_tags(&html)).trim().to_owned();
        let wanted = attributes.id.take().unwrap_or_else(|| slug(&text));
        let id = self.ids.unique(wanted);
        let rest = attributes.html();
        let shown = escape(&id);
        self.headings.push(Heading {
            level,
            id,
            text,
            line: line.number,
        });
        format!(
            "<h{level} id=\"{shown}\"{rest}>{html}<a class=\"headerlink\" href=\"#{shown}\" \
             title=\"Permanent link\">&para;</a></h{level}>\n"
        )
    }
}
