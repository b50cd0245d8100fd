//! What is known of a page while it is read.

use std::collections::HashMap;

use regex::Regex;

use crate::slug::Ids;
use crate::{Heading, Reference, Resolve, Target};

/// Deepest nesting of lists, quotes and notes. What is deeper is a text.
pub(crate) const MAX_DEPTH: usize = 24;
/// Lines that may be searched for ends of raw HTML, over the whole page.
const SEARCHED_LINES: usize = 200_000;
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
    /// Its number, once it was referred to.
    pub number: Option<usize>,
    /// How often it was referred to.
    pub uses: usize,
}

/// What is known of a page.
pub(crate) struct Context<'r, 'f> {
    pub headings: Vec<Heading>,
    pub ids: Ids,
    pub definitions: HashMap<String, Definition>,
    pub footnotes: HashMap<String, Footnote>,
    /// Labels of footnotes in the order of their first use.
    pub footnote_order: Vec<String>,
    pub abbreviations: HashMap<String, String>,
    /// Finds all abbreviations.
    pub abbreviation_words: Option<Regex>,
    pub tab_sets: usize,
    pub search_left: usize,
    pub cells_left: usize,
    /// Whether formulas are read.
    pub math: bool,
    resolve: &'r mut Resolve<'f>,
}

impl<'r, 'f> Context<'r, 'f> {
    pub(crate) fn new(resolve: &'r mut Resolve<'f>) -> Self {
        Self {
            headings: Vec::new(),
            ids: Ids::default(),
            definitions: HashMap::new(),
            footnotes: HashMap::new(),
            footnote_order: Vec::new(),
            abbreviations: HashMap::new(),
            abbreviation_words: None,
            tab_sets: 0,
            search_left: SEARCHED_LINES,
            cells_left: ADDED_CELLS,
            math: false,
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
}
