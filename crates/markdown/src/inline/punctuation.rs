//! Quotes, dashes and dots as typesetters have them: the extension `smarty` of Python-Markdown.
//!
//! Its rules are a row of patterns over one text between marks; the first that fits a quote decides. What is here asks the same of the
//! characters beside it (`markdown/extensions/smarty.py`, Python-Markdown 3.7).

/// What is exchanged, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmartPunctuation {
    /// `"` and `'`.
    pub quotes: bool,
    /// `--` and `---`.
    pub dashes: bool,
    /// `...`.
    pub ellipses: bool,
    /// `<<` and `>>`.
    pub angles: bool,
    /// Opening and closing double quotes.
    pub double: [String; 2],
    /// Opening and closing single quotes.
    pub single: [String; 2],
    /// Opening and closing angled quotes.
    pub angled: [String; 2],
    /// The short dash and the long one.
    pub dash: [String; 2],
    /// The dots.
    pub ellipsis: String,
}

impl Default for SmartPunctuation {
    fn default() -> Self {
        let pair = |first: &str, second: &str| [first.to_owned(), second.to_owned()];
        Self {
            quotes: true,
            dashes: true,
            ellipses: true,
            angles: false,
            double: pair("“", "”"),
            single: pair("‘", "’"),
            angled: pair("«", "»"),
            dash: pair("–", "—"),
            ellipsis: "…".to_owned(),
        }
    }
}

impl SmartPunctuation {
    /// A text between marks, with its punctuation exchanged.
    pub(crate) fn of(&self, text: &str) -> String {
        let mut written = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(found) = text[at..].find(['"', '\'', '-', '.', '<', '>']) {
            written.push_str(&text[at..at + found]);
            at += found;
            let (shown, length) = self.at(text, at);
            written.push_str(shown);
            at += length;
        }
        written.push_str(&text[at..]);
        written
    }

    /// What is shown for the sign at a position, and the length of what it stands for.
    fn at<'s>(&'s self, text: &'s str, at: usize) -> (&'s str, usize) {
        let rest = &text[at..];
        let sign = rest.chars().next().unwrap_or(' ');
        let length = rest.len() - rest.trim_start_matches(sign).len();
        match (sign, length) {
            ('"' | '\'', _) if self.quotes => (self.quote(sign, text, at), 1),
            ('-', 2) if self.dashes => (&self.dash[0], 2),
            ('-', 3) if self.dashes => (&self.dash[1], 3),
            ('.', 3) if self.ellipses => (&self.ellipsis, 3),
            ('<', 2..) if self.angles => (&self.angled[0], 2),
            ('>', 2..) if self.angles => (&self.angled[1], 2),
            ('-' | '.', _) => (&rest[..length], length),
            _ => (&rest[..1], 1),
        }
    }

    fn quote(&self, sign: char, text: &str, at: usize) -> &str {
        let (open, close) = match sign {
            '"' => (&self.double[0], &self.double[1]),
            _ => (&self.single[0], &self.single[1]),
        };
        if closes(sign, &text[..at], &text[at + 1..]) {
            close
        } else {
            open
        }
    }
}

/// Whether a quote between two texts ends what is quoted. A single one also stands for letters that are left out.
fn closes(sign: char, before: &str, behind: &str) -> bool {
    let mut following = behind.chars();
    let (next, second) = (following.next(), following.next());
    let is_word_next = next.is_some_and(is_word);
    let last = before.chars().next_back();
    if before.is_empty()
        && next.is_some_and(|next| next.is_ascii_punctuation())
        && !second.is_some_and(is_word)
    {
        return true;
    }
    let other = if sign == '"' { '\'' } else { '"' };
    // Two quotes together open before a word and close behind a text.
    if next == Some(other) && second.is_some_and(is_word) {
        return false;
    }
    if last == Some(other) && is_word_next {
        return false;
    }
    if sign == '\'' && is_decade(last, behind) {
        return true;
    }
    if opens_behind(before) && is_word_next {
        return false;
    }
    let is_before_space = next.is_some_and(char::is_whitespace);
    // A quote that was read is no text, but the second of two ends what the first one ends.
    let text = before.strip_suffix(other).unwrap_or(before).chars().next_back();
    let is_behind_text = text.is_some_and(|last| {
        !matches!(
            last,
            ' ' | '\t' | '\r' | '\n' | '[' | '{' | '(' | '-' | '"' | '\''
        )
    });
    if sign == '"' {
        return is_before_space || is_behind_text;
    }
    let is_genitive = next == Some('s') && !second.is_some_and(is_word);
    let is_before_number = next.is_some_and(char::is_numeric);
    is_before_space || is_genitive || is_behind_text && !is_before_number
}

/// Whether the years of a decade follow: the '80s.
fn is_decade(last: Option<char>, behind: &str) -> bool {
    let mut years = behind.chars();
    let is_digit = |year: Option<char>| year.is_some_and(char::is_numeric);
    !last.is_some_and(is_word)
        && is_digit(years.next())
        && is_digit(years.next())
        && years.next() == Some('s')
}

/// Whether a quote behind this text opens.
fn opens_behind(before: &str) -> bool {
    before.ends_with(char::is_whitespace) || before.ends_with("--") || before.ends_with(['–', '—'])
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The right side is what Python-Markdown 3.7 makes of the left one.
    #[test]
    fn as_python_markdown_has_it() {
        let check = |text: &str, expected: &str| {
            assert_eq!(SmartPunctuation::default().of(text), expected, "{text}");
        };
        check("\"a\" and 'b'", "“a” and ‘b’");
        check(
            "it's Bob's, the '80s, rock 'n' roll",
            "it’s Bob’s, the ’80s, rock ‘n’ roll",
        );
        check("\"'a' b,\" he said", "“‘a’ b,” he said");
        check("(\"a\") [\"b\"] --\"c\"", "(“a”) [“b”] –“c”");
        check("a -- b --- c ---- d", "a – b — c ---- d");
        check("a... b.... c..", "a… b.... c..");
        check("<<a>>", "<<a>>");
        check("5'6\" tall", "5‘6” tall");
        check("\".\" and '.\" x", "”.” and ‘.” x");
        check("\"\" '' a''b x ' y", "”” ‘’ a’‘b x ’ y");
        let angles = SmartPunctuation {
            angles: true,
            ..SmartPunctuation::default()
        };
        assert_eq!(angles.of("<<a>>"), "«a»");
    }
}
