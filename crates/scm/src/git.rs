//! The little of Git that publishing needs: a first commit of files, kept in a repository on disk or pushed to a server.

mod local;
mod objects;
mod pack;
mod push;

pub use local::make_repository;
pub use objects::{Author, CommitFile, CommitText, Objects, blob_name};
pub use pack::pack;
pub use push::{PushTarget, Pushed, push};
