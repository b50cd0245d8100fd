//! Where links lead, in one form for both renderers.

use std::collections::BTreeSet;

/// The target of a reference of the page at `address`, from the root of the site. Of one that leads nowhere only the name
/// is compared: browsers and we look for it in different folders.
pub fn resolved(address: &str, target: &str, known: &BTreeSet<String>) -> String {
    let target = target.trim();
    if target.contains("://")
        || target.starts_with("mailto:")
        || target.starts_with("//")
        || target.starts_with("data:")
    {
        return decoded(target);
    }
    let end = target.find(['#', '?']).unwrap_or(target.len());
    let (path, rest) = target.split_at(end);
    let mut parts: Vec<&str> = Vec::new();
    if !path.starts_with('/') {
        parts.extend(address.split('/'));
        parts.pop();
    }
    let pieces: Vec<&str> = path.split('/').collect();
    for (at, piece) in pieces.iter().enumerate() {
        match *piece {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            "index.html" if at + 1 == pieces.len() => {}
            piece => parts.push(piece),
        }
    }
    let place = decoded(&parts.join("/"));
    let is_known =
        known.contains(&place) || known.contains(&format!("{place}/index.html")) || place.is_empty();
    if is_known || path.is_empty() {
        return format!("/{place}{}", decoded(rest.trim_end_matches('#')));
    }
    let name = pieces
        .iter()
        .rev()
        .find(|piece| !matches!(**piece, "" | "." | ".."));
    format!("?{}", decoded(name.unwrap_or(&"")))
}

/// A text whose escaped bytes are what they stand for.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            plain.push(byte);
            at += 3;
        } else {
            plain.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}
