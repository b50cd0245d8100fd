//! The entities of a run that were not taken, by name and bounded.

use std::collections::HashSet;

use model::Problem;

use crate::ingest::MAX_TOLD;

/// Entities that were refused, and why.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    /// The first of them, in the order they were found.
    pub first: Vec<(String, Problem)>,
    names: HashSet<String>,
}

impl Refusals {
    /// Takes an entity; only the first problem of each is kept.
    pub fn push(&mut self, entity: &str, problem: &Problem) {
        if self.names.insert(entity.to_owned()) && self.first.len() < MAX_TOLD {
            self.first.push((entity.to_owned(), problem.clone()));
        }
    }

    /// Whether the entity was refused.
    pub fn has(&self, entity: &str) -> bool {
        self.names.contains(entity)
    }

    /// How many were refused beyond the first.
    pub fn more(&self) -> usize {
        self.names.len() - self.first.len()
    }

    /// How many of these were not refused.
    pub fn accepted<'e>(&self, entities: impl Iterator<Item = &'e String>) -> usize {
        entities.filter(|entity| !self.has(entity)).count()
    }
}

#[cfg(test)]
mod tests {
    use model::Fault;

    use super::*;

    #[test]
    fn each_entity_counts_once_and_the_first_are_kept() {
        let mut refusals = Refusals::default();
        for number in 0..MAX_TOLD + 3 {
            for reason in ["first", "second"] {
                refusals.push(&format!("e{number}"), &Problem::error(Fault::input(reason)));
            }
        }
        assert_eq!((refusals.first.len(), refusals.more()), (MAX_TOLD, 3));
        assert!(
            refusals
                .first
                .iter()
                .all(|(_, problem)| problem.fault.message == "first")
        );
        let all = ["e0".to_owned(), format!("e{}", MAX_TOLD + 2), "other".to_owned()];
        assert_eq!(refusals.accepted(all.iter()), 1);
    }
}
