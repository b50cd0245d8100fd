//! The only crate that knows SQL: the catalog's tables on `SQLite` and PostgreSQL behind one interface.
//!
//! Writers use one [`WriteTx`] at a time, whatever the engine and however many processes there are, so
//! the change log is numbered in commit order and without gaps; readers never wait for it. The crate
//! stores what it is given: it does not know what an entity means, reads no clock and starts no work.

mod ailing;
mod announce;
mod changes;
mod database;
mod edges;
mod error;
mod file_place;
mod lane;
mod leases;
mod locations;
mod lockstep;
mod migrate;
mod nodes;
mod postgres;
mod refresh_keys;
mod relations;
mod scan;
mod settings;
mod source_claims;
mod source_key;
mod sources;
mod sql;
mod sqlite;
mod stitches;
mod store;
mod wake;
mod write;

pub use ailing::Ailing;
pub use announce::{Announced, Announcements};
pub use changes::{Change, ChangeKind, Followed, HistoryRow, NewChange, Seq};
pub use database::Database;
pub use edges::ChildRow;
pub use error::StoreError;
pub use lane::Lane;
pub use locations::Location;
pub use lockstep::Lockstep;
pub use migrate::Migration;
pub use model::LogMark;
pub use nodes::Node;
pub use relations::RelationRow;
pub use scan::{FinalRow, ScanPosition};
pub use settings::SettingKey;
pub use source_claims::SourceClaim;
pub use source_key::SourceKey;
pub use sources::SourceState;
pub use sql::{Arg, Engine, Outcome, Row, Session, in_list_chunks, with_list};
pub use stitches::StitchRound;
pub use store::{Size, Store};
pub use wake::ChangeWake;
pub use write::{Tx, WriteTx};
