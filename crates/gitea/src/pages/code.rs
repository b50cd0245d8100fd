//! The tab "Code" of an entity: what the front page of its repository says, for those who own the service; and the card of the
//! overview.
//!
//! Each part is shown by itself, from its own answer. A part that is late is fetched after the page.

mod about;
mod card;
mod commits;
mod connect;
mod marks;
mod owners;
mod part;
mod releases;
mod requests;
mod runs;
mod samples;
mod scene;
mod tab;

pub(crate) use card::CodeCard;
pub(crate) use samples::samples;
pub(crate) use tab::CodeTab;

use std::borrow::Cow;

use plugin::{Asset, AssetKind};

/// The styles of these pages.
pub(crate) fn assets() -> Vec<Asset> {
    vec![Asset {
        kind: AssetKind::Style,
        text: Cow::Borrowed(include_str!("../../css/code.css")),
    }]
}
