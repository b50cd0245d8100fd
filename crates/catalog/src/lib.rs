//! The software catalog: from sources of YAML to served entities.
//!
//! One module per stage of an entity's life: `ingest` reads sources, `process` turns documents into
//! validated entities, `stitch` joins what several said about one entity, `engine` refreshes sources and
//! writes it all in transactions, `providers` deliver what is not read, `index` and `query` answer. Modules know those
//! below them: `context`, then `engine`, then `providers`, and the handle [`Catalog`] on top. Other features hold a [`Catalog`] and reach
//! its data through [`Catalog::seen_by`] alone; SQL is the `store` crate's business and HTTP serving that of `web`.

mod catalog;
mod commits;
mod context;
mod engine;
mod failure;
mod health;
mod history;
mod index;
mod ingest;
mod ownership;
mod paths;
mod process;
mod providers;
pub mod query;
mod requests;
mod settings;
mod sight;
mod slow_work;
mod stitch;
mod time;

pub use catalog::{Catalog, CatalogBuilder};
pub use commits::{CommitTold, commit_page};
pub use failure::store_fault;
pub use health::Finding;
pub use history::{ChangeClass, Feed, FeedEntry, RelationChange, Told, Version, VersionSummary};
pub use index::{AppliedChange, IndexNews};
pub use ingest::UrlSource;
pub use query::View;
pub use requests::{
    DryRun, Fate, Located, Preview, RepositoryDescriptors, SourceReport, SourceStatus, Unprocessed,
};
pub use sight::{Sight, SightKey};
pub use slow_work::Caller;

pub mod browse;
pub mod impact;
pub mod neighbourhood;
pub mod offline;
pub mod organization;
