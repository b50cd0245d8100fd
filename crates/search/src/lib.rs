//! Search: one box over everything the viewer may see.
//!
//! `index` keeps documents on disk, `feed` follows the catalog's change log, `question` turns what was
//! typed into a query, `answer` runs it. `api` is the wire contract of the original, `pages` the search
//! page and what the palette asks. What can be found is decided by the sources that plugins contribute
//! ([`plugin::SearchSource`]); entities are a source like any other. SQL and HTTP serving stay outside.

mod answer;
mod api;
mod bits;
mod counts;
mod cut;
mod entities;
mod feed;
mod found;
mod index;
mod marks;
mod pages;
mod plan;
mod question;
mod rank;
mod reach;
mod schema;
mod search;
mod sets;
mod spelling;
mod standing;
mod tables;
mod touched;
mod visible;
mod ways;
mod words;

pub use answer::{Answer, Counted, Page};
pub use api::{Bounds, rows as api_rows};
pub use entities::DOCUMENT_TYPE as ENTITIES;
pub use index::{IndexError, Place};
pub use marks::{Marked, Marker};
pub use pages::page_samples;
pub use question::{Condition, Question};
pub use reach::Reach;
pub use schema::Shown;
pub use search::{Search, SearchError};
pub use tables::MIGRATIONS;
pub use touched::Touches;

use config::SearchSection;
use std::borrow::Cow;

use plugin::{Asset, AssetKind, Contributions, PluginId, Routes};

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("search");

/// The plugin.
pub fn contributions(search: &Search, section: &SearchSection) -> Contributions {
    let bounds = Bounds {
        term: section.max_term_length,
        page: section.max_page_limit,
    };
    let routes = Routes::new(ID)
        .api(api_rows(search.clone(), bounds))
        .pages(pages::rows(search));
    Contributions {
        routes: vec![routes],
        assets: vec![Asset {
            kind: AssetKind::Style,
            text: Cow::Borrowed(include_str!("../css/results.css")),
        }],
        ..Contributions::of(ID)
    }
}
