//! From an entity to what delivers it: appliers, their sources, and the commits between.

mod applied;
mod commits;
pub(crate) mod delivered;
mod delivery;
pub mod dependencies;
pub mod failures;
mod find;
pub mod images;
pub mod inventory;
pub mod kinds;
pub mod operator;
pub mod overview;
mod pushed;
mod remembered;
mod revision;
pub mod rollouts;
pub mod state;
pub mod suspension;
mod unwatched;

pub(crate) use applied::revisions;
pub use commits::Commits;
pub(crate) use commits::Pair;
pub use delivery::{
    ClusterState, Deliveries, Delivery, Link, Placed, Revisions, Sync, depends_on, repository, source_name,
};
pub use find::find;
pub use pushed::Pushed;
pub use revision::Revision;
pub use state::{Display, State};
pub(crate) use unwatched::LookUps;
pub use unwatched::Looked;
