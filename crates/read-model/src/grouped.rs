//! Lists as people read them: ordered by one field, entities with the same value by name.
//!
//! The wire contract orders equal values by uid (`scan`), which is no order to a reader.

use roaring::RoaringBitmap;

use crate::ReadModel;
use crate::excerpt::{By, Order, Subset};
use crate::scan::{Scan, ScanOrder};
use crate::sorted::Sorted;

const NAME: &str = "metadata.name";

impl ReadModel {
    /// A page of a set, each entity once, with its first value in the order. Those without the field come last.
    pub fn page_by_value<'a>(
        &self,
        subset: impl Into<Subset<'a>>,
        key: &str,
        descending: bool,
        offset: usize,
        limit: usize,
    ) -> Vec<u32> {
        let subset = subset.into();
        if key == NAME {
            return self.page_by_name(subset, descending, offset, limit);
        }
        let (mut left, mut skip, mut page) = (subset.set.clone(), offset, Vec::new());
        let mut take = |group: &RoaringBitmap| {
            let held = usize::try_from(group.len()).unwrap_or(usize::MAX);
            if skip >= held {
                skip -= held;
            } else {
                let group = Subset { set: group, ..subset };
                page.extend(self.page_by_name(group, false, skip, limit - page.len()));
                skip = 0;
            }
            page.len() < limit
        };
        if let Some(id) = self.keys.find(key) {
            let order = self.order_within(By::Key(id), subset, offset.saturating_add(limit) as u64);
            for term in in_direction(&order, descending) {
                let posting = self.terms.posting(term);
                if posting.meets(&left) {
                    let group = posting.set().as_ref() & &left;
                    left -= &group;
                    if !take(&group) {
                        return page;
                    }
                }
            }
        }
        take(&left);
        page
    }

    fn page_by_name(&self, subset: Subset<'_>, descending: bool, offset: usize, limit: usize) -> Vec<u32> {
        let scan = Scan::by(ScanOrder::Key(NAME), subset);
        let rows = self.scan(&scan.descending(descending).page(offset, limit));
        rows.into_iter().map(|row| row.doc).collect()
    }
}

fn in_direction<'a>(order: &'a Order<'_>, descending: bool) -> Box<dyn Iterator<Item = u32> + 'a> {
    if descending {
        Box::new(order.backward(order.end()))
    } else {
        Box::new(order.forward(Sorted::start()))
    }
}
