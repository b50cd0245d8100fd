//! What the index is looked up for: sets of documents, each read once for a question.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::TermInfo;
use tantivy::query::{Bm25Weight, EnableScoring, FuzzyTermQuery, PhraseQuery, Query, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{
    DocId, DocSet, InvertedIndexReader, Searcher, SeekDangerResult, SegmentReader, TERMINATED, TantivyError,
    Term,
};

use crate::bits::Bits;

/// A set of documents that the index knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Docs {
    /// With any of the terms.
    Any(Vec<Term>),
    /// With each of the terms.
    Each(Vec<Term>),
    /// With a term; how often they have it is read, too.
    Often(Term),
    /// With the terms one behind the other.
    Phrase(Vec<Term>),
    /// The same among documents that are found anyway, for having each of the terms. Read as none: who is in is only
    /// asked of the documents that are looked at, because it takes reading places.
    Inside(Vec<Term>),
    /// With a term that begins with this one.
    Beginning(Term),
    /// With a term that is this one but for so many mistakes.
    Near(Term, u8),
}

/// A set as it was read.
pub struct Set {
    /// The documents, for each part of the index.
    pub bits: Vec<Bits>,
    often: Option<Often>,
}

/// What the documents of a set are worth, by how often they have its term.
struct Often {
    weight: Bm25Weight,
    parts: Vec<Counts>,
}

/// How often the documents of one part of the index have a term.
struct Counts {
    ranks: Vec<u32>,
    /// For each document of the set in order. More than fits is worth no more.
    counts: Vec<u8>,
    norms: FieldNormReader,
}

impl Set {
    /// What a document of the set is worth by how rare the term is, how often the document has it, and how
    /// long its text is. Nothing where that was not asked for.
    pub fn worth(&self, part: usize, document: DocId) -> f32 {
        let Some(often) = &self.often else { return 0.0 };
        let of = &often.parts[part];
        let count = of.counts[self.bits[part].rank(&of.ranks, document)];
        often.weight.score(of.norms.fieldnorm_id(document), count.into())
    }

    /// No document is worth more.
    pub fn most(&self) -> f32 {
        self.often.as_ref().map_or(0.0, |often| often.weight.max_score())
    }
}

impl Docs {
    /// Reads the set.
    pub fn read(&self, searcher: &Searcher) -> Result<Set, TantivyError> {
        let bits = match self {
            Self::Often(term) => return often(searcher, term),
            Self::Any(terms) => in_parts(searcher, |part| any(part, terms)),
            Self::Each(terms) => in_parts(searcher, |part| each(part, terms)),
            Self::Beginning(term) => in_parts(searcher, |part| beginning(part, term)),
            Self::Phrase(terms) => phrase(searcher, terms),
            Self::Inside(_) => in_parts(searcher, |part| Ok(Bits::none(part.max_doc()))),
            Self::Near(term, mistakes) => near(searcher, term, *mistakes),
        }?;
        Ok(Set { bits, often: None })
    }
}

fn in_parts<T>(
    searcher: &Searcher,
    read: impl FnMut(&SegmentReader) -> Result<T, TantivyError>,
) -> Result<Vec<T>, TantivyError> {
    searcher.segment_readers().iter().map(read).collect()
}

/// The documents of a part with any of the terms.
pub(crate) fn any(part: &SegmentReader, terms: &[Term]) -> Result<Bits, TantivyError> {
    let mut bits = Bits::none(part.max_doc());
    for term in terms {
        let index = part.inverted_index(term.field())?;
        if let Some(found) = index.get_term_info(term)? {
            add(&mut bits, &index, &found)?;
        }
    }
    Ok(bits)
}

fn each(part: &SegmentReader, terms: &[Term]) -> Result<Bits, TantivyError> {
    let mut bits = Bits::all(part.max_doc());
    for term in terms {
        bits.keep(&any(part, std::slice::from_ref(term))?);
        if bits.is_empty() {
            break;
        }
    }
    Ok(bits)
}

fn beginning(part: &SegmentReader, term: &Term) -> Result<Bits, TantivyError> {
    let mut bits = Bits::none(part.max_doc());
    let index = part.inverted_index(term.field())?;
    let start = term.serialized_value_bytes();
    let mut terms = index.terms().range().ge(start).into_stream()?;
    while terms.advance() && terms.key().starts_with(start) {
        add(&mut bits, &index, terms.value())?;
    }
    Ok(bits)
}

