//! Who declares which entity.

use crate::{
    SourceKey, Store, StoreError, WriteTx,
    sql::{Arg, in_list_chunks, with_list},
};

/// An entity that a source declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildRow {
    /// Its reference.
    pub reference: String,
    /// Who may overwrite it.
    pub location_key: Option<String>,
    /// Hash of its raw form.
    pub raw_hash: String,
}

impl WriteTx {
    /// What a source declares.
    pub async fn children(&mut self, source: &SourceKey) -> Result<Vec<ChildRow>, StoreError> {
        children(&mut self.session, source).await
    }

    /// Has a source declare `add` and no longer declare `remove`.
    pub async fn set_edges(
        &mut self,
        source: &SourceKey,
        add: &[String],
        remove: &[String],
    ) -> Result<(), StoreError> {
        let name = source.to_string();
        let edges: Vec<(&str, &str)> = add.iter().map(|target| (&*name, &**target)).collect();
        self.add_edges(&edges).await?;
        for chunk in in_list_chunks(remove) {
            let arguments = std::iter::once(&name)
                .chain(chunk.iter())
                .map(Arg::from)
                .collect();
            let text = with_list(
                "DELETE FROM edges WHERE source = ? AND target IN {list}",
                chunk.len(),
            );
            self.session.execute(text, arguments).await?;
        }
        Ok(())
    }

    /// Has sources, given by name, declare entities.
    pub async fn add_edges(&mut self, edges: &[(&str, &str)]) -> Result<(), StoreError> {
        let head = "INSERT INTO edges (source, target) VALUES";
        let row = |(source, target): &(&str, &str)| Ok(vec![(*source).into(), (*target).into()]);
        self.session
            .insert(head, "ON CONFLICT DO NOTHING", edges, row)
            .await
            .map(drop)
    }

    /// Who declares these entities.
    pub async fn parents(&mut self, children: &[String]) -> Result<Vec<(String, SourceKey)>, StoreError> {
        let text = "SELECT target, source FROM edges WHERE target IN {list} ORDER BY target, source";
        let rows = self.session.rows_in(text, children).await?;
        pairs(&rows)
    }

    /// Names of all providers that declare something.
    pub async fn provider_names(&mut self) -> Result<Vec<String>, StoreError> {
        let text = "SELECT DISTINCT source FROM edges WHERE source LIKE 'provider:%' ORDER BY source";
        let rows = self.session.rows(text, vec![]).await?;
        let names = rows
            .iter()
            .map(|row| row.text(0))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(names
            .into_iter()
            .map(|name| name.trim_start_matches("provider:").to_owned())
            .collect())
    }
}

impl Store {
    /// What a source declares.
    pub async fn children(&self, source: &SourceKey) -> Result<Vec<ChildRow>, StoreError> {
        children(&mut self.read().await?, source).await
    }

    /// Who declares these entities.
    pub async fn parents(&self, children: &[String]) -> Result<Vec<(String, SourceKey)>, StoreError> {
        let text = "SELECT target, source FROM edges WHERE target IN {list} ORDER BY target, source";
        let rows = self.read().await?.rows_in(text, children).await?;
        pairs(&rows)
    }
}

fn pairs(rows: &[crate::sql::Row]) -> Result<Vec<(String, SourceKey)>, StoreError> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let pair = (row.text(0)?, SourceKey::from(row.text(1)?.as_str()));
        // A list that was filled up may name its last element in two pieces.
        if found.last() != Some(&pair) {
            found.push(pair);
        }
    }
    Ok(found)
}

async fn children(
    session: &mut crate::sql::Session,
    source: &SourceKey,
) -> Result<Vec<ChildRow>, StoreError> {
    let text = "SELECT n.reference, n.location_key, n.raw_hash FROM edges e \
         JOIN nodes n ON n.reference = e.target WHERE e.source = ? ORDER BY n.reference";
    let rows = session.rows(text, vec![source.to_string().into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(ChildRow {
                reference: row.text(0)?,
                location_key: row.maybe_text(1)?,
                raw_hash: row.text(2)?,
            })
        })
        .collect()
}
