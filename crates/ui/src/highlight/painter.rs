//! Text becomes lines of markup, piece by piece.

use maud::{Markup, PreEscaped, Render};

/// What a piece of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// The name of a value: keys, attributes, properties.
    Key,
    /// Text between quotes.
    Text,
    /// Numbers, symbols, characters written as a code.
    Number,
    /// Words of the language, and names of elements.
    Word,
    /// Comments, and what is only a frame.
    Comment,
    /// What is called: functions, commands, annotations.
    Function,
    /// Types.
    Type,
    /// Variables that are marked as such, also within texts.
    Variable,
    /// Lines that were added.
    Inserted,
    /// Lines that were removed.
    Deleted,
}

impl Class {
    fn opening(self) -> &'static str {
        match self {
            Self::Key => "<span class=\"t-k\">",
            Self::Text => "<span class=\"t-s\">",
            Self::Number => "<span class=\"t-n\">",
            Self::Word => "<span class=\"t-w\">",
            Self::Comment => "<span class=\"t-c\">",
            Self::Function => "<span class=\"t-f\">",
            Self::Type => "<span class=\"t-t\">",
            Self::Variable => "<span class=\"t-v\">",
            Self::Inserted => "<span class=\"t-i\">",
            Self::Deleted => "<span class=\"t-d\">",
        }
    }
}

/// A text of which the part before `at` is coloured.
pub(super) struct Painter<'t> {
    /// All of the text.
    whole: &'t str,
    /// The text, as far as the present reader may see it.
    text: &'t str,
    at: usize,
    /// Where text without a colour begins that is not written yet.
    plain_from: usize,
    lines: Vec<Markup>,
    line: String,
}

impl<'t> Painter<'t> {
    pub fn of(text: &'t str) -> Self {
        Self {
            whole: text,
            text,
            at: 0,
            plain_from: 0,
            lines: Vec::new(),
            line: String::new(),
        }
    }

    /// What is not coloured yet.
    pub fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The next character.
    pub fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The next bytes up to the end of the line.
    pub fn line(&self) -> &'t str {
        until(self.rest(), '\n')
    }

    /// The character before, if there is one.
    pub fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    /// What comes next stands right behind this.
    pub fn is_behind(&self, text: &str) -> bool {
        self.text[..self.at].ends_with(text)
    }

    /// Goes on without a colour.
    pub fn pass(&mut self, length: usize) {
        self.at = self.end_of(length);
    }

    /// Goes on to the next line.
    pub fn pass_line(&mut self) {
        self.pass(self.line().len() + 1);
    }

    /// Colours the next bytes.
    pub fn paint(&mut self, length: usize, class: Class) {
        let end = self.end_of(length);
        self.flush();
        self.write(self.at, end, Some(class));
        self.at = end;
        self.plain_from = end;
    }

    /// Lets another reader colour the next bytes; what it leaves stays plain.
    pub fn within(&mut self, length: usize, read: impl FnOnce(&mut Self)) {
        let (end, text) = (self.end_of(length), self.text);
        self.text = &text[..end];
        read(self);
        self.text = text;
        self.at = end;
    }

    /// The lines, those that [`str::lines`] has.
    pub fn into_lines(mut self) -> Vec<Markup> {
        self.at = self.text.len();
        self.flush();
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.lines.push(PreEscaped(self.line));
        }
        self.lines
    }

    /// Where so many bytes end, never within a character and never beyond the text.
    fn end_of(&self, length: usize) -> usize {
        self.text.ceil_char_boundary(self.at.saturating_add(length))
    }

    fn flush(&mut self) {
        self.write(self.plain_from, self.at, None);
        self.plain_from = self.at;
    }

    /// Writes a piece, line by line: no element goes over the end of a line.
    fn write(&mut self, from: usize, to: usize, class: Option<Class>) {
        let mut rest = &self.whole[from..to];
        if self.whole[to..].starts_with('\n') {
            rest = rest.strip_suffix('\r').unwrap_or(rest);
        }
        while let Some((line, after)) = rest.split_once('\n') {
            self.write_in_line(line.strip_suffix('\r').unwrap_or(line), class);
            self.lines.push(PreEscaped(std::mem::take(&mut self.line)));
            rest = after;
        }
        self.write_in_line(rest, class);
    }

    fn write_in_line(&mut self, text: &str, class: Option<Class>) {
        if text.is_empty() {
            return;
        }
        let Some(class) = class else {
            text.render_to(&mut self.line);
            return;
        };
        self.line.push_str(class.opening());
        text.render_to(&mut self.line);
        self.line.push_str("</span>");
    }
}

/// The start of a text before a character.
pub(super) fn until(text: &str, stop: char) -> &str {
    text.find(stop).map_or(text, |at| &text[..at])
}

/// Length of the start of a text whose characters all pass.
pub(super) fn run(text: &str, passes: impl Fn(char) -> bool) -> usize {
    text.find(|c| !passes(c)).unwrap_or(text.len())
}
