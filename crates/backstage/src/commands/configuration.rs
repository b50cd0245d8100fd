//! `backstage config`: checking and printing the configuration.

use std::process::ExitCode;

use anyhow::Result;
use model::{Problem, Severity};

use super::code;
use crate::cli::{Common, ConfigCommand, Format};
use crate::{output, settings};

/// Runs one of the subcommands.
pub fn run(common: &Common, command: &ConfigCommand) -> Result<ExitCode> {
    match command {
        ConfigCommand::Check => check(common),
        ConfigCommand::Print => {
            let config = settings::require(common)?;
            let value = portal::read_configuration(&config, &portal::declarations()).redacted();
            match common.format {
                Format::Json => output::json(&value)?,
                Format::Text => output::text(&yaml::to_string(&value))?,
            }
            Ok(ExitCode::SUCCESS)
        }
        ConfigCommand::Schema => {
            let schema = portal::configuration_schema(&portal::declarations());
            output::line(&serde_json::to_string_pretty(&schema)?)?;
            Ok(ExitCode::SUCCESS)
        }
        ConfigCommand::Reference => {
            output::text(&config::reference_markdown())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn check(common: &Common) -> Result<ExitCode> {
    let (problems, source) = match settings::load(common)? {
        Ok(config) => {
            let mut problems = portal::check_configuration(&config, &portal::declarations());
            problems.extend(portal::access_problem(&config));
            (problems, settings::source(&config))
        }
        Err(problems) => (problems, String::new()),
    };
    for problem in &problems {
        match common.format {
            Format::Json => output::json(&serde_json::to_value(problem)?)?,
            Format::Text => output::line(&output::problem(problem))?,
        }
    }
    let is_error = |problem: &&Problem| problem.severity == Severity::Error;
    let errors = problems.iter().filter(is_error).count();
    if common.format == Format::Text && !source.is_empty() {
        let notes = match (errors, problems.len()) {
            (0, 0) => "no problems".to_owned(),
            (0, remarks) => format!("usable, {remarks} remarks"),
            (errors, all) => format!("usable in part, {errors} errors, {} remarks", all - errors),
        };
        output::line(&format!("{source}: {notes}"))?;
    }
    Ok(code(errors > 0))
}
