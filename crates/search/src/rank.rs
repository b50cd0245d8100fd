//! The best of what was found.
//!
//! Documents are looked at by the sets they are in, those that are worth most first: whoever is in the set has
//! been looked at then, and for the others that set is gone. As soon as what is left cannot reach the worst of
//! the best, the rest is not looked at, however much it is.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use tantivy::{DocAddress, DocId, Searcher, SegmentOrdinal, SegmentReader, TantivyError};

use crate::bits::Bits;
use crate::found::Found;
use crate::sets::Insider;
use crate::standing::Standing;
use crate::ways::Way;

/// Sums of the same amounts in another order differ by less.
const ROUNDING: f32 = 0.01;

/// A document and what it is worth. The greater is the better, and of equals the one that comes first.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ranked {
    worth: f32,
    address: DocAddress,
}

impl Eq for Ranked {}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_worth = self.worth.total_cmp(&other.worth);
        by_worth.then_with(|| other.address.cmp(&self.address))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// So many of the best, the best first.
pub fn best(
    found: &mut Found,
    searcher: &Searcher,
    now: i64,
    many: usize,
) -> Result<Vec<DocAddress>, TantivyError> {
    let mut ranking = Ranking::new(found, searcher, now, many)?;
    ranking.run()?;
    let best = ranking.best.into_sorted_vec();
    Ok(best.into_iter().map(|Reverse(ranked)| ranked.address).collect())
}

struct Ranking<'a> {
    found: &'a mut Found,
    parts: &'a [SegmentReader],
    insiders: Vec<Insider>,
    standings: Vec<Standing>,
    /// What was not looked at yet, for each part of the index.
    left: Vec<Bits>,
    /// Of each set whether nothing of it is left.
    gone: Vec<bool>,
    /// The best so far; the worst of them is at hand.
    best: BinaryHeap<Reverse<Ranked>>,
    many: usize,
}

impl<'a> Ranking<'a> {
    fn new(
        found: &'a mut Found,
        searcher: &'a Searcher,
        now: i64,
        many: usize,
    ) -> Result<Self, TantivyError> {
        let parts = searcher.segment_readers();
        let standings = parts.iter().map(|part| Standing::at(now, part));
        Ok(Self {
            parts,
            insiders: Insider::all(searcher, &found.plan.sets)?,
            standings: standings.collect::<Result<_, _>>()?,
            left: found.documents.clone(),
            gone: vec![false; found.sets.len()],
            best: BinaryHeap::new(),
            many: many.min(found.total()),
            found,
        })
    }

    fn run(&mut self) -> Result<(), TantivyError> {
        for set in self.order() {
            let ways = self.ways();
            if self.is_settled(&ways) {
                return Ok(());
            }
            self.look_at(&ways, Some(set))?;
            self.gone[set] = true;
        }
        let ways = self.ways();
        if self.is_settled(&ways) {
            return Ok(());
        }
        self.look_at(&ways, None)
    }

    /// The sets that are worth something, those that are worth most first.
    fn order(&self) -> Vec<usize> {
        let all = self.ways();
        let mut sets: Vec<(usize, f32)> = all.iter().flat_map(|way| way.sets(&self.found.sets)).collect();
        sets.sort_by(|left, right| right.1.total_cmp(&left.1));
        let mut order: Vec<usize> = Vec::new();
        for (set, _) in sets {
            // Who is in an inner one is not known before they are looked at.
            let is_inner = self.insiders.iter().any(|insider| insider.set == set);
            if !is_inner && !order.contains(&set) {
                order.push(set);
            }
        }
        order
    }

    /// The ways in which what is left was found.
    fn ways(&self) -> Vec<Way> {
        let plan = &self.found.plan;
        let all = plan.pieces.iter().chain(&plan.favours);
        all.filter_map(|way| way.without(&self.gone)).collect()
    }

