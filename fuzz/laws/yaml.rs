//! Any text is read or refused, and what was read prints to text that is read again.

use ::yaml::{Limits, locate, parse, parse_one, to_string};

/// Stops when the law is broken.
pub fn check(text: &str) {
    for document in parse(text, &Limits::default()) {
        let place = locate(text, document.line, &["metadata", "name"]);
        if let Ok(value) = document.value {
            assert!(value.is_null() || place.is_some_and(|(line, _)| line >= document.line));
            let printed = to_string(&value);
            assert!(parse_one(&printed, &Limits::default()).is_ok(), "{printed}");
        }
    }
}