fn phrase(searcher: &Searcher, terms: &[Term]) -> Result<Vec<Bits>, TantivyError> {
    let weight = phrase_weight(searcher, terms)?;
    in_parts(searcher, |part| {
        let mut bits = Bits::none(part.max_doc());
        let mut found = weight.scorer(part, 1.0)?;
        let mut document = found.doc();
        while document != TERMINATED {
            bits.insert(document);
            document = found.advance();
        }
        Ok(bits)
    })
}

fn phrase_weight(searcher: &Searcher, terms: &[Term]) -> Result<Box<dyn Weight>, TantivyError> {
    PhraseQuery::new(terms.to_vec()).weight(EnableScoring::disabled_from_searcher(searcher))
}

/// Asks of documents whether they are in a [`Docs::Inside`].
pub struct Insider {
    /// The set's number.
    pub set: usize,
    weight: Box<dyn Weight>,
}

impl Insider {
    /// For each such set.
    pub fn all(searcher: &Searcher, sets: &[Docs]) -> Result<Vec<Self>, TantivyError> {
        let mut all = Vec::new();
        for (set, docs) in sets.iter().enumerate() {
            if let Docs::Inside(terms) = docs {
                let weight = phrase_weight(searcher, terms)?;
                all.push(Self { set, weight });
            }
        }
        Ok(all)
    }

    /// Those of the documents that are in.
    pub fn among(&self, documents: &Bits, part: &SegmentReader) -> Result<Bits, TantivyError> {
        let mut inside = Bits::none(part.max_doc());
        let mut found = self.weight.scorer(part, 1.0)?;
        // Nothing before this one is in.
        let mut next = found.doc();
        for document in documents.iter() {
            if document < next {
                continue;
            }
            next = match found.seek_danger(document) {
                SeekDangerResult::Found => {
                    inside.insert(document);
                    document + 1
                }
                SeekDangerResult::SeekLowerBound(next) => next,
            };
        }
        Ok(inside)
    }
}

fn near(searcher: &Searcher, term: &Term, mistakes: u8) -> Result<Vec<Bits>, TantivyError> {
    let automaton = FuzzyTermQuery::new(term.clone(), mistakes, true).automaton()?;
    in_parts(searcher, |part| {
        let mut bits = Bits::none(part.max_doc());
        let index = part.inverted_index(term.field())?;
        let mut terms = index.terms().search(&automaton).into_stream()?;
        while terms.advance() {
            add(&mut bits, &index, terms.value())?;
        }
        Ok(bits)
    })
}

/// Takes in all documents with a term.
fn add(bits: &mut Bits, index: &InvertedIndexReader, term: &TermInfo) -> Result<(), TantivyError> {
    let mut found = index.read_block_postings_from_terminfo(term, IndexRecordOption::Basic)?;
    while !found.docs().is_empty() {
        bits.extend(found.docs());
        found.advance();
    }
    Ok(())
}

fn often(searcher: &Searcher, term: &Term) -> Result<Set, TantivyError> {
    let read = in_parts(searcher, |part| often_in(part, term))?;
    let (bits, parts) = read.into_iter().unzip();
    let weight = Bm25Weight::for_terms(searcher, std::slice::from_ref(term))?;
    let often = Some(Often { weight, parts });
    Ok(Set { bits, often })
}

fn often_in(part: &SegmentReader, term: &Term) -> Result<(Bits, Counts), TantivyError> {
    let mut bits = Bits::none(part.max_doc());
    let mut counts = Vec::new();
    let index = part.inverted_index(term.field())?;
    if let Some(mut found) = index.read_block_postings(term, IndexRecordOption::WithFreqs)? {
        counts.reserve(found.doc_freq() as usize);
        while !found.docs().is_empty() {
            bits.extend(found.docs());
            let few = |count: &u32| u8::try_from(*count).unwrap_or(u8::MAX);
            counts.extend(found.freqs().iter().map(few));
            found.advance();
        }
    }
    let norms = part.fieldnorms_readers().get_field(term.field())?;
    let counts = Counts {
        ranks: bits.ranks(),
        counts,
        norms: norms.unwrap_or_else(|| FieldNormReader::constant(part.max_doc(), 1)),
    };
    Ok((bits, counts))
}
