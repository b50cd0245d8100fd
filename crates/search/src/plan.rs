//! From what was asked to what the index is looked up for.
//!
//! Scores are sums of fixed amounts, so that the order can be explained: a whole name beats the start of
//! one, that beats a word of a name, a part in its middle, a word of the text, and last a near miss.
//! Every piece of the question must be found somewhere, unless nothing has them all.

use tantivy::Term;
use tantivy::schema::Field;

use crate::cut::{LONGEST_START, gram_texts};
use crate::question::{Question, Tolerance, mistakes};
use crate::schema::{Fields, facet};
use crate::sets::Docs;
use crate::ways::{Plan, Restriction, Way};
use crate::words::{fold, words};

/// What each way of being found is worth.
mod score {
    pub const WHOLE_NAME: f32 = 400.0;
    pub const START_OF_NAME: f32 = 60.0;
    pub const WORD_OF_NAME: f32 = 30.0;
    pub const WORDS_OF_NAME: f32 = 45.0;
    pub const START_OF_WORD: f32 = 16.0;
    pub const MIDDLE_OF_NAME: f32 = 10.0;
    pub const WORDS_OF_TEXT: f32 = 12.0;
    pub const WORD_OF_TEXT: f32 = 1.0;
    pub const START_OF_WORD_OF_TEXT: f32 = 2.0;
    pub const NEAR_NAME: f32 = 8.0;
    pub const FAR_NAME: f32 = 4.0;
    pub const NEAR_TEXT: f32 = 1.0;
    pub const OWNED: f32 = 6.0;
    pub const STARRED: f32 = 9.0;
}

impl Question {
    /// What to look up.
    pub fn plan(&self, fields: &Fields, tolerance: Tolerance) -> Plan {
        let mut build = Builder::new(fields, tolerance);
        let pieces = self.pieces();
        build.plan.pieces = pieces.iter().map(|piece| build.piece(piece)).collect();
        build.plan.any_piece = tolerance == Tolerance::Partly;
        if self.is_unanswerable() {
            build.plan.pieces.push(Way::Best(Vec::new()));
        }
        if !pieces.is_empty() {
            let whole = self.whole();
            build.favour(Docs::Any(vec![term(fields.exact, &whole)]), score::WHOLE_NAME);
            let starting = starts_with(fields.start, fields.exact, &whole);
            build.favour(starting, score::START_OF_NAME);
        }
        self.favour_own(&mut build);
        self.restrict(&mut build);
        build.plan
    }

    /// Only what has the whole text as a name.
    pub fn whole_name_plan(&self, fields: &Fields) -> Plan {
        let mut build = Builder::new(fields, Tolerance::Typed);
        let whole = build.term(fields.exact, &self.whole(), score::WHOLE_NAME);
        build.plan.pieces.push(whole);
        self.restrict(&mut build);
        build.plan
    }

    /// What is the viewer's own or starred comes first among equals.
    fn favour_own(&self, build: &mut Builder<'_>) {
        let owned = self.owners.iter().map(|owner| facet("entity.owner", owner));
        build.favour(any(build.fields.facet, owned), score::OWNED);
        let starred = self.starred.iter().cloned();
        build.favour(any(build.fields.entity, starred), score::STARRED);
    }

    fn restrict(&self, build: &mut Builder<'_>) {
        if !self.types.is_empty() {
            build.restrict(None, any(build.fields.kind, self.types.iter().cloned()));
        }
        for condition in &self.conditions {
            let values = condition.values.iter();
            let values = values.map(|value| facet(&condition.field, value));
            build.restrict(Some(condition.field.clone()), any(build.fields.facet, values));
        }
    }
}

struct Builder<'a> {
    fields: &'a Fields,
    tolerance: Tolerance,
    plan: Plan,
}

impl<'a> Builder<'a> {
    fn new(fields: &'a Fields, tolerance: Tolerance) -> Self {
        Self {
            fields,
            tolerance,
            plan: Plan::default(),
        }
    }

    fn fixed(&mut self, docs: Docs, amount: f32) -> Way {
        Way::In(self.plan.set(docs), amount)
    }

    fn term(&mut self, field: Field, text: &str, amount: f32) -> Way {
        self.fixed(Docs::Any(vec![term(field, text)]), amount)
    }

