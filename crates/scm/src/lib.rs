//! Git hosts and plain web servers as sources of files: which URL belongs to which host, how its
//! files and folders are read with that host's credentials, what a URL says about its repository, and whether a webhook is genuine.
//!
//! Everything read is bounded in size and time, and nothing is read that is neither covered by an
//! integration nor by `backend.reading.allow`. This crate knows no entity and no database.

mod address;
mod allow;
mod analysis;
mod call;
pub mod codeowners;
mod commit_pages;
mod commits;
mod comparison;
mod contents;
mod fetch;
pub mod git;
mod git_remote;
mod git_url;
pub mod gitea;
pub mod github;
pub mod gitlab;
mod host_event;
mod hosts;
mod integrations;
mod pinned;
mod push;
mod reader;
mod reference;
mod resolve;
mod rest;
mod touched;
mod tree;
mod tree_reader;
mod versions;
mod webhook;

pub use address::{names_private_address, public_resolver};
pub use allow::AllowList;
pub use analysis::Analysis;
pub use commit_pages::commit_page_of_file;
pub use commits::{Commit, commit_page};
pub use comparison::{Comparison, comparison_page};
pub use git_remote::{GitRemote, SignIn};
pub use git_url::GitUrl;
pub use host_event::{HostEvent, ReferenceChange, ReleaseChange, RepositoryChange, event_name, owner_page};
pub use hosts::IssueText;
pub use integrations::{Integration, Integrations};
pub use pinned::Pinned;
pub use push::Push;
pub use reader::{Found, Read, Search, UrlReader};
pub use tree::{Tree, TreeFile, TreeLimits, TreeRead, folder_version, read_folder};
pub use versions::Versions;
pub use webhook::{Verifier, delivery, fingerprint};
