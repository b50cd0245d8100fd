//! The commands, one file each.

mod backup;
mod checker;
mod configuration;
mod descriptor;
mod descriptor_signs;
mod docs;
mod doctor;
mod doctor_health;
mod doctor_locations;
mod export;
mod first_load;
mod impact;
mod import;
mod query;
mod remote;
mod serve;
mod template;
mod validate;
mod verdict_line;
mod walk;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;

use crate::cli::{Arguments, CatalogCommand, Command, Common, DocsCommand, ServeArguments, TemplateCommand};

/// Exit code: problems were found.
pub const FOUND_PROBLEMS: u8 = 1;
/// Exit code: wrong use, or something could not be read, written or reached.
pub const COULD_NOT_RUN: u8 = 2;

/// Runs the command of the command line.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    let common = arguments.common;
    let start = || Command::Serve(ServeArguments::default());
    match arguments.command.unwrap_or_else(start) {
        Command::Serve(what) => block_on(serve::run(&common, &what)),
        Command::Config(command) => configuration::run(&common, &command),
        Command::Catalog(CatalogCommand::Validate(what)) => block_on(validate::run(&common, &what)),
        Command::Catalog(CatalogCommand::Import(what)) => block_on(import::run(&common, &what)),
        Command::Catalog(CatalogCommand::Export(what)) => block_on(export::run(&common, &what)),
        Command::Catalog(CatalogCommand::Query(what)) => block_on(query::run(&common, &what)),
        Command::Catalog(CatalogCommand::Impact(what)) => block_on(impact::run(&common, &what)),
        Command::Template(command) => block_on(of_templates(common, command)),
        Command::Docs(DocsCommand::Build(what)) => docs::build::run(&common, &what),
        Command::Docs(DocsCommand::Check(what)) => docs::check::run(&common, &what),
        Command::Docs(DocsCommand::Serve(what)) => block_on(docs::serve::run(&what)),
        Command::Docs(DocsCommand::Publish(what)) => block_on(docs::publish::run(&common, &what)),
        Command::Doctor => block_on(doctor::run(&common)),
        Command::Backup(what) => block_on(backup::back_up(&common, &what)),
        Command::Restore(what) => block_on(backup::restore(&common, &what)),
    }
}

async fn of_templates(common: Common, command: TemplateCommand) -> Result<ExitCode> {
    match command {
        TemplateCommand::Lint(what) => template::lint::run(&common, &what).await,
        TemplateCommand::DryRun(what) => template::dry_run::run(&common, &what).await,
        TemplateCommand::Render(what) => template::render::run(&common, &what).await,
        TemplateCommand::Test(what) => template::test::run(&common, &what).await,
        TemplateCommand::Run(what) => template::run::run(&common, &what).await,
        TemplateCommand::Update(what) => template::update::run(&common, &what).await,
    }
}

/// How long threads may still take for what cannot be interrupted, such as a write to the disk.
const LAST_WRITES: Duration = Duration::from_secs(2);

fn block_on(command: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(command);
    // Dropping it would wait for such threads without bound.
    runtime.shutdown_timeout(LAST_WRITES);
    outcome
}

fn code(has_problems: bool) -> ExitCode {
    if has_problems {
        ExitCode::from(FOUND_PROBLEMS)
    } else {
        ExitCode::SUCCESS
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn threads_that_cannot_be_interrupted_do_not_hold_the_end() {
        let begun = Instant::now();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let outcome = block_on(async move {
            tokio::task::spawn_blocking(move || released.recv());
            Ok(ExitCode::SUCCESS)
        });
        assert!(outcome.is_ok());
        assert!(begun.elapsed() < LAST_WRITES * 5, "{:?}", begun.elapsed());
        drop(release);
    }
}
