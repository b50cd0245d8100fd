//! All entities with documentation, batch by batch, for work in the background.

use catalog::Sight;
use catalog::query::ListRequest;
use model::{Fault, Filter};
use serde_json::Value;

use crate::{Docs, REF};

/// Entities that are gone through at a time.
const BATCH: usize = 500;

/// The entities of the next batch, and where the one after it begins.
pub(crate) async fn batch(
    docs: &Docs,
    sight: &Sight,
    offset: usize,
) -> Result<(Vec<Value>, Option<usize>), Fault> {
    let filter = Filter::Exists {
        key: format!("metadata.annotations.{REF}"),
    };
    let request = ListRequest::for_people(filter).page(offset, BATCH);
    let listing = docs.catalog.seen_by(sight).listing(&request).await?;
    Ok((listing.entities, listing.next))
}