    /// Whether nothing that is left can be among the best.
    fn is_settled(&self, ways: &[Way]) -> bool {
        let standing = self.standings.iter().map(Standing::most).fold(f32::MIN, f32::max);
        self.worst() > self.most(ways) + standing + ROUNDING
    }

    /// No document is worth more by how it was found.
    fn most(&self, ways: &[Way]) -> f32 {
        ways.iter().map(|way| way.most(&self.found.sets)).sum()
    }

    /// What a document must be worth to be among the best.
    fn worst(&self) -> f32 {
        match self.best.peek() {
            Some(Reverse(worst)) if self.best.len() >= self.many => worst.worth,
            _ if self.many == 0 => f32::INFINITY,
            _ => f32::NEG_INFINITY,
        }
    }

    /// Looks at what is left of a set, or of everything.
    fn look_at(&mut self, ways: &[Way], set: Option<usize>) -> Result<(), TantivyError> {
        let most = self.most(ways);
        for part in 0..self.left.len() {
            let mut documents = self.left[part].clone();
            if let Some(set) = set {
                documents.keep(&self.found.sets[set].bits[part]);
            }
            self.left[part].drop(&documents);
            for insider in &self.insiders {
                let inside = insider.among(&documents, &self.parts[part])?;
                self.found.sets[insider.set].bits[part].join(&inside);
            }
            for document in documents.iter() {
                self.consider(ways, most, part, document);
            }
        }
        Ok(())
    }

    /// Takes a document among the best when it is one of them. Of most the standing alone says that they are not.
    fn consider(&mut self, ways: &[Way], most: f32, part: usize, document: DocId) {
        let standing = self.standings[part].of(document);
        if self.worst() > most + standing + ROUNDING {
            return;
        }
        let worth = |way: &Way| way.worth(&self.found.sets, part, document);
        let worth: f32 = ways.iter().filter_map(worth).sum();
        self.offer(Ranked {
            worth: worth + standing,
            address: DocAddress::new(ordinal(part), document),
        });
    }

    fn offer(&mut self, ranked: Ranked) {
        if self.best.len() < self.many {
            self.best.push(Reverse(ranked));
        } else if let Some(mut worst) = self.best.peek_mut()
            && ranked > worst.0
        {
            *worst = Reverse(ranked);
        }
    }
}

