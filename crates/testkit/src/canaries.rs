//! Secrets that a test sows, and a search for them in everything that comes out: plain, and as they look encoded.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Shortest secret that is looked for: a shorter text may stand somewhere by chance.
const SHORTEST: usize = 12;

/// Secrets by what they are.
#[derive(Debug, Clone, Default)]
pub struct Canaries {
    all: Vec<(String, Vec<String>)>,
}

impl Canaries {
    /// Looks for one more.
    ///
    /// # Panics
    ///
    /// When the secret is too short to be told from other texts.
    pub fn sow(&mut self, what: &str, secret: &str) {
        assert!(secret.len() >= SHORTEST, "{what} is too short to be looked for");
        self.all.push((what.to_owned(), forms(secret)));
    }

    /// A new secret of this name, which is looked for.
    pub fn secret(&mut self, what: &str) -> String {
        let plain = |letter: char| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        };
        let name: String = what.chars().map(plain).collect();
        let secret = format!("canary-{}-{name}", uuid::Uuid::new_v4().simple());
        self.sow(what, &secret);
        secret
    }

    /// What of them stands in a text or in bytes.
    pub fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let holds = |form: &String| bytes.windows(form.len()).any(|part| part == form.as_bytes());
        let found = self.all.iter().filter(|(_, forms)| forms.iter().any(holds));
        found.map(|(what, _)| what.as_str()).collect()
    }
}

/// A secret as it may stand somewhere: plain, percent-encoded, in hex, and in base64 behind any other text.
fn forms(secret: &str) -> Vec<String> {
    let hex = |upper: bool| {
        let digits = secret.bytes().map(|byte| {
            if upper {
                format!("{byte:02X}")
            } else {
                format!("{byte:02x}")
            }
        });
        digits.collect::<String>()
    };
    let mut forms = vec![
        secret.to_owned(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        hex(true),
        hex(false),
    ];
    for before in 0..3 {
        let text = format!("{}{secret}", "x".repeat(before));
        for encoded in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
            // The first and the last letters depend on what stands beside the secret.
            let inner = encoded.get(before + 1..encoded.len().saturating_sub(2));
            forms.extend(inner.map(str::to_owned));
        }
    }
    forms
}

/// Everything that is logged from now on by the whole process, of every level.
#[derive(Debug, Clone, Default)]
pub struct HeardLog(Arc<Mutex<Vec<u8>>>);

impl HeardLog {
    /// Begins to listen. Only one test of a binary may.
    ///
    /// # Panics
    ///
    /// When somebody listens already.
    pub fn begin() -> Self {
        let log = Self::default();
        tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(log.clone())
            .init();
        log
    }

    /// What was logged.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Write for HeardLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for HeardLog {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_however_it_is_written() {
        let mut canaries = Canaries::default();
        let secret = "a token/of Ada: \u{e4}+%".to_owned();
        canaries.sow("a token of Ada", &secret);
        let encoded = utf8_percent_encode(&secret, NON_ALPHANUMERIC).to_string();
        for text in [
            format!("before {secret} after"),
            format!("?token={encoded}"),
            STANDARD_NO_PAD.encode(format!("portal:{secret}")),
            STANDARD_NO_PAD.encode(format!("ada:{secret}\n")),
            URL_SAFE_NO_PAD.encode(format!("{{\"a\":\"{secret}\"}}")),
            secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ] {
            assert_eq!(canaries.found_in(text.as_bytes()), ["a token of Ada"], "{text}");
        }
        assert!(canaries.found_in(&secret.as_bytes()[1..]).is_empty());
        assert!(canaries.found_in(b"nothing of it").is_empty());
    }
}
