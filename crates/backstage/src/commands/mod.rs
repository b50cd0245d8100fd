//! The commands, one file each.

mod configuration;
mod descriptor;
mod doctor;
mod doctor_locations;
mod export;
mod first_load;
mod import;
mod placeholders;
mod query;
mod remote;
mod serve;
mod taken_in;
mod validate;
mod verdict_line;
mod walk;

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::{Arguments, CatalogCommand, Command};

/// Exit code: problems were found.
pub const FOUND_PROBLEMS: u8 = 1;
/// Exit code: wrong use, or something could not be read, written or reached.
pub const COULD_NOT_RUN: u8 = 2;

/// Runs the command of the command line.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    let common = arguments.common;
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => block_on(serve::run(&common)),
        Command::Config(command) => configuration::run(&common, &command),
        Command::Catalog(CatalogCommand::Validate(what)) => validate::run(&common, &what),
        Command::Catalog(CatalogCommand::Import(what)) => block_on(import::run(&common, &what)),
        Command::Catalog(CatalogCommand::Export(what)) => block_on(export::run(&common, &what)),
        Command::Catalog(CatalogCommand::Query(what)) => block_on(query::run(&common, &what)),
        Command::Doctor => block_on(doctor::run(&common)),
    }
}

fn block_on(command: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(command)
}

fn code(has_problems: bool) -> ExitCode {
    if has_problems {
        ExitCode::from(FOUND_PROBLEMS)
    } else {
        ExitCode::SUCCESS
    }
}
