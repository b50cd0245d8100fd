//! A part of the catalog with orders of its own, so that a page of the part does not go past everything else.
//!
//! It knows as well which of its entities passed the last few filters.
//!
//! An order is made as soon as the questions so far have gone past as many entries in vain as making it goes past.
//! So the orders never cost more than the questions did without them, however often the part changes. They are
//! given up with every change of an entity of the part: the number of a value that is gone may stand for another one.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use model::Filter;
use parking_lot::Mutex;
use roaring::RoaringBitmap;

use crate::ReadModel;
use crate::parts::{self, Parts};
use crate::scan::ENTRIES_PER_SORTED;
use crate::sorted::Sorted;

/// Entries of all orders and sets of excerpts that share a room; each takes four bytes.
const ENTRIES: usize = 8 << 20;
/// An excerpt that has more than three quarters of an order needs none of its own.
const MOST_OF_ORDER: (u64, u64) = (3, 4);

/// Room for the orders and sets of several excerpts together.
#[derive(Debug, Clone)]
pub struct Room(Arc<AtomicUsize>);

impl Default for Room {
    fn default() -> Self {
        Self::of(ENTRIES)
    }
}

impl Room {
    /// Room for so many entries.
    pub fn of(entries: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(entries)))
    }

    /// Entries of orders that still have room.
    pub fn entries_left(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn take(&self, entries: usize) -> bool {
        let rest = |left: usize| left.checked_sub(entries);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, rest)
            .is_ok()
    }

    fn give_back(&self, entries: usize) {
        self.0.fetch_add(entries, Ordering::Relaxed);
    }
}

/// What an order is by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum By {
    Uid,
    Reference,
    /// The values of a key, by its number.
    Key(u32),
}

#[derive(Debug)]
enum Own {
    /// Entries that questions went past in vain.
    Owed(u64),
    Made(Arc<Sorted>),
}

/// A part of the catalog.
#[derive(Debug)]
pub struct Excerpt {
    set: RoaringBitmap,
    orders: Mutex<BTreeMap<By, Own>>,
    parts: Mutex<Parts>,
    room: Room,
}

impl Excerpt {
    /// The part that consists of these entities.
    pub fn new(set: RoaringBitmap, room: Room) -> Self {
        Self {
            set,
            orders: Mutex::default(),
            parts: Mutex::default(),
            room,
        }
    }

    /// The entities.
    pub fn set(&self) -> &RoaringBitmap {
        &self.set
    }

    /// Takes in that an entity changed, came or went. To be called for every change of an entity that was in the
    /// part or is in it now.
    pub fn update(&mut self, doc: u32, is_in: bool) {
        if is_in {
            self.set.insert(doc);
        } else {
            self.set.remove(doc);
        }
        self.start_over();
    }

    fn start_over(&mut self) {
        self.room.give_back(self.parts.get_mut().clear());
        for own in self.orders.get_mut().values_mut() {
            if let Own::Made(order) = own {
                self.room.give_back(order.len());
                *own = Own::Owed(0);
            }
        }
    }

    /// The entities that pass a filter.
    pub fn part(&self, model: &ReadModel, filter: &Filter) -> Arc<RoaringBitmap> {
        if let Some(known) = self.parts.lock().get(filter) {
            return known;
        }
        let found = Arc::new(&*model.evaluate(filter) & &self.set);
        let room = parts::room(&found);
        if parts::is_short(filter) && self.room.take(room) {
            let mut parts = self.parts.lock();
            let freed = match parts.get(filter) {
                Some(_) => room,
                None => parts.keep(filter, &found),
            };
            self.room.give_back(freed);
        }
        found
    }

    fn made(&self, by: By) -> Option<Arc<Sorted>> {
        match self.orders.lock().get(&by)? {
            Own::Made(order) => Some(order.clone()),
            Own::Owed(_) => None,
        }
    }

