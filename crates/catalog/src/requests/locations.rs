//! Registered locations.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use config::ConflictStrategy;
use model::{Actor, EntityRef, Fault, LocationRef};
use serde_json::{Value, json};
use store::{Lane, Location, Seq, SourceState, StoreError};
use uuid::Uuid;

use super::{Asked, cause};
use crate::Catalog;
use crate::engine::{Emission, EngineError, Hold, Writer};
use crate::ingest::{location_entity, type_not_allowed};
use crate::providers::{self, CONFIG_PROVIDER, Removal, registered_emission, registered_key};

/// A registered location, and the change-log entry after which it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The location.
    pub location: Location,
    /// Last change-log entry written; `None` when nothing changed.
    pub seq: Option<Seq>,
}

impl Catalog {
    /// The registered location with this address, if there is one.
    pub async fn registered_location(&self, address: &LocationRef) -> Result<Option<Location>, StoreError> {
        let Some(name) = EntityRef::of(&location_entity(address, None)) else {
            return Ok(None);
        };
        self.parts.store.location_by_ref(&name.to_string()).await
    }

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
        actor: &Actor,
        (kind, target): (&str, &str),
        _presence: Option<&str>,
        on_conflict: Option<ConflictStrategy>,
    ) -> Result<Located, Fault> {
        let asked = Asked {
            actor,
            action: "catalog.location.create",
            subject: shown(kind, target),
        };
        let outcome = self
            .register_or_refresh(&asked, (kind, target), on_conflict)
            .await;
        self.attempted(&asked, outcome).await
    }

    async fn register_or_refresh(
        &self,
        asked: &Asked<'_>,
        (kind, target): (&str, &str),
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
        match self.register(asked, &location).await? {
            Ok(seq) => Ok(Located { location, seq }),
            Err(known) => {
                self.bring_back_location(&known.entity_ref).await?;
                match on_conflict.unwrap_or(self.parts.settings.on_conflict) {
                    ConflictStrategy::Reject => Err(exists(&reference)),
                    ConflictStrategy::Refresh => {
                        self.mark(std::slice::from_ref(&known.entity_ref), asked).await?;
                        Ok(Located {
                            location: known,
                            seq: None,
                        })
                    }
                }
            }
        }
    }

    /// An id that sorts by time, so that lists by id show the order of registration.
    fn ordered_id(&self) -> Uuid {
        let chance = self.parts.randomness.uuid().into_bytes();
        let now = u64::try_from(self.parts.clock.now().as_millisecond()).unwrap_or_default();
        let mut tail = [0; 10];
        tail.copy_from_slice(&chance[..10]);
        uuid::Builder::from_unix_timestamp_millis(now, &tail).into_uuid()
    }

    /// Writes a row with its entity; the row that is in its way, if any.
    async fn register(
        &self,
        asked: &Asked<'_>,
        location: &Location,
    ) -> Result<Result<Option<Seq>, Location>, EngineError> {
        let emissions = registered_emission(&self.parts, location).await?;
        let cause = because(asked.actor, "register", location);
        let mut writer = Writer::begin(&self.parts, Lane::Person, cause).await?;
        if let Some(known) = writer.tx.location_find(&location.kind, &location.target).await? {
            return Ok(Err(known));
        }
        writer.tx.location_insert(location).await?;
        self.audit(&mut writer.tx, asked).await?;
        self.write_registered(writer, emissions).await.map(Ok)
    }

    /// Points a registered location somewhere else. Its entity keeps its name.
    pub async fn update_location(
        &self,
        actor: &Actor,
        id: &str,
        (kind, target): (&str, &str),
    ) -> Result<Located, Fault> {
        let asked = Asked {
            actor,
            action: "catalog.location.update",
            subject: format!("{id} to {}", shown(kind, target)),
        };
        let outcome = self.point_elsewhere(&asked, id, (kind, target)).await;
        self.attempted(&asked, outcome).await
    }

    async fn point_elsewhere(
        &self,
        asked: &Asked<'_>,
        id: &str,
        (kind, target): (&str, &str),
    ) -> Result<Located, Fault> {
        self.check_writable()?;
        let reference = self.check_location(kind, target)?;
        let mut location = self.location(id).await?;
        kind.clone_into(&mut location.kind);
        target.clone_into(&mut location.target);
        let seq = self
            .replace(asked, &location)
            .await
            .map_err(|error| match error {
                EngineError::Store(StoreError::Conflict { .. }) => exists(&reference),
                other => other.into(),
            })?;
        Ok(Located { location, seq })
    }

    /// Brings the entity of a configured or registered location back if it is gone: its source delivers it only when
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
            let raw = providers::raw(&self.parts, entity, Some(location.to_string()));
            let cause =
                json!({"kind": "provider", "source": CONFIG_PROVIDER, "location": location.to_string()});
            let provider = (CONFIG_PROVIDER, Hold::Free);
            let change = (Removal::These(Vec::new()), cause);
            let raws = raw.into_iter().collect();
            let delivered = providers::deliver(&self.parts.engine, provider, raws, change);
            return Ok(delivered.await?.seq);
        }
        let row = store.location_by_ref(reference).await;
        let Some(row) = row.map_err(EngineError::from)? else {
            return Ok(None);
        };
        self.bring_back(&row).await.map_err(Into::into)
    }

    async fn bring_back(&self, location: &Location) -> Result<Option<Seq>, EngineError> {
        let emissions = registered_emission(&self.parts, location).await?;
        let writer = Writer::begin(
            &self.parts,
            Lane::Person,
            because(
                &Actor::system("registered location without entity"),
                "bring back",
                location,
            ),
        )
        .await?;
        self.write_registered(writer, emissions).await
    }

    async fn replace(&self, asked: &Asked<'_>, location: &Location) -> Result<Option<Seq>, EngineError> {
        let emissions = registered_emission(&self.parts, location).await?;
        let cause = because(asked.actor, "update", location);
        let mut writer = Writer::begin(&self.parts, Lane::Person, cause).await?;
        let other = writer.tx.location_find(&location.kind, &location.target).await?;
        if other.is_some_and(|other| other.id != location.id) {
            return Err(StoreError::Conflict {
                reason: "location".to_owned(),
            }
            .into());
        }
        if !writer.tx.location_update(location).await? {
            // Somebody unregistered it since it was read.
            return Err(Fault::not_found(format!("Found no location with ID {}", location.id)).into());
        }
        self.audit(&mut writer.tx, asked).await?;
        self.write_registered(writer, emissions).await
    }

    /// Keeps a row together with its entity. An entity that belongs to somebody else stays theirs.
    async fn write_registered(
        &self,
        mut writer: Writer<'_>,
        emissions: Vec<Emission>,
    ) -> Result<Option<Seq>, EngineError> {
        let key = registered_key();
        let references: Vec<String> = emissions.iter().map(|one| one.reference.clone()).collect();
        let parents = writer.tx.parents(&references).await?;
        let known = parents.into_iter().filter(|(_, parent)| *parent == key);
        let may_rekey: HashSet<String> = known.map(|(reference, _)| reference).collect();
        let added = references.len() - may_rekey.len();
        let conflicts = writer.emit(&key, emissions, &may_rekey).await?;
        let state = writer.tx.source_state(std::slice::from_ref(&key)).await?.pop();
        let mut state = state.unwrap_or_else(|| SourceState::new(key));
        let added = added.saturating_sub(conflicts.len());
        state.entities = state
            .entities
            .saturating_add(u32::try_from(added).unwrap_or(u32::MAX));
        state
            .problems
            .extend(conflicts.into_iter().map(|(_, problem)| problem));
        writer.set_state(state);
        let seq = writer.commit().await?;
        self.parts.engine.wake();
        Ok(seq)
    }

    /// Removes a registered location, its entity, and whatever nothing else leads to.
    pub async fn unregister_location(&self, actor: &Actor, id: &str) -> Result<Option<Seq>, Fault> {
        let mut asked = Asked {
            actor,
            action: "catalog.location.delete",
            subject: id.to_owned(),
        };
        let outcome = self.unregister(&mut asked, id).await;
        self.attempted(&asked, outcome).await
    }

    /// The location is the subject as soon as it is known.
    async fn unregister(&self, asked: &mut Asked<'_>, id: &str) -> Result<Option<Seq>, Fault> {
        self.check_writable()?;
        let location = self.location(id).await?;
        asked.subject = format!("{}:{}", location.kind, location.target);
        self.remove(asked, &location).await.map_err(Into::into)
    }

    async fn remove(&self, asked: &Asked<'_>, location: &Location) -> Result<Option<Seq>, EngineError> {
        let cause = because(asked.actor, "unregister", location);
        let mut writer = Writer::begin(&self.parts, Lane::Person, cause).await?;
        if !writer.tx.location_delete(location.id).await? {
            // Somebody else unregistered it since it was read.
            return Err(Fault::not_found(format!("Found no location with ID {}", location.id)).into());
        }
        self.audit(&mut writer.tx, asked).await?;
        let gone = vec![location.entity_ref.clone()];
        writer.tx.set_edges(&registered_key(), &[], &gone).await?;
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
        let settings = &self.parts.settings;
        let is_allowed = settings.allowed_types.iter().any(|allowed| allowed == kind);
        if !is_allowed && !is_in_folder(kind, target, &settings.local_folders) {
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

/// What the history says of a request.
fn because(actor: &Actor, request: &str, location: &Location) -> Value {
    let mut cause = cause(actor, &format!("{request} location"));
    cause["location"] = format!("{}:{}", location.kind, location.target).into();
    cause
}

/// A location as the audit names it. An address with a login is refused, and its password is for nobody's eyes.
fn shown(kind: &str, target: &str) -> String {
    if has_login(target) {
        return format!("{kind}:(an address with a login)");
    }
    format!("{kind}:{target}")
}

fn exists(reference: &LocationRef) -> Fault {
    Fault::conflict(format!("Location {reference} already exists"))
}

fn has_login(target: &str) -> bool {
    url::Url::parse(target).is_ok_and(|url| !url.username().is_empty() || url.password().is_some())
}

/// Whether a location is a file in one of these folders.
fn is_in_folder(kind: &str, target: &str, folders: &[PathBuf]) -> bool {
    let path = Path::new(target);
    let climbs = path.components().any(|part| part == Component::ParentDir);
    kind == "file" && !climbs && folders.iter().any(|folder| path.starts_with(folder))
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
