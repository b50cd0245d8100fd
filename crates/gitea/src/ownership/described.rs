//! Entities whose descriptors lie in repositories at the configured hosts.

use catalog::View;
use model::{EntityRef, Filter};

use super::address::{Hosts, PathPlace};

const MANAGED_BY: &str = "metadata.annotations.backstage.io/managed-by-location";
const SOURCE: &str = "metadata.annotations.backstage.io/source-location";
/// Kinds that describe nothing in a repository.
const OTHER_KINDS: [&str; 3] = ["group", "location", "user"];
/// Most entities that are looked at.
const MOST: usize = 50_000;

/// An entity of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DescribedEntity {
    pub reference: EntityRef,
    pub title: Option<String>,
    pub host: String,
    pub full_name: String,
    /// Where its descriptor lies; where that is elsewhere, its source.
    pub place: PathPlace,
    /// The address of that.
    pub address: String,
    /// The descriptor lies in the repository.
    pub by_descriptor: bool,
    /// Its owner.
    pub owner: EntityOwner,
}

/// What `spec.owner` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EntityOwner {
    /// Nothing.
    None,
    /// A text that names no entity.
    Unreadable(String),
    /// An entity, which may be there or not.
    Entity(EntityRef),
}

impl EntityOwner {
    fn read(text: Option<&str>, namespace: &str) -> Self {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
            return Self::None;
        };
        EntityRef::parse(text, Some("group"), namespace)
            .map_or_else(|_| Self::Unreadable(text.to_owned()), Self::Entity)
    }

    /// The entity, if it names one.
    pub fn entity(&self) -> Option<&EntityRef> {
        match self {
            Self::Entity(entity) => Some(entity),
            Self::None | Self::Unreadable(_) => None,
        }
    }
}

impl DescribedEntity {
    /// The folder that the entity describes: that of its descriptor.
    pub fn folder(&self, default_branch: &str) -> String {
        let path = self.place.path(default_branch);
        if !self.by_descriptor {
            return path.trim_matches('/').to_owned();
        }
        path.rsplit_once('/')
            .map_or(String::new(), |(folder, _)| folder.to_owned())
    }
}

/// All entities of repositories, as far as a view shows them. Blocks for as long as the index is gone through.
pub(crate) fn described(view: &View<'_>, hosts: &Hosts) -> Vec<DescribedEntity> {
    let exists = |key: &str| Filter::Exists { key: key.to_owned() };
    let others = OTHER_KINDS.map(str::to_owned).to_vec();
    let filter = Filter::All(vec![
        Filter::Any(vec![exists(MANAGED_BY), exists(SOURCE)]),
        Filter::Not(Box::new(catalog::browse::one_of("kind", &others))),
    ]);
    let fields = [MANAGED_BY, SOURCE, "spec.owner", "metadata.title"];
    let found = view.written(&filter, &fields, MOST).into_iter();
    found
        .filter_map(|(reference, mut values)| {
            let title = values.pop().flatten();
            let owner = EntityOwner::read(values.pop().flatten().as_deref(), reference.namespace());
            let source = values.pop().flatten();
            let managed = values.pop().flatten();
            let place = |text: Option<String>| {
                let address = text?.strip_prefix("url:")?.to_owned();
                Some((hosts.place(&address).ok()?, address))
            };
            let descriptor = place(managed);
            let by_descriptor = descriptor.is_some();
            let (place, address) = descriptor.or_else(|| place(source))?;
            Some(DescribedEntity {
                reference,
                title,
                host: place.host.clone(),
                full_name: place.full_name.clone(),
                place,
                address,
                by_descriptor,
                owner,
            })
        })
        .collect()
}
