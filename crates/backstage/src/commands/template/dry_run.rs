//! `backstage template dry-run`: a template is tried on this disk, without a server and without a trace elsewhere.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use model::Fault;
use scaffolder::dry_run::DryRunReport;
use scaffolder::sample;
use serde_json::{Value, json};

use super::bench::{Bench, Surroundings};
use super::trying::{OnDisk, write};
use super::values::{Given, object};
use crate::cli::{Common, DryRunArguments, Format};
use crate::commands::code;
use crate::output;

/// What to do where a step reads from another server.
const WITHOUT_NETWORK: &str = "A step reads from another server. Let it with --network, or name a folder of this disk that has the same: \
     --map ADDRESS=FOLDER.";

/// Tries a template; exit code 1 where the values do not fit or a step fails.
pub async fn run(common: &Common, what: &DryRunArguments) -> Result<ExitCode> {
    let format = what.print.format(common.format);
    let mut on_disk = OnDisk::find(&what.path).await?;
    if let Some(root) = &what.root {
        on_disk.root = std::path::absolute(root)?;
    }
    on_disk.folders = what
        .map
        .iter()
        .map(|written| address_and_folder(written))
        .collect::<Result<_>>()?;
    let files = (what.values.as_deref(), what.secrets.as_deref());
    let given = Given::read(&on_disk.template, files, what.sample)?;
    let named = what.user.as_deref().map(object).transpose()?;
    let made_up = (what.sample && named.is_none()).then(sample::user);
    if what.sample {
        tell_made_up(&given.values, made_up.as_ref(), format)?;
    }
    let mistakes = given.mistakes(&on_disk.template);
    if !mistakes.is_empty() {
        tell_mistakes(&mistakes, format)?;
        return Ok(code(true));
    }
    let around = Surroundings {
        has_network: what.network,
        catalog: what.catalog.clone(),
    };
    let bench = Bench::open(common, &around).await?;
    let report = on_disk
        .attempt(&bench.workbench, &given, (named.or(made_up), None))
        .await?;
    tell(&report, format)?;
    if !what.network && report.failure.as_ref().is_some_and(wants_network) && format == Format::Text {
        output::complain(WITHOUT_NETWORK);
    }
    if let Some(folder) = &what.out {
        write(&report.files, folder)?;
        if format == Format::Text {
            output::complain(&format!("{} file(s) in {}", report.files.len(), folder.display()));
        }
    }
    Ok(code(report.failure.is_some()))
}

/// Prints values and the person that are made up.
fn tell_made_up(values: &Value, user: Option<&Value>, format: Format) -> Result<()> {
    let user = user.map(|user| &user["ref"]);
    if format == Format::Json {
        return output::json(&json!({ "values": values, "user": user }));
    }
    tell_values(values, format)?;
    match user.and_then(Value::as_str) {
        Some(user) => output::line(&format!("user: {user}")),
        None => Ok(()),
    }
}

/// An address and the folder that stands for it, as the command line has them.
fn address_and_folder(written: &str) -> Result<(String, PathBuf)> {
    let parts = written.split_once('=').filter(|(address, folder)| {
        let is_address = address.starts_with("https://") || address.starts_with("http://");
        is_address && !folder.is_empty()
    });
    let Some((address, folder)) = parts else {
        bail!(
            "--map {written} names no address and folder; write ADDRESS=FOLDER, for example https://github.com/acme/skeletons/tree/main=../skeletons"
        );
    };
    let folder = std::path::absolute(folder)?;
    if !folder.is_dir() {
        bail!("--map {written} names {}, which is no folder", folder.display());
    }
    Ok((address.to_owned(), folder))
}

/// Whether a run ended because no other server is called.
fn wants_network(failure: &Fault) -> bool {
    failure.describe().contains(outside::NO_CALLS)
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
