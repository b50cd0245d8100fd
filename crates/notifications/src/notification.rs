//! What a notification is: whom it is for, where it comes from, what it says, and what its reader did with it.

use jiff::Timestamp;
use model::Fault;
use serde_json::Value;
use uuid::Uuid;

use crate::link;

/// Longest title, in characters.
const LONGEST_TITLE: usize = 1_000;
/// Longest description, in characters.
const LONGEST_DESCRIPTION: usize = 20_000;
/// Longest link, in characters.
const LONGEST_LINK: usize = 2_000;
/// Longest topic, scope, icon and origin, in characters: as much as the original's columns hold.
pub(crate) const LONGEST_WORD: usize = 255;

/// How much a notification asks for attention, low first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Severity {
    /// Can wait.
    Low,
    /// The ordinary one.
    #[default]
    Normal,
    /// Should be looked at.
    High,
    /// Must be looked at.
    Critical,
}

impl Severity {
    /// All of them, low first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Critical];
    /// The words on the wire, in the order of the original's description.
    pub const WORDS: [&'static str; 4] = ["critical", "high", "normal", "low"];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == word)
    }

    /// The number by which rows are ordered.
    pub(crate) fn rank(self) -> i64 {
        match self {
            Self::Low => 1,
            Self::Normal => 2,
            Self::High => 3,
            Self::Critical => 4,
        }
    }

    /// The severity of a row's number; one that is not known is an ordinary one.
    pub(crate) fn of_rank(rank: i64) -> Self {
        let mut all = Self::ALL.into_iter();
        all.find(|severity| severity.rank() == rank).unwrap_or_default()
    }
}

/// What a notification says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Payload {
    /// One line.
    pub title: String,
    /// More about it, plain text.
    pub description: Option<String>,
    /// Where to go, an address or a path of the portal.
    pub link: Option<String>,
    /// How much it asks for attention.
    pub severity: Severity,
    /// What it is about, a word that people can switch off.
    pub topic: Option<String>,
    /// A later notification of the same origin and scope takes the place of the earlier one.
    pub scope: Option<String>,
    /// Name of an icon of the original's frontend.
    pub icon: Option<String>,
}

impl Payload {
    /// Reads a payload whose shape was checked.
    pub fn of(value: &Value) -> Self {
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        // An empty word, such as templates write for a field that nobody filled in, is none.
        let word = |key: &str| text(key).filter(|word| !word.is_empty());
        Self {
            title: text("title").unwrap_or_default(),
            description: text("description"),
            link: text("link"),
            severity: value["severity"]
                .as_str()
                .and_then(Severity::of_word)
                .unwrap_or_default(),
            topic: word("topic"),
            scope: word("scope"),
            icon: text("icon"),
        }
    }

    /// Refuses a payload without a title, with a text that is too long, or with a link that may do more than lead somewhere.
    pub fn check(&self) -> Result<(), Fault> {
        if self.title.trim().is_empty() {
            return Err(Fault::input("The title of a notification must not be empty").at("/title"));
        }
        let texts = [
            ("title", Some(&self.title), LONGEST_TITLE),
            ("description", self.description.as_ref(), LONGEST_DESCRIPTION),
            ("link", self.link.as_ref(), LONGEST_LINK),
            ("topic", self.topic.as_ref(), LONGEST_WORD),
            ("scope", self.scope.as_ref(), LONGEST_WORD),
            ("icon", self.icon.as_ref(), LONGEST_WORD),
        ];
        for (key, text, longest) in texts {
            let length = text.map_or(0, |text| text.chars().count());
            if length > longest {
                let message = format!(
                    "The {key} of a notification may have at most {longest} characters, this one has {length}"
                );
                return Err(Fault::input(message).at(format!("/{key}")));
            }
        }
        self.link.as_deref().map_or(Ok(()), link::check)
    }
}

/// A notification as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its id.
    pub id: Uuid,
    /// Reference of the person; nothing where it is for everybody.
    pub person: Option<String>,
    /// Where it comes from: the subject of a service, or a plugin of the portal.
    pub origin: String,
    /// When it was sent first.
    pub created: Timestamp,
    /// When a later one of the same scope took its place.
    pub updated: Option<Timestamp>,
    /// When its reader read it.
    pub read: Option<Timestamp>,
    /// When its reader saved it.
    pub saved: Option<Timestamp>,
    /// What it says.
    pub payload: Payload,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn severities_are_words_and_ranks() {
        for severity in Severity::ALL {
            assert_eq!(Severity::of_word(severity.as_str()), Some(severity));
            assert_eq!(Severity::of_rank(severity.rank()), severity);
            assert!(Severity::WORDS.contains(&severity.as_str()));
        }
        assert_eq!(Severity::of_word("odd"), None);
        assert!(Severity::Critical.rank() > Severity::Low.rank());
    }

    #[test]
    fn what_cannot_be_kept_or_shown_is_refused() {
        let payload = |value| Payload::of(&value);
        assert_eq!(
            payload(json!({"title": "a", "severity": "high", "link": "/catalog"})).check(),
            Ok(())
        );
        for (value, expected) in [
            (json!({"title": " "}), "must not be empty"),
            (
                json!({"title": "a", "scope": "s".repeat(256)}),
                "The scope of a notification may have at most 255 characters, this one has 256",
            ),
            (
                json!({"title": "a", "link": "javascript:alert(1)"}),
                "Only HTTP/HTTPS links are allowed",
            ),
        ] {
            let fault = payload(value).check().unwrap_err();
            assert!(fault.describe().contains(expected), "{fault}");
        }
    }
}
