//! The author of work as a caller, for what is done in its name after its request.

use catalog::Catalog;
use model::{Actor, Fault, Principal, Viewer};

use crate::resolver::ownership;

/// The viewer that an author is now: a person with the groups that the catalog knows at this moment, or the guest. Fails
/// for programs, whose restrictions are not kept, and for the portal itself.
pub async fn viewer_of(catalog: &Catalog, actor: &Actor) -> Result<Viewer, Fault> {
    match actor {
        Actor::Caller {
            who: Principal::Person { entity, .. },
            ..
        } => {
            let claims = ownership(catalog, entity).await?;
            Ok(Viewer::person(entity.clone(), claims, None))
        }
        Actor::Caller {
            who: Principal::Guest,
            ..
        } => Ok(Viewer::guest()),
        other => Err(Fault::not_allowed(format!(
            "This is done in a person's name, and {} is none",
            other.name()
        ))),
    }
}
