//! A page of entities in some order.
//!
//! Two ways lead to the same page: walking the kept order and testing each entry against the set, or
//! sorting the set. Which is cheaper depends on how much of the catalog the set is; a walk that turns
//! out longer than a sort is given up, so that no page costs much more than the cheaper way.

use std::cell::Cell;
use std::cmp::Ordering;

use roaring::RoaringBitmap;

use crate::ReadModel;
use crate::like::Like;
use crate::order::UidBound;
use crate::sorted::Sorted;

/// Sorting an entity costs about as much as going past so many entries of an order that are not in the set.
const STEPS_PER_ENTITY: u64 = 50;

/// What to order by.
#[derive(Debug, Clone, Copy)]
pub enum WalkOrder<'a> {
    /// The uid.
    Uid,
    /// The reference.
    Reference,
    /// The values of a key; an entity comes once per value, and not at all without one.
    Key(&'a str),
}

/// Which rows are wanted.
#[derive(Debug, Clone)]
pub struct Walk<'a> {
    /// Entities to list.
    pub set: &'a RoaringBitmap,
    /// What to order by.
    pub order: WalkOrder<'a>,
    /// From the end.
    pub descending: bool,
    /// Rows with equal values: by uid from the end.
    pub ties_descending: bool,
    /// Only rows behind this value (where ordered by a key) and uid.
    pub after: Option<(&'a str, UidBound)>,
    /// Only rows whose own value matches.
    pub text: Option<&'a Like>,
    /// Rows to leave out first.
    pub offset: usize,
    /// Most rows to return.
    pub limit: usize,
}

/// One row of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// The entity.
    pub doc: u32,
    /// The value it is ordered by.
    pub value: Option<&'a str>,
}

impl ReadModel {
    /// Entities of a set that have a value for a key.
    pub fn count_valued(&self, set: &RoaringBitmap, key: &str) -> u64 {
        set.intersection_len(&self.with_value(key))
    }

    /// Rows that an ordered list of the set has: one for each entity and value.
    pub fn count_rows(&self, set: &RoaringBitmap, key: &str) -> usize {
        let Some(id) = self.keys.find(key) else { return 0 };
        let order = self.key_order(id);
        let rows: u64 = order
            .forward(Sorted::start())
            .map(|term| self.terms.posting(term).len_in(set))
            .sum();
        usize::try_from(rows).expect("rows fit memory")
    }

    /// The rows of a page.
    pub fn walk<'a>(&'a self, walk: &Walk<'_>) -> Vec<Row<'a>> {
        let needed = walk.offset.saturating_add(walk.limit);
        match walk.order {
            _ if walk.limit == 0 => Vec::new(),
            WalkOrder::Uid => {
                let bound = walk.after.as_ref().map(|(_, uid)| uid);
                let docs = self.first_by_uid(&Members::All, walk.set, bound, walk.descending, needed);
                docs.into_iter()
                    .skip(walk.offset)
                    .map(|doc| Row { doc, value: None })
                    .collect()
            }
            WalkOrder::Reference => self.walk_references(walk),
            WalkOrder::Key(key) => self.walk_key(key, walk),
        }
    }

    fn walk_references<'a>(&'a self, walk: &Walk<'_>) -> Vec<Row<'a>> {
        let order = self.reference_order();
        let mut rows: Vec<u32> = Vec::new();
        let mut pick = |docs: &mut dyn Iterator<Item = u32>| {
            rows = docs
                .filter(|doc| walk.set.contains(*doc))
                .skip(walk.offset)
                .take(walk.limit)
                .collect();
        };
        let share = order.len() as u64 / (walk.set.len() + 1);
        if share > walk.set.len() {
            let mut docs: Vec<u32> = walk.set.iter().collect();
            docs.sort_unstable_by(|left, right| self.compare_references(*left, *right));
            if walk.descending {
                docs.reverse();
            }
            pick(&mut docs.into_iter());
        } else if walk.descending {
            pick(&mut order.backward(order.end()));
        } else {
            pick(&mut order.forward(Sorted::start()));
        }
        rows.into_iter().map(|doc| Row { doc, value: None }).collect()
    }

