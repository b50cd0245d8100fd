//! The little of Git that publishing needs: a first commit of files, kept in a repository on disk or pushed to a server, and a
//! commit on top of a branch of a server, which is fetched with or without the contents of its files; and one file alone. No history
//! is read.

mod base;
mod fetching;
mod local;
mod objects;
mod pack;
mod pack_reading;
mod push;
mod remote;
mod signing;

pub use base::Base;
pub use fetching::{fetch, fetch_file, fetch_files};
pub use local::{check_branch, make_repository};
pub use objects::{Author, CommitFile, CommitText, FileChanges, Objects, blob_name};
pub use pack::pack;
pub use push::{Pushed, push, push_first, remove};
pub use remote::{Branches, Remote, Service};
pub use signing::Signer;
