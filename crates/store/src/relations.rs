//! Relations, each with the entity whose processing stated it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{StoreError, WriteTx, sql::Arg};

/// One stored relation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationRow {
    /// The entity that stated it.
    pub origin: String,
    /// The entity on whose list it is served.
    pub source: String,
    /// The relation's type.
    pub kind: String,
    /// The entity it points to.
    pub target: String,
}

impl WriteTx {
    /// Replaces what each origin states; the sources whose set of relations changed by it.
    pub async fn replace_relations(
        &mut self,
        stated: &[(String, Vec<RelationRow>)],
    ) -> Result<BTreeSet<String>, StoreError> {
        let origins: Vec<String> = stated.iter().map(|(origin, _)| origin.clone()).collect();
        let mut known: BTreeMap<String, BTreeSet<RelationRow>> = BTreeMap::new();
        for row in self.select("origin", &origins).await? {
            known.entry(row.origin.clone()).or_default().insert(row);
        }
        let (mut changed, mut added, mut emptied) = (BTreeSet::new(), Vec::new(), Vec::new());
        for (origin, rows) in stated {
            let new: BTreeSet<RelationRow> = rows.iter().cloned().collect();
            let old = known.remove(origin).unwrap_or_default();
            if new == old {
                continue;
            }
            changed.extend(new.symmetric_difference(&old).map(|row| row.source.clone()));
            if !old.is_empty() {
                emptied.push(origin.clone());
            }
            added.extend(new);
        }
        self.session
            .execute_in("DELETE FROM relations WHERE origin IN {list}", &emptied)
            .await?;
        let head = "INSERT INTO relations (origin, source, kind, target) VALUES";
        self.session
            .insert(head, "", &added, |row| {
                Ok(vec![
                    Arg::from(&row.origin),
                    Arg::from(&row.source),
                    Arg::from(&row.kind),
                    Arg::from(&row.target),
                ])
            })
            .await?;
        Ok(changed)
    }

    /// What is served on these entities' lists, whoever stated it.
    pub async fn relations_of(&mut self, sources: &[String]) -> Result<Vec<RelationRow>, StoreError> {
        self.select("source", sources).await
    }

    /// What these entities stated.
    pub async fn relations_from(&mut self, origins: &[String]) -> Result<Vec<RelationRow>, StoreError> {
        self.select("origin", origins).await
    }

    async fn select(&mut self, column: &str, list: &[String]) -> Result<Vec<RelationRow>, StoreError> {
        let text = format!("SELECT origin, source, kind, target FROM relations WHERE {column} IN {{list}}");
        let rows = self.session.rows_in(&text, list).await?;
        rows.iter()
            .map(|row| {
                Ok(RelationRow {
                    origin: row.text(0)?,
                    source: row.text(1)?,
                    kind: row.text(2)?,
                    target: row.text(3)?,
                })
            })
            .collect()
    }
}
