//! What the person of a token owns by. A token says only who it is, so this is found in the catalog, at most once a minute.

use std::sync::Arc;
use std::time::Duration;

use catalog::Catalog;
use model::{EntityRef, Fault, Viewer};
use moka::sync::Cache;

use crate::resolver::ownership;

/// How long what was found counts.
const FRESH: Duration = Duration::from_mins(1);
/// People who are remembered.
const REMEMBERED: u64 = 10_000;

/// The references by which people own. Clones share what was found.
#[derive(Clone)]
pub(crate) struct Owners {
    catalog: Catalog,
    /// What the guest owns by who is not in the catalog.
    guest: Arc<(EntityRef, Vec<EntityRef>)>,
    known: Cache<EntityRef, Arc<[EntityRef]>>,
}

impl Owners {
    /// Owners of a catalog, and a guest with the references it owns by unless the catalog knows it.
    pub fn new(catalog: Catalog, guest: EntityRef, owned_by_guest: Vec<EntityRef>) -> Self {
        let known = Cache::builder().max_capacity(REMEMBERED).time_to_live(FRESH);
        Self {
            catalog,
            guest: Arc::new((guest, owned_by_guest)),
            known: known.build(),
        }
    }

    /// What a person owns by: itself, its groups and those above them.
    pub async fn of(&self, person: &EntityRef) -> Result<Arc<[EntityRef]>, Fault> {
        if let Some(found) = self.known.get(person) {
            return Ok(found);
        }
        let mut claims = ownership(&self.catalog, person).await?;
        let (guest, owned_by_guest) = &*self.guest;
        if claims.len() == 1 && person == guest && !owned_by_guest.is_empty() {
            claims.clone_from(owned_by_guest);
        }
        let claims: Arc<[EntityRef]> = claims.into();
        self.known.insert(person.clone(), claims.clone());
        Ok(claims)
    }

    /// A person as a caller.
    pub async fn viewer(&self, person: EntityRef) -> Result<Viewer, Fault> {
        let claims = self.of(&person).await?;
        Ok(Viewer::person(person, claims.to_vec(), None))
    }
}
