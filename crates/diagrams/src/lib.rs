//! Mermaid diagrams as SVG and TeX formulas as `MathML`, and both as parts of a page. Nothing is fetched and no script runs.
//!
//! The libraries that draw are given text from elsewhere: they work for a bounded time on a thread of its own, and what they
//! write gets onto a page through a list of elements and attributes. The crate does not know where the text comes from.

mod bounded;
mod color;
mod extent;
mod labels;
mod limits;
mod math;
mod mermaid;
mod page;
mod svg;
mod theme;
mod trouble;

pub use math::{Display, math};
pub use mermaid::{Picture, mermaid};
pub use page::Drawings;
pub use trouble::Trouble;

/// Styles of all that the crate puts onto a page.
pub const STYLES: &str = include_str!("../css/drawing.css");
