//! Searches a text for a pattern, with fuel.
//!
//! Steps are tried in their order, and what they change is written down to be taken back. Where nothing matched
//! from a step and a place on, the pair is kept and not tried again: a search takes a number of steps that grows with the text, not with its
//! square or worse. Patterns that repeat a group do without, because what the group has matched decides, too. All have the same fuel.

use std::cell::Cell;
use std::ops::Range;

use super::classes::{folded, is_line_end, is_word};
use super::program::{Keeping, Program, Step};

/// Steps for one unit of a template's fuel.
const STEPS_FOR_FUEL: u64 = 8;
/// Steps for each unit of a text before failures are kept. Most searches are done by then.
const STEPS_BEFORE_KEEPING: u64 = 8;
/// Failures that can be kept: 64 MiB of bits.
const MOST_KEPT: usize = 1 << 29;
/// Changes that can be taken back, about 100 MiB.
const MOST_CHANGES: usize = 1 << 23;
/// No place.
const NOWHERE: u32 = u32::MAX;

/// Groups and marks for a step: room for them is made at once.
const ROOM_FOR_STEP: usize = 16;

/// A place that matches.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) range: Range<usize>,
    /// What each group has matched.
    pub(crate) groups: Vec<Option<Range<usize>>>,
}

impl Found {
    /// The place of a plain text.
    pub(crate) fn plain(range: Range<usize>) -> Self {
        Self {
            range,
            groups: Vec::new(),
        }
    }
}

/// What is taken back when nothing matches.
#[derive(Debug, Clone, Copy)]
enum Change {
    /// Another step is tried.
    Try {
        step: u32,
        at: u32,
    },
    /// Nothing matches from here on.
    Failed {
        row: u32,
        at: u32,
    },
    Save {
        slot: u32,
        before: u32,
    },
    Mark {
        mark: u32,
        before: u32,
    },
}

/// Searches of one text.
pub(crate) struct Search<'p> {
    program: &'p Program,
    units: &'p [u16],
    fuel: &'p Cell<u64>,
    /// Whether a place has to begin where the search begins.
    is_sticky: bool,
    /// Steps that may still be made.
    left: u64,
    /// Steps that the room for groups and marks costs, until they are paid.
    unpaid: usize,
    /// Steps after which failures are kept.
    patience: u64,
    slots: Vec<u32>,
    marks: Vec<u32>,
    changes: Vec<Change>,
    /// A bit for each row and place; empty before failures are kept.
    failed: Vec<u64>,
}

/// The fuel is used up.
struct Exhausted;

