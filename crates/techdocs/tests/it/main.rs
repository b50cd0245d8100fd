//! Sites made of files, and the pages in their states.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod pages;
mod site;
