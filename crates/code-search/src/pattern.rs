//! What is looked for in one file: literals and regular expressions, line by line.
//!
//! A regular expression is changed so that nothing in it can match the end of a line; then it may be run over a whole file, and
//! everything it finds lies in one line.

use memchr::memmem::Finder;
use regex_automata::Input;
use regex_automata::meta::Regex;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look,
};

use crate::question::Form;

/// Longest regular expression in bytes.
const LONGEST: usize = 1_000;
/// How deep groups may be nested.
const DEEPEST: u32 = 50;
/// Bytes of the compiled form.
const LARGEST: usize = 4 << 20;

/// Finds a term in the text of a file.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// A literal, byte by byte.
    Exact(Box<Finder<'static>>),
    /// Anything else.
    Regex(Box<Regex>),
}

/// A term that cannot be searched for, with what is wrong in plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoPattern(String);

/// What is wrong with a regular expression; nothing when it can be searched for.
pub fn problem(regex: &str) -> Option<String> {
    // Without regard for case it is the largest.
    Pattern::compile(regex, Form::Regex, false)
        .err()
        .map(|wrong| wrong.0)
}

impl Pattern {
    /// Makes a term ready for search, and tells what it looks for.
    pub fn compile(text: &str, form: Form, exact: bool) -> Result<(Self, Hir), NoPattern> {
        if form == Form::Literal && exact {
            return Ok(Self::literal(text));
        }
        let hir = match form {
            Form::Regex if text.len() > LONGEST => {
                return Err(NoPattern(format!("it is longer than {LONGEST} bytes")));
            }
            Form::Regex => parse(text, exact)?,
            Form::Literal => parse(&regex_syntax::escape(text), exact)?,
            Form::Glob => parse(&of_glob(text), exact)?,
        };
        let hir = on_lines(&hir);
        let regex = Regex::builder()
            .configure(Regex::config().nfa_size_limit(Some(LARGEST)).utf8_empty(false))
            .build_from_hir(&hir)
            .map_err(|_| NoPattern("it is too large".to_owned()))?;
        Ok((Self::Regex(Box::new(regex)), hir))
    }

    /// A literal, byte by byte: what is left where nothing else can be made.
    pub fn literal(text: &str) -> (Self, Hir) {
        let finder = Finder::new(text.as_bytes()).into_owned();
        (Self::Exact(Box::new(finder)), Hir::literal(text.as_bytes()))
    }

    /// The first place at or after `from`, as start and end in bytes.
    pub fn find_at(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        match self {
            Self::Exact(finder) => {
                let start = from + finder.find(text.get(from..)?)?;
                Some((start, start + finder.needle().len()))
            }
            Self::Regex(regex) => {
                let found = regex.search(&Input::new(text).range(from.min(text.len())..))?;
                Some((found.start(), found.end()))
            }
        }
    }

    /// Whether it stands anywhere. Not for whole files: what comes after their last line end is no line.
    pub fn is_in(&self, text: &str) -> bool {
        self.find_at(text.as_bytes(), 0).is_some()
    }
}

fn parse(regex: &str, exact: bool) -> Result<Hir, NoPattern> {
    ParserBuilder::new()
        .case_insensitive(!exact)
        .nest_limit(DEEPEST)
        .multi_line(true)
        .utf8(false)
        .build()
        .parse(regex)
        .map_err(|error| NoPattern(reason(&error)))
}

fn reason(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        _ => "it cannot be read".to_owned(),
    }
}

/// The same expression, which cannot match the end of a line.
fn on_lines(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) if literal.0.contains(&b'\n') => Hir::fail(),
        HirKind::Literal(literal) => Hir::literal(literal.0.clone()),
        HirKind::Class(Class::Unicode(class)) => {
            let mut class = class.clone();
            class.difference(&ClassUnicode::new([ClassUnicodeRange::new('\n', '\n')]));
            Hir::class(Class::Unicode(class))
        }
        HirKind::Class(Class::Bytes(class)) => {
            let mut class = class.clone();
            class.difference(&ClassBytes::new([ClassBytesRange::new(b'\n', b'\n')]));
            Hir::class(Class::Bytes(class))
        }
        HirKind::Look(Look::Start) => Hir::look(Look::StartLF),
        HirKind::Look(Look::End) => Hir::look(Look::EndLF),
        HirKind::Look(look) => Hir::look(*look),
        HirKind::Repetition(repetition) => Hir::repetition(repetition.with(on_lines(&repetition.sub))),
        HirKind::Capture(capture) => on_lines(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(on_lines).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(on_lines).collect()),
    }
}

/// The regular expression of a pattern of paths: `*` and `?` stop at slashes, `**` does not; it begins at any folder, or
/// with a slash at the root, and ends where the path ends.
fn of_glob(glob: &str) -> String {
    let (start, glob) = match glob.strip_prefix('/') {
        Some(rest) => ("^", rest),
        None => ("(?:^|/)", glob),
    };
    let mut regex = start.to_owned();
    let mut rest = glob;
    while let Some(next) = rest.chars().next() {
        let (taken, written) = match next {
            '*' if rest.starts_with("**/") => (3, "(?:.*/)?".to_owned()),
            '*' if rest.starts_with("**") => (2, ".*".to_owned()),
            '*' => (1, "[^/]*".to_owned()),
            '?' => (1, "[^/]".to_owned()),
            other => (
                other.len_utf8(),
                regex_syntax::escape(other.encode_utf8(&mut [0; 4])),
            ),
        };
        regex.push_str(&written);
        rest = &rest[taken..];
    }
    regex.push('$');
    regex
}
