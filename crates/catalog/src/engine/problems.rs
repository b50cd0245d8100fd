//! What is wrong with a source, bounded: the first problems one by one, then how many more there are.

use model::{Fault, Problem};

use crate::ingest::MAX_TOLD;

/// Name of the fault of a source that wants an entity of another.
pub(super) const CONFLICT: &str = "ConflictError";

/// Problems in the order they were found.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    kept: Vec<Problem>,
    more: usize,
    /// Some of those that are only counted are conflicts, so the source is to be read again.
    has_more_conflicts: bool,
}

impl Problems {
    /// Takes a problem.
    pub fn push(&mut self, problem: Problem) {
        if self.kept.len() < MAX_TOLD {
            self.kept.push(problem);
            return;
        }
        self.more += 1;
        self.has_more_conflicts |= problem.fault.name == CONFLICT;
    }

    /// Puts others before these.
    pub fn put_first(&mut self, first: Vec<Problem>) {
        let rest = std::mem::take(&mut self.kept);
        first
            .into_iter()
            .chain(rest)
            .for_each(|problem| self.push(problem));
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// What is to be shown.
    pub fn into_shown(self) -> Vec<Problem> {
        let mut shown = self.kept;
        if self.more > 0 {
            let name = if self.has_more_conflicts {
                CONFLICT
            } else {
                "Error"
            };
            let fault = Fault::new(name, format!("{} more problems of this source", self.more));
            shown.push(Problem::error(fault).hint("Correct those that are shown first."));
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(number: usize) -> Problem {
        Problem::error(Fault::error(format!("p{number}")))
    }

    #[test]
    fn the_first_are_shown_and_the_others_counted() {
        let mut problems = Problems::default();
        for number in 0..MAX_TOLD + 5 {
            problems.push(problem(number));
        }
        problems.push(Problem::warning(Fault::conflict("taken")));
        problems.put_first(vec![problem(9_999)]);
        let shown = problems.into_shown();
        assert_eq!(shown.len(), MAX_TOLD + 1);
        assert_eq!(shown[0], problem(9_999));
        let last = &shown[MAX_TOLD].fault;
        assert_eq!(last.to_string(), "ConflictError: 7 more problems of this source");
    }
}