/// The number of a part of the index, as the engine counts them.
fn ordinal(part: usize) -> SegmentOrdinal {
    SegmentOrdinal::try_from(part).expect("an index has few parts")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plugin::SearchDocument;
    use serde_json::Map;

    use super::*;
    use crate::index::{Place, Progress, SearchIndex};
    use crate::question::{Question, Tolerance};
    use crate::schema::Entry;
    use crate::sets::Docs;
    use crate::visible::{Visible, VisibleDocuments};

    const NOW: i64 = 2_000_000_000;
    const DAY: i64 = 86_400;

    fn index() -> SearchIndex {
        let index = SearchIndex::open(&Place::Memory).unwrap();
        let words = ["payment", "order", "gateway", "pay", "ledger"];
        let word = |number: usize| words[number % words.len()];
        for number in 0..300_usize {
            let entity = format!("component:default/c-{number}");
            let document = SearchDocument {
                title: format!("{}-{}-{number}", word(number), word(number / 7)),
                names: Vec::new(),
                text: format!("{} {}", word(number / 3), word(number / 11).repeat(number % 3)),
                location: entity.clone(),
                note: String::new(),
                weight: 100 - number as u64 % 4,
                fields: Map::new(),
            };
            let entry = Entry {
                kind: "thing",
                entity: &entity,
                entity_id: number as u64,
                facets: &[],
                changed: NOW - DAY * i64::try_from(number % 50).unwrap(),
                document,
            };
            index.replace(&entity, [entry]).unwrap();
            // Several parts, one of them with deletions.
            if number % 100 == 99 {
                index.replace("component:default/c-7", []).unwrap();
                index.commit(&Progress::new(None, 0)).unwrap();
            }
        }
        index
    }

    fn found(index: &SearchIndex, text: &str, tolerance: Tolerance, visible: &Visible) -> Found {
        let question = Question {
            text: text.to_owned(),
            starred: vec!["component:default/c-40".to_owned()],
            ..Question::default()
        };
        let plan = question.plan(&index.fields, tolerance);
        Found::look_up(plan, &index.searcher(), visible).unwrap()
    }

    /// Every document looked at, with all ways, and all sets read as a whole.
    fn everything(found: &mut Found, searcher: &Searcher) -> Vec<DocAddress> {
        for (set, docs) in found.plan.sets.iter().enumerate() {
            if let Docs::Inside(terms) = docs {
                found.sets[set] = Docs::Phrase(terms.clone()).read(searcher).unwrap();
            }
        }
        let ways: Vec<&Way> = found.plan.pieces.iter().chain(&found.plan.favours).collect();
        let mut all = Vec::new();
        for (number, part) in searcher.segment_readers().iter().enumerate() {
            let standing = Standing::at(NOW, part).unwrap();
            for document in found.documents[number].iter() {
                let worth = |way: &&Way| way.worth(&found.sets, number, document);
                let worth: f32 = ways.iter().filter_map(worth).sum();
                all.push(Ranked {
                    worth: worth + standing.of(document),
                    address: DocAddress::new(ordinal(number), document),
                });
            }
        }
        all.sort_by(|left, right| right.cmp(left));
        all.into_iter().map(|ranked| ranked.address).collect()
    }

    #[test]
    fn the_best_are_those_of_all_however_many_are_wanted() {
        let index = index();
        let searcher = index.searcher();
        assert!(searcher.segment_readers().len() > 1);
        let texts = [
            "",
            "payment",
            "pay",
            "payment order",
            "payment-order",
            "aymen",
            "paymnt",
            "pay nothing",
        ];
        let tolerances = [Tolerance::Typed, Tolerance::Mistyped, Tolerance::Partly];
        for (text, tolerance) in texts
            .iter()
            .flat_map(|text| tolerances.map(|tolerance| (text, tolerance)))
        {
            let all = everything(
                &mut found(&index, text, tolerance, &Visible::default()),
                &searcher,
            );
            for many in [0, 1, 5, 40, 1_000] {
                let mut found = found(&index, text, tolerance, &Visible::default());
                assert_eq!(all.len(), found.total());
                let best = best(&mut found, &searcher, NOW, many).unwrap();
                assert_eq!(
                    best,
                    all[..many.min(all.len())],
                    "{many} of {text:?} {tolerance:?}"
                );
            }
        }
    }

    #[test]
    fn only_what_may_be_seen_is_ranked() {
        let index = index();
        let all = found(&index, "payment", Tolerance::Typed, &Visible::default()).total();
        let seen = |ids: &[u64]| ids.iter().map(|id| *id < 100).collect();
        let some = Visible {
            documents: Some(Arc::new(VisibleDocuments::new(seen, Arc::default()))),
            ..Visible::default()
        };
        let mut totals = Vec::new();
        // All of them first, which makes them kept, then a few.
        for text in ["", "payment", "payment"] {
            let mut found = found(&index, text, Tolerance::Typed, &some);
            let best = best(&mut found, &index.searcher(), NOW, 1_000).unwrap();
            assert_eq!(best.len(), found.total());
            totals.push(found.total());
        }
        assert!(
            0 < totals[1] && totals[1] < all && totals[1] == totals[2],
            "{totals:?} {all}"
        );
    }

    #[test]
    fn what_cannot_be_among_the_best_is_not_looked_at() {
        let index = index();
        let mut found = found(&index, "payment", Tolerance::Typed, &Visible::default());
        let searcher = index.searcher();
        let mut ranking = Ranking::new(&mut found, &searcher, NOW, 3).unwrap();
        ranking.run().unwrap();
        let left: usize = ranking.left.iter().map(Bits::count).sum();
        assert!(left > found.total() / 2, "{left} of {}", found.total());
    }
}
