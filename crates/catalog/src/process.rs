//! Turns one raw document into a validated entity. Pure but for the placeholders and processors,
//! which read what the entity refers to.

mod annotate;
mod bundle;
mod pipeline;
mod placeholder;

pub(crate) use annotate::claim;
pub(crate) use pipeline::{Dependence, Document, Outcome, Pipeline, Processed};
pub(crate) use placeholder::Resolver;
