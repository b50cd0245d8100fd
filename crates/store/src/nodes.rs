//! Entities as the engine keeps them: what came in, what became of it, what is served.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use model::{Place, Problem};
use uuid::Uuid;

use crate::{
    Store, StoreError, WriteTx,
    sql::{Arg, Row, Session},
};

/// An entity with everything needed to process and serve it.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Canonical reference; unique.
    pub reference: String,
    /// Stable id, kept as long as the entity exists.
    pub uid: Uuid,
    /// Who may overwrite it; `None` leaves it to the first that claims it.
    pub location_key: Option<String>,
    /// Raw entity as JSON, kept only while processing fails.
    pub raw: Option<String>,
    /// Hash of the raw entity.
    pub raw_hash: String,
    /// Last form that was processed without error, as JSON.
    pub processed: Option<String>,
    /// Hash of the outcome of processing.
    pub result_hash: String,
    /// What is wrong with the entity now.
    pub problems: Vec<Problem>,
    /// What is served, as JSON; `None` while it never was good.
    pub final_json: Option<String>,
    /// Etag of what is served.
    pub etag: Option<String>,
    /// Nobody declares it any more.
    pub orphan: bool,
    /// Where it is written.
    pub place: Option<Place>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

const COLUMNS: &str = "reference, uid, location_key, raw_hash, result_hash, etag, orphan, updated_at, place, \
     problems, final_json, processed, raw";

const REPLACE: &str = "ON CONFLICT (reference) DO UPDATE SET uid = excluded.uid, \
     location_key = excluded.location_key, raw_hash = excluded.raw_hash, result_hash = excluded.result_hash, \
     etag = excluded.etag, orphan = excluded.orphan, updated_at = excluded.updated_at, place = excluded.place, \
     problems = excluded.problems, final_json = excluded.final_json, processed = excluded.processed, \
     raw = excluded.raw";

fn from_row(row: &Row) -> Result<Node, StoreError> {
    Ok(Node {
        reference: row.text(0)?,
        uid: row.uuid(1)?,
        location_key: row.maybe_text(2)?,
        raw_hash: row.text(3)?,
        result_hash: row.text(4)?,
        etag: row.maybe_text(5)?,
        orphan: row.flag(6)?,
        updated_at: row.time(7)?,
        place: row.maybe_json(8)?,
        problems: row.json(9)?,
        final_json: row.maybe_text(10)?,
        processed: row.maybe_text(11)?,
        raw: row.maybe_text(12)?,
    })
}

fn arguments(node: &Node) -> Result<Vec<Arg>, StoreError> {
    let place = match &node.place {
        Some(place) => Arg::json(place)?,
        None => Arg::Text(None),
    };
    Ok(vec![
        Arg::from(&node.reference),
        node.uid.into(),
        Arg::from(&node.location_key),
        Arg::from(&node.raw_hash),
        Arg::from(&node.result_hash),
        Arg::from(&node.etag),
        node.orphan.into(),
        node.updated_at.into(),
        place,
        Arg::json(&node.problems)?,
        Arg::from(&node.final_json),
        Arg::from(&node.processed),
        Arg::from(&node.raw),
    ])
}

