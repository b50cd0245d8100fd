//! Documentation: whether pages say what those of `mkdocs build` with `mkdocs-techdocs-core` say.

mod code;
mod compare;
mod dom;
mod links;
mod sites;

pub use compare::compare;
pub use sites::mkdocs;
