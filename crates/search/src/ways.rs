//! Ways in which a document may be found, and what each is worth.
//!
//! A way is a small tree over sets of documents, so that both questions have one answer: which documents are
//! found (sets are joined and cut as a whole), and what is one of them worth.

use tantivy::DocId;

use crate::bits::Bits;
use crate::sets::{Docs, Set};

/// What ways beside the best one are worth.
const TIE: f32 = 0.1;
/// What words are worth that are all there, but each on its own.
const APART: f32 = 0.5;

/// A way of being found.
#[derive(Debug, Clone)]
pub enum Way {
    /// Being in the set of this number is worth so much.
    In(usize, f32),
    /// The same, and by how often the set's term is there.
    Often(usize, f32),
    /// In any of the ways: the best counts, others break ties.
    Best(Vec<Way>),
    /// In all of the ways.
    All(Vec<Way>),
}

/// What is looked for.
#[derive(Debug, Default)]
pub struct Plan {
    /// Sets that ways and restrictions name by their numbers.
    pub sets: Vec<Docs>,
    /// One for each piece of the question.
    pub pieces: Vec<Way>,
    /// Whether one of the pieces is enough.
    pub any_piece: bool,
    /// What is worth something without being asked for.
    pub favours: Vec<Way>,
    /// Sets outside of which nothing is found.
    pub restrictions: Vec<Restriction>,
}

/// A set outside of which nothing is found.
#[derive(Debug)]
pub struct Restriction {
    /// The field it is on; nothing when it is on the type of documents.
    pub field: Option<String>,
    /// Number of the set.
    pub set: usize,
}

impl Plan {
    /// The number of a set, which is looked up once however many ways lead through it.
    pub fn set(&mut self, docs: Docs) -> usize {
        let known = self.sets.iter().position(|set| *set == docs);
        known.unwrap_or_else(|| {
            self.sets.push(docs);
            self.sets.len() - 1
        })
    }
}

impl Way {
    /// The documents found in this way, in one part of the index.
    pub fn found(&self, sets: &[Set], part: usize) -> Bits {
        match self {
            Self::In(set, _) | Self::Often(set, _) => sets[*set].bits[part].clone(),
            Self::Best(ways) => met(ways, sets, part, Bits::join),
            Self::All(ways) => met(ways, sets, part, Bits::keep),
        }
    }

    /// What a document is worth that is found in this way; nothing when it is not.
    pub fn worth(&self, sets: &[Set], part: usize, document: DocId) -> Option<f32> {
        let is_in = |set: usize| sets[set].bits[part].contains(document);
        match self {
            Self::In(set, amount) => is_in(*set).then_some(*amount),
            Self::Often(set, amount) => is_in(*set).then(|| amount * sets[*set].worth(part, document)),
            Self::Best(ways) => best(ways.iter().filter_map(|way| way.worth(sets, part, document))),
            Self::All(ways) => all(ways.iter().map(|way| way.worth(sets, part, document))),
        }
    }

    /// No document found in this way is worth more.
    pub fn most(&self, sets: &[Set]) -> f32 {
        let most = |way: &Self| way.most(sets);
        match self {
            Self::In(_, amount) => *amount,
            Self::Often(set, amount) => amount * sets[*set].most(),
            Self::Best(ways) => best(ways.iter().map(most)).unwrap_or_default(),
            Self::All(ways) => all(ways.iter().map(|way| Some(most(way)))).unwrap_or_default(),
        }
    }

    /// What is left of the way for documents that are in none of the sets that are `gone`.
    pub fn without(&self, gone: &[bool]) -> Option<Self> {
        match self {
            Self::In(set, _) | Self::Often(set, _) => (!gone[*set]).then(|| self.clone()),
            Self::Best(ways) => {
                let left: Vec<Self> = ways.iter().filter_map(|way| way.without(gone)).collect();
                (!left.is_empty()).then_some(Self::Best(left))
            }
            Self::All(ways) => {
                let left: Option<Vec<Self>> = ways.iter().map(|way| way.without(gone)).collect();
                left.map(Self::All)
            }
        }
    }

    /// The sets through which the way leads, with what each is worth at most.
    pub fn sets(&self, sets: &[Set]) -> Vec<(usize, f32)> {
        match self {
            Self::In(set, _) | Self::Often(set, _) => vec![(*set, self.most(sets))],
            Self::Best(ways) | Self::All(ways) => ways.iter().flat_map(|way| way.sets(sets)).collect(),
        }
    }
}

fn met(ways: &[Way], sets: &[Set], part: usize, meet: impl Fn(&mut Bits, &Bits)) -> Bits {
    let mut found = ways.iter().map(|way| way.found(sets, part));
    let mut all = found.next().unwrap_or_else(|| Bits::none(0));
    found.for_each(|other| meet(&mut all, &other));
    all
}

fn best(amounts: impl Iterator<Item = f32>) -> Option<f32> {
    let start: Option<(f32, f32)> = None;
    let both = amounts.fold(start, |both, amount| match both {
        None => Some((amount, amount)),
        Some((best, sum)) => Some((best.max(amount), sum + amount)),
    });
    both.map(|(best, sum)| best + (sum - best) * TIE)
}

fn all(amounts: impl Iterator<Item = Option<f32>>) -> Option<f32> {
    amounts.sum::<Option<f32>>().map(|sum| sum * APART)
}
