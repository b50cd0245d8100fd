//! Places in a text: the line and the column of a word in it.

use std::cell::OnceCell;

/// A text whose lines are found without reading what stands before them.
pub(crate) struct Lines<'t> {
    text: &'t str,
    /// Where the lines begin, once somebody asks.
    starts: OnceCell<Vec<usize>>,
}

impl<'t> Lines<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        Self {
            text,
            starts: OnceCell::new(),
        }
    }

    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect()
        })
    }

    /// The column of a word in a line, in characters.
    pub(crate) fn column_of(&self, line: u32, word: &str) -> Option<u32> {
        let at = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *self.starts().get(at)?;
        let line = self.text[start..].split('\n').next()?;
        column(line, line.find(word)?)
    }

    /// The line and column of a byte of the text.
    pub(crate) fn place_of(&self, byte: usize) -> (Option<u32>, Option<u32>) {
        let line = self.starts().partition_point(|start| *start <= byte);
        let start = self.starts()[line.saturating_sub(1)];
        let text = &self.text[start..];
        (u32::try_from(line).ok(), column(text, byte - start))
    }
}

fn column(line: &str, byte: usize) -> Option<u32> {
    u32::try_from(line[..byte].chars().count() + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn lines_and_columns() {
        let lines = Lines::of("a\n\nGröße x\r\nlast");
        for (line, word, expected) in [
            (1, "a", Some(1)),
            (3, "x", Some(7)),
            (4, "last", Some(1)),
            (3, "last", None),
            (0, "a", None),
            (9, "a", None),
        ] {
            assert_eq!(lines.column_of(line, word), expected, "{line} {word}");
        }
        assert_eq!(lines.place_of(0), (Some(1), Some(1)));
        assert_eq!(lines.place_of(12), (Some(3), Some(8)));
    }
}
