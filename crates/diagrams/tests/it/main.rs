//! Diagrams and formulas as they get onto a page, and texts that are meant to hurt.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod formulas;
mod hostile;
mod kinds;
mod largest;
mod pages;
