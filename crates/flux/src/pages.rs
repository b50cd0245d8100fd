//! The tab "Deployments" of an entity, and the page of all objects of Flux.

mod dependencies;
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

pub(crate) use overview::{Desk, PATH, rows};
pub(crate) use tab::Tab;
