//! Names of entities, and which of several things has a name that all of them want.

use std::collections::BTreeMap;

/// Longest name of an entity.
const LONGEST: usize = 63;

/// A name of Gitea as the name of an entity: signs that entities may not have become dashes, and a name of none but such
/// signs is made of the number.
pub(crate) fn entity_name(name: &str, number: i64) -> String {
    let is_inner = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.');
    let is_outer = |sign: char| !sign.is_ascii_alphanumeric();
    let written: String = name
        .trim_matches(is_outer)
        .chars()
        .map(|sign| if is_inner(sign) { sign } else { '-' })
        .take(LONGEST)
        .collect();
    match written.trim_matches(is_outer) {
        "" => format!("gitea-{number}"),
        name => name.to_owned(),
    }
}

/// Names that are given, each to the first that asks. Case makes no difference.
#[derive(Debug, Default)]
pub(crate) struct Given(BTreeMap<String, String>);

impl Given {
    /// Gives a name, or says what has it.
    pub fn give(&mut self, name: &str, to: &str) -> Result<(), String> {
        let known = self.0.entry(name.to_lowercase());
        match known {
            std::collections::btree_map::Entry::Occupied(known) => Err(known.get().clone()),
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(to.to_owned());
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_fit() {
        for (name, expected) in [
            ("shop", "shop"),
            ("Shop.Web_2-x", "Shop.Web_2-x"),
            ("-team-", "team"),
            ("web team", "web-team"),
            ("Über", "ber"),
            ("a ü", "a"),
            ("--", "gitea-7"),
            ("", "gitea-7"),
        ] {
            assert_eq!(entity_name(name, 7), expected, "{name}");
        }
        let long = entity_name(&format!("{}-{}", "a".repeat(62), "b".repeat(20)), 7);
        assert_eq!(long, "a".repeat(62));
    }

    #[test]
    fn a_name_is_given_once() {
        let mut given = Given::default();
        assert_eq!(given.give("web", "a/web"), Ok(()));
        assert_eq!(given.give("Web", "b/Web"), Err("a/web".to_owned()));
    }
}
