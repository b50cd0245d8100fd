//! Colours a text as a table of its language says.
//!
//! Whatever is looked for is coloured as far as it was looked for, also where its end is missing, so that the time
//! grows with the length of the text and no faster.

mod quoted;

use super::painter::{Class, Painter, run};
use super::syntax::{Commands, Hole, Syntax};
use quoted::{Heredoc, hole};
pub(super) use quoted::{paint_hole, paint_holes, paint_text};

/// Longest pattern that is looked for, in bytes.
const MAX_PATTERN: usize = 100;
/// Most texts that begin in one line and follow below it.
const MAX_HEREDOCS: usize = 8;
/// Longest end of a number that is a unit or a type, in bytes.
const MAX_UNIT: usize = 5;
/// Words behind which a value stands, so that a slash begins a pattern.
const LEADS_TO_VALUE: [&str; 12] = [
    "return", "case", "typeof", "in", "of", "and", "or", "not", "if", "unless", "when", "while",
];

/// Colours all that the painter shows.
pub(super) fn paint(painter: &mut Painter<'_>, syntax: &Syntax) {
    paint_with(painter, syntax, syntax.variables);
}

/// The same, with other variables.
pub(super) fn paint_with(painter: &mut Painter<'_>, syntax: &Syntax, variables: &'static [Hole]) {
    let mut engine = Engine {
        syntax,
        variables,
        is_line_start: true,
        is_command: syntax.commands.is_some_and(|commands| commands.at_line_start),
        is_assigned: false,
        before: None,
        heredocs: Vec::new(),
    };
    while let Some(first) = painter.next() {
        engine.step(painter, first);
    }
}

struct Engine<'s> {
    syntax: &'s Syntax,
    /// Variables outside texts.
    variables: &'static [Hole],
    /// Nothing but spaces stands before in the line.
    is_line_start: bool,
    /// The name of a command may follow.
    is_command: bool,
    /// A value was given to a variable before a command.
    is_assigned: bool,
    /// The last character that is no space, in this line or before.
    before: Option<char>,
    /// Texts that begin with the next line.
    heredocs: Vec<Heredoc>,
}

