//! Attribute lists: `{: #id .class key=value }`.

use crate::escape::escape;

/// Longest list that is read, in bytes.
const MAX_BYTES: usize = 500;

/// Attributes of an element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Attributes {
    /// The id.
    pub id: Option<String>,
    /// The classes.
    pub classes: Vec<String>,
    /// All others.
    pub others: Vec<(String, String)>,
}

impl Attributes {
    /// The attributes as they stand in a tag, with a space before each.
    pub(crate) fn html(&self) -> String {
        let mut html = String::new();
        if let Some(id) = &self.id {
            html.push_str(&format!(" id=\"{}\"", escape(id)));
        }
        if !self.classes.is_empty() {
            html.push_str(&format!(" class=\"{}\"", escape(&self.classes.join(" "))));
        }
        for (name, value) in &self.others {
            html.push_str(&format!(" {name}=\"{}\"", escape(value)));
        }
        html
    }

    fn take(&mut self, name: &str, value: &str) {
        match name {
            "class" => self.classes.extend(value.split_whitespace().map(str::to_owned)),
            "id" => self.id = Some(value.to_owned()),
            name if is_name(name) => self.others.push((name.to_owned(), value.to_owned())),
            _ => {}
        }
    }
}

/// The list at the beginning of a text, and its length.
pub(crate) fn leading(text: &str) -> Option<(Attributes, usize)> {
    let body = text.strip_prefix('{')?;
    let body = body.strip_prefix(':').unwrap_or(body);
    let mut rest = body.trim_start_matches(' ');
    if rest.starts_with('}') {
        return None;
    }
    let mut attributes = Attributes::default();
    loop {
        rest = rest.trim_start_matches(' ');
        let length = text.len() - rest.len();
        if length > MAX_BYTES {
            return None;
        }
        if rest.starts_with('}') {
            return Some((attributes, length + 1));
        }
        rest = entry(rest, &mut attributes)?;
    }
}

/// Reads one entry, and gives what is behind it.
fn entry<'t>(text: &'t str, attributes: &mut Attributes) -> Option<&'t str> {
    let end = text.find([' ', '=', '}', '\n'])?;
    let (name, behind) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    if let Some(value) = behind.strip_prefix('=') {
        let (value, rest) = value_of(value)?;
        attributes.take(name, value);
        return Some(rest);
    }
    match name.split_at_checked(1) {
        Some((".", class)) => attributes.classes.push(class.to_owned()),
        Some(("#", id)) => attributes.id = Some(id.to_owned()),
        _ => attributes.take(name, name),
    }
    Some(behind)
}

/// A value, which may be in quotes, and what is behind it.
fn value_of(text: &str) -> Option<(&str, &str)> {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote)
            && let Some((value, _)) = inner[..inner.floor_char_boundary(MAX_BYTES)].split_once(quote)
            && !value.contains('\n')
        {
            let from = text.len() - inner.len() + value.len() + 1;
            return Some((value, &text[from..]));
        }
    }
    let end = text.find([' ', '=', '}', '\n'])?;
    (end > 0).then(|| text.split_at(end))
}

/// A text without the list at its end, which stands behind a space, and the list.
pub(crate) fn trailing(text: &str) -> Option<(&str, Attributes)> {
    let trimmed = text.trim_end();
    trimmed.strip_suffix('}')?;
    let at = trimmed.find(" {")?;
    let (attributes, length) = leading(&trimmed[at + 1..])?;
    (at + 1 + length == trimmed.len()).then(|| (trimmed[..at].trim_end(), attributes))
}

/// The list that is all of a text.
pub(crate) fn alone(text: &str) -> Option<Attributes> {
    let text = text.trim();
    let (attributes, length) = leading(text)?;
    (length == text.len()).then_some(attributes)
}

fn is_name(text: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | ':' | '.');
    !text.is_empty() && text.chars().all(is_part)
}
