//! Groups that lie in each other, such as subgraphs and composite states. The library walks through all that is in a group, by the names
//! that stand in it: a group in itself would have no end, and one that is named twice in each of many others nearly none.

use std::collections::HashMap;

use crate::Trouble;

/// Deepest nesting.
pub(super) const MAX_DEPTH: usize = 40;
/// Most that the groups of a diagram have in them, where what is in an inner group counts for each around it.
const MAX_WALKED: usize = 200_000;

/// A group: its name, how many things are in it, and the names of what may be groups in it.
pub(super) type Group<'d> = (&'d str, usize, Vec<&'d str>);

/// Refuses groups that are too deep or too many.
pub(super) fn check(groups: Vec<Group<'_>>) -> Result<(), Trouble> {
    // Of groups with one name the library walks through the last one.
    let by_name: HashMap<&str, usize> = groups
        .iter()
        .enumerate()
        .map(|(at, group)| (group.0, at))
        .collect();
    let mut walk = Walk {
        groups: &groups,
        by_name,
        known: HashMap::new(),
    };
    let mut walked = 0_usize;
    for at in 0..groups.len() {
        walked = walked.saturating_add(walk.weight(at, 0)?);
        if walked > MAX_WALKED {
            return Err(Trouble::of(format!(
                "there is too much in the groups that are in each other, and at most {MAX_WALKED} parts are drawn; split the diagram"
            )));
        }
    }
    Ok(())
}

struct Walk<'d> {
    groups: &'d [Group<'d>],
    by_name: HashMap<&'d str, usize>,
    known: HashMap<usize, usize>,
}

impl Walk<'_> {
    /// How many things the library meets in a group.
    fn weight(&mut self, at: usize, depth: usize) -> Result<usize, Trouble> {
        if depth > MAX_DEPTH {
            let name: String = self.groups[at].0.chars().take(40).collect();
            return Err(Trouble::of(format!(
                "groups are nested more than {MAX_DEPTH} deep, or in themselves: `{name}`"
            )));
        }
        if let Some(known) = self.known.get(&at) {
            return Ok(*known);
        }
        let (_, things, inner) = &self.groups[at];
        let mut weight = things.saturating_add(1);
        for name in inner {
            if let Some(inner) = self.by_name.get(name).copied() {
                weight = weight.saturating_add(self.weight(inner, depth + 1)?);
            }
        }
        self.known.insert(at, weight);
        Ok(weight)
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn groups_in_themselves_and_in_each_other() {
        assert!(check(vec![("a", 3, vec!["b", "x"]), ("b", 2, vec!["x"])]).is_ok());
        let refused = check(vec![("a", 0, vec!["b"]), ("b", 0, vec!["a"])]).unwrap_err();
        assert!(refused.reason.contains("in themselves"), "{refused}");
        let names: Vec<String> = (0..30).map(|at| format!("g{at}")).collect();
        let twice = names.windows(2).map(|pair| {
            let inner = pair[1].as_str();
            (pair[0].as_str(), 0, vec![inner, inner])
        });
        let refused = check(twice.collect()).unwrap_err();
        assert!(refused.reason.contains("too much"), "{refused}");
    }
}
