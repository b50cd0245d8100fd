//! Registered locations.

use config::ConflictStrategy;
use model::{EntityRef, Fault, LocationRef};
use serde_json::{Value, json};
use store::{Location, Seq, SourceKey, StoreError};
use uuid::Uuid;

use crate::Catalog;
use crate::engine::{EngineError, Writer};
use crate::ingest::{CONFIG_PROVIDER, LOCATION_STORE, Removal, location_entity, type_not_allowed};

/// A registered location, and the change-log entry after which it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The location.
    pub location: Location,
    /// Last change-log entry written; `None` when nothing changed.
    pub seq: Option<Seq>,
}

impl Catalog {
    /// Whether locations may only be looked at (`catalog.readonly`).
    pub fn is_readonly(&self) -> bool {
        self.parts.settings.readonly
    }

    /// All registered locations, by id.
    pub async fn locations(&self) -> Result<Vec<Location>, Fault> {
        self.parts
            .store
            .location_list()
            .await
            .map_err(|error| EngineError::from(error).into())
    }

    /// One registered location; `NotFoundError` for any other id, whatever it looks like.
    pub async fn location(&self, id: &str) -> Result<Location, Fault> {
        let missing = || Fault::not_found(format!("Found no location with ID {id}"));
        let uuid: Uuid = id.parse().map_err(|_| missing())?;
        self.parts
            .store
            .location_by_id(uuid)
            .await
            .map_err(EngineError::from)?
            .ok_or_else(missing)
    }

    /// Registers a location and has it read. `on_conflict` says what happens when it is registered
    /// already; by default what the configuration says. A presence is accepted but not kept, as in the
    /// original.
    pub async fn register_location(
        &self,
        kind: &str,
        target: &str,
        _presence: Option<&str>,
        on_conflict: Option<ConflictStrategy>,
    ) -> Result<Located, Fault> {
        self.check_writable()?;
        let reference = self.check_location(kind, target)?;
        let entity = location_entity(&reference, None);
        let location = Location {
            id: self.ordered_id(),
            kind: kind.to_owned(),
            target: target.to_owned(),
            entity_ref: EntityRef::of(&entity)
                .map(|name| name.to_string())
                .unwrap_or_default(),
        };
        if let Some(known) = self.insert(&location).await? {
            self.bring_back_location(&known.entity_ref).await?;
            return match on_conflict.unwrap_or(self.parts.settings.on_conflict) {
                ConflictStrategy::Reject => Err(exists(&reference)),
                ConflictStrategy::Refresh => {
                    self.mark_dirty(std::slice::from_ref(&known.entity_ref)).await?;
                    Ok(Located {
                        location: known,
                        seq: None,
                    })
                }
            };
        }
        let seq = self
            .deliver_location("register location", &reference, entity)
            .await?;
        Ok(Located { location, seq })
    }

    /// An id that sorts by time, so that lists by id show the order of registration.
    fn ordered_id(&self) -> Uuid {
        let chance = self.parts.randomness.uuid().into_bytes();
        let now = u64::try_from(self.parts.clock.now().as_millisecond()).unwrap_or_default();
        let mut tail = [0; 10];
        tail.copy_from_slice(&chance[..10]);
        uuid::Builder::from_unix_timestamp_millis(now, &tail).into_uuid()
    }

    /// Adds a row; the one that is in its way, if any.
    async fn insert(&self, location: &Location) -> Result<Option<Location>, EngineError> {
        let mut tx = self.parts.store.write().await?;
        if let Some(known) = tx.location_find(&location.kind, &location.target).await? {
            return Ok(Some(known));
        }
        tx.location_insert(location).await?;
        tx.commit().await?;
        Ok(None)
    }

    /// Points a registered location somewhere else. Its entity keeps its name.
    pub async fn update_location(&self, id: &str, kind: &str, target: &str) -> Result<Located, Fault> {
        self.check_writable()?;
        let reference = self.check_location(kind, target)?;
        let mut location = self.location(id).await?;
        kind.clone_into(&mut location.kind);
        target.clone_into(&mut location.target);
        self.replace(&location).await.map_err(|error| match error {
            EngineError::Store(StoreError::Conflict { .. }) => exists(&reference),
            other => other.into(),
        })?;
        let name = location.entity_ref.rsplit('/').next();
        let entity = location_entity(&reference, name);
        let seq = self
            .deliver_location("update location", &reference, entity)
            .await?;
        Ok(Located { location, seq })
    }

