//! What plugins let people find.

use async_trait::async_trait;
use model::{EntityRef, Fault};
use serde_json::{Map, Value};
use store::{StoreError, Tx};

use crate::Permission;

/// One thing that can be found. It belongs to an entity: who may see that may find this, and when it
/// changes or goes, so does this.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchDocument {
    /// What people call it; shown as the result's title and searched first.
    pub title: String,
    /// Other names for it, searched like the title: operation ids, paths, addresses.
    pub names: Vec<String>,
    /// Free text, searched last.
    pub text: String,
    /// Path of the page that shows it, with a fragment where that jumps to the place.
    pub location: String,
    /// A line that tells results of the same title apart, for example the API of an operation.
    pub note: String,
    /// How much it is worth beside others that fit as well, in percent: 100 for a component.
    pub weight: u64,
    /// Further fields of the wire document, which clients may filter by.
    pub fields: Map<String, Value>,
}

/// Something that turns entities into documents of one type.
#[async_trait]
pub trait SearchSource: Send + Sync {
    /// The type, a word of the wire contract such as `software-catalog` or `techdocs`.
    fn document_type(&self) -> &str;
    /// Heading for results of this type, in the plural.
    fn title(&self) -> &str;
    /// The permission without which a caller finds no document of this type, whatever entities it sees.
    fn permission(&self) -> Option<&'static Permission> {
        None
    }
    /// Documents of a served entity. An error leaves out this entity's documents and is logged.
    async fn documents(&self, entity: &Value) -> Result<Vec<SearchDocument>, Fault>;
}

/// Takes note of what changed without a change of the catalog, for example because documentation was built.
///
/// The index of every process soon asks the sources of documents ([`SearchSource`]) for those of the entities anew, each
/// within its time and without harm to others.
#[async_trait]
pub trait SearchFeed: Send + Sync {
    /// Documents of these entities have changed. An entity that is not served has none.
    async fn changed(&self, entities: &[EntityRef]) -> Result<(), Fault>;
    /// The same in the caller's transaction: noted exactly if the transaction is kept.
    async fn changed_in(&self, tx: &mut Tx, entities: &[EntityRef]) -> Result<(), StoreError>;
}
