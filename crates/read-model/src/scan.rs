//! A page of entities in some order.
//!
//! Two ways lead to the same page: walking the kept order and testing each entry against the set, or
//! sorting the set. Which is cheaper depends on how much of the catalog the set is; a walk that turns
//! out longer than a sort is given up, so that no page costs much more than the cheaper way.

use std::cell::Cell;
use std::cmp::Ordering;

use roaring::RoaringBitmap;

use crate::ReadModel;
use crate::excerpt::{By, Subset};
use crate::like::Like;
use crate::order::UidBound;
use crate::sorted::Sorted;

/// Sorting an entity costs about as much as going past so many entries of an order that are not in the set.
pub(crate) const ENTRIES_PER_SORTED: u64 = 6;
/// A walk that goes past so many entries for each entity of the set, and some more, is given up.
const MOST_ENTRIES_PER_ENTITY: u64 = 50;
const MORE_ENTRIES: u64 = 10_000;
/// So few entities are sorted without looking for an order.
const FEW: u64 = 32;

/// What to order by.
#[derive(Debug, Clone, Copy)]
pub enum ScanOrder<'a> {
    /// The uid.
    Uid,
    /// The reference.
    Reference,
    /// The values of a key; an entity comes once per value, and not at all without one.
    Key(&'a str),
}

/// A question for some rows of entities in an order.
#[derive(Debug, Clone)]
pub struct Scan<'a> {
    subset: Subset<'a>,
    order: ScanOrder<'a>,
    is_descending: bool,
    are_ties_descending: bool,
    after: Option<(&'a str, UidBound)>,
    text: Option<&'a Like>,
    offset: usize,
    limit: usize,
}

impl<'a> Scan<'a> {
    /// All rows of these entities, ascending; rows with equal values by uid.
    pub fn by(order: ScanOrder<'a>, subset: impl Into<Subset<'a>>) -> Self {
        Self {
            subset: subset.into(),
            order,
            is_descending: false,
            are_ties_descending: false,
            after: None,
            text: None,
            offset: 0,
            limit: usize::MAX,
        }
    }

    /// From the end, if so.
    pub fn descending(mut self, is_descending: bool) -> Self {
        self.is_descending = is_descending;
        self
    }

    /// Rows with equal values from the last uid on, if so.
    pub fn ties_descending(mut self, is_descending: bool) -> Self {
        self.are_ties_descending = is_descending;
        self
    }

    /// Only rows behind a value (where ordered by a key) and a uid.
    pub fn after(mut self, after: Option<(&'a str, UidBound)>) -> Self {
        self.after = after;
        self
    }

    /// Only rows whose own value matches.
    pub fn matching(mut self, text: Option<&'a Like>) -> Self {
        self.text = text;
        self
    }

    /// At most `limit` rows behind the first `offset`.
    pub fn page(mut self, offset: usize, limit: usize) -> Self {
        (self.offset, self.limit) = (offset, limit);
        self
    }

    /// Rows from the first to the last of the page.
    fn needed(&self) -> usize {
        self.offset.saturating_add(self.limit)
    }
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
        match self.keys.find(key) {
            Some(id) => self.len_valued(set, id),
            None => set.intersection_len(&self.with_value(key)),
        }
    }

    fn len_valued(&self, set: &RoaringBitmap, id: u32) -> u64 {
        let valued = self.valued(id);
        // Every entity has a name: then there is nothing to look up.
        if valued.len() == self.documents.live().len() {
            return set.len();
        }
        set.intersection_len(&valued)
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

    /// The rows that a scan asks for.
    pub fn scan<'a>(&'a self, scan: &Scan<'_>) -> Vec<Row<'a>> {
        let row = |doc| Row { doc, value: None };
        match scan.order {
            _ if scan.limit == 0 => Vec::new(),
            ScanOrder::Uid => {
                let bound = scan.after.as_ref().map(|(_, uid)| uid);
                let docs = self.first_by_uid(
                    &Members::All,
                    scan.subset,
                    bound,
                    scan.is_descending,
                    scan.needed(),
                );
                docs.into_iter().skip(scan.offset).map(row).collect()
            }
            ScanOrder::Reference => self.scan_references(scan).into_iter().map(row).collect(),
            ScanOrder::Key(key) => self.scan_key(key, scan),
        }
    }

    fn scan_references(&self, scan: &Scan<'_>) -> Vec<u32> {
        let set = scan.subset.set;
        let order = self.order_within(By::Reference, scan.subset, scan.needed() as u64);
        let pick = |docs: &mut dyn Iterator<Item = u32>| -> Vec<u32> {
            docs.filter(|doc| set.contains(*doc))
                .skip(scan.offset)
                .take(scan.limit)
                .collect()
        };
        if order.len() as u64 / (set.len() + 1) > set.len() {
            let mut docs: Vec<u32> = set.iter().collect();
            docs.sort_unstable_by(|left, right| {
                directed(self.compare_references(*left, *right), scan.is_descending)
            });
            pick(&mut docs.into_iter())
        } else if scan.is_descending {
            pick(&mut order.backward(order.end()))
        } else {
            pick(&mut order.forward(Sorted::start()))
        }
    }

    fn scan_key<'a>(&'a self, key: &str, scan: &Scan<'_>) -> Vec<Row<'a>> {
        let Some(id) = self.keys.find(key) else {
            return Vec::new();
        };
        let entities = self.len_valued(scan.subset.set, id);
        if entities == 0 {
            return Vec::new();
        }
        let needed = scan.needed() as u64;
        let order = self.order_within(By::Key(id), scan.subset, needed);
        let sorting = entities.saturating_mul(entities) * ENTRIES_PER_SORTED;
        let walked = if sorting < needed.saturating_mul(order.len() as u64) {
            None
        } else {
            self.walk_terms(&order, scan, entities * MOST_ENTRIES_PER_ENTITY + MORE_ENTRIES)
        };
        let rows = walked.unwrap_or_else(|| self.sort_set(id, scan));
        rows.into_iter()
            .map(|(term, doc)| Row {
                doc,
                value: self.terms.value(term),
            })
            .collect()
    }

    /// Rows found by following an order of the key; nothing when it takes more than `steps` entries.
    fn walk_terms(&self, order: &Sorted, scan: &Scan<'_>, steps: u64) -> Option<Vec<(u32, u32)>> {
        let gone = Cell::new(0);
        let is_within = |_: &u32| {
            gone.set(gone.get() + 1);
            gone.get() <= steps
        };
        let terms = self.terms_from(order, scan).take_while(is_within);
        let mut terms = terms
            .filter(|term| self.terms.is_held_in(*term, scan.subset.set))
            .peekable();
        let mut rows = Vec::new();
        let mut skip = scan.offset;
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
            if !is_wanted(value, scan.text) {
                continue;
            }
            self.add_group(&group, scan, &mut skip, &mut rows);
            if rows.len() >= scan.limit {
                return Some(rows);
            }
        }
        (gone.get() <= steps).then_some(rows)
    }

