//! The portal put together: the list of plugins, what each gets, and where its contributions go.
//!
//! This crate and the command line (`backstage`) are the only ones that see every feature. It holds no
//! feature of its own, so that a test can start a whole portal with one plugin more.

pub mod background;
mod error_page;
mod frame;
mod health;
mod live;
mod outside_calls;
mod own;
mod plugins;
mod portal;
mod stock_addresses;
mod workbench;

pub use health::{HealthAnswer, ask_health};
pub use outside_calls::outside_calls;
pub use plugins::{
    AddedPlugin, access_problem, check_configuration, configuration_schema, declarations, kinds,
    read_configuration, tables,
};
pub use portal::{Ground, Portal, saved_index};
pub use workbench::workbench;
