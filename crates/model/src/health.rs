//! How well an entity is: the words that pages, commands and the API have in common.
//!
//! What an entity's own form tells (its status items, and whether anybody declares it) is found out here. The index adds
//! what only the whole catalog tells, such as references that lead nowhere. How the thing behind the entity runs is not
//! known here.

use serde_json::Value;

use crate::Severity;
use crate::entity::{self, ORPHAN};

/// Key of the row that says how an entity is. `status` itself has no rows (as in `@backstage/plugin-catalog-backend` 4.0.0),
/// so that no entity can bring a row of this name.
pub const HEALTH: &str = "status.health";

/// Key of the row that says how an entity is by its own form alone.
pub const LEVEL: &str = "status.level";

/// One thing to say about how an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// Something about it does not work.
    Error,
    /// Something about it is probably not as meant.
    Warning,
    /// Nobody declares it any more.
    Orphaned,
    /// None of these.
    Healthy,
}

impl Health {
    /// All there is to say, the worst first.
    pub const ALL: [Self; 4] = [Self::Error, Self::Warning, Self::Orphaned, Self::Healthy];

    /// The value of the row.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Orphaned => "orphaned",
            Self::Healthy => "healthy",
        }
    }

    /// The health of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|health| health.as_str() == word)
    }

    /// The words for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Error => "Has errors",
            Self::Warning => "Has warnings",
            Self::Orphaned => "Orphaned",
            Self::Healthy => "Healthy",
        }
    }

    /// What a served entity says, the worst first: an orphan can have errors, too.
    pub fn of(served: &Value) -> impl Iterator<Item = Self> {
        let has = |severity: Severity| {
            let items = served["status"]["items"].as_array();
            items.is_some_and(|items| items.iter().any(|item| item["level"] == severity.as_str()))
        };
        let is_orphaned = entity::annotation(served, ORPHAN) == Some("true");
        let found = [
            has(Severity::Error).then_some(Self::Error),
            has(Severity::Warning).then_some(Self::Warning),
            is_orphaned.then_some(Self::Orphaned),
        ];
        let is_healthy = found.iter().all(Option::is_none);
        found
            .into_iter()
            .flatten()
            .chain(is_healthy.then_some(Self::Healthy))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everything_that_is_wrong_is_said_the_worst_first() {
        let check = |levels: &[&str], orphan: &str, expected: &[&str]| {
            let items: Vec<Value> = levels.iter().map(|level| json!({"level": level})).collect();
            let served = json!({"metadata": {"annotations": {ORPHAN: orphan}}, "status": {"items": items}});
            let found: Vec<&str> = Health::of(&served).map(Health::as_str).collect();
            assert_eq!(found, expected, "{levels:?} {orphan}");
        };
        check(&[], "false", &["healthy"]);
        check(&["info"], "", &["healthy"]);
        check(&["warning", "error", "error"], "", &["error", "warning"]);
        check(&["error"], "true", &["error", "orphaned"]);
        check(&[], "true", &["orphaned"]);
    }

    #[test]
    fn a_status_of_another_shape_says_nothing() {
        for status in [
            json!(null),
            json!("error"),
            json!({"items": "error"}),
            json!({"items": [3]}),
        ] {
            let served = json!({"status": status});
            assert_eq!(Health::of(&served).collect::<Vec<_>>(), [Health::Healthy]);
        }
    }
}
