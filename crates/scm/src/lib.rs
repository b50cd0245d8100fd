//! Git hosts and plain web servers as sources of files: which URL belongs to which host, how its
//! files are read with that host's credentials, and what a URL says about its repository.
//!
//! Everything read is bounded in size and time, and nothing is read that is neither covered by an
//! integration nor by `backend.reading.allow`. This crate knows no entity and no database.

mod address;
mod allow;
mod analysis;
pub mod codeowners;
mod fetch;
mod git_url;
mod hosts;
mod integrations;
mod reader;
mod resolve;

pub use analysis::Analysis;
pub use git_url::GitUrl;
pub use integrations::{Integration, Integrations};
pub use reader::{Found, Read, Search, UrlReader};
