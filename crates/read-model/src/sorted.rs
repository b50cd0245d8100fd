//! A sorted sequence of ids that takes single insertions at a million entries.
//!
//! The ids are kept in runs of bounded length. What the order is, only the caller knows: every
//! operation takes a predicate that says which ids come before the place in question.

const RUN: usize = 1024;

/// Place between two entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    run: usize,
    at: usize,
}

/// The sequence.
#[derive(Debug, Default)]
pub struct Sorted {
    runs: Vec<Vec<u32>>,
    len: usize,
}

impl Sorted {
    /// Takes ids that are in order already.
    pub fn from_ordered(ids: &[u32]) -> Self {
        let runs = ids.chunks(RUN * 3 / 4).map(<[u32]>::to_vec).collect();
        Self { runs, len: ids.len() }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The place after all entries for which `before` holds; they must be the first ones.
    pub fn place(&self, before: impl Fn(u32) -> bool) -> Place {
        let run = self
            .runs
            .partition_point(|run| run.last().is_some_and(|last| before(*last)));
        let at = self
            .runs
            .get(run)
            .map_or(0, |run| run.partition_point(|id| before(*id)));
        Place { run, at }
    }

    /// The place before the first entry.
    pub fn start() -> Place {
        Place { run: 0, at: 0 }
    }

    /// The place after the last entry.
    pub fn end(&self) -> Place {
        Place {
            run: self.runs.len(),
            at: 0,
        }
    }

    /// Puts an id after all entries for which `before` holds.
    pub fn insert(&mut self, id: u32, before: impl Fn(u32) -> bool) {
        let place = self.place(before);
        self.len += 1;
        if place.run == self.runs.len() {
            self.append(id);
            return;
        }
        let run = &mut self.runs[place.run];
        run.insert(place.at, id);
        if run.len() >= RUN {
            let tail = run.split_off(RUN / 2);
            self.runs.insert(place.run + 1, tail);
        }
    }

    fn append(&mut self, id: u32) {
        match self.runs.last_mut() {
            Some(run) if run.len() < RUN - 1 => run.push(id),
            _ => self.runs.push(vec![id]),
        }
    }

    /// Takes an id out that lies right after all entries for which `before` holds.
    pub fn remove(&mut self, id: u32, before: impl Fn(u32) -> bool) {
        let place = self.place(before);
        let Some(run) = self.runs.get_mut(place.run) else {
            return;
        };
        if run.get(place.at) != Some(&id) {
            return;
        }
        run.remove(place.at);
        self.len -= 1;
        if run.is_empty() {
            self.runs.remove(place.run);
        }
    }

    /// Entries from a place on.
    pub fn forward(&self, from: Place) -> impl Iterator<Item = u32> + '_ {
        let first = self.runs.get(from.run).map_or(&[][..], |run| &run[from.at..]);
        let rest = self.runs.iter().skip(from.run + 1).flatten();
        first.iter().chain(rest).copied()
    }

    /// Entries before a place, last first.
    pub fn backward(&self, from: Place) -> impl Iterator<Item = u32> + '_ {
        let first = self.runs.get(from.run).map_or(&[][..], |run| &run[..from.at]);
        let rest = self.runs[..from.run.min(self.runs.len())]
            .iter()
            .rev()
            .flat_map(|run| run.iter().rev());
        first.iter().rev().chain(rest).copied()
    }

    /// Bytes held.
    pub fn heap_bytes(&self) -> usize {
        self.runs
            .iter()
            .map(|run| run.capacity() * 4 + size_of::<Vec<u32>>())
            .sum()
    }
}
