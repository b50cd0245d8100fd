//! Branches and tags with slashes in their names: which of them an address means.
//!
//! The server is asked only where a reference without a slash is not found, and its answer is used for a while.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use model::Fault;
use parking_lot::Mutex;
use serde::Deserialize;

use super::Gitea;
use super::address::{Address, Kind};
use super::call::Call;
use super::place::Place;

/// How long references are taken to be the same.
const KNOWN_FOR: Duration = Duration::from_mins(10);
/// How long it is believed that there are none: a branch may be pushed after the file that names it.
const NONE_FOR: Duration = Duration::from_secs(30);
/// How long a reference is taken to be there, once it was seen.
const SEEN_FOR: Duration = Duration::from_hours(1);
/// Most references that are remembered to be there.
const MAX_SEEN: usize = 10_000;
/// Most beginnings of references that are remembered, and most references that begin alike.
const MAX_SLASHED: usize = 1_000;

/// What is known of a server's references. Clones of an integration share it.
#[derive(Debug, Default)]
pub(crate) struct References {
    /// References with slashes, by repository, kind and first part.
    slashed: Mutex<HashMap<Beginning, Known>>,
    /// When a reference was seen last.
    seen: Mutex<HashMap<(String, String), Instant>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Beginning {
    repository: String,
    kind: Kind,
    first: String,
}

#[derive(Debug, Clone)]
struct Known {
    at: Instant,
    names: Vec<String>,
}

/// A reference, or all that begin alike.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    One(Reference),
    All(Vec<Reference>),
}

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "ref")]
    name: String,
}

impl Known {
    fn is_current(&self) -> bool {
        let lifetime = if self.names.is_empty() {
            NONE_FOR
        } else {
            KNOWN_FOR
        };
        self.at.elapsed() < lifetime
    }
}

impl References {
    /// The place that an address means, as far as it is known.
    pub fn place(&self, address: &Address) -> Place {
        let known = self.known(address);
        let known = known.and_then(|known| address.place_at(&known.names));
        known.unwrap_or_else(|| address.place())
    }

    /// Whether the reference of a place was seen lately.
    pub fn is_seen(&self, place: &Place) -> bool {
        let seen = self.seen.lock().get(&name_of(place)).copied();
        seen.is_some_and(|at| at.elapsed() < SEEN_FOR)
    }

    /// Notes that the reference of a place is there.
    pub fn note(&self, place: &Place) {
        let mut seen = self.seen.lock();
        if seen.len() >= MAX_SEEN {
            seen.retain(|_, at| at.elapsed() < SEEN_FOR);
        }
        if seen.len() < MAX_SEEN {
            seen.insert(name_of(place), Instant::now());
        }
    }

    fn known(&self, address: &Address) -> Option<Known> {
        let beginning = beginning(address)?;
        let known = self.slashed.lock().get(&beginning).cloned();
        known.filter(Known::is_current)
    }

    fn keep(&self, beginning: Beginning, names: &[String]) {
        if names.len() > MAX_SLASHED {
            return;
        }
        let mut slashed = self.slashed.lock();
        if slashed.len() >= MAX_SLASHED {
            slashed.retain(|_, known| known.is_current());
        }
        if slashed.len() < MAX_SLASHED {
            let (at, names) = (Instant::now(), names.to_vec());
            slashed.insert(beginning, Known { at, names });
        }
    }
}

impl Gitea {
    /// The place of an address at a reference with slashes. Nothing where no such reference fits.
    pub(crate) async fn place_at_slashes(
        &self,
        references: &References,
        address: &Address,
    ) -> Result<Option<Place>, Fault> {
        let Some(beginning) = beginning(address) else {
            return Ok(None);
        };
        if let Some(known) = references.known(address) {
            return Ok(address.place_at(&known.names));
        }
        let mut names = Vec::new();
        for space in spaces(address.kind) {
            names.extend(self.references_below(address, space, &beginning.first).await?);
        }
        references.keep(beginning, &names);
        Ok(address.place_at(&names))
    }

    /// The branches or tags that begin with this part and have others behind it.
    async fn references_below(
        &self,
        address: &Address,
        space: &str,
        first: &str,
    ) -> Result<Vec<String>, Fault> {
        let (owner, name) = (address.owner.as_str(), address.name.as_str());
        let doing = format!("The branches and tags of {owner}/{name} cannot be listed");
        let path = ["repos", owner, name, "git", "refs", space, first];
        let told: Option<Told> = self.find(Call::new(&path, &doing)).await?;
        let told = match told {
            None => Vec::new(),
            Some(Told::One(one)) => vec![one],
            Some(Told::All(all)) => all,
        };
        let before = format!("refs/{space}/");
        let names = told
            .iter()
            .filter_map(|reference| reference.name.strip_prefix(&before));
        let is_below = |name: &&str| name.strip_prefix(first).is_some_and(|rest| rest.starts_with('/'));
        Ok(names.filter(is_below).map(str::to_owned).collect())
    }
}

fn spaces(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Branch => &["heads"],
        Kind::Tag => &["tags"],
        _ => &["heads", "tags"],
    }
}

fn beginning(address: &Address) -> Option<Beginning> {
    Some(Beginning {
        repository: format!("{}/{}", address.owner, address.name).to_lowercase(),
        kind: address.kind,
        first: address.beginning()?.to_owned(),
    })
}

fn name_of(place: &Place) -> (String, String) {
    (
        place.repository().to_lowercase(),
        place.reference.clone().unwrap_or_default(),
    )
}
