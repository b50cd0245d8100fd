//! Logs: text on a terminal, JSON elsewhere; always on standard error.

use std::io::{self, IsTerminal as _, Write};

use tracing_subscriber::EnvFilter;

/// A folder that goes takes its watch along; the crate that watches warns of that.
const DEFAULT: &str = "info,sqlx=warn,hyper=warn,h2=warn,rustls=warn,notify=error";

/// Starts logging, and logs panics with their place.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let as_json = match std::env::var("LOG_FORMAT").as_deref() {
        Ok("json") => true,
        Ok("text") => false,
        _ => !std::io::stderr().is_terminal(),
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Plain(io::stderr()));
    // When nobody reads the log any more, requests must not fail for it.
    let builder = builder.log_internal_errors(false);
    // Fails only when a test started logging before.
    let _ = if as_json {
        builder
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .try_init()
    } else {
        builder
            .with_target(false)
            .with_ansi(std::io::stderr().is_terminal())
            .try_init()
    };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let reason = panic.payload_as_str().unwrap_or("no reason given");
        tracing::error!(place, "panicked: {reason}");
    }));
}

/// Writes characters that change how a line looks, such as U+2028 and those that turn the direction of writing, in the
/// form `\u2028`. Addresses and names in the log come from strangers. The form is right in text and in JSON.
struct Plain<W>(W);

impl<W: Write> Write for Plain<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(text) if text.contains(is_deceptive) => self.0.write_all(plain(text).as_bytes())?,
            _ => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_deceptive(character) {
            // All of them are within the first plane, so one escape is enough.
            plain.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            plain.push(character);
        }
    }
    plain
}

/// Line and paragraph separators, marks, embeddings, overrides and isolates of direction, and what has no width.
fn is_deceptive(character: char) -> bool {
    matches!(
        character,
        '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let mut written = Plain(Vec::new());
        written.write_all(text.as_bytes()).expect("memory takes all");
        assert_eq!(String::from_utf8(written.0).expect("UTF-8"), expected);
    }

    #[test]
    fn nothing_in_a_line_changes_how_it_looks() {
        check("GET /a\u{2028}b 200\n", "GET /a\\u2028b 200\n");
        check("\u{202e}gpj\u{2066}\u{feff}", "\\u202egpj\\u2066\\ufeff");
        check("Müller \u{1f600} – 漢字\n", "Müller \u{1f600} – 漢字\n");
    }
}
