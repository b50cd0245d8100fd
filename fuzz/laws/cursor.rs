//! Any text is a cursor or is refused; a cursor that was read is written in a form that reads the same.

use base64::prelude::*;
use catalog::query::Cursor;

/// Stops when the law is broken.
pub fn check(text: &str) {
    // As it is, and as what lies below the encoding, which chance alone would hardly ever reach.
    for candidate in [text.to_owned(), BASE64_STANDARD.encode(text)] {
        if let Ok(cursor) = Cursor::decode(&candidate) {
            let again = Cursor::decode(&cursor.encode()).expect("it was made by us");
            assert_eq!(again, cursor);
        }
    }
}
