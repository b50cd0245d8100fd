//! The text search of list queries: a substring with the wildcards `%` and `_`.

/// A search text, lower-cased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Like {
    /// Anything that contains the text.
    Contains(String),
    /// Pieces between `%`, in which `_` stands for any one character.
    Pattern(Vec<Vec<char>>),
}

impl Like {
    /// Reads a search text; it may match anywhere in a value.
    pub fn containing(text: &str) -> Self {
        let text = model::js::lowercase(text);
        if text.contains(['%', '_']) {
            let pieces = text.split('%').filter(|piece| !piece.is_empty());
            Self::Pattern(pieces.map(|piece| piece.chars().collect()).collect())
        } else {
            Self::Contains(text)
        }
    }

    /// Whether a lower-cased value matches.
    pub fn matches(&self, value: &str) -> bool {
        match self {
            Self::Contains(text) => value.contains(text.as_str()),
            Self::Pattern(pieces) => {
                let value: Vec<char> = value.chars().collect();
                let mut rest = &value[..];
                pieces.iter().all(|piece| match after(rest, piece) {
                    Some(remaining) => {
                        rest = remaining;
                        true
                    }
                    None => false,
                })
            }
        }
    }
}

/// What follows the first occurrence of a piece.
fn after<'a>(value: &'a [char], piece: &[char]) -> Option<&'a [char]> {
    let fits = |window: &[char]| {
        window
            .iter()
            .zip(piece)
            .all(|(held, wanted)| *wanted == '_' || held == wanted)
    };
    (0..=value.len().checked_sub(piece.len())?)
        .find(|at| fits(&value[*at..*at + piece.len()]))
        .map(|at| &value[at + piece.len()..])
}

#[cfg(test)]
mod tests {
    use crate::Like;

    #[test]
    fn wildcards_match_as_in_sql() {
        let cases = [
            ("check", "checkout", true),
            ("CHECK", "recheck", true),
            ("o%", "foo", true),
            ("a_b", "xa-by", true),
            ("a_b", "ab", false),
            ("a%b", "a-long-b", true),
            ("b%a", "ab", false),
            ("%", "", true),
            ("_", "", false),
            ("_", "é", true),
        ];
        for (text, value, expected) in cases {
            assert_eq!(
                Like::containing(text).matches(value),
                expected,
                "{text} in {value}"
            );
        }
    }
}
