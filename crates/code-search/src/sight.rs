//! What the asker may see, and what the caller knows of who owns files.

use crate::question::Condition;

/// Decides for one asker. Names of repositories are those with which they were added.
pub trait Sight: Sync {
    /// Whether the asker may know of a repository. What is not seen counts nowhere in an answer.
    fn sees(&self, repository: &str) -> bool;

    /// Whether it is the asker's own; its files are found first.
    fn is_own(&self, _repository: &str) -> bool {
        false
    }

    /// Whether a condition on owner, system or kind holds for the files of a repository. For a negated condition whether it
    /// would hold without the minus.
    fn holds(&self, _repository: &str, _condition: &Condition) -> Held {
        Held::Nowhere
    }

    /// The same for one file, where [`Sight::holds`] answered [`Held::Somewhere`].
    fn holds_at(&self, _repository: &str, _path: &str, _condition: &Condition) -> bool {
        false
    }
}

/// For which files of a repository a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// For all.
    Everywhere,
    /// For none.
    Nowhere,
    /// For some; each is asked for.
    Somewhere,
}

/// Sees every repository: for tests and for the command line beside the index.
#[derive(Debug, Clone, Copy, Default)]
pub struct Everything;

impl Sight for Everything {
    fn sees(&self, _repository: &str) -> bool {
        true
    }
}
