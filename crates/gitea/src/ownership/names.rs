//! The names in `CODEOWNERS`: users and teams of the server, and the entities that they are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use catalog::View;
use catalog::browse::Known;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use model::{EntityRef, FaultKind, Filter};
use scm::gitea::Gitea;

use super::tables::NameRow;
use crate::people::{HOST, TEAM, USER};

/// How long a name is taken to be known without asking again.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How long a name is taken to be unknown.
const UNKNOWN_FOR: SignedDuration = SignedDuration::from_mins(58);
/// Names that are asked for at the same time.
const AT_ONCE: usize = 4;
/// Most names that are asked for at once, of all hosts.
const MOST: usize = 5_000;

/// A name, without `@`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum OwnerName {
    User(String),
    Team { organization: String, team: String },
}

/// What is known of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NameStanding {
    /// The name as it is written.
    pub name: String,
    /// Its entity, if the catalog has one that may be seen.
    pub entity: Option<(EntityRef, Option<String>)>,
    /// The entity that it would be.
    pub expected: EntityRef,
    /// The catalog has the entity, but does not show it.
    pub is_hidden: bool,
    /// Whether the server knows it; nothing where that could not be found out.
    pub at_server: Option<bool>,
}

impl OwnerName {
    /// Reads a name as it is written.
    pub fn read(written: &str) -> Self {
        let name = written.trim_start_matches('@');
        match name.split_once('/') {
            Some((organization, team)) => Self::Team {
                organization: organization.to_owned(),
                team: team.to_owned(),
            },
            None => Self::User(name.to_owned()),
        }
    }

    /// The entity that it is where no entity says so itself.
    fn expected(&self) -> EntityRef {
        match self {
            Self::User(name) => EntityRef::new("user", "default", name),
            Self::Team { team, .. } => EntityRef::new("group", "default", team),
        }
    }

    /// The key under which entities say that they are it.
    fn key(&self) -> (&'static str, String) {
        match self {
            Self::User(name) => (USER, name.to_lowercase()),
            Self::Team { organization, team } => (TEAM, format!("{organization}/{team}").to_lowercase()),
        }
    }
}

/// Entities that say which user or team they are: by host, annotation and name.
type Said = HashMap<(String, &'static str, String), EntityRef>;

/// Finds the entities of names.
pub(crate) struct Entities<'a> {
    view: View<'a>,
    said: Said,
}

impl<'a> Entities<'a> {
    /// The entities that a view shows.
    pub fn new(view: View<'a>) -> Self {
        let annotation = |key: &str| format!("metadata.annotations.{key}");
        let fields = [annotation(HOST), annotation(USER), annotation(TEAM)];
        let filter = Filter::Exists {
            key: model_key(&fields[0]),
        };
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let mut said = Said::new();
        for (reference, values) in view.written(&filter, &fields, usize::MAX) {
            let mut values = values.into_iter();
            let Some(host) = values.next().flatten() else {
                continue;
            };
            for (key, name) in [USER, TEAM].into_iter().zip(values) {
                if let Some(name) = name {
                    said.insert((host.clone(), key, name.to_lowercase()), reference.clone());
                }
            }
        }
        Self { view, said }
    }

    /// What is known of names of a host. `at_server` says what the server said.
    pub fn standings<'n>(
        &self,
        host: &str,
        names: impl IntoIterator<Item = &'n str>,
        at_server: impl Fn(&str) -> Option<bool>,
    ) -> Vec<NameStanding> {
        let expected = |written: &str| {
            let name = OwnerName::read(written);
            let (key, text) = name.key();
            let said = self.said.get(&(host.to_owned(), key, text)).cloned();
            said.unwrap_or_else(|| name.expected())
        };
        let names: Vec<(&str, EntityRef)> = names.into_iter().map(|name| (name, expected(name))).collect();
        let known = self.view.known(names.iter().map(|(_, expected)| expected));
        let standing = |(name, expected): (&str, EntityRef)| {
            let known = known.get(&expected);
            let head = known.and_then(Known::seen);
            NameStanding {
                entity: head.map(|head| (expected.clone(), head.title.clone())),
                is_hidden: known == Some(&Known::Hidden),
                at_server: at_server(name),
                name: name.to_owned(),
                expected,
            }
        };
        names.into_iter().map(standing).collect()
    }
}

fn model_key(key: &str) -> String {
    key.to_lowercase()
}

/// Asks a server which of these names it knows. One list answers for all teams of an organisation.
pub(crate) async fn ask(
    gitea: &Gitea,
    names: &BTreeSet<String>,
    known: &HashMap<(String, String), (Option<bool>, Timestamp)>,
    now: Timestamp,
) -> Vec<NameRow> {
    let host = gitea.name();
    let is_due = |name: &&String| match known.get(&(host.to_owned(), (*name).clone())) {
        Some((Some(true), at)) => now.duration_since(*at) > KNOWN_FOR,
        Some((_, at)) => now.duration_since(*at) > UNKNOWN_FOR,
        None => true,
    };
    let (mut users, mut teams) = (Vec::new(), BTreeMap::<String, Vec<String>>::new());
    for name in names.iter().filter(is_due).take(MOST) {
        match OwnerName::read(name) {
            OwnerName::User(user) => users.push(user),
            OwnerName::Team { organization, team } => teams.entry(organization).or_default().push(team),
        }
    }
    let users = stream::iter(users).map(|user| {
        let gitea = gitea.clone();
        async move {
            let found = gitea.user(&user).await;
            vec![row(
                gitea.name(),
                user,
                found.ok().map(|found| found.is_some()),
                now,
            )]
        }
    });
    let teams = stream::iter(teams).map(|(organization, teams)| {
        let gitea = gitea.clone();
        async move { of_teams(&gitea, &organization, teams, now).await }
    });
    let mut rows: Vec<NameRow> = users.buffered(AT_ONCE).concat().await;
    rows.extend(teams.buffered(AT_ONCE).concat().await);
    rows
}

fn row(host: &str, name: String, is_known: Option<bool>, now: Timestamp) -> NameRow {
    ((host.to_owned(), name), (is_known, now))
}

async fn of_teams(gitea: &Gitea, organization: &str, teams: Vec<String>, now: Timestamp) -> Vec<NameRow> {
    let listed = gitea
        .teams(organization)
        .await
        .and_then(scm::gitea::Listing::complete);
    let rows = teams.into_iter().map(|team| {
        let is_known = match &listed {
            Ok(listed) => Some(listed.iter().any(|one| one.name.eq_ignore_ascii_case(&team))),
            // An organisation that is not there has no teams.
            Err(fault) => fault.is(&FaultKind::NotFound).then_some(false),
        };
        row(gitea.name(), format!("{organization}/{team}"), is_known, now)
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_their_entities() {
        for (written, key, expected) in [
            ("@Ada", (USER, "ada"), "user:default/ada"),
            ("@Shop/Web", (TEAM, "shop/web"), "group:default/web"),
            ("plain", (USER, "plain"), "user:default/plain"),
        ] {
            let name = OwnerName::read(written);
            assert_eq!(name.key(), (key.0, key.1.to_owned()));
            assert_eq!(name.expected().to_string(), expected);
        }
    }
}