impl Engine<'_> {
    fn step(&mut self, painter: &mut Painter<'_>, first: char) {
        match first {
            '\n' => return self.end_line(painter),
            c if c.is_whitespace() => {
                self.is_command |= std::mem::take(&mut self.is_assigned);
                painter.pass(run(painter.rest(), |c| c.is_whitespace() && c != '\n'));
                return;
            }
            _ => {}
        }
        let is_line_start = std::mem::take(&mut self.is_line_start);
        let is_done = self.open(painter, first, is_line_start)
            || self.marked(painter, first, is_line_start)
            || self.word_or_number(painter, first);
        if !is_done {
            self.sign(painter, first);
        }
    }

    fn end_line(&mut self, painter: &mut Painter<'_>) {
        if let Some(commands) = self.syntax.commands {
            let is_continued = painter.before() == Some(commands.continuation);
            self.is_command = if is_continued {
                self.is_command
            } else {
                commands.at_line_start
            };
        }
        self.is_assigned = false;
        painter.pass(1);
        self.is_line_start = true;
        for heredoc in std::mem::take(&mut self.heredocs) {
            heredoc.paint(painter);
        }
    }

    /// Comments, texts and annotations, which begin with signs of their own.
    fn open(&mut self, painter: &mut Painter<'_>, first: char, is_line_start: bool) -> bool {
        self.syntax.may_open(first)
            && (self.comment(painter)
                || self.attribute(painter)
                || (is_line_start && self.section(painter))
                || self.quote(painter, false)
                || self.heredoc(painter))
    }

    fn comment(&mut self, painter: &mut Painter<'_>) -> bool {
        let rest = painter.rest();
        let block = self
            .syntax
            .block_comments
            .iter()
            .find(|(open, _)| rest.starts_with(open));
        if let Some((open, close)) = block {
            painter.paint(
                quoted::block(rest, open, close, self.syntax.has_nested_comments),
                Class::Comment,
            );
            return true;
        }
        let is_free = !self.syntax.has_spaced_comments
            || painter
                .before()
                .is_none_or(|before| before.is_whitespace() || ";)".contains(before));
        let is_line = is_free
            && self
                .syntax
                .line_comments
                .iter()
                .any(|open| rest.starts_with(open));
        if is_line {
            painter.paint(painter.line().len(), Class::Comment);
        }
        is_line
    }

    fn attribute(&mut self, painter: &mut Painter<'_>) -> bool {
        let rest = painter.rest();
        let Some(open) = self
            .syntax
            .attributes
            .iter()
            .find(|open| rest.starts_with(**open))
        else {
            return false;
        };
        painter.paint(quoted::bracket(rest, open.len()), Class::Function);
        true
    }

    fn section(&mut self, painter: &mut Painter<'_>) -> bool {
        let line = painter.line().trim_end();
        let is_section = self.syntax.has_sections && line.starts_with('[') && line.ends_with(']');
        let is_section = is_section && !line.contains([',', '"', '\'']);
        if is_section {
            painter.paint(line.len(), Class::Word);
        }
        is_section
    }

    /// A text; `is_prefixed` where the word before belongs to it and says that it has holes.
    fn quote(&mut self, painter: &mut Painter<'_>, is_prefixed: bool) -> bool {
        let rest = painter.rest();
        let mut quotes = self.syntax.quotes.iter();
        let Some(quote) = quotes.find(|quote| rest.starts_with(quote.open)) else {
            return false;
        };
        if quote.is_character {
            let Some(length) = quoted::character(rest) else {
                return self.tick(painter);
            };
            painter.paint(length, Class::Text);
        } else {
            let has_holes = self.syntax.hole_prefixes.is_empty() || is_prefixed;
            let holes = if has_holes { quote.holes } else { &[] };
            let length = quoted::length(rest, quote, holes);
            if self.is_key(&rest[length..]) {
                painter.paint(length, Class::Key);
            } else {
                quoted::paint_body(painter, length, quote.escape, holes);
            }
        }
        self.value();
        true
    }

    /// A quote that begins no character: a lifetime, a part of a name.
    fn tick(&mut self, painter: &mut Painter<'_>) -> bool {
        painter.pass(1 + run(&painter.rest()[1..], is_name));
        self.value();
        true
    }

    fn heredoc(&mut self, painter: &mut Painter<'_>) -> bool {
        if self.heredocs.len() >= MAX_HEREDOCS {
            return false;
        }
        let found = Heredoc::begin(painter.rest(), self.syntax);
        let Some((length, heredoc)) = found else {
            return false;
        };
        self.heredocs.push(heredoc);
        painter.paint(length, Class::Text);
        self.value();
        true
    }

    /// Variables, annotations, symbols, directives and elements, which begin with a sign.
    fn marked(&mut self, painter: &mut Painter<'_>, first: char, is_line_start: bool) -> bool {
        let (syntax, rest) = (self.syntax, painter.rest());
        if let Some(length) = hole(rest, self.variables) {
            painter.paint(length, Class::Variable);
            self.value();
            return true;
        }
        let name = run(&rest[first.len_utf8()..], is_name);
        let is_free = painter.before().is_none_or(|before| !is_name(before));
        let (length, class) = match first {
            '#' if syntax.has_directives && is_line_start => {
                let gap = run(&rest[1..], |c| c == ' ');
                (gap + run(&rest[1 + gap..], is_name), Class::Word)
            }
            ':' if syntax.has_symbols && is_free && self.before != Some(':') => (name, Class::Number),
            '<' if syntax.has_tags && (is_free || rest.starts_with("</")) => {
                let slash = usize::from(rest[1..].starts_with('/'));
                let name = run(&rest[1 + slash..], |c| is_name(c) || c == '.');
                (if name > 0 { slash + name } else { 0 }, Class::Word)
            }
            mark if syntax.marks.contains(&mark) && is_free => {
                let dotted = run(&rest[mark.len_utf8()..], |c| is_name(c) || c == '.');
                (if name > 0 { dotted } else { 0 }, Class::Function)
            }
            _ => (0, Class::Word),
        };
        if length == 0 {
            return false;
        }
        painter.paint(first.len_utf8() + length, class);
        self.value();
        true
    }

    fn word_or_number(&mut self, painter: &mut Painter<'_>, first: char) -> bool {
        if first.is_ascii_digit() {
            let length = number(painter.rest(), self.syntax.inner);
            if is_number(&painter.rest()[..length]) {
                painter.paint(length, Class::Number);
            } else {
                painter.pass(length);
            }
            self.value();
            return true;
        }
        let is_start = is_name(first)
            || (self.syntax.inner.contains(first) && (first == '$' || self.starts_command(first)));
        if is_start {
            self.word(painter);
        }
        is_start
    }

    fn starts_command(&self, first: char) -> bool {
        let starts = self.syntax.commands.map_or("", |commands| commands.starts);
        self.is_command && starts.contains(first)
    }

    fn word(&mut self, painter: &mut Painter<'_>) {
        let (syntax, rest) = (self.syntax, painter.rest());
        let length = run(rest, |c| is_name(c) || syntax.inner.contains(c));
        let (word, after) = rest.split_at(length);
        let prefix = |prefixes: &[&str]| prefixes.iter().any(|known| known.eq_ignore_ascii_case(word));
        if after.starts_with(['"', '\'', '`']) && prefix(syntax.prefixes) {
            painter.paint(length, Class::Text);
            self.quote(painter, prefix(syntax.hole_prefixes));
            return;
        }
        let is_member = painter.is_behind(".") && !painter.is_behind("..");
        let class = self.class_of(word, after, is_member);
        match class {
            Some(class) => painter.paint(length, class),
            None => painter.pass(length),
        }
        if let Some(commands) = syntax.commands {
            self.leave_command(commands, word, after);
        }
        self.before = if LEADS_TO_VALUE.contains(&word) {
            None
        } else {
            word.chars().next_back()
        };
    }

    /// What a word is, by itself and by what follows it.
    fn class_of(&self, word: &str, after: &str, is_member: bool) -> Option<Class> {
        let syntax = self.syntax;
        if self.is_key(after) {
            return Some(Class::Key);
        }
        if let Some(commands) = syntax.commands {
            if commands.has_words_in_place && after.starts_with('=') {
                return Some(Class::Variable);
            }
            let known = syntax.words.get(word);
            let may_be_word = self.is_command || !commands.has_words_in_place || word == "in";
            return known
                .filter(|_| may_be_word)
                .or(self.is_command.then_some(commands.class));
        }
        let known = syntax.words.get(word).filter(|_| !is_member);
        let is_called = || {
            (syntax.has_calls && after.starts_with('('))
                || (syntax.has_macros && after.starts_with('!') && !after.starts_with("!="))
        };
        known
            .or_else(|| is_called().then_some(Class::Function))
            .or_else(|| (syntax.has_types && is_type(word)).then_some(Class::Type))
    }

    /// Behind `if` or `sudo` follows another command, behind `for` a name.
    fn leave_command(&mut self, commands: Commands, word: &str, after: &str) {
        if commands.has_words_in_place && after.starts_with('=') {
            self.is_assigned = self.is_command;
            self.is_command = false;
            return;
        }
        let leads_on = commands.has_words_in_place
            && self.syntax.words.get(word).is_some()
            && !matches!(
                word,
                "for" | "case" | "select" | "function" | "in" | "esac" | "fi" | "done"
            );
        self.is_command &= leads_on;
    }

    fn is_key(&self, after: &str) -> bool {
        match self.syntax.key_sign {
            Some(':') => {
                after.starts_with(':') && !after.starts_with("::") || {
                    // A key of JSON may stand apart from its colon, but in the same line.
                    self.before.is_none_or(|before| "{,".contains(before))
                        && after.trim_start_matches([' ', '\t']).starts_with(':')
                }
            }
            Some(sign) => {
                let after = after.trim_start_matches([' ', '\t']);
                after
                    .strip_prefix(sign)
                    .is_some_and(|after| !after.starts_with(['=', '>']))
            }
            None => false,
        }
    }

    /// A value was read: neither a pattern nor a command follows.
    fn value(&mut self) {
        self.before = Some('x');
        self.is_command = false;
    }

    fn sign(&mut self, painter: &mut Painter<'_>, first: char) {
        if first == '/'
            && self.syntax.has_patterns
            && self.may_be_pattern()
            && let Some(length) = pattern(painter.rest())
        {
            painter.paint(length, Class::Text);
            return self.value();
        }
        if let Some(commands) = self.syntax.commands {
            if first == '-' && commands.has_words_in_place {
                // Options are no words of the language.
                painter.pass(run(painter.rest(), |c| c == '-' || is_name(c)));
                return self.value();
            }
            if commands.after.contains(first) {
                self.is_command = true;
            } else if first == commands.continuation {
                // The next line goes on where this one is.
            } else if !commands.has_words_in_place || first != '!' {
                self.is_command = false;
            }
        }
        painter.pass(first.len_utf8());
        self.before = Some(first);
    }

    fn may_be_pattern(&self) -> bool {
        self.before.is_none_or(|before| "(,=:[!&|?{};+~".contains(before))
    }
}