    fn add_group(&self, group: &[u32], scan: &Scan<'_>, skip: &mut usize, rows: &mut Vec<(u32, u32)>) {
        let value = self.terms.value(group[0]);
        let bound = scan
            .after
            .as_ref()
            .filter(|(after, _)| Some(*after) == value)
            .map(|(_, uid)| uid);
        if bound.is_none() && *skip > 0 {
            let held: u64 = group
                .iter()
                .map(|term| self.terms.posting(*term).len_in(scan.subset.set))
                .sum();
            if held <= *skip as u64 {
                *skip -= usize::try_from(held).expect("not more than the rest");
                return;
            }
        }
        let wanted = *skip + scan.limit - rows.len();
        let docs = self.first_by_uid(
            &Members::Of(group),
            scan.subset,
            bound,
            scan.are_ties_descending,
            wanted,
        );
        let skipped = docs.len().min(*skip);
        *skip -= skipped;
        rows.extend(docs[skipped..].iter().map(|doc| (group[0], *doc)));
    }

    /// Terms of an order in the scan's direction, from the value to continue with on.
    fn terms_from<'a>(&'a self, order: &'a Sorted, scan: &Scan<'_>) -> Box<dyn Iterator<Item = u32> + 'a> {
        let value = |term: u32| self.terms.value(term).unwrap_or_default();
        match (scan.after.as_ref().map(|(after, _)| *after), scan.is_descending) {
            (None, false) => Box::new(order.forward(Sorted::start())),
            (None, true) => Box::new(order.backward(order.end())),
            (Some(after), false) => Box::new(order.forward(order.place(|term| value(term) < after))),
            (Some(after), true) => Box::new(order.backward(order.place(|term| value(term) <= after))),
        }
    }

    /// Rows found by sorting everything in the set.
    fn sort_set(&self, id: u32, scan: &Scan<'_>) -> Vec<(u32, u32)> {
        let rows = scan
            .subset
            .set
            .iter()
            .flat_map(|doc| self.values_of(doc, id).map(move |term| (term, doc)));
        let mut rows: Vec<(u32, u32)> = rows
            .filter(|(term, _)| is_wanted(self.terms.value(*term), scan.text))
            .filter(|(term, doc)| self.is_behind(*term, *doc, scan))
            .collect();
        let compare = |left: &(u32, u32), right: &(u32, u32)| self.compare_rows(*left, *right, scan);
        let needed = scan.offset.saturating_add(scan.limit);
        if needed < rows.len() {
            rows.select_nth_unstable_by(needed, compare);
            rows.truncate(needed);
        }
        rows.sort_unstable_by(compare);
        rows.drain(..scan.offset.min(rows.len()));
        rows
    }

    fn compare_rows(&self, left: (u32, u32), right: (u32, u32), scan: &Scan<'_>) -> Ordering {
        let values = self.terms.value(left.0).cmp(&self.terms.value(right.0));
        let uids = self.documents.uid(left.1).cmp(&self.documents.uid(right.1));
        directed(values, scan.is_descending).then(directed(uids, scan.are_ties_descending))
    }

    fn is_behind(&self, term: u32, doc: u32, scan: &Scan<'_>) -> bool {
        let Some((after, uid)) = &scan.after else {
            return true;
        };
        let value = self.terms.value(term).unwrap_or_default();
        match directed(value.cmp(after), scan.is_descending) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => passes(Some(uid), self.documents.uid(doc), scan.are_ties_descending),
        }
    }

    /// The first `needed` members of a set by uid, behind the bound.
    fn first_by_uid(
        &self,
        members: &Members<'_>,
        subset: Subset<'_>,
        bound: Option<&UidBound>,
        descending: bool,
        needed: usize,
    ) -> Vec<u32> {
        let set = subset.set;
        let held = members.len_in(self, set);
        if held == 0 || needed == 0 {
            return Vec::new();
        }
        if held <= FEW {
            return self.sort_members(members, set, bound, descending, needed);
        }
        let order = match members {
            Members::All => self.order_within(By::Uid, subset, needed as u64),
            Members::Of(_) => self.order_made(By::Uid, subset),
        };
        let all = order.len() as u64;
        if held.saturating_mul(held) < all.saturating_mul(needed as u64).saturating_mul(4) {
            return self.sort_members(members, set, bound, descending, needed);
        }
        let place = self.uid_place(&order, bound, descending);
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
