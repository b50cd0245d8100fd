//! The tab "Deployments" of an entity, and the page of all objects of Flux.

mod actions;
mod dependencies;
mod failures;
mod images;
mod inventory;
mod log;
mod overview;
mod running;
mod samples;
mod scene;
mod states;
mod tab;
mod tables;
mod view;

pub use samples::page_samples;

pub(crate) use overview::PATH;
pub(crate) use tab::Tab;

use plugin::Rows;

use crate::actions::Desk;

/// The pages with their full paths.
pub(crate) fn rows(desk: &Desk) -> Rows {
    overview::rows(desk).and(actions::rows(desk))
}
