//! What is asked: the language of questions.
//!
//! A question is a line of text: words and `"phrases"` are found as they are written, `/…/` is a regular expression, and `repo:`,
//! `path:`, `lang:`, `owner:`, `system:` and `kind:` narrow down where. `-` before anything turns it round. All terms must hold;
//! of several values of one field any may hold. Reading never fails: what cannot be read is searched for as it is written, and a
//! [`Hint`] says so.

mod hint;
mod read;
mod write;

pub use hint::Hint;

use crate::language::Language;

/// Longest question in bytes; the rest is not read.
pub const LONGEST: usize = 2_000;
/// Most terms and conditions of a question; further ones are not read.
pub const MOST_PARTS: usize = 30;

/// What was asked. [`Display`](std::fmt::Display) writes it so that it reads as the same question again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// What must, or must not, stand in a file or its path.
    pub terms: Vec<Term>,
    /// Where is looked.
    pub conditions: Vec<Condition>,
    /// Whether upper and lower case differ.
    pub case: Case,
    /// What was understood otherwise than it may have been meant.
    pub hints: Vec<Hint>,
}

/// Something looked for in files.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// The text, or the regular expression without its slashes.
    pub text: String,
    /// How the text is meant.
    pub form: Form,
    /// Files in which it stands are left out.
    pub negated: bool,
}

/// How a text is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// As it is written, anywhere.
    Literal,
    /// `*`, `**` and `?` stand for others (paths and repositories only).
    Glob,
    /// A regular expression in the syntax of the `regex` crate, matched line by line.
    Regex,
}

/// A narrowing of where is looked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Condition {
    /// What is compared.
    pub field: Field,
    /// The value, without quotes or slashes.
    pub value: String,
    /// How the value is meant; [`Form::Literal`] for all fields but `repo` and `path`.
    pub form: Form,
    /// Files for which it holds are left out.
    pub negated: bool,
}

/// What a condition compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// A part of the repository's name.
    Repo,
    /// A part of the path; from the root of the repository with a leading slash.
    Path,
    /// A programming language, by one of its names.
    Language,
    /// Who owns the file: decided by the caller ([`Sight`](crate::Sight)).
    Owner,
    /// The system to which the file's entity belongs: decided by the caller.
    System,
    /// The kind or type of the file's entity: decided by the caller.
    Kind,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 6] = [
        Self::Repo,
        Self::Path,
        Self::Language,
        Self::Owner,
        Self::System,
        Self::Kind,
    ];

    /// As it is written before the colon.
    pub fn name(self) -> &'static str {
        match self {
            Self::Repo => "repo",
            Self::Path => "path",
            Self::Language => "lang",
            Self::Owner => "owner",
            Self::System => "system",
            Self::Kind => "kind",
        }
    }

    /// The field of a name, or of another word that people use for it.
    fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        Some(match name.as_str() {
            "repo" | "repository" | "r" => Self::Repo,
            "path" | "file" | "f" => Self::Path,
            "lang" | "language" | "l" => Self::Language,
            "owner" => Self::Owner,
            "system" => Self::System,
            "kind" => Self::Kind,
            _ => return None,
        })
    }

    /// Whether a value may be a pattern.
    fn takes_patterns(self) -> bool {
        matches!(self, Self::Repo | Self::Path)
    }
}

/// Whether upper and lower case differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Case {
    /// They do not (Unicode simple case folding).
    #[default]
    Folded,
    /// They do.
    Exact,
    /// They do where a term has an upper case letter.
    Smart,
}

impl Case {
    /// As it is written after `case:`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Folded => "no",
            Self::Exact => "yes",
            Self::Smart => "auto",
        }
    }

    /// Whether upper and lower case differ for a text.
    pub fn is_exact_for(self, text: &str) -> bool {
        match self {
            Self::Folded => false,
            Self::Exact => true,
            Self::Smart => text.chars().any(char::is_uppercase),
        }
    }
}

impl Question {
    /// Reads a line of text. Never fails.
    pub fn read(text: &str) -> Self {
        read::question(text)
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.conditions.is_empty()
    }

    /// The conditions on a field.
    pub fn conditions_on(&self, field: Field) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().filter(move |held| held.field == field)
    }

    /// The same question with one condition more: what a picker of values links to.
    pub fn with(&self, condition: Condition) -> Self {
        let mut question = self.clone();
        if !question.conditions.contains(&condition) {
            question.conditions.push(condition);
        }
        question
    }

    /// The same question without the conditions on a field.
    pub fn without(&self, field: Field) -> Self {
        let mut question = self.clone();
        question.conditions.retain(|held| held.field != field);
        question
    }
}

impl Condition {
    /// That a field has a value.
    pub fn new(field: Field, value: impl Into<String>) -> Self {
        Self {
            field,
            value: value.into(),
            form: Form::Literal,
            negated: false,
        }
    }

    /// The language that is meant, where the field is one.
    pub fn language(&self) -> Option<Language> {
        (self.field == Field::Language)
            .then(|| Language::of_name(&self.value))
            .flatten()
    }
}
