//! Pages as they are rendered, references, and texts that are meant to hurt.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod goldens;
mod hostile;
mod math;
mod references;
mod short_links;
