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
            let value = settings::require(common)?.redacted();
            match common.format {
                Format::Json => output::json(&value)?,
                Format::Text => output::text(&yaml::to_string(&value))?,
            }
            Ok(ExitCode::SUCCESS)
        }
        ConfigCommand::Schema => {
            output::line(&serde_json::to_string_pretty(config::schema())?)?;
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
        Ok(config) => (config.check(), settings::source(&config)),
        Err(problems) => (problems, String::new()),
    };
    for problem in &problems {
        match common.format {
            Format::Json => output::json(&serde_json::to_value(problem)?)?,
            Format::Text => output::line(&output::problem(problem))?,
        }
    }
    let has_errors = problems
        .iter()
        .any(|problem: &Problem| problem.severity == Severity::Error);
    if common.format == Format::Text && !has_errors {
        let notes = if problems.is_empty() {
            "no problems".to_owned()
        } else {
            format!("usable, {} remarks", problems.len())
        };
        output::line(&format!("{source}: {notes}"))?;
    }
    Ok(code(has_errors))
}
