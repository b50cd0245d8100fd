//! The tab "Deployments" of an entity.

mod dependencies;
mod images;
mod inventory;
mod log;
mod running;
mod samples;
mod scene;
mod states;
mod tab;
mod tables;
mod view;

pub use samples::page_samples;

pub(crate) use tab::Tab;
