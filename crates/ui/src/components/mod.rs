//! The components, one file each. A component is a function from small properties to markup.

pub(crate) mod avatar;
pub(crate) mod badge;
pub(crate) mod button;
pub(crate) mod card;
pub(crate) mod code;
pub(crate) mod diff;
pub(crate) mod entity;
pub(crate) mod facet;
pub(crate) mod field;
pub(crate) mod pagination;
pub(crate) mod place;
pub(crate) mod plain;
pub(crate) mod problem;
pub(crate) mod sheet;
pub(crate) mod state;
pub(crate) mod table;
pub(crate) mod tabs;
pub(crate) mod time;
pub(crate) mod timeline;
pub(crate) mod tree;
