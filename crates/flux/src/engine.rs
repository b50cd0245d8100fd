//! From an entity to what delivers it: appliers, their sources, and the commits between.

mod commits;
mod delivery;
pub mod kinds;
mod revision;
pub mod state;

pub use commits::Commits;
pub use delivery::{ClusterState, Deliveries, Delivery, Link, Sync, find};
pub use revision::Revision;
pub use state::{Display, State};
