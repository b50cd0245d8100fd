//! A narrow layer over two drivers, so that every statement is written once.
//!
//! Statements use `?` for arguments, in order; PostgreSQL gets them numbered. Texts of several rows come
//! in a few fixed sizes, so both engines keep them prepared.

mod arg;
mod row;
mod session;
mod text;

pub use arg::Arg;
pub use row::Row;
pub(crate) use session::Connection;
pub use session::{Engine, Outcome, Session};
use text::row_chunks;
pub use text::{in_list_chunks, with_list};