impl<'p> Search<'p> {
    pub(crate) fn new(program: &'p Program, units: &'p [u16], fuel: &'p Cell<u64>) -> Self {
        let length = u64::try_from(units.len()).unwrap_or(u64::MAX);
        let slots = program.groups.count * 2;
        Self {
            program,
            units,
            fuel,
            is_sticky: program.is_sticky(),
            left: 0,
            unpaid: (slots + program.marks) / ROOM_FOR_STEP,
            patience: length.saturating_add(64).saturating_mul(STEPS_BEFORE_KEEPING),
            slots: vec![NOWHERE; slots],
            marks: vec![NOWHERE; program.marks],
            changes: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// Searches that find places anywhere, also with the flag `y`.
    pub(crate) fn everywhere(program: &'p Program, units: &'p [u16], fuel: &'p Cell<u64>) -> Self {
        Self {
            is_sticky: false,
            ..Self::new(program, units, fuel)
        }
    }

    /// The first place that matches and does not begin before another one; with the flag `y` only one that begins there.
    pub(crate) fn find(&mut self, from: usize) -> Result<Option<Found>, String> {
        self.left = self.fuel.get().saturating_mul(STEPS_FOR_FUEL);
        let before = self.left;
        let found = self.first(from);
        let used = (before - self.left).div_ceil(STEPS_FOR_FUEL);
        self.fuel.set(self.fuel.get().saturating_sub(used));
        found.map_err(|Exhausted| {
            format!(
                "The regular expression /{}/ takes more work on a text of length {} than a template may do",
                self.program.source,
                self.units.len()
            )
        })
    }

    #[cfg(test)]
    pub(super) fn keep_failures_at_once(&mut self) {
        self.patience = 0;
    }

    /// Groups are empty at each beginning: what is tried in vain is taken back, and a place that matches empties them.
    fn first(&mut self, from: usize) -> Result<Option<Found>, Exhausted> {
        let unpaid = std::mem::take(&mut self.unpaid);
        self.pay(unpaid)?;
        let last = if self.is_sticky { from } else { self.units.len() };
        for begin in from..=last.min(self.units.len()) {
            if let Some(end) = self.run(0, begin, false)? {
                self.pay(self.slots.len())?;
                return Ok(Some(self.found(begin..end)));
            }
        }
        Ok(None)
    }

    fn found(&mut self, range: Range<usize>) -> Found {
        let place = |at: u32| (at != NOWHERE).then(|| size(at));
        let group = |pair: &[u32]| Some(place(pair[0])?..place(pair[1])?);
        let groups = self.slots.chunks(2).map(group).collect();
        self.slots.fill(NOWHERE);
        Found { range, groups }
    }

    fn pay(&mut self, steps: usize) -> Result<(), Exhausted> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(steps).ok_or(Exhausted)?;
        self.patience = self.patience.saturating_sub(steps);
        Ok(())
    }

    /// Makes steps up to the end of the pattern or of a look; where they end, or nothing if they match in no way.
    fn run(&mut self, step: usize, at: usize, is_behind: bool) -> Result<Option<usize>, Exhausted> {
        let base = self.changes.len();
        let (mut step, mut at) = (step, at);
        loop {
            self.pay(1)?;
            let next = match &self.program.steps[step] {
                Step::Done => {
                    self.keep_changes(base);
                    return Ok(Some(at));
                }
                Step::Try {
                    first,
                    second,
                    keeping,
                } => self.try_both(*first, *second, keeping.as_ref(), at)?,
                Step::Jump(target) => Some((*target, at)),
                other => self.one(other, step, at, is_behind)?,
            };
            let Some(next) = next.or_else(|| self.take_back(base)) else {
                return Ok(None);
            };
            (step, at) = next;
        }
    }

    /// The way that is tried first; nothing where both are known to fail.
    fn try_both(
        &mut self,
        first: usize,
        second: usize,
        keeping: Option<&Keeping>,
        at: usize,
    ) -> Result<Option<(usize, usize)>, Exhausted> {
        if let Some(keeping) = keeping {
            let row = self.row(keeping, at);
            if self.has_failed(row, at) {
                return Ok(None);
            }
            self.note(Change::Failed {
                row: short(row),
                at: short(at),
            })?;
        }
        self.note(Change::Try {
            step: short(second),
            at: short(at),
        })?;
        Ok(Some((first, at)))
    }

    /// The row of a step, with the loops around it as they are.
    fn row(&self, keeping: &Keeping, at: usize) -> usize {
        let have_moved = keeping.marks.iter().map(|mark| self.marks[*mark] != short(at));
        keeping.row + have_moved.fold(0, |bits, has_moved| bits * 2 + usize::from(has_moved))
    }

    /// A step that goes on with the next one, or fails.
    fn one(
        &mut self,
        one: &'p Step,
        step: usize,
        at: usize,
        is_behind: bool,
    ) -> Result<Option<(usize, usize)>, Exhausted> {
        let holds = match one {
            Step::Unit(units) => {
                let next = self.beside(at, is_behind).filter(|(unit, _)| units.has(*unit));
                return Ok(next.map(|(_, at)| (step + 1, at)));
            }
            Step::Back(group) => {
                return Ok(self.again(*group, at, is_behind)?.map(|at| (step + 1, at)));
            }
            Step::Look {
                is_behind,
                is_negated,
                then,
            } => {
                let holds = self.look(step + 1, at, *is_behind, *is_negated)?;
                return Ok(holds.then_some((*then, at)));
            }
            Step::Start => self.is_edge(self.beside(at, true)),
            Step::End => self.is_edge(self.beside(at, false)),
            Step::Boundary { is_inverted } => {
                let is_word = |side: Option<(u16, usize)>| side.is_some_and(|(unit, _)| is_word(unit));
                let differs = is_word(self.beside(at, true)) != is_word(self.beside(at, false));
                differs != *is_inverted
            }
            Step::Save(slot) => {
                self.save(*slot, short(at))?;
                true
            }
            Step::Forget(from, to) => {
                self.pay(to - from)?;
                for slot in from * 2..to * 2 {
                    self.save(slot, NOWHERE)?;
                }
                true
            }
            Step::Mark(mark) => {
                let before = std::mem::replace(&mut self.marks[*mark], short(at));
                let mark = short(*mark);
                self.note(Change::Mark { mark, before })?;
                true
            }
            Step::Moved(mark) => self.marks[*mark] != short(at),
            Step::Try { .. } | Step::Jump(_) | Step::Done => true,
        };
        Ok(holds.then_some((step + 1, at)))
    }

    /// The unit beside a place, and the place behind it.
    fn beside(&self, at: usize, is_behind: bool) -> Option<(u16, usize)> {
        let index = if is_behind { at.checked_sub(1)? } else { at };
        let unit = *self.units.get(index)?;
        Some((unit, if is_behind { index } else { at + 1 }))
    }

    fn is_edge(&self, side: Option<(u16, usize)>) -> bool {
        side.is_none_or(|(unit, _)| self.program.is_multiline && is_line_end(unit))
    }

    /// Where what a group has matched ends when it stands here once more.
    fn again(&mut self, group: usize, at: usize, is_behind: bool) -> Result<Option<usize>, Exhausted> {
        let (begin, end) = (self.slots[group * 2 - 2], self.slots[group * 2 - 1]);
        if begin == NOWHERE || end == NOWHERE {
            return Ok(Some(at));
        }
        let matched = &self.units[size(begin)..size(end)];
        self.pay(matched.len())?;
        let other = if is_behind {
            at.checked_sub(matched.len()).map(|begin| begin..at)
        } else {
            Some(at..at + matched.len())
        };
        let Some(range) = other.filter(|range| range.end <= self.units.len()) else {
            return Ok(None);
        };
        let is_same = |(left, right): (&u16, &u16)| {
            left == right || (self.program.ignores_case && folded(*left) == folded(*right))
        };
        let is_again = matched.iter().zip(&self.units[range.clone()]).all(is_same);
        Ok(is_again.then_some(if is_behind { range.start } else { range.end }))
    }

    /// Whether a look holds. What its groups have matched stays, where it says that something stands there.
    fn look(&mut self, step: usize, at: usize, is_behind: bool, is_negated: bool) -> Result<bool, Exhausted> {
        self.pay(self.slots.len())?;
        let before = self.slots.clone();
        let holds = self.run(step, at, is_behind)?.is_some();
        if holds && is_negated {
            self.slots = before;
        } else if holds {
            for (slot, before) in before.into_iter().enumerate() {
                if self.slots[slot] != before {
                    let slot = short(slot);
                    self.note(Change::Save { slot, before })?;
                }
            }
        }
        Ok(holds != is_negated)
    }

    fn save(&mut self, slot: usize, at: u32) -> Result<(), Exhausted> {
        let before = std::mem::replace(&mut self.slots[slot], at);
        let slot = short(slot);
        self.note(Change::Save { slot, before })
    }

    fn note(&mut self, change: Change) -> Result<(), Exhausted> {
        if self.changes.len() >= MOST_CHANGES {
            return Err(Exhausted);
        }
        self.changes.push(change);
        Ok(())
    }

    /// Ends a run that matched: nothing of it is taken back.
    fn keep_changes(&mut self, base: usize) {
        self.changes.truncate(base);
    }

    /// Takes back changes up to a step that can still be tried.
    fn take_back(&mut self, base: usize) -> Option<(usize, usize)> {
        while self.changes.len() > base {
            match self.changes.pop()? {
                Change::Try { step, at } => return Some((size(step), size(at))),
                Change::Failed { row, at } => self.keep_failure(size(row), size(at)),
                Change::Save { slot, before } => self.slots[size(slot)] = before,
                Change::Mark { mark, before } => self.marks[size(mark)] = before,
            }
        }
        None
    }

    /// The bit of a row and a place.
    fn bit(&self, row: usize, at: usize) -> (usize, u64) {
        let bit = row * (self.units.len() + 1) + at;
        (bit / 64, 1 << (bit % 64))
    }

    fn has_failed(&self, row: usize, at: usize) -> bool {
        let (word, bit) = self.bit(row, at);
        self.failed.get(word).is_some_and(|bits| bits & bit != 0)
    }

    fn keep_failure(&mut self, row: usize, at: usize) {
        if self.failed.is_empty() {
            let bits = self.program.rows.saturating_mul(self.units.len() + 1);
            if self.patience > 0 || bits > MOST_KEPT {
                return;
            }
            let words = bits / 64 + 1;
            self.failed = vec![0; words];
            self.left = self
                .left
                .saturating_sub(u64::try_from(words / 8).unwrap_or(u64::MAX));
        }
        let (word, bit) = self.bit(row, at);
        self.failed[word] |= bit;
    }
}

/// A number that is kept in less room. Texts and patterns are far shorter than what it holds.
fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(NOWHERE)
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
