//! The orders a list can be walked in, each made when first asked for and maintained from then on.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use uuid::Uuid;

use crate::ReadModel;
use crate::keys::Key;
use crate::references::PARTS;
use crate::sorted::{Place, Sorted};

/// A uid to continue after; cursors may hold any text there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UidBound {
    /// A proper uid.
    Uid(Uuid),
    /// Something else, compared as text.
    Text(String),
}

impl UidBound {
    /// Reads the text of a cursor.
    pub fn parse(text: &str) -> Self {
        match Uuid::try_parse(text) {
            Ok(uid) if uid.as_hyphenated().to_string() == text => Self::Uid(uid),
            _ => Self::Text(text.to_owned()),
        }
    }

    /// Whether a uid comes before the bound.
    pub fn is_after(&self, uid: Uuid) -> bool {
        match self {
            Self::Uid(bound) => uid < *bound,
            Self::Text(bound) => hyphenated(uid, &mut Uuid::encode_buffer()) < bound.as_str(),
        }
    }

    /// Whether a uid comes after the bound.
    pub fn is_before(&self, uid: Uuid) -> bool {
        match self {
            Self::Uid(bound) => uid > *bound,
            Self::Text(bound) => hyphenated(uid, &mut Uuid::encode_buffer()) > bound.as_str(),
        }
    }
}

/// The text of a uid.
pub(super) fn hyphenated(uid: Uuid, buffer: &mut [u8; 45]) -> &str {
    uid.as_hyphenated().encode_lower(buffer)
}

impl ReadModel {
    /// Terms of a key with a value, in order.
    pub(super) fn key_order(&self, id: u32) -> &Sorted {
        let Key { order, .. } = self.keys.get(id);
        order.get_or_init(|| {
            // Comparing the beginnings first spares most looks at far-away text.
            let begun = |term| (beginning(self.terms.value(term).unwrap_or_default()), term);
            let mut terms: Vec<(u128, u32)> = self.terms.of_key(id).map(begun).collect();
            terms.sort_unstable_by(|left, right| {
                left.0
                    .cmp(&right.0)
                    .then_with(|| self.terms.compare(left.1, right.1))
            });
            let terms: Vec<u32> = terms.into_iter().map(|(_, term)| term).collect();
            Box::new(Sorted::from_ordered(&terms))
        })
    }

    /// Documents by uid.
    pub(super) fn uid_order(&self) -> &Sorted {
        ordered(&self.uid_order, || {
            let mut docs: Vec<u32> = self.documents.live().iter().collect();
            docs.sort_unstable_by_key(|doc| self.documents.uid(*doc));
            docs
        })
    }

    /// Documents by reference.
    pub(super) fn reference_order(&self) -> &Sorted {
        ordered(&self.reference_order, || self.sort_by_reference())
    }

    /// Sorts by where an entity's kind and namespace come among all of them, and its name among all names: texts of
    /// a million entities would take seconds to compare.
    fn sort_by_reference(&self) -> Vec<u32> {
        let [.., name] = PARTS.map(|part| self.keys.find(part));
        let mut name_ranks = vec![0; self.terms.len() as usize];
        let names = name
            .into_iter()
            .flat_map(|name| self.key_order(name).forward(Sorted::start()));
        for (rank, term) in (0_u32..).zip(names) {
            name_ranks[term as usize] = rank;
        }
        let mut places: HashMap<[u32; 2], u32> = HashMap::new();
        let mut docs = Vec::new();
        for doc in self.documents.live() {
            let mut terms = self.documents.terms(doc);
            let mut part = || terms.next().expect("every entity has the parts of a reference");
            let (place, name) = ([part(), part()], part());
            let found = u32::try_from(places.len()).expect("fewer than 2^32 namespaces");
            let place = *places.entry(place).or_insert(found);
            docs.push((place, name_ranks[name as usize], doc));
        }
        let place_ranks = self.rank_places(&places);
        docs.sort_unstable_by_key(|(place, name, _)| (place_ranks[*place as usize], *name));
        docs.into_iter().map(|(.., doc)| doc).collect()
    }

    /// Ranks of kinds with namespaces, by their numbers. Those that differ in case only have the same.
    fn rank_places(&self, places: &HashMap<[u32; 2], u32>) -> Vec<u32> {
        let text = |terms: &[u32; 2]| {
            let [kind, namespace] = terms.map(|term| self.terms.value(term).unwrap_or_default());
            format!("{kind}:{namespace}/")
        };
        let mut texts: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (terms, number) in places {
            texts.entry(text(terms)).or_default().push(*number);
        }
        let mut ranks = vec![0; places.len()];
        for (rank, numbers) in (0..).zip(texts.into_values()) {
            for number in numbers {
                ranks[number as usize] = rank;
            }
        }
        ranks
    }

    /// Makes the orders that the first pages ask for, so that no request waits for them.
    pub fn prepare_orders(&self) {
        self.uid_order();
        if let Some(key) = self.keys.find("metadata.name") {
            self.key_order(key);
        }
    }

    /// The place in an order by uid right after (or before) every uid up to the bound.
    pub(super) fn uid_place(&self, order: &Sorted, bound: Option<&UidBound>, descending: bool) -> Place {
        match (bound, descending) {
            (None, false) => Sorted::start(),
            (None, true) => order.end(),
            (Some(bound), false) => order.place(|doc| !bound.is_before(self.documents.uid(doc))),
            (Some(bound), true) => order.place(|doc| bound.is_after(self.documents.uid(doc))),
        }
    }
}

/// The first bytes of a text as a number of the same order.
fn beginning(text: &str) -> u128 {
    let mut bytes = [0; 16];
    let len = text.len().min(bytes.len());
    bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
    u128::from_be_bytes(bytes)
}

fn ordered(cell: &OnceLock<Sorted>, docs: impl FnOnce() -> Vec<u32>) -> &Sorted {
    cell.get_or_init(|| Sorted::from_ordered(&docs()))
}
