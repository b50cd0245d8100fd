//! The steps of a regular expression, in the order in which JavaScript tries them.

use std::sync::Arc;

use super::classes::Units;
use super::names::Groups;
use super::reader::{self, Unreadable};
use super::syntax::{Node, Repeat};

/// Steps that a pattern may have; a part with a count has its steps as often.
const MOST_STEPS: usize = 50_000;

/// Loops around a step whose failures are kept.
const MOST_LOOPS: usize = 4;

/// What is said of a text that is no pattern, as the original says it.
const INVALID: &str = "Invalid regular-expression literal";

#[derive(Debug)]
pub(super) enum Step {
    /// One unit.
    Unit(Arc<Units>),
    Start,
    End,
    Boundary {
        is_inverted: bool,
    },
    /// What a group has matched, once more.
    Back(usize),
    /// The place becomes the beginning (an even number) or the end of a group.
    Save(usize),
    /// Groups are forgotten, the second number left out.
    Forget(usize, usize),
    /// The first step is tried, then the second one.
    Try {
        first: usize,
        second: usize,
        /// Where failures of this step are kept, unless the pattern repeats a group.
        keeping: Option<Keeping>,
    },
    Jump(usize),
    /// A round of a loop begins here.
    Mark(usize),
    /// The round has matched more than the empty text.
    Moved(usize),
    /// The steps behind this one, up to their end, match here or do not; then it goes on elsewhere.
    Look {
        is_behind: bool,
        is_negated: bool,
        then: usize,
    },
    Done,
}

/// Where failures of a step are kept. What follows it depends on the place and on whether the loops around it, whose rounds may not be
/// empty, have moved in their round: there is a row for each case.
#[derive(Debug)]
pub(super) struct Keeping {
    /// The first row.
    pub(super) row: usize,
    /// The marks of the loops.
    pub(super) marks: Box<[usize]>,
}

/// A regular expression that was read.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) source: Arc<str>,
    pub(crate) flags: Arc<str>,
    pub(super) steps: Vec<Step>,
    pub(crate) groups: Groups,
    pub(super) marks: usize,
    /// Rows for failures.
    pub(super) rows: usize,
    pub(super) is_multiline: bool,
    pub(super) ignores_case: bool,
}

impl Program {
    /// Reads a regular expression.
    pub(crate) fn read(source: &str, flags: &str) -> Result<Self, String> {
        let ignores_case = flags.contains('i');
        let read = reader::read(source, ignores_case);
        let (node, groups) = read.map_err(|unreadable| match unreadable {
            Unreadable::NoPattern => INVALID.to_owned(),
            Unreadable::TooLarge(reason) => reason,
        })?;
        let mut writer = Writer {
            steps: Vec::new(),
            visited: 0,
            marks: 0,
            rows: 0,
            loops: Vec::new(),
            is_behind: false,
            looks_back: node.looks_back(),
        };
        writer.node(&node)?;
        writer.push(Step::Done)?;
        Ok(Self {
            source: source.into(),
            flags: flags.into(),
            steps: writer.steps,
            groups,
            marks: writer.marks,
            rows: writer.rows,
            is_multiline: flags.contains('m'),
            ignores_case,
        })
    }

    /// How large it is: its steps, those of counted parts as often as they are counted.
    pub(crate) fn size(&self) -> usize {
        self.steps.len()
    }

    /// How many sets its steps hold.
    #[cfg(test)]
    pub(super) fn different_sets(&self) -> usize {
        let sets = self.steps.iter().filter_map(|step| match step {
            Step::Unit(units) => Some(Arc::as_ptr(units)),
            _ => None,
        });
        sets.collect::<std::collections::HashSet<_>>().len()
    }

    pub(crate) fn is_global(&self) -> bool {
        self.flags.contains('g')
    }

    pub(crate) fn is_sticky(&self) -> bool {
        self.flags.contains('y')
    }
}

fn too_large() -> String {
    format!(
        "The regular expression is too large: with counted parts written out it has more than {MOST_STEPS} steps"
    )
}

struct Writer {
    steps: Vec<Step>,
    /// Parts that were written, also those that have no steps.
    visited: usize,
    marks: usize,
    rows: usize,
    /// The marks of the loops around what is written.
    loops: Vec<usize>,
    /// Whether the text is read from its end to its beginning, as it is inside of a look behind.
    is_behind: bool,
    looks_back: bool,
}

impl Writer {
    fn push(&mut self, step: Step) -> Result<usize, String> {
        if self.steps.len() >= MOST_STEPS {
            return Err(too_large());
        }
        self.steps.push(step);
        Ok(self.steps.len() - 1)
    }

    fn add(&mut self, step: Step) -> Result<(), String> {
        self.push(step).map(drop)
    }

