//! What a job says about itself while it runs, for people to read.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;

/// Lines kept of a job; of more the last are kept.
pub(crate) const MOST_LINES: usize = 1_000;
/// Characters kept of a line.
const LONGEST_LINE: usize = 2_000;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Progress.
    Info,
    /// Something that may need attention.
    Warning,
    /// Something that failed.
    Error,
}

impl LogLevel {
    /// The word that is stored and served.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    pub(crate) fn of(word: &str) -> Self {
        match word {
            "warning" => Self::Warning,
            "error" => Self::Error,
            _ => Self::Info,
        }
    }
}

/// The log of a job. Lines are stored about twice a second; of a job that says more than is kept, the last lines stay.
#[derive(Clone, Default)]
pub struct JobLog {
    waiting: Arc<Mutex<VecDeque<(LogLevel, String)>>>,
}

impl JobLog {
    /// A log that is not stored, for work that is no job; [`JobLog::take`] reads it.
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// Says how it goes.
    pub fn info(&self, text: impl Into<String>) {
        self.say(LogLevel::Info, text.into());
    }

    /// Notes something that may need attention.
    pub fn warning(&self, text: impl Into<String>) {
        self.say(LogLevel::Warning, text.into());
    }

    /// Says that something failed.
    pub fn error(&self, text: impl Into<String>) {
        self.say(LogLevel::Error, text.into());
    }

    /// The lines since the last call.
    pub fn take(&self) -> Vec<(LogLevel, String)> {
        self.waiting.lock().drain(..).collect()
    }

    fn say(&self, level: LogLevel, text: String) {
        let mut waiting = self.waiting.lock();
        if waiting.len() == MOST_LINES {
            waiting.pop_front();
        }
        waiting.push_back((level, line(&text)));
    }
}

/// A text as one line of a log; PostgreSQL takes no NUL.
pub(crate) fn line(text: &str) -> String {
    let kept = || text.trim_end().chars().filter(|letter| *letter != '\0');
    if kept().nth(LONGEST_LINE).is_none() {
        return kept().collect();
    }
    kept().take(LONGEST_LINE - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_stay_and_are_cut() {
        let log = JobLog::in_memory();
        for number in 0..=MOST_LINES {
            log.info(format!("line {number}"));
        }
        log.error(format!("a\0{}", "x".repeat(LONGEST_LINE)));
        let lines = log.take();
        assert_eq!(lines.len(), MOST_LINES);
        assert_eq!(lines[0].1, "line 2");
        let (level, last) = lines.last().unwrap();
        assert_eq!((*level, last.chars().count()), (LogLevel::Error, LONGEST_LINE));
        assert!(log.take().is_empty());
        assert!(line(&"é".repeat(LONGEST_LINE + 1)).ends_with('…'));
    }
}
