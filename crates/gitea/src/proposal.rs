//! A descriptor for a repository that has none: proposed from what the repository shows (`facts`, `draft`), judged as the
//! catalog judges files (`judged`), and opened as a pull request (`opening`).

mod draft;
mod facts;
mod judged;
mod opening;

pub(crate) use draft::Fields;
pub(crate) use facts::{ApiFile, Facts};
pub(crate) use judged::judge;
pub(crate) use opening::{Desk, proposed};
