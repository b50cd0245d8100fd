//! Tags of raw HTML.

/// Longest tag, in bytes.
const MAX_BYTES: usize = 4_096;
/// A tag at the beginning of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tag<'a> {
    /// Name of the element.
    pub name: &'a str,
    /// It ends the element.
    pub is_close: bool,
    /// Length of the tag.
    pub length: usize,
    text: &'a str,
}

/// Reads the tag at the beginning of a text.
pub(crate) fn tag(text: &str) -> Option<Tag<'_>> {
    let body = text.strip_prefix('<')?;
    let is_close = body.starts_with('/');
    let named = body.strip_prefix('/').unwrap_or(body);
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let end = named.bytes().position(|byte| !is_part(byte))?;
    let name = &named[..end];
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    let rest = &named[end..];
    if !rest.starts_with([' ', '>', '/', '\n']) {
        return None;
    }
    let close = close_of(rest)?;
    let length = text.len() - rest.len() + close + 1;
    Some(Tag {
        name,
        is_close,
        length,
        text: &text[..length],
    })
}

/// Where the tag ends. Quotes keep angle brackets.
fn close_of(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate().take(MAX_BYTES) {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'<') => return None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

impl Tag<'_> {
    fn attributes(&self) -> &str {
        let inner = self
            .text
            .trim_start_matches('<')
            .trim_end_matches('>')
            .trim_end_matches('/');
        inner.get(self.name.len()..).unwrap_or_default()
    }

    /// Whether the tag says itself that the element has no content.
    pub(crate) fn closes_itself(&self) -> bool {
        self.text.ends_with("/>")
    }

    /// The value of an attribute; empty if it has none.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        words(self.attributes()).find_map(|word| {
            let rest = word.strip_prefix(name)?;
            let value = rest.strip_prefix('=').or_else(|| rest.is_empty().then_some(""))?;
            Some(value.trim_matches(['"', '\'']).to_owned())
        })
    }

    /// The tag without an attribute.
    pub(crate) fn without(&self, name: &str) -> String {
        if !self.text.contains(name) {
            return self.text.to_owned();
        }
        let kept = words(self.attributes()).filter(|word| {
            *word != name && word.strip_prefix(name).is_none_or(|rest| !rest.starts_with('='))
        });
        let kept: String = kept.flat_map(|word| [" ", word]).collect();
        format!("<{}{kept}>", self.name)
    }
}

/// The attributes of a tag, as they are written.
fn words(attributes: &str) -> impl Iterator<Item = &str> {
    let mut rest = attributes.trim();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut quote = None;
        let end = rest.bytes().position(|byte| match (quote, byte) {
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                false
            }
            (Some(open), _) if open == byte => {
                quote = None;
                false
            }
            (None, byte) => byte.is_ascii_whitespace(),
            _ => false,
        });
        let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
        rest = behind.trim_start();
        Some(word)
    })
}
