//! What people see: the tab and the card of an entity, an object of it, and logs.

mod actions;
mod clusters;
mod commands;
mod connect;
mod custom;
mod log_lines;
mod logs;
mod object;
mod others;
mod pods;
mod redacted;
mod samples;
mod scene;
mod summary;
mod tab;
mod usage;
mod workloads;

pub(crate) use actions::rows as action_rows;
pub use connect::no_cluster;
pub(crate) use log_lines::ReadLine;
pub(crate) use object::ObjectAddress;
pub use samples::page_samples;
pub(crate) use scene::below;

use std::borrow::Cow;

use plugin::{Asset, AssetKind, Rows, Rule};

use crate::PROXY;
use crate::api::Desk;

pub(crate) use tab::{Card, Tab};

/// The pages with their full paths.
pub(crate) fn rows(desk: &Desk) -> Rows {
    Rows::new()
        .get(logs::PATH, Rule::signed_in().needs(&PROXY), logs::show)
        .with_state(desk)
}

/// Styles and scripts of these pages.
pub(crate) fn assets() -> Vec<Asset> {
    vec![
        Asset {
            kind: AssetKind::Style,
            text: Cow::Borrowed(include_str!("../css/kubernetes.css")),
        },
        Asset {
            kind: AssetKind::Script,
            text: Cow::Borrowed(include_str!("../js/log.js")),
        },
    ]
}
