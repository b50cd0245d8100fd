//! Where operations and types stand on the page of their definition.
//!
//! An anchor is readable, and depends on what it names alone wherever that can be: links from outside
//! and results of the search lead to it. `/a/{id}` and `/a/id` read alike, and so do equal methods of two
//! services; each of those carries a few digits of a hash of itself, whatever the order they stand in.

use std::collections::HashMap;

use crate::outline::{Outline, Sort};

/// Hex digits that tell those apart that read alike.
const DIGITS: usize = 6;

/// Gives every group and entry an anchor that nothing else on the page has.
pub fn assign(outline: &mut Outline) {
    let mut spoken_for = HashMap::new();
    let mut alike: HashMap<String, usize> = HashMap::new();
    let named: Vec<Named> = named(outline).collect();
    for each in &named {
        *alike.entry(each.slug.clone()).or_default() += 1;
    }
    let mut anchors = named.into_iter().map(|each| {
        let is_alone = alike[&each.slug] == 1 && !each.slug.is_empty();
        free(
            &mut spoken_for,
            if is_alone { each.slug } else { each.told_apart() },
        )
    });
    for entry in outline.groups.iter_mut().flat_map(|group| &mut group.entries) {
        entry.anchor = anchors.next().unwrap_or_default();
    }
    drop(anchors);
    for group in &mut outline.groups {
        let wanted = format!("group-{}", slug(&group.name));
        group.anchor = free(&mut spoken_for, wanted);
    }
}

/// What is to have an anchor.
struct Named {
    /// How the anchor reads.
    slug: String,
    /// All that tells it from others.
    whole: String,
}

impl Named {
    fn told_apart(&self) -> String {
        let hash = model::sha1_hex(self.whole.as_bytes());
        let whole = format!("{}-{}", self.slug, &hash[..DIGITS]);
        whole.trim_start_matches('-').to_owned()
    }
}

/// All entries in the order of the page.
fn named(outline: &Outline) -> impl Iterator<Item = Named> {
    outline.entries().map(|(group, entry)| match group.sort {
        Sort::Operation => Named {
            slug: slug(&format!("{} {}", entry.verb, entry.signature)),
            whole: [&group.name, &entry.verb, &entry.signature, &entry.name]
                .map(String::as_str)
                .join("\n"),
        },
        Sort::Type => Named {
            slug: slug(&format!("type {}", entry.signature)),
            whole: [&entry.verb, &entry.signature].map(String::as_str).join("\n"),
        },
        Sort::Part(word) => Named {
            slug: slug(&format!("{word} {}", entry.signature)),
            whole: [&group.name, &entry.signature].map(String::as_str).join("\n"),
        },
    })
}

/// The anchor, or with a number if it is taken: the same thing is declared twice, or a thousand times.
/// `taken` holds the last number given for each.
fn free(taken: &mut HashMap<String, usize>, anchor: String) -> String {
    let Some(last) = taken.get(&anchor).copied() else {
        taken.insert(anchor.clone(), 1);
        return anchor;
    };
    let mut number = last + 1;
    let mut found = format!("{anchor}-{number}");
    while taken.contains_key(&found) {
        number += 1;
        found = format!("{anchor}-{number}");
    }
    taken.insert(anchor, number);
    taken.insert(found.clone(), 1);
    found
}

/// Lower-case words joined by dashes.
fn slug(text: &str) -> String {
    let mapped: String = text
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .collect();
    let words: Vec<&str> = mapped.split('-').filter(|part| !part.is_empty()).collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::outline::{Entry, Group};

    /// An outline from `group: verb signature` and the names of types.
    fn outline(operations: &[&str], types: &[&str]) -> Outline {
        let group = |line: &&str| {
            let (name, operation) = line.split_once(": ").unwrap();
            let (verb, signature) = operation.split_once(' ').unwrap();
            Group {
                name: name.to_owned(),
                entries: vec![Entry {
                    verb: verb.to_owned(),
                    signature: signature.to_owned(),
                    ..Entry::default()
                }],
                ..Group::default()
            }
        };
        let kind = |name: &&str| Entry {
            signature: (*name).to_owned(),
            ..Entry::default()
        };
        let types = Group {
            name: "Types".to_owned(),
            sort: Sort::Type,
            entries: types.iter().map(kind).collect(),
            ..Group::default()
        };
        let mut outline = Outline {
            groups: operations.iter().map(group).chain([types]).collect(),
            ..Outline::default()
        };
        assign(&mut outline);
        outline
    }

    fn anchors(outline: &Outline) -> Vec<String> {
        outline.entries().map(|(_, entry)| entry.anchor.clone()).collect()
    }

    #[test]
    fn what_reads_like_nothing_else_has_its_words_alone() {
        let found = anchors(&outline(&["a: GET /things/{id}", "a: POST /things"], &["Thing"]));
        assert_eq!(found, ["get-things-id", "post-things", "type-thing"]);
    }

    #[test]
    fn what_reads_alike_is_told_apart_whatever_the_order() {
        let lines = [
            "a: GET /a/{id}",
            "a: GET /a/id",
            "a: GET /b",
            "x: RPC Get",
            "y: RPC Get",
        ];
        let there = anchors(&outline(&lines, &["User", "user"]));
        assert_eq!(
            there.iter().collect::<HashSet<_>>().len(),
            there.len(),
            "{there:?}"
        );
        assert!(there[0].starts_with("get-a-id-"), "{there:?}");
        assert_eq!(there[2], "get-b");
        let mut back = lines;
        back.reverse();
        let mut back = anchors(&outline(&back, &[]));
        back.reverse();
        assert_eq!(there[..5], back);
    }

    #[test]
    fn the_same_thing_twice_is_numbered() {
        let found = anchors(&outline(&["a: SEND x", "a: SEND x", "a: SEND x"], &[]));
        assert_eq!(found[1], format!("{}-2", found[0]));
        assert_eq!(found[2], format!("{}-3", found[0]));
        // Nothing but signs has no words, yet an anchor of its own.
        let signs = anchors(&outline(&["a: % /", "a: / /", "a: $ {}"], &[]));
        assert_eq!(signs.iter().collect::<HashSet<_>>().len(), 3, "{signs:?}");
        assert!(signs.iter().all(|anchor| !anchor.is_empty()));
        let many = anchors(&outline(&vec!["a: SEND x"; 20_000], &[]));
        assert_eq!(many.iter().collect::<HashSet<_>>().len(), many.len());
    }
}
