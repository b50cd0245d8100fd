//! Names near a wanted one, for a reference that leads to nothing.
//!
//! Looked up in the order of the names and never by going through all of them: names that go on like the wanted one
//! stand beside it, and names that begin differently stand beside what the wanted one would be with that beginning.

use std::collections::BTreeSet;

use model::EntityRef;

use super::View;

/// Key of the names.
const NAME: &str = "metadata.name";
/// Names compared to each side of the wanted one.
const BESIDE: usize = 64;
/// Names compared to each side of the wanted one with another beginning.
const BESIDE_VARIANT: usize = 4;
/// First letters that may be wrong.
const BEGINNING: usize = 3;
/// Letters that stand in names.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
/// Longest name that others are looked for; longer ones are no names.
const LONGEST: usize = 100;
/// Shortest beginning of the wanted name that is looked for as a name.
const SHORTEST: usize = 3;

impl View<'_> {
    /// References with a name near that of a wanted one, at most `limit`, the nearest first.
    pub fn near_names(&self, wanted: &EntityRef, limit: usize) -> Vec<EntityRef> {
        let name = wanted.name();
        if name.is_empty() || name.len() > LONGEST {
            return Vec::new();
        }
        let model = self.catalog.index().read();
        let seen = self.catalog.index().sights().excerpt(&model, self.sight);
        let seen = seen.as_deref();
        let mut docs: BTreeSet<u32> = model.beside(NAME, name, BESIDE, seen).into_iter().collect();
        for variant in variants(name) {
            docs.extend(model.beside(NAME, &variant, BESIDE_VARIANT, seen));
        }
        let references = docs.iter().filter_map(|doc| model.reference(*doc).parse().ok());
        nearest(wanted, references, limit)
    }
}

/// What a name may have been meant to be: shorter, or with another beginning.
fn variants(name: &str) -> BTreeSet<String> {
    let letters: Vec<char> = name.chars().collect();
    let with = |at: usize, left_out: usize, put_in: &[char]| -> String {
        let rest = letters.iter().skip(at + left_out);
        letters[..at].iter().chain(put_in).chain(rest).collect()
    };
    let mut all: BTreeSet<String> = (SHORTEST..letters.len())
        .map(|end| letters[..end].iter().collect())
        .collect();
    for at in 0..BEGINNING.min(letters.len()) {
        all.insert(with(at, 1, &[]));
        if let Some(next) = letters.get(at + 1) {
            all.insert(with(at, 2, &[*next, letters[at]]));
        }
        for letter in LETTERS.chars() {
            all.insert(with(at, 0, &[letter]));
            all.insert(with(at, 1, &[letter]));
        }
    }
    all.remove(name);
    all.remove("");
    all
}

/// The names nearest to a wanted one, at most `limit`, the nearest first.
fn nearest(
    wanted: &EntityRef,
    candidates: impl IntoIterator<Item = EntityRef>,
    limit: usize,
) -> Vec<EntityRef> {
    let most = wanted.name().chars().count() / 3 + 1;
    let mut found: Vec<(usize, EntityRef)> = candidates
        .into_iter()
        .filter_map(|other| {
            let distance = distance(wanted.name(), other.name(), most)?;
            Some((distance * 2 + usize::from(other.kind() != wanted.kind()), other))
        })
        .collect();
    found.sort();
    found.truncate(limit);
    found.into_iter().map(|(_, other)| other).collect()
}

/// Edits that lead from one name to the other, when there are at most `most`; one that contains the
/// other counts as one edit.
fn distance(left: &str, right: &str, most: usize) -> Option<usize> {
    if left == right {
        return Some(0);
    }
    if left.len().min(right.len()) >= 3 && (left.contains(right) || right.contains(left)) {
        return Some(1);
    }
    edits(left, right, most)
}

/// Letters to put in, take out or exchange that lead from one name to the other, when there are at most `most`.
pub(super) fn edits(left: &str, right: &str, most: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > most * 4 {
        return None;
    }
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (index, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[index + 1];
            row[index + 1] = replaced.min(row[index] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &str, candidates: &[&str], expected: &[&str]) {
        let wanted: EntityRef = wanted.parse().unwrap();
        let all = candidates.iter().map(|text| text.parse::<EntityRef>().unwrap());
        let found: Vec<String> = nearest(&wanted, all, 3).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{wanted}");
    }

    #[test]
    fn near_names() {
        let all = [
            "component:default/orders",
            "api:default/orders",
            "component:default/orders-api",
            "component:x/payments",
        ];
        check(
            "component:default/order",
            &all,
            &[
                "component:default/orders",
                "component:default/orders-api",
                "api:default/orders",
            ],
        );
        check(
            "api:default/orders",
            &all,
            &[
                "api:default/orders",
                "component:default/orders",
                "component:default/orders-api",
            ],
        );
        check("component:default/paymets", &all, &["component:x/payments"]);
        check("component:default/zebra", &all, &[]);
    }

    #[test]
    fn a_name_with_a_mistake_in_its_beginning_stands_beside_a_variant() {
        let all = variants("paiments");
        for meant in ["payments", "aiments", "apiments", "piaments", "pai", "xpaiments"] {
            assert!(all.contains(meant), "{meant}");
        }
        assert!(!all.contains("paiments") && !all.contains(""));
    }
}
