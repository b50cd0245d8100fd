//! Sites made of files, sites that another program published, and the pages in their states.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod build;
mod configuration;
mod fake_s3;
mod hostile;
mod pages;
mod preview;
mod published;
mod publishing;
mod section;
mod site;