/// A letter, a digit or `_`.
fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_type(word: &str) -> bool {
    let first = word.trim_start_matches('_').chars().next();
    let is_capital = first.is_some_and(char::is_uppercase);
    is_capital && (word.len() == 1 || word.chars().any(char::is_lowercase))
}

/// Length of what begins with a digit: `1_000`, `0xff`, `1.5e-3`, `30s`, but of `1..5` and `1.max(x)` only the first digit.
fn number(rest: &str, inner: &str) -> usize {
    let mut length = 0;
    let mut before = ' ';
    let is_hex = rest.starts_with("0x");
    for (at, c) in rest.char_indices() {
        let next = || rest[at + 1..].chars().next();
        let goes_on = match c {
            '.' => before != '.' && next().is_some_and(|next| next.is_ascii_digit()),
            '+' | '-' if !is_hex && matches!(before, 'e' | 'E') => {
                next().is_some_and(|next| next.is_ascii_digit())
            }
            c => is_name(c) || (c != '.' && inner.contains(c)),
        };
        if !goes_on {
            break;
        }
        (length, before) = (at + c.len_utf8(), c);
    }
    length
}

/// Digits with a unit or a type at most: what merely begins with a digit (a hash, a name) is none.
fn is_number(text: &str) -> bool {
    if text.starts_with("0x") {
        return true;
    }
    let exponent = |c: char| matches!(c, '.' | '_' | 'e' | 'E' | '+' | '-');
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || exponent(c));
    unit.len() <= MAX_UNIT && unit.chars().all(char::is_alphanumeric)
}

/// Length of a pattern between slashes, with its flags.
fn pattern(rest: &str) -> Option<usize> {
    let mut is_in_class = false;
    let mut is_escaped = false;
    for (at, c) in rest
        .char_indices()
        .skip(1)
        .take_while(|(at, _)| *at < MAX_PATTERN)
    {
        match c {
            '\n' => return None,
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => is_in_class = true,
            ']' => is_in_class = false,
            '/' if !is_in_class => {
                let flags = run(&rest[at + 1..], |c| c.is_ascii_alphabetic());
                return (at > 1).then_some(at + 1 + flags);
            }
            _ => {}
        }
    }
    None
}