    fn walk_key<'a>(&'a self, key: &str, walk: &Walk<'_>) -> Vec<Row<'a>> {
        let Some(id) = self.keys.find(key) else {
            return Vec::new();
        };
        let entities = walk.set.intersection_len(&self.valued(id));
        let terms = self.key_order(id).len() as u64;
        let needed = (walk.offset as u64).saturating_add(walk.limit as u64);
        if entities == 0 {
            return Vec::new();
        }
        let walk_is_longer = entities.saturating_mul(entities) * 6 < needed.saturating_mul(terms);
        let walked = if walk_is_longer {
            None
        } else {
            self.walk_terms(id, walk, entities * STEPS_PER_ENTITY + 10_000)
        };
        let rows = walked.unwrap_or_else(|| self.sort_set(id, walk));
        rows.into_iter()
            .map(|(term, doc)| Row {
                doc,
                value: self.terms.value(term),
            })
            .collect()
    }

    /// Rows found by following the order of the key; nothing when it takes more than `steps` entries.
    fn walk_terms(&self, id: u32, walk: &Walk<'_>, steps: u64) -> Option<Vec<(u32, u32)>> {
        let gone = Cell::new(0);
        let is_within = |_: &u32| {
            gone.set(gone.get() + 1);
            gone.get() <= steps
        };
        let terms = self.terms_from(id, walk).take_while(is_within);
        let mut terms = terms
            .filter(|term| self.terms.is_held_in(*term, walk.set))
            .peekable();
        let mut rows = Vec::new();
        let mut skip = walk.offset;
        let mut group = Vec::new();
        while let Some(first) = terms.next() {
            group.clear();
            group.push(first);
            let value = self.terms.value(first);
            while let Some(more) = terms.next_if(|term| self.terms.value(*term) == value) {
                group.push(more);
            }
            if gone.get() > steps {
                // The group may go on.
                return None;
            }
            if !is_wanted(value, walk.text) {
                continue;
            }
            self.add_group(&group, walk, &mut skip, &mut rows);
            if rows.len() >= walk.limit {
                return Some(rows);
            }
        }
        (gone.get() <= steps).then_some(rows)
    }

    fn add_group(&self, group: &[u32], walk: &Walk<'_>, skip: &mut usize, rows: &mut Vec<(u32, u32)>) {
        let value = self.terms.value(group[0]);
        let bound = walk
            .after
            .as_ref()
            .filter(|(after, _)| Some(*after) == value)
            .map(|(_, uid)| uid);
        if bound.is_none() && *skip > 0 {
            let held: u64 = group
                .iter()
                .map(|term| self.terms.posting(*term).len_in(walk.set))
                .sum();
            if held <= *skip as u64 {
                *skip -= usize::try_from(held).expect("not more than the rest");
                return;
            }
        }
        let wanted = *skip + walk.limit - rows.len();
        let docs = self.first_by_uid(&Members::Of(group), walk.set, bound, walk.ties_descending, wanted);
        let skipped = docs.len().min(*skip);
        *skip -= skipped;
        rows.extend(docs[skipped..].iter().map(|doc| (group[0], *doc)));
    }

    /// Terms of a key in the walk's direction, from the value to continue with on.
    fn terms_from<'a>(&'a self, id: u32, walk: &Walk<'_>) -> Box<dyn Iterator<Item = u32> + 'a> {
        let order = self.key_order(id);
        let value = |term: u32| self.terms.value(term).unwrap_or_default();
        match (walk.after.as_ref().map(|(after, _)| *after), walk.descending) {
            (None, false) => Box::new(order.forward(Sorted::start())),
            (None, true) => Box::new(order.backward(order.end())),
            (Some(after), false) => Box::new(order.forward(order.place(|term| value(term) < after))),
            (Some(after), true) => Box::new(order.backward(order.place(|term| value(term) <= after))),
        }
    }

    /// Rows found by sorting everything in the set.
    fn sort_set(&self, id: u32, walk: &Walk<'_>) -> Vec<(u32, u32)> {
        let rows = walk
            .set
            .iter()
            .flat_map(|doc| self.values_of(doc, id).map(move |term| (term, doc)));
        let mut rows: Vec<(u32, u32)> = rows
            .filter(|(term, _)| is_wanted(self.terms.value(*term), walk.text))
            .filter(|(term, doc)| self.is_behind(*term, *doc, walk))
            .collect();
        let compare = |left: &(u32, u32), right: &(u32, u32)| self.compare_rows(*left, *right, walk);
        let needed = walk.offset.saturating_add(walk.limit);
        if needed < rows.len() {
            rows.select_nth_unstable_by(needed, compare);
            rows.truncate(needed);
        }
        rows.sort_unstable_by(compare);
        rows.drain(..walk.offset.min(rows.len()));
        rows
    }

