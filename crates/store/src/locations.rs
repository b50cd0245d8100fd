//! Registered locations.

use uuid::Uuid;

use crate::{
    Store, StoreError, WriteTx,
    sql::{Arg, Row, Session},
};

/// A registered location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Its id.
    pub id: Uuid,
    /// Its type, `url` or `file`.
    pub kind: String,
    /// Where it points.
    pub target: String,
    /// The `Location` entity made for it; it keeps its name when the target changes.
    pub entity_ref: String,
}

fn from_row(row: &Row) -> Result<Location, StoreError> {
    Ok(Location {
        id: row.uuid(0)?,
        kind: row.text(1)?,
        target: row.text(2)?,
        entity_ref: row.text(3)?,
    })
}

impl WriteTx {
    /// Adds a location; [`StoreError::Conflict`] when there is one of the same type and target.
    pub async fn location_insert(&mut self, location: &Location) -> Result<(), StoreError> {
        let text = "INSERT INTO locations (kind, target, entity_ref, id) VALUES (?, ?, ?, ?)";
        self.session.execute(text, arguments(location)).await.map(drop)
    }

    /// Changes type, target and entity of a location; whether there was one.
    pub async fn location_update(&mut self, location: &Location) -> Result<bool, StoreError> {
        let text = "UPDATE locations SET kind = ?, target = ?, entity_ref = ? WHERE id = ?";
        Ok(self.session.execute(text, arguments(location)).await? > 0)
    }

    /// Removes a location; whether there was one.
    pub async fn location_delete(&mut self, id: Uuid) -> Result<bool, StoreError> {
        Ok(self
            .session
            .execute("DELETE FROM locations WHERE id = ?", vec![id.into()])
            .await?
            > 0)
    }

    /// All locations, by id.
    pub async fn location_list(&mut self) -> Result<Vec<Location>, StoreError> {
        all(&mut self.session).await
    }

    /// The location of a type and target.
    pub async fn location_find(&mut self, kind: &str, target: &str) -> Result<Option<Location>, StoreError> {
        let text = "SELECT id, kind, target, entity_ref FROM locations WHERE kind = ? AND target = ?";
        let row = self.session.row(text, vec![kind.into(), target.into()]).await?;
        row.as_ref().map(from_row).transpose()
    }
}

async fn all(session: &mut Session) -> Result<Vec<Location>, StoreError> {
    let text = "SELECT id, kind, target, entity_ref FROM locations ORDER BY id";
    session.rows(text, vec![]).await?.iter().map(from_row).collect()
}

fn arguments(location: &Location) -> Vec<Arg> {
    vec![
        Arg::from(&location.kind),
        Arg::from(&location.target),
        Arg::from(&location.entity_ref),
        location.id.into(),
    ]
}

impl Store {
    /// All locations, by id.
    pub async fn location_list(&self) -> Result<Vec<Location>, StoreError> {
        all(&mut self.read().await?).await
    }

    /// One location.
    pub async fn location_by_id(&self, id: Uuid) -> Result<Option<Location>, StoreError> {
        let text = "SELECT id, kind, target, entity_ref FROM locations WHERE id = ?";
        self.read()
            .await?
            .row(text, vec![id.into()])
            .await?
            .as_ref()
            .map(from_row)
            .transpose()
    }

    /// The location for which an entity was made.
    pub async fn location_by_ref(&self, entity_ref: &str) -> Result<Option<Location>, StoreError> {
        let text = "SELECT id, kind, target, entity_ref FROM locations WHERE entity_ref = ?";
        self.read()
            .await?
            .row(text, vec![entity_ref.into()])
            .await?
            .as_ref()
            .map(from_row)
            .transpose()
    }
}
