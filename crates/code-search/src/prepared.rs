//! A question made ready for search.

use crate::answer::Bounds;
use crate::grams::{self, Needs};
use crate::language::Language;
use crate::pattern::Pattern;
use crate::question::{Condition, Field, Form, Question, Term};

/// A term that is looked for.
#[derive(Debug)]
pub struct Sought {
    /// As it was asked.
    pub term: Term,
    /// What finds it.
    pub pattern: Pattern,
    /// What a file needs.
    pub needs: Needs,
}

/// A condition on names or paths.
#[derive(Debug)]
pub struct Narrowing {
    /// What finds it.
    pub pattern: Pattern,
    /// What a text needs.
    pub needs: Needs,
    /// Whether it takes away what it finds.
    pub negated: bool,
}

/// A question made ready.
#[derive(Debug, Default)]
pub struct Prepared {
    /// All must stand in a file or its path.
    pub wanted: Vec<Sought>,
    /// None may.
    pub unwanted: Vec<Sought>,
    /// On names of repositories.
    pub repositories: Vec<Narrowing>,
    /// On paths.
    pub paths: Vec<Narrowing>,
    /// Languages, with whether they are taken away.
    pub languages: Vec<(Language, bool)>,
    /// What the caller decides.
    pub standing: Vec<Condition>,
}

impl Prepared {
    /// Makes a question ready.
    pub fn new(question: &Question) -> Self {
        let mut prepared = Self::default();
        for term in &question.terms {
            let sought = sought(term, question.case.is_exact_for(&term.text));
            let list = if term.negated {
                &mut prepared.unwanted
            } else {
                &mut prepared.wanted
            };
            list.push(sought);
        }
        for condition in &question.conditions {
            match condition.field {
                Field::Repo => prepared.repositories.push(narrowing(question, condition)),
                Field::Path => prepared.paths.push(narrowing(question, condition)),
                Field::Language => prepared
                    .languages
                    .extend(condition.language().map(|language| (language, condition.negated))),
                Field::Owner | Field::System | Field::Kind => prepared.standing.push(condition.clone()),
            }
        }
        prepared
    }

    /// Whether files must be read to know whether they match.
    pub fn reads(&self) -> bool {
        !self.wanted.is_empty() || !self.unwanted.is_empty()
    }
}

fn sought(term: &Term, exact: bool) -> Sought {
    // An expression that was read can always be compiled; one made by hand is searched for as text.
    let compiled = Pattern::compile(&term.text, term.form, exact);
    let is_literal = term.form == Form::Literal || compiled.is_err();
    let (pattern, hir) = compiled.unwrap_or_else(|_| Pattern::literal(&term.text));
    let needs = if is_literal {
        grams::of_literal(&term.text)
    } else {
        grams::of_regex(&hir)
    };
    Sought {
        term: term.clone(),
        pattern,
        needs,
    }
}

fn narrowing(question: &Question, condition: &Condition) -> Narrowing {
    let exact = question.case.is_exact_for(&condition.value);
    let rooted = condition.form == Form::Literal && condition.value.starts_with('/');
    let compiled = if rooted && condition.field == Field::Path {
        let regex = format!("^{}", regex_syntax::escape(&condition.value[1..]));
        Pattern::compile(&regex, Form::Regex, exact)
    } else {
        Pattern::compile(&condition.value, condition.form, exact)
    };
    let (pattern, hir) = compiled.unwrap_or_else(|_| Pattern::literal(&condition.value));
    Narrowing {
        pattern,
        needs: grams::of_regex(&hir),
        negated: condition.negated,
    }
}

/// Whether a text passes: none that take away find it, and any of the others, if there are.
pub fn pass(narrowings: &[Narrowing], text: &str) -> bool {
    let found = |narrowing: &Narrowing| narrowing.pattern.is_in(text);
    let mut wanted = narrowings.iter().filter(|held| !held.negated).peekable();
    let passes = wanted.peek().is_none() || wanted.any(found);
    passes && !narrowings.iter().any(|held| held.negated && found(held))
}

/// How much of an answer is kept while searching.
pub fn enough(bounds: &Bounds) -> usize {
    bounds.enough.max(bounds.skip.saturating_add(bounds.files))
}