    fn compare_rows(&self, left: (u32, u32), right: (u32, u32), walk: &Walk<'_>) -> Ordering {
        let values = self.terms.value(left.0).cmp(&self.terms.value(right.0));
        let uids = self.documents.uid(left.1).cmp(&self.documents.uid(right.1));
        directed(values, walk.descending).then(directed(uids, walk.ties_descending))
    }

    fn is_behind(&self, term: u32, doc: u32, walk: &Walk<'_>) -> bool {
        let Some((after, uid)) = &walk.after else {
            return true;
        };
        let value = self.terms.value(term).unwrap_or_default();
        match directed(value.cmp(after), walk.descending) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => passes(Some(uid), self.documents.uid(doc), walk.ties_descending),
        }
    }

    /// The first `needed` members of a set by uid, behind the bound.
    fn first_by_uid(
        &self,
        members: &Members<'_>,
        set: &RoaringBitmap,
        bound: Option<&UidBound>,
        descending: bool,
        needed: usize,
    ) -> Vec<u32> {
        let held = members.len_in(self, set);
        let all = self.documents.live().len();
        if held == 0 || needed == 0 {
            return Vec::new();
        }
        if held.saturating_mul(held) < all.saturating_mul(needed as u64).saturating_mul(4) {
            return self.sort_members(members, set, bound, descending, needed);
        }
        let order = self.uid_order();
        let place = self.uid_place(bound, descending);
        let is_member = |doc: &u32| set.contains(*doc) && members.contains(self, *doc);
        if descending {
            order.backward(place).filter(is_member).take(needed).collect()
        } else {
            order.forward(place).filter(is_member).take(needed).collect()
        }
    }

    fn sort_members(
        &self,
        members: &Members<'_>,
        set: &RoaringBitmap,
        bound: Option<&UidBound>,
        descending: bool,
        needed: usize,
    ) -> Vec<u32> {
        let mut docs = members.in_set(self, set);
        docs.retain(|doc| passes(bound, self.documents.uid(*doc), descending));
        let uid = |doc: &u32| self.documents.uid(*doc);
        let compare = |left: &u32, right: &u32| directed(uid(left).cmp(&uid(right)), descending);
        if needed < docs.len() {
            docs.select_nth_unstable_by(needed, compare);
            docs.truncate(needed);
        }
        docs.sort_unstable_by(compare);
        docs
    }
}

/// Entities that share a value, or all.
enum Members<'a> {
    All,
    Of(&'a [u32]),
}

impl Members<'_> {
    fn len_in(&self, model: &ReadModel, set: &RoaringBitmap) -> u64 {
        match self {
            Self::All => set.len(),
            Self::Of(terms) => terms
                .iter()
                .map(|term| model.terms.posting(*term).len_in(set))
                .sum(),
        }
    }

    fn contains(&self, model: &ReadModel, doc: u32) -> bool {
        match self {
            Self::All => true,
            Self::Of(terms) => terms.iter().any(|term| model.terms.posting(*term).contains(doc)),
        }
    }

    fn in_set(&self, model: &ReadModel, set: &RoaringBitmap) -> Vec<u32> {
        let Self::Of(terms) = self else {
            return set.iter().collect();
        };
        let mut docs = Vec::new();
        for term in *terms {
            let posting = model.terms.posting(*term);
            match posting.bitmap() {
                Some(bitmap) => docs.extend(bitmap & set),
                None => docs.extend(posting.small().iter().copied().filter(|doc| set.contains(*doc))),
            }
        }
        docs
    }
}

/// Whether a row's own value matches the search text, if there is one.
fn is_wanted(value: Option<&str>, text: Option<&Like>) -> bool {
    text.is_none_or(|text| value.is_some_and(|value| text.matches(value)))
}

fn passes(bound: Option<&UidBound>, uid: uuid::Uuid, descending: bool) -> bool {
    bound.is_none_or(|bound| {
        if descending {
            bound.is_after(uid)
        } else {
            bound.is_before(uid)
        }
    })
}

fn directed(ordering: Ordering, descending: bool) -> Ordering {
    if descending { ordering.reverse() } else { ordering }
}