    /// Brings the entity of a configured or registered location back if it is gone: its provider delivers it only when
    /// the list of locations changes. Nothing happens for any other entity.
    pub(super) async fn bring_back_location(&self, reference: &str) -> Result<Option<Seq>, Fault> {
        let store = &self.parts.store;
        if store.node(reference).await.map_err(EngineError::from)?.is_some() {
            return Ok(None);
        }
        let is_meant =
            |entity: &Value| EntityRef::of(entity).is_some_and(|name| name.to_string() == reference);
        let configured = self.parts.settings.locations.iter();
        let mut configured = configured.map(|location| (location, location_entity(location, None)));
        if let Some((location, entity)) = configured.find(|(_, entity)| is_meant(entity)) {
            let location = location.clone();
            return self.bring_back(CONFIG_PROVIDER, &location, entity).await;
        }
        let row = store
            .location_by_ref(reference)
            .await
            .map_err(EngineError::from)?;
        let Some(row) = row else { return Ok(None) };
        let location = LocationRef::new(&row.kind, &row.target);
        let entity = location_entity(&location, row.entity_ref.rsplit('/').next());
        self.bring_back(LOCATION_STORE, &location, entity).await
    }

    async fn bring_back(
        &self,
        provider: &str,
        location: &LocationRef,
        entity: Value,
    ) -> Result<Option<Seq>, Fault> {
        let raws = self.raw(entity, Some(location.to_string())).into_iter().collect();
        let cause = json!({"kind": "provider", "source": provider, "location": location.to_string()});
        let finished = self
            .deliver(provider, raws, Removal::These(Vec::new()), cause)
            .await?;
        Ok(finished.seq)
    }

    /// Has the entity of a registered location written; the number of the last change, if there was one.
    async fn deliver_location(
        &self,
        request: &str,
        reference: &LocationRef,
        entity: Value,
    ) -> Result<Option<Seq>, Fault> {
        let raws = self
            .raw(entity, Some(reference.to_string()))
            .into_iter()
            .collect();
        let cause = json!({"kind": "api", "request": request, "location": reference.to_string()});
        let finished = self
            .deliver(LOCATION_STORE, raws, Removal::These(Vec::new()), cause)
            .await?;
        Ok(finished.seq)
    }

    async fn replace(&self, location: &Location) -> Result<(), EngineError> {
        let mut tx = self.parts.store.write().await?;
        let other = tx.location_find(&location.kind, &location.target).await?;
        if other.is_some_and(|other| other.id != location.id) {
            return Err(StoreError::Conflict {
                reason: "location".to_owned(),
            }
            .into());
        }
        tx.location_update(location).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Removes a registered location, its entity, and whatever nothing else leads to.
    pub async fn unregister_location(&self, id: &str) -> Result<Option<Seq>, Fault> {
        self.check_writable()?;
        let location = self.location(id).await?;
        self.remove(&location).await.map_err(Into::into)
    }

    async fn remove(&self, location: &Location) -> Result<Option<Seq>, EngineError> {
        let cause = json!({
            "kind": "api", "request": "unregister location",
            "location": format!("{}:{}", location.kind, location.target),
        });
        let mut writer = Writer::begin(&self.parts, cause).await?;
        writer.tx.location_delete(location.id).await?;
        let key = SourceKey::Provider(LOCATION_STORE.to_owned());
        let gone = vec![location.entity_ref.clone()];
        writer.tx.set_edges(&key, &[], &gone).await?;
        // Whoever unregisters means it: no orphan is kept.
        writer
            .collect_orphans(gone, config::OrphanStrategy::Delete)
            .await?;
        writer.commit().await.map_err(Into::into)
    }

    /// Fails when locations may not be changed.
    fn check_writable(&self) -> Result<(), Fault> {
        if self.parts.settings.readonly {
            return Err(Fault::not_allowed("This operation not allowed in readonly mode"));
        }
        Ok(())
    }

    /// Refuses what could never be read. The original stores an empty or `javascript:` target and
    /// can then not even delete it.
    pub(super) fn check_location(&self, kind: &str, target: &str) -> Result<LocationRef, Fault> {
        if !self
            .parts
            .settings
            .allowed_types
            .iter()
            .any(|allowed| allowed == kind)
        {
            return Err(type_not_allowed(&self.parts.settings.allowed_types));
        }
        if target.trim().is_empty() {
            return Err(Fault::input("Unable to stringify location ref, empty target"));
        }
        if has_login(target) {
            // Everybody who sees the location would see it; it is not repeated here either.
            return Err(Fault::input(
                "Invalid location ref, the address of the target contains a login; remove it and configure it \
                 for the host under integrations",
            ));
        }
        if is_script(target) {
            return Err(Fault::input(format!(
                "Invalid location ref '{kind}:{target}', target is a javascript: URL"
            )));
        }
        Ok(LocationRef::new(kind, target))
    }
}

fn exists(reference: &LocationRef) -> Fault {
    Fault::conflict(format!("Location {reference} already exists"))
}

fn has_login(target: &str) -> bool {
    url::Url::parse(target).is_ok_and(|url| !url.username().is_empty() || url.password().is_some())
}

/// Whether a browser would run the target; control characters and case do not stop it.
fn is_script(target: &str) -> bool {
    let plain: String = target
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .collect();
    plain
        .get(..11)
        .is_some_and(|start| start.eq_ignore_ascii_case("javascript:"))
}
