//! What is wrong in the catalog, each thing named once with its cause.
//!
//! A [`Roster`] is read from the store when something may have changed, and never for a request. It holds what neither
//! the served form of an entity nor its relations tell: entities that are not served, problems of sources, and who is
//! below a source that cannot be read. Its [`Marks`] become rows of the read model (`index`); questions are answered by
//! `query::health`. The words are those of [`model::Cause`] and [`model::Health`].

mod below;
mod roster;

use std::collections::{HashMap, HashSet};

use model::{Cause, Health, Problem};

pub(crate) use roster::Roster;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How bad it is.
    pub health: Health,
    /// Why.
    pub cause: Cause,
    /// What is wrong: the reference of an entity, or `provider:name`.
    pub subject: String,
    /// Whether the catalog serves the subject.
    pub is_served: bool,
    /// What it says, and where.
    pub problem: Problem,
    /// Reference of the owner of the subject, where that is known.
    pub owner: Option<String>,
    /// The configured or registered location that the subject came through, where that is known.
    pub origin: Option<String>,
    /// The first entities that suffer from it.
    pub affected: Vec<String>,
    /// How many there are.
    pub affected_total: usize,
}

impl Finding {
    /// A thing that is wrong with an entity or a provider, of which no more is known yet.
    pub(crate) fn of(subject: &str, cause: Cause, problem: Problem) -> Self {
        Self {
            health: cause.health(problem.severity),
            cause,
            subject: subject.to_owned(),
            is_served: false,
            problem,
            owner: None,
            origin: None,
            affected: Vec::new(),
            affected_total: 0,
        }
    }
}

/// What is said of entities beside their own served forms.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Marks {
    /// Entities that are declared and not served: who refers to them has made no mistake.
    pub unserved: HashSet<String>,
    /// What is said of each entity.
    pub said: HashMap<String, Vec<(Health, Cause)>>,
    /// The source in error above each entity.
    pub above: HashMap<String, Above>,
}

/// A source that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Above {
    /// Its name: a reference, or `provider:name`.
    pub source: String,
    /// It brings the entity itself.
    pub is_direct: bool,
}
