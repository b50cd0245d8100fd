//! Sites made of files, sites that another program published, and the pages in their states.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod build;
mod clouds;
mod configuration;
mod fake_azure;
mod fake_google;
mod fake_s3;
mod fake_store;
mod hostile;
mod pages;
mod preview;
mod published;
mod publishing;
mod section;
mod site;
