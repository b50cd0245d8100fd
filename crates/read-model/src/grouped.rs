//! Lists as people read them: ordered by one field, entities with the same value by name.
//!
//! The wire contract orders equal values by uid (`walk`), which is no order to a reader.

use roaring::RoaringBitmap;

use crate::ReadModel;
use crate::sorted::Sorted;
use crate::walk::{Walk, WalkOrder};

const NAME: &str = "metadata.name";

impl ReadModel {
    /// A page of a set, each entity once, with its first value in the order. Those without the field come last.
    pub fn page_by_value(
        &self,
        set: &RoaringBitmap,
        key: &str,
        descending: bool,
        offset: usize,
        limit: usize,
    ) -> Vec<u32> {
        if key == NAME {
            return self.page_by_name(set, descending, offset, limit);
        }
        let (mut left, mut skip, mut page) = (set.clone(), offset, Vec::new());
        let mut take = |group: &RoaringBitmap| {
            let held = usize::try_from(group.len()).unwrap_or(usize::MAX);
            if skip >= held {
                skip -= held;
            } else {
                page.extend(self.page_by_name(group, false, skip, limit - page.len()));
                skip = 0;
            }
            page.len() < limit
        };
        for term in self.values_in_order(key, descending) {
            let posting = self.terms.posting(term);
            if posting.meets(&left) {
                let group = posting.set().as_ref() & &left;
                left -= &group;
                if !take(&group) {
                    return page;
                }
            }
        }
        take(&left);
        page
    }

    fn values_in_order(&self, key: &str, descending: bool) -> Box<dyn Iterator<Item = u32> + '_> {
        let Some(id) = self.keys.find(key) else {
            return Box::new(std::iter::empty());
        };
        let order = self.key_order(id);
        if descending {
            Box::new(order.backward(order.end()))
        } else {
            Box::new(order.forward(Sorted::start()))
        }
    }

    fn page_by_name(&self, set: &RoaringBitmap, descending: bool, offset: usize, limit: usize) -> Vec<u32> {
        let walk = Walk {
            set,
            order: WalkOrder::Key(NAME),
            descending,
            ties_descending: false,
            after: None,
            text: None,
            offset,
            limit,
        };
        self.walk(&walk).into_iter().map(|row| row.doc).collect()
    }
}