    fn try_both(&mut self) -> Result<usize, String> {
        let keeps = !self.looks_back && self.loops.len() <= MOST_LOOPS;
        let keeping = keeps.then(|| Keeping {
            row: self.rows,
            marks: self.loops.clone().into(),
        });
        self.rows += if keeps { 1 << self.loops.len() } else { 0 };
        self.push(Step::Try {
            first: 0,
            second: 0,
            keeping,
        })
    }

    /// Says where a [`Step::Try`] goes on: first with what follows it, or with what stands here.
    fn aim(&mut self, at: usize, prefers_next: bool) {
        let here = self.steps.len();
        if let Step::Try { first, second, .. } = &mut self.steps[at] {
            (*first, *second) = if prefers_next {
                (at + 1, here)
            } else {
                (here, at + 1)
            };
        }
    }

    fn node(&mut self, node: &Node) -> Result<(), String> {
        self.visited += 1;
        if self.visited > MOST_STEPS {
            return Err(too_large());
        }
        match node {
            Node::Empty => {}
            Node::Unit(units) => self.add(Step::Unit(units.clone()))?,
            Node::Start => self.add(Step::Start)?,
            Node::End => self.add(Step::End)?,
            Node::Boundary { is_inverted } => {
                let is_inverted = *is_inverted;
                self.add(Step::Boundary { is_inverted })?;
            }
            Node::Back(group) => self.add(Step::Back(*group))?,
            Node::Group(number, body) => {
                let slots = [number * 2 - 2, number * 2 - 1];
                let [before, behind] = if self.is_behind {
                    [slots[1], slots[0]]
                } else {
                    slots
                };
                self.add(Step::Save(before))?;
                self.node(body)?;
                self.add(Step::Save(behind))?;
            }
            Node::Look {
                is_behind,
                is_negated,
                body,
            } => self.look(*is_behind, *is_negated, body)?,
            Node::Sequence(parts) => self.sequence(parts)?,
            Node::Either(parts) => self.either(parts)?,
            Node::Repeat(repeat) => self.repeat(repeat)?,
        }
        Ok(())
    }

    fn look(&mut self, is_behind: bool, is_negated: bool, body: &Node) -> Result<(), String> {
        let at = self.push(Step::Look {
            is_behind,
            is_negated,
            then: 0,
        })?;
        let outside = std::mem::replace(&mut self.is_behind, is_behind);
        self.node(body)?;
        self.is_behind = outside;
        let end = self.push(Step::Done)?;
        if let Step::Look { then, .. } = &mut self.steps[at] {
            *then = end + 1;
        }
        Ok(())
    }

    fn sequence(&mut self, parts: &[Node]) -> Result<(), String> {
        if self.is_behind {
            return parts.iter().rev().try_for_each(|part| self.node(part));
        }
        parts.iter().try_for_each(|part| self.node(part))
    }

    fn either(&mut self, parts: &[Node]) -> Result<(), String> {
        let Some((last, others)) = parts.split_last() else {
            return Ok(());
        };
        let mut ends = Vec::with_capacity(others.len());
        for part in others {
            let at = self.try_both()?;
            self.node(part)?;
            ends.push(self.push(Step::Jump(0))?);
            self.aim(at, true);
        }
        self.node(last)?;
        let here = self.steps.len();
        for end in ends {
            self.steps[end] = Step::Jump(here);
        }
        Ok(())
    }

    fn repeat(&mut self, repeat: &Repeat) -> Result<(), String> {
        for _ in 0..repeat.fewest {
            self.round(repeat)?;
        }
        let Some(most) = repeat.most else {
            let at = self.try_both()?;
            self.optional_round(repeat)?;
            self.push(Step::Jump(at))?;
            self.aim(at, repeat.is_greedy);
            return Ok(());
        };
        let mut begins = Vec::new();
        for _ in repeat.fewest..most {
            begins.push(self.try_both()?);
            self.optional_round(repeat)?;
        }
        for at in begins {
            self.aim(at, repeat.is_greedy);
        }
        Ok(())
    }

    /// A round that may be left out, which must not match the empty text.
    fn optional_round(&mut self, repeat: &Repeat) -> Result<(), String> {
        if !repeat.body.can_be_empty() {
            return self.round(repeat);
        }
        let mark = self.marks;
        self.marks += 1;
        self.loops.push(mark);
        self.push(Step::Mark(mark))?;
        self.round(repeat)?;
        self.push(Step::Moved(mark))?;
        self.loops.pop();
        Ok(())
    }

    fn round(&mut self, repeat: &Repeat) -> Result<(), String> {
        if !repeat.groups.is_empty() {
            self.push(Step::Forget(repeat.groups.start, repeat.groups.end))?;
        }
        self.node(&repeat.body)
    }
}
