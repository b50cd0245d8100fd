//! How long the parts of a task take, printed at its end.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Parts of a task that were run, in order.
#[derive(Default)]
pub struct Steps(Vec<(&'static str, Duration)>);

impl Steps {
    /// Runs a part.
    pub fn step<T>(&mut self, name: &'static str, part: impl FnOnce() -> Result<T>) -> Result<T> {
        let begin = Instant::now();
        let outcome = part();
        self.0.push((name, begin.elapsed()));
        outcome
    }
}

/// Printed also when a part failed.
impl Drop for Steps {
    fn drop(&mut self) {
        let sum: Duration = self.0.iter().map(|(_, time)| *time).sum();
        eprintln!();
        for (name, time) in self.0.iter().chain([&("together", sum)]) {
            let seconds = time.as_secs();
            eprintln!("{:>3} min {:02} s  {name}", seconds / 60, seconds % 60);
        }
    }
}
