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
}

/// The list at the beginning of a text, and its length.
pub(crate) fn leading(text: &str) -> Option<(Attributes, usize)> {
    let body = text.strip_prefix('{')?;
    let end = body
        .bytes()
        .take(MAX_BYTES)
        .position(|byte| matches!(byte, b'}' | b'\n' | b'{'))?;
    if body.as_bytes()[end] != b'}' {
        return None;
    }
    let attributes = parse(body[..end].strip_prefix(':').unwrap_or(&body[..end]))?;
    Some((attributes, end + 2))
}

/// A text without the list at its end, and the list.
pub(crate) fn trailing(text: &str) -> Option<(&str, Attributes)> {
    let trimmed = text.trim_end();
    let at = trimmed.strip_suffix('}')?.rfind('{')?;
    let (attributes, length) = leading(&trimmed[at..])?;
    (at + length == trimmed.len()).then(|| (trimmed[..at].trim_end(), attributes))
}

/// Reads what stands between the braces. Nothing if that is no list, for example a text in braces.
fn parse(list: &str) -> Option<Attributes> {
    let mut attributes = Attributes::default();
    let mut rest = list.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (word, behind) = word(rest);
        rest = behind.trim_start();
        match word.split_at_checked(1)? {
            ("#", id) if is_name(id) => attributes.id = Some(id.to_owned()),
            (".", class) if is_name(class) => attributes.classes.push(class.to_owned()),
            _ => {
                let (name, value) = word.split_once('=')?;
                let value = value.trim_matches(['"', '\'']).to_owned();
                match name {
                    "class" => attributes
                        .classes
                        .extend(value.split_whitespace().map(str::to_owned)),
                    "id" => attributes.id = Some(value),
                    name if is_name(name) => attributes.others.push((name.to_owned(), value)),
                    _ => return None,
                }
            }
        }
    }
    Some(attributes)
}

/// The first word; quotes keep spaces.
fn word(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, ' ') => return text.split_at(at),
            _ => {}
        }
    }
    (text, "")
}

fn is_name(text: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | ':' | '.');
    !text.is_empty() && text.chars().all(is_part)
}