    /// Adds to what is owed for the lack of an order; returns whether that has come to `most`, and then begins anew.
    fn is_due(&self, by: By, in_vain: u64, most: u64) -> bool {
        let mut orders = self.orders.lock();
        let Own::Owed(owed) = orders.entry(by).or_insert(Own::Owed(0)) else {
            return false;
        };
        *owed = owed.saturating_add(in_vain);
        let is_due = *owed >= most;
        if is_due {
            *owed = 0;
        }
        is_due
    }

    fn keep(&self, by: By, order: &Arc<Sorted>) {
        let mut orders = self.orders.lock();
        let is_made = matches!(orders.get(&by), Some(Own::Made(_)));
        if !is_made && self.room.take(order.len()) {
            orders.insert(by, Own::Made(order.clone()));
        }
    }
}

impl Clone for Excerpt {
    /// The orders stay with the original.
    fn clone(&self) -> Self {
        Self::new(self.set.clone(), self.room.clone())
    }
}

impl Drop for Excerpt {
    fn drop(&mut self) {
        self.start_over();
    }
}

/// Entities that a question is about, and an excerpt that holds all of them, if there is one.
#[derive(Debug, Clone, Copy)]
pub struct Subset<'a> {
    /// The entities.
    pub set: &'a RoaringBitmap,
    /// What they are part of.
    pub excerpt: Option<&'a Excerpt>,
}

impl<'a> From<&'a RoaringBitmap> for Subset<'a> {
    fn from(set: &'a RoaringBitmap) -> Self {
        Self { set, excerpt: None }
    }
}

/// An order of the whole catalog, or of an excerpt.
pub(crate) enum Order<'a> {
    Whole(&'a Sorted),
    Own(Arc<Sorted>),
}

impl Deref for Order<'_> {
    type Target = Sorted;

    fn deref(&self) -> &Sorted {
        match self {
            Self::Whole(order) => order,
            Self::Own(order) => order,
        }
    }
}

impl ReadModel {
    /// The shortest order in which a subset stands, for a question that needs so many of its rows.
    pub(crate) fn order_within(&self, by: By, subset: Subset<'_>, rows: u64) -> Order<'_> {
        let whole = self.whole_order(by);
        let Some(excerpt) = subset.excerpt else {
            return Order::Whole(whole);
        };
        if let Some(own) = excerpt.made(by) {
            return Order::Own(own);
        }
        let (all, part, entities) = (whole.len() as u64, excerpt.set.len(), subset.set.len());
        let (share, of) = MOST_OF_ORDER;
        if entities == 0 || part.saturating_mul(of) > all.saturating_mul(share) {
            return Order::Whole(whole);
        }
        // Where a question would go far, the subset is sorted instead.
        let passed =
            |entries: u64| (rows.saturating_mul(entries) / entities).min(entities * ENTRIES_PER_SORTED);
        if !excerpt.is_due(by, passed(all).saturating_sub(passed(part)), all) {
            return Order::Whole(whole);
        }
        let own = Arc::new(self.order_of_excerpt(by, whole, excerpt));
        excerpt.keep(by, &own);
        Order::Own(own)
    }

    /// The order of a subset's excerpt if it is made, else the whole one.
    pub(crate) fn order_made(&self, by: By, subset: Subset<'_>) -> Order<'_> {
        let own = subset.excerpt.and_then(|excerpt| excerpt.made(by));
        own.map_or_else(|| Order::Whole(self.whole_order(by)), Order::Own)
    }

    fn whole_order(&self, by: By) -> &Sorted {
        match by {
            By::Uid => self.uid_order(),
            By::Reference => self.reference_order(),
            By::Key(key) => self.key_order(key),
        }
    }

    fn order_of_excerpt(&self, by: By, whole: &Sorted, excerpt: &Excerpt) -> Sorted {
        let is_in = |id: &u32| match by {
            By::Uid | By::Reference => excerpt.set.contains(*id),
            By::Key(_) => self.terms.is_held_in(*id, &excerpt.set),
        };
        let ids: Vec<u32> = whole.forward(Sorted::start()).filter(is_in).collect();
        Sorted::from_ordered(&ids)
    }
}
