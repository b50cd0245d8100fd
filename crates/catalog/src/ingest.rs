//! Reads sources: local files and patterns, and URLs; watches local files.
//!
//! Nothing here decides when to read or writes entities; that is the engine's.

mod documents;
mod file;
mod location_entity;
mod per_host;
mod room;
mod target;
mod url_source;
mod watch;

pub(crate) use documents::{Documents, Rejected, Usable, line_within, located, read_documents};
pub(crate) use file::read_files;
pub(crate) use location_entity::location_entity;
pub(crate) use per_host::{PerHost, host_of};
pub(crate) use room::{MAX_BYTES, MAX_TOLD, Room, bounded};
pub(crate) use target::{Reading, SourceFile, Target, read_target, targets, type_not_allowed};
pub use url_source::UrlSource;
pub(crate) use watch::{FileWatch, QUEUE, Watched};
