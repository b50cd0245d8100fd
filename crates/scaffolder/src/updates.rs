//! Updates of projects: what a newer template would change in a repository that was made from an older one.
//!
//! A repository keeps which template, commit and values it was made from ([`record`]). The template is run dry at that commit and
//! at its newest one ([`rendering`]); the difference is merged into what the team has now ([`merge`]) and proposed as a pull
//! request ([`proposal`]), at whatever Git host it is ([`hosted`]). Which steps make such a repository says [`making`]. A job looks now
//! and then which projects are behind ([`checks`]).

pub(crate) mod checks;
pub(crate) mod desk;
pub(crate) mod hosted;
pub(crate) mod making;
pub mod merge;
pub(crate) mod origin;
pub(crate) mod proposal;
pub(crate) mod record;
pub(crate) mod rendering;
pub(crate) mod tables;
#[cfg(test)]
mod tests;

pub(crate) use desk::{Desk, Update};
pub(crate) use making::made_by;
