//! `backstage template dry-run`: a template is tried on this disk, without a server and without a trace elsewhere.

use std::process::ExitCode;

use anyhow::Result;
use scaffolder::dry_run::DryRunReport;
use serde_json::{Value, json};

use super::bench::Bench;
use super::trying::{OnDisk, write};
use super::values::{Given, object};
use crate::cli::{Common, DryRunArguments, Format};
use crate::commands::code;
use crate::output;

/// Tries a template; exit code 1 where the values do not fit or a step fails.
pub async fn run(common: &Common, what: &DryRunArguments) -> Result<ExitCode> {
    let format = what.print.format(common.format);
    let mut on_disk = OnDisk::find(&what.path).await?;
    if let Some(root) = &what.root {
        on_disk.root = std::path::absolute(root)?;
    }
    let files = (what.values.as_deref(), what.secrets.as_deref());
    let given = Given::read(&on_disk.template, files, what.sample)?;
    if what.sample {
        tell_values(&given.values, format)?;
    }
    let mistakes = given.mistakes(&on_disk.template);
    if !mistakes.is_empty() {
        tell_mistakes(&mistakes, format)?;
        return Ok(code(true));
    }
    let user = what.user.as_deref().map(object).transpose()?;
    let bench = Bench::open(common, what.network).await?;
    let report = on_disk.attempt(&bench.workbench, &given, (user, None)).await?;
    tell(&report, format)?;
    if let Some(folder) = &what.out {
        write(&report.files, folder)?;
        if format == Format::Text {
            output::complain(&format!("{} file(s) in {}", report.files.len(), folder.display()));
        }
    }
    Ok(code(report.failure.is_some()))
}

/// Prints values, in a form that `--values` reads again.
pub fn tell_values(values: &Value, format: Format) -> Result<()> {
    match format {
        Format::Json => output::json(&json!({ "values": values })),
        Format::Text => output::text(&format!("values:\n{}", indented(values))),
    }
}

/// Prints what does not fit the form.
pub fn tell_mistakes(mistakes: &[String], format: Format) -> Result<()> {
    for mistake in mistakes {
        match format {
            Format::Json => output::json(&json!({ "mistake": mistake }))?,
            Format::Text => output::line(&format!("error: {mistake}"))?,
        }
    }
    Ok(())
}

fn tell(report: &DryRunReport, format: Format) -> Result<()> {
    let failure = report.failure.as_ref().map(model::Fault::describe);
    if format == Format::Json {
        return output::json(&json!({
            "log": report.log.iter().map(scaffolder::tasks::TaskEvent::plain).collect::<Vec<_>>(),
            "files": report.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(),
            "output": report.output,
            "failure": failure,
        }));
    }
    for event in &report.log {
        let step = event.step.as_deref().unwrap_or("task");
        for line in event.message.lines() {
            output::line(&format!("{step}: {line}"))?;
        }
    }
    if let Some(failure) = failure {
        return output::line(&format!("error: {failure}"));
    }
    for file in &report.files {
        output::line(&format!("file: {} ({} bytes)", file.path, file.bytes.len()))?;
    }
    output::text(&format!("output:\n{}", indented(&report.output)))
}

fn indented(value: &Value) -> String {
    let text = yaml::to_string(value);
    text.lines().map(|line| format!("  {line}\n")).collect()
}
