//! Paths of keys: the dotted form people write, and JSON pointers.

/// `["catalog", "locations", "0"]` → `/catalog/locations/0`.
pub(crate) fn pointer(path: &[String]) -> String {
    let mut text = String::new();
    for segment in path {
        text.push('/');
        text.push_str(&segment.replace('~', "~0").replace('/', "~1"));
    }
    text
}

/// `["catalog", "locations", "0"]` → `catalog.locations[0]`.
pub(crate) fn dotted(path: &[String]) -> String {
    let mut text = String::new();
    for segment in path {
        append(&mut text, segment);
    }
    text
}

fn append(text: &mut String, segment: &str) {
    if !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit()) {
        text.push('[');
        text.push_str(segment);
        text.push(']');
    } else {
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(segment);
    }
}

/// `catalog.locations[0].target` → its segments.
pub(crate) fn segments(dotted: &str) -> Vec<String> {
    dotted
        .split('.')
        .flat_map(|part| part.split('['))
        .map(|part| part.trim_end_matches(']').to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

/// Whether a part of a key may be used by the reader: `^[a-z][a-z0-9]*(?:[-_:][a-z0-9]+)*$`,
/// ignoring case.
pub(crate) fn is_key_part(part: &str) -> bool {
    let mut pieces = part.split(['-', '_', ':']);
    let first_is_good = pieces.next().is_some_and(|first| {
        first.starts_with(|character: char| character.is_ascii_alphabetic())
            && first.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    first_is_good
        && pieces.all(|piece| !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
