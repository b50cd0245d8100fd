//! What a table says about a language.

use std::collections::HashMap;

use super::painter::Class;

/// A language that is a sequence of words, texts and comments.
#[derive(Debug, Default)]
pub(super) struct Syntax {
    /// What begins a comment to the end of the line.
    pub line_comments: &'static [&'static str],
    /// A comment begins only behind a space, as `#` does in a shell.
    pub has_spaced_comments: bool,
    /// What begins and ends a comment over several lines.
    pub block_comments: &'static [(&'static str, &'static str)],
    /// Such comments may stand in one another.
    pub has_nested_comments: bool,
    /// Texts; of two that begin alike the longer one first.
    pub quotes: Vec<Quote>,
    /// Words that may stand right before a quote and belong to it, in small letters.
    pub prefixes: &'static [&'static str],
    /// Those with which a text has holes; without any all texts have the holes of their quotes.
    pub hole_prefixes: &'static [&'static str],
    /// What begins a text that ends at a line with its name, as `<<` in a shell.
    pub heredocs: &'static [&'static str],
    /// Variables outside texts.
    pub variables: &'static [Hole],
    /// What begins an annotation that is a name, as `@`.
    pub marks: &'static [char],
    /// What begins an annotation that ends with `]`.
    pub attributes: &'static [&'static str],
    /// `#` and a word at the start of a line belong to the preprocessor.
    pub has_directives: bool,
    /// `:name` is a symbol.
    pub has_symbols: bool,
    /// `/…/` is a pattern where a value may stand.
    pub has_patterns: bool,
    /// `<name` and `</name` are elements.
    pub has_tags: bool,
    /// `[name]` that is a whole line begins a section.
    pub has_sections: bool,
    /// What follows a name that is a key. `:` follows at once, `=` also behind spaces.
    pub key_sign: Option<char>,
    /// What words may hold besides letters, digits and `_`.
    pub inner: &'static str,
    /// Words that have a colour.
    pub words: Words,
    /// Names that begin with a capital and have small letters are types.
    pub has_types: bool,
    /// Names before `(` are functions.
    pub has_calls: bool,
    /// Names before `!` are functions.
    pub has_macros: bool,
    /// A line is a command with arguments.
    pub commands: Option<Commands>,
    /// The ASCII characters with which comments, texts and annotations begin: [`Syntax::ready`] collects them.
    pub openers: u128,
}

impl Syntax {
    /// The table, with what the engine looks up for every character.
    pub fn ready(mut self) -> Self {
        let blocks = self.block_comments.iter().map(|(open, _)| *open);
        let quotes = self.quotes.iter().map(|quote| quote.open);
        let lines = self.line_comments.iter().copied();
        let others = self.heredocs.iter().chain(self.attributes).copied();
        let section = self.has_sections.then_some("[");
        for opener in blocks.chain(quotes).chain(lines).chain(others).chain(section) {
            if let Some(first) = opener.bytes().next().filter(u8::is_ascii) {
                self.openers |= 1 << first;
            }
        }
        self
    }

    /// Something may begin with this character.
    pub fn may_open(&self, first: char) -> bool {
        first.is_ascii() && self.openers & (1 << u32::from(first)) != 0
    }
}

/// A text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quote {
    pub open: &'static str,
    pub close: &'static str,
    /// What takes its meaning from the next character.
    pub escape: Option<char>,
    /// It may go over several lines.
    pub has_lines: bool,
    /// It holds one character; otherwise the quote means something else.
    pub is_character: bool,
    /// What stands for a value in it.
    pub holes: &'static [Hole],
}

impl Quote {
    /// A text of one line in which `\` escapes.
    pub const fn of(quote: &'static str) -> Self {
        Self {
            open: quote,
            close: quote,
            escape: Some('\\'),
            has_lines: false,
            is_character: false,
            holes: &[],
        }
    }

    /// A text with another beginning and end in which nothing is escaped.
    pub const fn raw(open: &'static str, close: &'static str) -> Self {
        let quote = Self::of(open);
        Self {
            close,
            escape: None,
            ..quote
        }
    }

    /// One character.
    pub const fn character() -> Self {
        Self {
            is_character: true,
            ..Self::of("'")
        }
    }

    /// The same, over several lines.
    pub const fn lines(self) -> Self {
        Self {
            has_lines: true,
            ..self
        }
    }

    /// The same, with holes.
    pub const fn with(self, holes: &'static [Hole]) -> Self {
        Self { holes, ..self }
    }

    /// The same, with another escape.
    pub const fn escaped_by(self, escape: char) -> Self {
        Self {
            escape: Some(escape),
            ..self
        }
    }
}

/// What stands for a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Hole {
    /// This, then a name.
    Name(&'static str),
    /// A name between two of these.
    Pair(&'static str),
    /// This, whose last character is a bracket, up to the bracket that closes it.
    Bracket(&'static str),
    /// Exactly this.
    Exact(&'static str),
}

/// Languages in which a line is a command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Commands {
    /// A command may begin behind these.
    pub after: &'static str,
    /// A command begins with each line, unless `continuation` is at the end of the one before.
    pub at_line_start: bool,
    /// What continues a line.
    pub continuation: char,
    /// The colour of its name.
    pub class: Class,
    /// Words have their colour only where a command may stand.
    pub has_words_in_place: bool,
    /// Characters that only names of commands may begin with.
    pub starts: &'static str,
}

/// Words that have a colour.
#[derive(Debug, Default)]
pub(super) struct Words {
    words: HashMap<&'static str, Class>,
    ignores_case: bool,
}

impl Words {
    /// Words between spaces, by colour.
    pub fn of(lists: &[(Class, &'static str)]) -> Self {
        let words = lists
            .iter()
            .flat_map(|(class, words)| words.split_ascii_whitespace().map(|word| (word, *class)));
        Self {
            words: words.collect(),
            ignores_case: false,
        }
    }

    /// The same, in capital or small letters; the lists have small ones.
    pub fn in_any_case(self) -> Self {
        Self {
            ignores_case: true,
            ..self
        }
    }

    pub fn get(&self, word: &str) -> Option<Class> {
        if self.ignores_case && word.bytes().any(|b| b.is_ascii_uppercase()) {
            return self.words.get(word.to_ascii_lowercase().as_str()).copied();
        }
        self.words.get(word).copied()
    }
}
