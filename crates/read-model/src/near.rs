//! Entities whose value of a key stands near a text in the order of the values.

use crate::ReadModel;
use crate::excerpt::{By, Excerpt, Subset};

/// Most values read to each side for each entity that is wanted, however many of their entities count.
const READ_PER_ENTITY: usize = 16;

impl ReadModel {
    /// Entities of an excerpt, or of all without one, whose value of a key stands right before or right after a
    /// lower-cased text: at most `most` to each side, the nearest first. What it costs does not grow with the number
    /// of values.
    pub fn beside(&self, key: &str, text: &str, most: usize, excerpt: Option<&Excerpt>) -> Vec<u32> {
        let Some(id) = self.keys.find(key) else {
            return Vec::new();
        };
        let subset = Subset {
            set: excerpt.map_or(self.documents.live(), Excerpt::set),
            excerpt,
        };
        let order = self.order_within(By::Key(id), subset, 2 * most as u64);
        let counts = |doc| excerpt.is_none_or(|excerpt| excerpt.set().contains(doc));
        let place = order.place(|term| self.terms.value(term).unwrap_or_default() < text);
        let mut found = self.first_holders(order.forward(place), most, counts);
        found.extend(self.first_holders(order.backward(place), most, counts));
        found
    }

    fn first_holders(
        &self,
        terms: impl Iterator<Item = u32>,
        most: usize,
        counts: impl Fn(u32) -> bool,
    ) -> Vec<u32> {
        let mut found = Vec::new();
        for term in terms.take(most * READ_PER_ENTITY) {
            let holders = self.terms.posting(term);
            let holders = holders.set();
            found.extend(holders.iter().filter(|doc| counts(*doc)).take(most - found.len()));
            if found.len() == most {
                break;
            }
        }
        found
    }
}
