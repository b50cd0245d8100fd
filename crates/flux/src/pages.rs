//! The tab "Deployments" of an entity.

mod samples;
mod scene;
mod states;
mod tab;
mod tables;
mod view;

pub use samples::page_samples;

pub(crate) use tab::Tab;
