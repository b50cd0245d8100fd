//! Text as HTML and back.

/// Escapes a text for use between tags and in attributes in double quotes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    escape_into(text, &mut escaped);
    escaped
}

/// The same, written behind another text.
pub fn escape_into(text: &str, into: &mut String) {
    let mut kept = 0;
    for (at, byte) in text.bytes().enumerate() {
        let meant = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => continue,
        };
        into.push_str(&text[kept..at]);
        into.push_str(meant);
        kept = at + 1;
    }
    into.push_str(&text[kept..]);
}

/// The text that HTML without tags means, as far as [`escape`] and this crate write it.
pub fn unescape(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let (character, length) = entity(rest).unwrap_or(('&', 1));
        text.push(character);
        rest = &rest[length..];
    }
    text.push_str(rest);
    text
}

/// The character that an entity at the beginning of a text means, and the entity's length.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = entity_length(text)?;
    let character = match &text[1..end - 1] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "mdash" => '—',
        "ndash" => '–',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "sbquo" => '‚',
        "ldquo" => '“',
        "rdquo" => '”',
        "bdquo" => '„',
        "para" => '¶',
        "laquo" => '«',
        "raquo" => '»',
        "rarr" => '→',
        "larr" => '←',
        "harr" => '↔',
        "plusmn" => '±',
        "ne" => '≠',
        number => {
            let number = number.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((character, end))
}

/// The length of an entity at the beginning of a text.
pub(crate) fn entity_length(text: &str) -> Option<usize> {
    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(40).position(|byte| byte == b';')?;
    let name = body[..end].strip_prefix('#').unwrap_or(&body[..end]);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then_some(end + 2)
}

/// Escapes a text whose entities stay as they are.
pub(crate) fn escape_text(text: &str, into: &mut String) {
    for (at, character) in text.char_indices() {
        match character {
            '&' if entity_length(&text[at..]).is_some() => into.push('&'),
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            other => into.push(other),
        }
    }
}
