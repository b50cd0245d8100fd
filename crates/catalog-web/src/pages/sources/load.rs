//! Fetches what would go with a location.

use model::{EntityRef, Fault};
use store::Location;

use catalog::query::ListRequest;
use catalog::{View, browse};

/// Entities that came through a location: the first by name, and how many there are.
pub(super) async fn brought_by(
    seen: View<'_>,
    location: &Location,
    limit: usize,
) -> Result<(Vec<EntityRef>, usize), Fault> {
    let origin = format!("{}:{}", location.kind, location.target);
    let filter = browse::one_of(
        "metadata.annotations.backstage.io/managed-by-origin-location",
        &[origin],
    );
    let request = ListRequest::for_people(filter).page(0, limit);
    let found = seen.listing(&request).await?;
    Ok((
        found.entities.iter().filter_map(EntityRef::of).collect(),
        found.total,
    ))
}
