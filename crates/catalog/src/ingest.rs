//! Reads sources: local files and patterns, URLs, registered locations and entity providers.
//!
//! Nothing here decides when to read or writes entities; that is the engine's.

mod documents;
mod file;
mod per_host;
mod provider;
mod registered;
mod room;
mod target;
mod url_source;
mod watch;

pub(crate) use documents::{Documents, Rejected, Usable, line_within, located, read_documents};
pub(crate) use file::read_files;
pub(crate) use per_host::{PerHost, host_of};
pub(crate) use provider::{CONFIG_PROVIDER, LOCATION_STORE, Removal, location_entity, run_providers};
pub(crate) use registered::registered_key;
pub(crate) use room::{MAX_BYTES, MAX_TOLD, Room, bounded};
pub(crate) use target::{Reading, SourceFile, Target, read_target, targets, type_not_allowed};
pub use url_source::UrlSource;
pub(crate) use watch::{FileWatch, Watched, follow_files};
