//! Any text is read or refused, and what was read prints to text that is read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yaml::{Limits, locate, parse, parse_one, to_string};

fuzz_target!(|text: &str| {
    for document in parse(text, &Limits::default()) {
        let _ = locate(text, document.index, &["metadata", "name"]);
        if let Ok(value) = document.value {
            let printed = to_string(&value);
            assert!(parse_one(&printed, &Limits::default()).is_ok(), "{printed}");
        }
    }
});