impl WriteTx {
    /// The nodes with these references, in any order; those that do not exist are left out.
    pub async fn nodes(&mut self, references: &[String]) -> Result<Vec<Node>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM nodes WHERE reference IN {{list}}");
        self.session
            .rows_in(&text, references)
            .await?
            .iter()
            .map(from_row)
            .collect()
    }

    /// The nodes with these ids, in any order.
    pub async fn nodes_by_uid(&mut self, uids: &[Uuid]) -> Result<Vec<Node>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM nodes WHERE uid IN {{list}}");
        self.session
            .rows_in(&text, uids)
            .await?
            .iter()
            .map(from_row)
            .collect()
    }

    /// Writes nodes, replacing those with the same reference. No reference may occur twice.
    pub async fn upsert_nodes(&mut self, nodes: &[Node]) -> Result<(), StoreError> {
        let head = format!("INSERT INTO nodes ({COLUMNS}) VALUES");
        self.session
            .insert(&head, REPLACE, nodes, arguments)
            .await
            .map(drop)
    }

    /// Removes nodes with the relations they stated, the edges they are the source of or the target
    /// of, their refresh keys, and what is known of them as sources.
    pub async fn delete_nodes(&mut self, references: &[String]) -> Result<(), StoreError> {
        let nothing: Vec<_> = references
            .iter()
            .map(|reference| (reference.clone(), Vec::new()))
            .collect();
        self.replace_relations(&nothing).await?;
        for text in [
            "DELETE FROM edges WHERE source IN {list}",
            "DELETE FROM edges WHERE target IN {list}",
            "DELETE FROM refresh_keys WHERE reference IN {list}",
            "DELETE FROM stitches WHERE reference IN {list}",
            "DELETE FROM sources WHERE source IN {list}",
            "DELETE FROM nodes WHERE reference IN {list}",
        ] {
            self.session.execute_in(text, references).await?;
        }
        Ok(())
    }

    /// References of nodes that nobody declares, at most `limit`.
    pub async fn undeclared(&mut self, limit: usize) -> Result<Vec<String>, StoreError> {
        let text = "SELECT reference FROM nodes WHERE NOT EXISTS \
             (SELECT 1 FROM edges WHERE edges.target = nodes.reference) ORDER BY reference LIMIT ?";
        self.session
            .rows(text, vec![limit.into()])
            .await?
            .iter()
            .map(|row| row.text(0))
            .collect()
    }
}

/// Served JSON by id; ids that are not served are left out.
pub(crate) async fn bodies(
    session: &mut Session,
    uids: &[Uuid],
) -> Result<HashMap<Uuid, Arc<str>>, StoreError> {
    let text = "SELECT uid, final_json FROM nodes WHERE final_json IS NOT NULL AND uid IN {list}";
    let rows = session.rows_in(text, uids).await?;
    rows.iter()
        .map(|row| Ok((row.uuid(0)?, Arc::from(row.text(1)?))))
        .collect()
}

impl Store {
    /// The nodes with these references, in any order; those that do not exist are left out.
    pub async fn nodes(&self, references: &[String]) -> Result<Vec<Node>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM nodes WHERE reference IN {{list}}");
        self.read()
            .await?
            .rows_in(&text, references)
            .await?
            .iter()
            .map(from_row)
            .collect()
    }

    /// One node.
    pub async fn node(&self, reference: &str) -> Result<Option<Node>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM nodes WHERE reference = ?");
        let row = self.read().await?.row(text, vec![reference.into()]).await?;
        row.as_ref().map(from_row).transpose()
    }

    /// Served JSON by id; ids that are not served are left out.
    pub async fn bodies(&self, uids: &[Uuid]) -> Result<HashMap<Uuid, Arc<str>>, StoreError> {
        bodies(&mut self.read().await?, uids).await
    }

    /// Nodes that have problems, by reference, after the given one.
    pub async fn nodes_with_problems(&self, after: &str, limit: usize) -> Result<Vec<Node>, StoreError> {
        self.some_nodes("problems <> '[]'", after, limit).await
    }

    /// Nodes that are not served because they never were good, by reference, after the given one.
    pub async fn nodes_without_final(&self, after: &str, limit: usize) -> Result<Vec<Node>, StoreError> {
        self.some_nodes("final_json IS NULL", after, limit).await
    }

    /// Nodes that nobody declares, by reference, after the given one.
    pub async fn nodes_orphaned(&self, after: &str, limit: usize) -> Result<Vec<Node>, StoreError> {
        self.some_nodes("orphan = 1", after, limit).await
    }

    async fn some_nodes(&self, which: &str, after: &str, limit: usize) -> Result<Vec<Node>, StoreError> {
        let text =
            format!("SELECT {COLUMNS} FROM nodes WHERE {which} AND reference > ? ORDER BY reference LIMIT ?");
        let rows = self
            .read()
            .await?
            .rows(text, vec![after.into(), limit.into()])
            .await?;
        rows.iter().map(from_row).collect()
    }
}