    fn favour(&mut self, docs: Docs, amount: f32) {
        if docs != Docs::Any(Vec::new()) {
            let way = self.fixed(docs, amount);
            self.plan.favours.push(way);
        }
    }

    fn restrict(&mut self, field: Option<String>, docs: Docs) {
        let set = self.plan.set(docs);
        self.plan.restrictions.push(Restriction { field, set });
    }

    /// All ways in which a piece may be found; the best one counts, others break ties.
    fn piece(&mut self, piece: &str) -> Way {
        let folded = fold(piece);
        let mut words: Vec<(usize, String)> = words(piece)
            .into_iter()
            .map(|word| (word.position, word.text))
            .collect();
        // The glued form of camel case is one way to find it, not a word that must be there as well; so is the last letter
        // behind a pair.
        words.dedup_by_key(|(position, _)| *position);
        let words: Vec<String> = words.into_iter().map(|(_, word)| word).collect();
        let mut ways = vec![self.term(self.fields.exact, &folded, score::WORDS_OF_NAME)];
        ways.extend(self.middle(&folded));
        if words.len() > 1 {
            ways.push(self.fixed(
                Docs::Phrase(terms(self.fields.name, &words)),
                score::WORDS_OF_NAME,
            ));
            ways.push(self.fixed(
                Docs::Inside(terms(self.fields.text, &words)),
                score::WORDS_OF_TEXT,
            ));
            ways.push(self.term(self.fields.name, &words.concat(), score::WORD_OF_NAME));
            ways.push(Way::All(words.iter().map(|word| self.word(word)).collect()));
        } else if let Some(word) = words.first() {
            ways.push(self.word(word));
        }
        Way::Best(ways)
    }

    /// All ways in which one word may be found.
    fn word(&mut self, word: &str) -> Way {
        let name = self.fields.name;
        let starting = starts_with(self.fields.word_start, name, word);
        let mut ways = vec![
            self.term(name, word, score::WORD_OF_NAME),
            self.fixed(starting, score::START_OF_WORD),
        ];
        ways.extend(self.middle(word));
        let text = term(self.fields.text, word);
        let often = self.plan.set(Docs::Often(text.clone()));
        ways.push(Way::Often(often, score::WORD_OF_TEXT));
        if word.chars().count() > 2 {
            ways.push(self.fixed(Docs::Beginning(text), score::START_OF_WORD_OF_TEXT));
        }
        if self.tolerance != Tolerance::Typed {
            ways.extend(self.near(word));
        }
        Way::Best(ways)
    }

    /// Words with mistakes, as many as [`mistakes`] allows.
    fn near(&mut self, word: &str) -> Vec<Way> {
        let (name, text) = (term(self.fields.name, word), term(self.fields.text, word));
        let mut ways = Vec::new();
        let allowed = mistakes(word);
        if allowed >= 1 {
            ways.push(self.fixed(Docs::Near(name.clone(), 1), score::NEAR_NAME));
            ways.push(self.fixed(Docs::Near(text, 1), score::NEAR_TEXT));
        }
        if allowed >= 2 {
            ways.push(self.fixed(Docs::Near(name, 2), score::FAR_NAME));
        }
        ways
    }

    /// A part in the middle of a name. All its pieces are looked for: names that have them all, but not one
    /// behind the other, are as good as none, and places would have to be read for each name.
    fn middle(&mut self, folded: &str) -> Option<Way> {
        let pieces = gram_texts(folded);
        let terms = pieces.iter().map(|piece| term(self.fields.gram, piece));
        let docs = Docs::Each(terms.collect());
        (!pieces.is_empty()).then(|| self.fixed(docs, score::MIDDLE_OF_NAME))
    }
}

fn term(field: Field, text: &str) -> Term {
    Term::from_field_text(field, text)
}

fn terms(field: Field, texts: &[String]) -> Vec<Term> {
    texts.iter().map(|text| term(field, text)).collect()
}

/// What starts with a text: by the beginnings that are kept, or the whole ones for a longer text.
fn starts_with(beginnings: Field, whole: Field, text: &str) -> Docs {
    if text.chars().count() > LONGEST_START {
        Docs::Beginning(term(whole, text))
    } else {
        Docs::Any(vec![term(beginnings, text)])
    }
}

fn any(field: Field, texts: impl Iterator<Item = String>) -> Docs {
    Docs::Any(texts.map(|text| term(field, &text)).collect())
}
