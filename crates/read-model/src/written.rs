//! How a value was written, kept as what differs from its lower-cased form: mostly a capital letter or two.

use std::borrow::Cow;

/// Set in [`Written::mark`] where the whole text is kept.
const WHOLE: u16 = 1 << 15;

/// What differs.
#[derive(Debug, PartialEq, Eq)]
pub struct Written<'a> {
    bytes: Cow<'a, [u8]>,
    is_whole: bool,
}

impl<'a> Written<'a> {
    /// What is to be kept of a text beside its lower-cased form.
    pub fn of(original: &'a str, lower: &str) -> Self {
        if original == lower {
            return Self::read(&[], 0);
        }
        match capitals(original.as_bytes(), lower.as_bytes()) {
            Some(steps) => Self {
                bytes: Cow::Owned(steps),
                is_whole: false,
            },
            None => Self {
                bytes: Cow::Borrowed(original.as_bytes()),
                is_whole: true,
            },
        }
    }

    /// What was kept.
    pub fn read(bytes: &'a [u8], mark: u16) -> Self {
        Self {
            bytes: Cow::Borrowed(bytes),
            is_whole: mark & WHOLE != 0,
        }
    }

    /// The bytes to keep.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Their number, and how they are to be read.
    pub fn mark(&self) -> u16 {
        let length = u16::try_from(self.bytes.len()).expect("indexed values are short");
        if self.is_whole { length | WHOLE } else { length }
    }

    /// Number of bytes that a mark stands for.
    pub fn length(mark: u16) -> usize {
        usize::from(mark & !WHOLE)
    }

    /// The text as it was written.
    pub fn restore<'t>(&'t self, lower: &'t str) -> Cow<'t, str> {
        if self.is_whole {
            return String::from_utf8_lossy(&self.bytes);
        }
        if self.bytes.is_empty() {
            return Cow::Borrowed(lower);
        }
        let (mut text, mut at) = (lower.as_bytes().to_vec(), 0);
        for step in &*self.bytes {
            at += usize::from(*step);
            text[at].make_ascii_uppercase();
            at += 1;
        }
        Cow::Owned(String::from_utf8(text).expect("only ASCII letters changed"))
    }
}

/// How many letters stand before each capital, from the one before it; nothing where the texts differ otherwise.
fn capitals(original: &[u8], lower: &[u8]) -> Option<Vec<u8>> {
    if original.len() != lower.len() {
        return None;
    }
    let (mut steps, mut from) = (Vec::new(), 0);
    for (at, (original, lower)) in original.iter().zip(lower).enumerate() {
        if original == lower {
            continue;
        }
        if original.to_ascii_lowercase() != *lower {
            return None;
        }
        steps.push(u8::try_from(at - from).ok()?);
        from = at + 1;
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Written;

    fn kept(original: &str, lower: &str) -> (usize, String) {
        let written = Written::of(original, lower);
        let read = Written::read(written.bytes(), written.mark());
        assert_eq!(read, written);
        assert_eq!(Written::length(written.mark()), written.bytes().len());
        (written.bytes().len(), read.restore(lower).into_owned())
    }

    proptest! {
        #[test]
        fn every_text_comes_out_as_it_was_written(original in ".{0,300}") {
            prop_assert_eq!(kept(&original, &original.to_lowercase()).1, original);
        }
    }

    #[test]
    fn a_capital_takes_a_byte() {
        assert_eq!(kept("Report Sync", "report sync"), (2, "Report Sync".to_owned()));
        assert_eq!(kept("plain", "plain"), (0, "plain".to_owned()));
        assert_eq!(kept("ÄRGER", "ärger"), (6, "ÄRGER".to_owned()));
    }
}
