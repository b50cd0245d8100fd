//! Why an entity or a source is not healthy, in the words that pages, commands and the API have in common.

use crate::{FaultKind, Health, Problem, Severity};

/// A kind of thing that can be wrong. Problems with the same cause are mended in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A source cannot be read.
    SourceUnread,
    /// A descriptor breaks a rule.
    Invalid,
    /// A descriptor includes a file or an address that cannot be read.
    IncludeUnread,
    /// The rules of the catalog do not allow the kind.
    NotAllowed,
    /// An entity refers to what the catalog does not have.
    MissingReference,
    /// Two files declare the same entity.
    Conflict,
    /// One file declares the same entity more than once.
    Duplicate,
    /// A source above the one that brings the entity cannot be read.
    Ancestor,
    /// No source declares the entity any more.
    Orphaned,
}

impl Cause {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::SourceUnread,
        Self::Invalid,
        Self::IncludeUnread,
        Self::NotAllowed,
        Self::MissingReference,
        Self::Conflict,
        Self::Duplicate,
        Self::Ancestor,
        Self::Orphaned,
    ];

    /// The cause of a problem that was found with a source or an entity.
    pub fn of(problem: &Problem) -> Self {
        let fault = &problem.fault;
        let says = |words: &str| fault.message.contains(words);
        if fault.is(&FaultKind::Conflict) {
            Self::Conflict
        } else if fault.is(&FaultKind::NotAllowed) && says("is not of an allowed kind") {
            Self::NotAllowed
        } else if says(" occurs more than once") {
            Self::Duplicate
        } else if fault.describe().contains("Placeholder $") {
            Self::IncludeUnread
        } else {
            Self::Invalid
        }
    }

    /// How something is for this cause alone.
    pub fn health(self, severity: Severity) -> Health {
        match self {
            Self::Orphaned => Health::Orphaned,
            Self::MissingReference | Self::Conflict | Self::Duplicate | Self::NotAllowed | Self::Ancestor => {
                Health::Warning
            }
            Self::SourceUnread | Self::Invalid | Self::IncludeUnread => match severity {
                Severity::Error => Health::Error,
                Severity::Warning | Severity::Info => Health::Warning,
            },
        }
    }

    /// The word in addresses and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SourceUnread => "source-unread",
            Self::Invalid => "invalid",
            Self::IncludeUnread => "include-unread",
            Self::NotAllowed => "not-allowed",
            Self::MissingReference => "missing-reference",
            Self::Conflict => "conflict",
            Self::Duplicate => "duplicate",
            Self::Ancestor => "ancestor",
            Self::Orphaned => "orphaned",
        }
    }

    /// The cause of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == word)
    }

    /// A heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::SourceUnread => "A source cannot be read",
            Self::Invalid => "The descriptor is not valid",
            Self::IncludeUnread => "An included file cannot be read",
            Self::NotAllowed => "The kind is not allowed here",
            Self::MissingReference => "Refers to something that is not in the catalog",
            Self::Conflict => "Declared in two places",
            Self::Duplicate => "Declared twice in one file",
            Self::Ancestor => "A source further up cannot be read",
            Self::Orphaned => "No source declares it any more",
        }
    }

    /// How all problems with this cause are mended, where the problem itself does not say more.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::SourceUnread => {
                "Correct the location, or make the file readable. What it brought stays as it was last read."
            }
            Self::Invalid => {
                "Correct the descriptor. The last valid version of the entity stays in the catalog, if there was one."
            }
            Self::IncludeUnread => {
                "Correct the address, or allow its host under `backend.reading.allow` or `integrations`."
            }
            Self::NotAllowed => "Add the kind to `catalog.rules`, or to the rules of the location.",
            Self::MissingReference => "Correct the name, or register what is missing as well.",
            Self::Conflict => {
                "Only the first is served. Rename one of the two, or remove the other file or location."
            }
            Self::Duplicate => "The last of them is served. Remove or rename the others.",
            Self::Ancestor => "Nothing is wrong with the entity itself. Make the source further up readable.",
            Self::Orphaned => "Remove it, or declare it again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fault;

    fn check(fault: Fault, severity: Severity, cause: Cause, health: Health) {
        let problem = Problem {
            severity,
            ..Problem::error(fault)
        };
        assert_eq!(Cause::of(&problem), cause, "{}", problem.fault);
        assert_eq!(cause.health(severity), health, "{}", problem.fault);
    }

    #[test]
    fn problems_have_the_cause_that_their_text_tells() {
        let taken = Fault::conflict("Detected conflicting entityRef component:default/a");
        check(taken, Severity::Warning, Cause::Conflict, Health::Warning);
        let kind =
            Fault::not_allowed("Entity a at b, originated at c, is not of an allowed kind for that location");
        check(kind, Severity::Error, Cause::NotAllowed, Health::Warning);
        let twice = Fault::input("component:default/a occurs more than once in file:/a.yaml");
        check(twice, Severity::Warning, Cause::Duplicate, Health::Warning);
        let text = Fault::error("Processor PlaceholderProcessor threw an error while preprocessing")
            .caused_by(Fault::error("Placeholder $text could not read location x"));
        check(text, Severity::Error, Cause::IncludeUnread, Health::Error);
        let owner = Fault::type_error("/spec must have required property 'owner'");
        check(owner, Severity::Error, Cause::Invalid, Health::Error);
        let encoding = Fault::error("the file is not UTF-8");
        check(encoding, Severity::Warning, Cause::Invalid, Health::Warning);
    }

    #[test]
    fn every_cause_has_a_word_of_its_own() {
        for cause in Cause::ALL {
            assert_eq!(Cause::parse(cause.as_str()), Some(cause));
            assert!(!cause.title().is_empty() && !cause.remedy().is_empty());
        }
    }
}
