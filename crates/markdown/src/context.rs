//! What is known of a page while it is read.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use regex::Regex;

use crate::stash::Stash;
use crate::{Heading, Options, Reference, Resolve, Target};

/// Cells that may be added to short rows of tables, over the whole page.
const ADDED_CELLS: usize = 50_000;

/// The definition of a link that is used by its label.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    pub address: String,
    pub title: Option<String>,
    pub line: u32,
}

/// A footnote.
#[derive(Debug, Default)]
pub(crate) struct Footnote {
    /// Its text, without the indentation.
    pub text: Vec<(String, u32)>,
    /// How often it was referred to.
    pub uses: usize,
}

/// What is known of a page.
pub(crate) struct Context<'r, 'f> {
    pub headings: Vec<Heading>,
    /// Ids that the page gives itself.
    pub given_ids: HashSet<String>,
    pub definitions: HashMap<String, Definition>,
    pub footnotes: Vec<(String, Footnote)>,
    footnote_numbers: HashMap<String, usize>,
    pub abbreviations: HashMap<String, String>,
    /// Finds all abbreviations.
    pub abbreviation_words: Option<Regex>,
    pub tab_sets: usize,
    pub cells_left: usize,
    pub stash: Rc<Stash>,
    pub options: Options,
    resolve: &'r mut Resolve<'f>,
}

impl<'r, 'f> Context<'r, 'f> {
    pub(crate) fn new(resolve: &'r mut Resolve<'f>, stash: Rc<Stash>, options: &Options) -> Self {
        Self {
            headings: Vec::new(),
            given_ids: HashSet::new(),
            definitions: HashMap::new(),
            footnotes: Vec::new(),
            footnote_numbers: HashMap::new(),
            abbreviations: HashMap::new(),
            abbreviation_words: None,
            tab_sets: 0,
            cells_left: ADDED_CELLS,
            stash,
            options: options.clone(),
            resolve,
        }
    }

    /// Where a reference leads.
    pub(crate) fn resolve(&mut self, target: Target, address: &str, line: u32) -> String {
        let reference = Reference {
            target,
            address,
            line,
        };
        (self.resolve)(reference).unwrap_or_else(|| address.to_owned())
    }

    /// Keeps a footnote. A later one of the same label takes its place.
    pub(crate) fn add_footnote(&mut self, label: &str, footnote: Footnote) {
        let next = self.footnotes.len();
        let number = *self.footnote_numbers.entry(label.to_owned()).or_insert(next);
        match self.footnotes.get_mut(number) {
            Some((_, before)) => *before = footnote,
            None => self.footnotes.push((label.to_owned(), footnote)),
        }
    }

    /// Notes that a footnote is referred to: its number from 1 on, and how often it was.
    pub(crate) fn use_footnote(&mut self, label: &str) -> Option<(usize, usize)> {
        let number = *self.footnote_numbers.get(label)?;
        let (_, footnote) = self.footnotes.get_mut(number)?;
        footnote.uses += 1;
        Some((number + 1, footnote.uses))
    }

    /// Makes the expression that finds abbreviations.
    pub(crate) fn know_abbreviations(&mut self) {
        if self.abbreviations.is_empty() {
            return;
        }
        let mut words: Vec<String> = self
            .abbreviations
            .keys()
            .map(|word| regex::escape(word))
            .collect();
        // The longest first, so that it is found where a shorter one is its beginning.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        self.abbreviation_words = Regex::new(&format!(r"\b(?:{})\b", words.join("|"))).ok();
    }
}

/// The form of a label by which it is looked up.
pub(crate) fn key(label: &str) -> String {
    label
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}
