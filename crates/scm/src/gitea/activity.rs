//! What goes on in one repository: branches, commits, pull requests, issues, releases, CI, languages, and single files.
//!
//! Each call reads one page. Moments are kept as the server writes them.

mod branches;
mod ci;
mod commits;
mod files;
mod issues;
mod languages;
mod releases;
mod requests;

pub use branches::Branch;
pub use ci::{Check, Ci, CommitState, Run, Source, State};
pub use commits::{CommitLine, CommitQuery};
pub use files::{FileLine, FileType};
pub use issues::Issue;
pub use releases::Release;
pub use requests::OpenRequest;

use model::Fault;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Gitea;
use super::call::Call;
use super::repositories::or_default;

/// The beginning of a list, and how long the list is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FirstPage<T> {
    /// The first entries, in the server's order.
    pub items: Vec<T>,
    /// Entries of the whole list; those of the page where the server does not say.
    pub total: usize,
}

/// Somebody with an account at the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Person {
    /// The name of the account.
    pub login: String,
    /// The name for people, often empty.
    #[serde(deserialize_with = "or_default")]
    pub full_name: String,
}

/// A label of issues and pull requests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Label {
    /// Its words.
    pub name: String,
    /// Its colour, six hexadecimal digits.
    pub color: String,
}

impl Person {
    /// The name for people, else the name of the account.
    pub fn name(&self) -> &str {
        let name = self.full_name.trim();
        if name.is_empty() { &self.login } else { name }
    }
}

impl Gitea {
    /// Reads the first page of a list; nothing where the server does not have or not show the list.
    async fn first_page<T: DeserializeOwned>(
        &self,
        call: Call<'_>,
        limit: usize,
    ) -> Result<Option<FirstPage<T>>, Fault> {
        let page = self.one_page(call, None, (1, limit)).await;
        match page {
            Ok(page) => Ok(Some(FirstPage {
                total: page.total.unwrap_or(page.items.len()).max(page.items.len()),
                items: page.items,
            })),
            Err(fault) if fault.is(&model::FaultKind::NotFound) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}
