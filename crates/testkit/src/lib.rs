//! What tests of several crates need from outside: a real PostgreSQL, database files, tests on both of them, a web server that
//! misbehaves on request, a Git server, servers of Gitea, GitHub and GitLab in memory, a clock and chance that do what they are told, and
//! secrets that must not come out.
//!
//! Only for tests. Nothing here knows the catalog, so every crate may use it.

mod bare_repository;
mod canaries;
mod chaos_proxy;
mod contract;
mod file_server;
mod git_backend;
mod git_server;
pub mod gitea;
mod github;
mod gitlab;
mod postgres;
mod small_server;
mod surroundings;

use std::path::PathBuf;

pub use canaries::{Canaries, HeardLog};
pub use chaos_proxy::ChaosProxy;
pub use contract::in_time;
pub use file_server::{FileServer, Mode};
pub use git_server::GitServer;
pub use gitea::FakeGitea;
pub use github::FakeGithub;
pub use gitlab::FakeGitlab;
pub use postgres::{Postgres, fresh_database};
pub use surroundings::{TestClock, TestRandomness};

/// The kinds a test's locations may bring: all but templates.
pub const KINDS: [&str; 8] = [
    "Component",
    "API",
    "Location",
    "System",
    "Group",
    "User",
    "Resource",
    "Domain",
];

/// A path for a database file in a new folder, which is removed when the first part is dropped.
///
/// # Panics
///
/// When no temporary folder can be made.
pub fn sqlite_file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let path = folder.path().join("test.sqlite");
    (folder, path)
}
