//! Which entities are asked for: the filter grammar of query strings and the predicates of bodies
//! (as in `@backstage/plugin-catalog-backend` 4.0.0), in one normal form.

mod form;
mod issue;
mod legacy;
mod parameters;
mod predicate;

use serde_json::Value;

use crate::{Fault, SearchRow};

pub use issue::Issues;
pub use parameters::predicate_from_params;
pub use predicate::Predicate;

/// A condition on an entity's rows. Keys and values are lower-cased.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Filter {
    /// All of these; none means everything.
    All(Vec<Filter>),
    /// At least one of these; none means nothing.
    Any(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// Has a row with this key.
    Exists {
        /// The key.
        key: String,
    },
    /// Has a row with this key and one of these values.
    In {
        /// The key.
        key: String,
        /// The values.
        values: Vec<String>,
    },
    /// Has a row with this key whose value begins like this.
    Prefix {
        /// The key.
        key: String,
        /// The beginning.
        prefix: String,
    },
}

impl Filter {
    /// The condition that repeated `filter` parameters state; `None` when they state none.
    pub fn from_query_params(parameters: &[String]) -> Result<Option<Self>, Fault> {
        parameters::parse(parameters)
    }

    /// The condition that a predicate states.
    pub fn from_predicate(predicate: &Value) -> Result<Self, Fault> {
        Predicate::parse(predicate)?.to_filter()
    }

    /// The condition of a cursor made by an older version: `{key, values}`, `{anyOf}`, `{allOf}`, `{not}`.
    pub fn from_legacy(filter: &Value) -> Result<Self, Fault> {
        legacy::parse(filter)
    }

    /// Whether an entity with these rows is meant. The index answers the same faster.
    pub fn matches(&self, rows: &[SearchRow]) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.matches(rows)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(rows)),
            Self::Not(part) => !part.matches(rows),
            Self::Exists { key } => rows.iter().any(|row| row.key == *key),
            Self::In { key, values } => rows
                .iter()
                .any(|row| row.key == *key && row.value.as_ref().is_some_and(|value| values.contains(value))),
            Self::Prefix { key, prefix } => rows.iter().any(|row| {
                row.key == *key
                    && row
                        .value
                        .as_ref()
                        .is_some_and(|value| value.starts_with(prefix.as_str()))
            }),
        }
    }
}
