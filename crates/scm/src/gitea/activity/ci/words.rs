//! The words for how a run is, of all versions, as one scale.

/// How a run, a job or a check is; the later one outweighs the earlier one where several are put together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// A condition kept it from running.
    #[default]
    Skipped,
    /// It ended well.
    Success,
    /// Somebody ended it.
    Cancelled,
    /// It ended with a warning.
    Warning,
    /// Its CI says only that it has not ended.
    Pending,
    /// It waits for a runner, an approval or another job.
    Waiting,
    /// It runs.
    Running,
    /// It failed.
    Failing,
}

impl State {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Success => "success",
            Self::Cancelled => "cancelled",
            Self::Warning => "warning",
            Self::Pending => "pending",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Failing => "failing",
        }
    }

    /// Whether it stays like this until somebody starts it again.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Waiting | Self::Running)
    }

    /// From the word of a server: a status, or the conclusion of what is completed.
    pub(super) fn read(word: &str) -> Option<Self> {
        Some(match word {
            "success" => Self::Success,
            "failure" | "error" | "timed_out" | "startup_failure" => Self::Failing,
            "cancelled" | "canceled" => Self::Cancelled,
            "skipped" | "neutral" => Self::Skipped,
            "warning" => Self::Warning,
            "pending" => Self::Pending,
            "waiting" | "queued" | "requested" | "blocked" | "action_required" => Self::Waiting,
            "running" | "in_progress" => Self::Running,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn what_fails_outweighs_what_runs_and_what_ended_well() {
        let worst = |words: &[&str]| words.iter().filter_map(|word| State::read(word)).max();
        assert_eq!(
            worst(&["success", "failure", "in_progress"]),
            Some(State::Failing)
        );
        assert_eq!(worst(&["success", "blocked"]), Some(State::Waiting));
        assert_eq!(worst(&["success", "skipped"]), Some(State::Success));
        assert_eq!(worst(&["skipped", "skipped"]), Some(State::Skipped));
        assert_eq!(worst(&["", "unheard of"]), None);
    }
}
