//! Relations, each with the entity whose processing stated it.
//!
//! What an entity states is one row, because most of it is on its own list and is always read and written
//! together; only relations on the list of another entity have rows of their own.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{StoreError, WriteTx, sql::Arg};

/// One stored relation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationRow {
    /// The entity on whose list it is served.
    pub source: String,
    /// The relation's type.
    pub kind: String,
    /// The entity it points to.
    pub target: String,
    /// The entity that stated it.
    pub origin: String,
}

/// Type and target of relations that are served on one list.
pub type Served = Vec<(String, String)>;

/// Source, kind and target: a relation within the set of its origin.
type Stated = (String, String, String);

/// What a batch of replacements comes to.
#[derive(Default)]
struct Difference {
    changed: BTreeMap<String, String>,
    sets: Vec<(String, BTreeSet<Stated>)>,
    emptied: Vec<String>,
    added: Vec<RelationRow>,
    removed: Vec<RelationRow>,
}

impl Difference {
    fn add(&mut self, origin: &str, old: &BTreeSet<Stated>, new: BTreeSet<Stated>) {
        if *old == new {
            return;
        }
        for (source, ..) in new.symmetric_difference(old) {
            self.changed
                .entry(source.clone())
                .or_insert_with(|| origin.to_owned());
        }
        self.added.extend(elsewhere(origin, new.difference(old)));
        self.removed.extend(elsewhere(origin, old.difference(&new)));
        if new.is_empty() {
            self.emptied.push(origin.to_owned());
        } else {
            self.sets.push((origin.to_owned(), new));
        }
    }
}

/// Those on the list of another entity than their origin.
fn elsewhere<'a>(
    origin: &'a str,
    stated: impl Iterator<Item = &'a Stated>,
) -> impl Iterator<Item = RelationRow> {
    stated
        .filter(move |(source, ..)| source != origin)
        .map(move |stated| row(origin, stated.clone()))
}

fn row(origin: &str, (source, kind, target): Stated) -> RelationRow {
    RelationRow {
        origin: origin.to_owned(),
        source,
        kind,
        target,
    }
}

impl WriteTx {
    /// Replaces what each origin states; the sources whose set of relations changed by it, each with one
    /// of the origins that did it. No origin may occur twice.
    pub async fn replace_relations(
        &mut self,
        stated: &[(String, Vec<RelationRow>)],
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let origins: Vec<String> = stated.iter().map(|(origin, _)| origin.clone()).collect();
        let known = self.relation_sets(&origins).await?;
        let (mut difference, nothing) = (Difference::default(), BTreeSet::new());
        for (origin, rows) in stated {
            let stated = |row: &RelationRow| (row.source.clone(), row.kind.clone(), row.target.clone());
            let new = rows.iter().map(stated).collect();
            difference.add(origin, known.get(origin).unwrap_or(&nothing), new);
        }
        // Side by side in the table as well: rows of one entity come from all over the catalog.
        difference.added.sort_unstable();
        self.write_difference(&difference).await?;
        Ok(difference.changed)
    }

    async fn write_difference(&mut self, difference: &Difference) -> Result<(), StoreError> {
        let Difference {
            sets,
            emptied,
            added,
            removed,
            ..
        } = difference;
        let text = "DELETE FROM relation_sets WHERE origin IN {list}";
        self.session.execute_in(text, emptied).await?;
        let head = "INSERT INTO relation_sets (origin, relations) VALUES";
        let tail = "ON CONFLICT (origin) DO UPDATE SET relations = excluded.relations";
        let set = |(origin, set): &(String, BTreeSet<Stated>)| Ok(vec![Arg::from(origin), Arg::json(set)?]);
        self.session.insert(head, tail, sets, set).await?;
        let columns = |row: &RelationRow| {
            Ok(vec![
                Arg::from(&row.source),
                Arg::from(&row.kind),
                Arg::from(&row.target),
                Arg::from(&row.origin),
            ])
        };
        let head = "DELETE FROM relations WHERE (source, kind, target, origin) IN (VALUES";
        self.session.insert(head, ")", removed, columns).await?;
        let head = "INSERT INTO relations (source, kind, target, origin) VALUES";
        self.session.insert(head, "", added, columns).await.map(drop)
    }

    /// Type and target of what is served on these entities' lists, whoever stated it, by entity.
    pub async fn relations_of(&mut self, sources: &[String]) -> Result<HashMap<String, Served>, StoreError> {
        let mut found: HashMap<String, Served> = HashMap::with_capacity(sources.len());
        let text = "SELECT origin, relations FROM relation_sets WHERE origin IN {list}";
        for row in self.session.rows_in(text, sources).await? {
            let (origin, stated) = (row.text(0)?, row.text(1)?);
            let own = own_relations(&origin, &stated)?;
            // A list that was filled up may name its last element in two pieces.
            found.insert(origin, own);
        }
        let text = "SELECT source, kind, target FROM relations WHERE source IN {list}";
        for row in self.session.rows_in(text, sources).await? {
            let relation = (row.text(1)?, row.text(2)?);
            found.entry(row.text(0)?).or_default().push(relation);
        }
        Ok(found)
    }

    async fn relation_sets(
        &mut self,
        origins: &[String],
    ) -> Result<HashMap<String, BTreeSet<Stated>>, StoreError> {
        let text = "SELECT origin, relations FROM relation_sets WHERE origin IN {list}";
        self.session
            .rows_in(text, origins)
            .await?
            .iter()
            .map(|row| Ok((row.text(0)?, row.json(1)?)))
            .collect()
    }
}

/// Those of a stored set that are on the list of the entity itself. Reads the text without copying what
/// belongs elsewhere, about half of it.
fn own_relations(origin: &str, stated: &str) -> Result<Served, StoreError> {
    let stated: Vec<(Cow<'_, str>, Cow<'_, str>, Cow<'_, str>)> =
        serde_json::from_str(stated).map_err(|error| StoreError::malformed("relations", error))?;
    Ok(stated
        .into_iter()
        .filter(|(source, ..)| source == origin)
        .map(|(_, kind, target)| (kind.into_owned(), target.into_owned()))
        .collect())
}
