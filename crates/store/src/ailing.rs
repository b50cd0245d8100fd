//! What is wrong with entities, without the entities themselves.

use model::{Place, Problem};

use crate::{SourceKey, Store, StoreError, sql::Row};

/// An entity that has problems or is not served.
#[derive(Debug, Clone, PartialEq)]
pub struct Ailing {
    /// Its reference.
    pub reference: String,
    /// Who may overwrite it.
    pub location_key: Option<String>,
    /// It is served, in its last good form.
    pub is_served: bool,
    /// What is wrong with it; nothing while it waits to be served.
    pub problems: Vec<Problem>,
    /// Where it is written.
    pub place: Option<Place>,
}

impl Store {
    /// Entities that have problems or are not served, by reference; at most `limit` of each.
    pub async fn ailing(&self, limit: usize) -> Result<Vec<Ailing>, StoreError> {
        let mut session = self.read().await?;
        let mut found = Vec::new();
        // Each of the two conditions has an index of its own, which their union would not use.
        for which in ["problems <> '[]'", "final_json IS NULL AND problems = '[]'"] {
            let text = format!(
                "SELECT reference, location_key, CAST(CASE WHEN final_json IS NULL THEN 0 ELSE 1 END AS BIGINT), problems, \
                 place FROM nodes WHERE {which} ORDER BY reference LIMIT ?"
            );
            let rows = session.rows(text, vec![limit.into()]).await?;
            for row in &rows {
                found.push(from_row(row)?);
            }
        }
        found.sort_by(|left, right| left.reference.cmp(&right.reference));
        Ok(found)
    }

    /// Where entities are written, of those of which that is known.
    pub async fn places(&self, references: &[String]) -> Result<Vec<(String, Place)>, StoreError> {
        let text = "SELECT reference, place FROM nodes WHERE place IS NOT NULL AND reference IN {list}";
        let rows = self.read().await?.rows_in(text, references).await?;
        rows.iter()
            .map(|row| Ok((row.text(0)?, row.maybe_json(1)?.unwrap_or_default())))
            .collect()
    }

    /// The problems of sources that have some, by name; at most `limit`.
    pub async fn problems_of_sources(
        &self,
        limit: usize,
    ) -> Result<Vec<(SourceKey, Vec<Problem>)>, StoreError> {
        let text = "SELECT source, problems FROM sources WHERE problems <> '[]' ORDER BY source LIMIT ?";
        let rows = self.read().await?.rows(text, vec![limit.into()]).await?;
        rows.iter()
            .map(|row| Ok((SourceKey::from(row.text(0)?.as_str()), row.json(1)?)))
            .collect()
    }
}

fn from_row(row: &Row) -> Result<Ailing, StoreError> {
    Ok(Ailing {
        reference: row.text(0)?,
        location_key: row.maybe_text(1)?,
        is_served: row.flag(2)?,
        problems: row.json(3)?,
        place: row.maybe_json(4)?,
    })
}
