//! The binary as people and scripts use it.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first thing that is not there"
)]

mod access;
mod audit_kills;
mod backup;
mod catalog_files;
mod commands;
mod configuration;
mod crashes;
mod deploy;
mod docs;
mod doctor;
mod faults;
mod first_start;
mod full_disk;
mod hostile;
mod import;
mod laws;
mod portal;
mod process;
mod reload;
mod replicas;
mod rolling;
mod service;
mod serving;
mod template_lint;
mod template_test;
mod upgrades;
mod validate;
mod validate_folders;
mod visitors;
