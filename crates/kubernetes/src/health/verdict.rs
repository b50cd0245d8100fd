//! One word for how something is, and why.

use ui::Tone;

/// How something is. Ordered by how much it asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// It is meant to do nothing now: scaled to zero, suspended, completed.
    Idle,
    /// It does what it should.
    Well,
    /// It is on the way to do so.
    Changing,
    /// A part of it does not do what it should, or it did not a moment ago.
    Degraded,
    /// It does not do what it should.
    Down,
}

impl Health {
    /// The word for something as a whole.
    pub fn word(self) -> &'static str {
        match self {
            Self::Idle => "Not running",
            Self::Well => "Running",
            Self::Changing => "Changing",
            Self::Degraded => "Degraded",
            Self::Down => "Down",
        }
    }

    /// Its colour.
    pub fn tone(self) -> Tone {
        match self {
            Self::Idle => Tone::Neutral,
            Self::Well => Tone::Green,
            Self::Changing => Tone::Blue,
            Self::Degraded => Tone::Amber,
            Self::Down => Tone::Red,
        }
    }

    /// Whether a person should look.
    pub fn is_bad(self) -> bool {
        self >= Self::Degraded
    }
}

/// How something is, in a few words, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How it is.
    pub health: Health,
    /// A few words.
    pub words: String,
    /// Why, in a sentence; nothing where there is nothing to say.
    pub reason: Option<String>,
}

impl Verdict {
    /// Without a reason.
    pub fn of(health: Health, words: impl Into<String>) -> Self {
        Self {
            health,
            words: words.into(),
            reason: None,
        }
    }

    /// With a reason.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        let reason: String = reason.into();
        self.reason = Some(reason).filter(|reason| !reason.trim().is_empty());
        self
    }
}
