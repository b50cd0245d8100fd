//! From an entity to what delivers it: appliers, their sources, and the commits between.

mod applied;
mod commits;
mod delivery;
pub mod dependencies;
mod find;
pub mod images;
pub mod inventory;
pub mod kinds;
pub mod overview;
mod pushed;
mod revision;
pub mod rollouts;
pub mod state;
pub mod suspension;

pub(crate) use applied::revisions;
pub use commits::Commits;
pub use delivery::{
    ClusterState, Deliveries, Delivery, Link, Placed, Revisions, Sync, depends_on, repository, source_name,
};
pub(crate) use find::MANAGED_BY;
pub use find::find;
pub use pushed::Pushed;
pub use revision::Revision;
pub use state::{Display, State};
