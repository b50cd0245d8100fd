//! Search: one box over everything the viewer may see.
//!
//! `index` keeps documents on disk, `feed` follows the catalog's change log, `question` turns what was
//! typed into a query, `answer` runs it. `api` is the wire contract of the original, `pages` the search
//! page and what the palette asks. What can be found is decided by the sources that plugins contribute
//! ([`plugin::SearchSource`]); entities are a source like any other. SQL and HTTP serving stay outside.

mod answer;
mod api;
mod entities;
mod feed;
mod index;
mod marks;
mod question;
mod schema;
mod search;
mod spelling;
mod words;

pub use answer::{Answer, Page};
pub use api::{Bounds, router as api_router};
pub use entities::DOCUMENT_TYPE as ENTITIES;
pub use index::{IndexError, Place};
pub use marks::{Marked, Marker};
pub use question::{Condition, Question};
pub use schema::Shown;
pub use search::{Search, SearchError};
