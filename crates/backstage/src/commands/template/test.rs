//! `backstage template test`: the cases beside templates are tried, and what differs from what they expect is shown.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use scaffolder::{Workbench, sample};
use serde_json::{Value, json};

use super::bench::{Bench, Surroundings};
use super::case::{Case, FOLDER, cases};
use super::compare::{Difference, compare};
use super::finding_files;
use super::template_file::TemplateFile;
use super::trying::{OnDisk, write_into};
use super::values::Given;
use crate::cli::{Common, Format, TestArguments};
use crate::commands::{COULD_NOT_RUN, code};
use crate::output;

/// What became of a case.
struct Outcome {
    template: PathBuf,
    file: PathBuf,
    name: String,
    /// `passed`, `failed` or `updated`.
    verdict: &'static str,
    differences: Vec<Difference>,
}

/// Tries all cases; exit code 1 when one is not as expected.
pub async fn run(common: &Common, what: &TestArguments) -> Result<ExitCode> {
    let format = what.print.format(common.format);
    let here = [PathBuf::from(".")];
    let paths = if what.paths.is_empty() {
        &here[..]
    } else {
        &what.paths
    };
    let found = finding_files::files(paths)?;
    if let Some(one) = found.unreadable.first() {
        anyhow::bail!("{} cannot be read: {}", one.path.display(), one.reason);
    }
    let around = Surroundings {
        catalog: what.catalog.clone(),
        ..Surroundings::default()
    };
    let bench = Bench::open(common, &around).await?;
    let (mut count, mut failed) = (0, 0);
    for template in found.files {
        for file in cases_of(&template)? {
            let outcome = attempt(&bench.workbench, &template, &file, what.update).await?;
            count += 1;
            failed += usize::from(outcome.verdict == "failed");
            tell(&outcome, format)?;
        }
    }
    if count == 0 {
        output::complain(&format!(
            "error: there is no case; write one to {FOLDER}/<name>.yaml beside a template"
        ));
        return Ok(ExitCode::from(COULD_NOT_RUN));
    }
    if format == Format::Text {
        output::complain(&format!("{count} case(s), {failed} failed"));
    }
    Ok(code(failed > 0))
}

/// The cases beside a file, if it is a template.
fn cases_of(file: &Path) -> Result<Vec<PathBuf>> {
    let found = cases(file)?;
    if found.is_empty() || !TemplateFile::read(file).is_ok_and(|file| file.is_meant_as_template()) {
        return Ok(Vec::new());
    }
    Ok(found)
}

async fn attempt(bench: &Workbench, template: &Path, file: &Path, updates: bool) -> Result<Outcome> {
    let on_disk = OnDisk::read(template).await?;
    let case = Case::read(file)?;
    let values = case
        .values
        .clone()
        .unwrap_or_else(|| sample::values(&on_disk.template));
    let given = Given {
        values,
        secrets: case.secrets.clone(),
        is_made_up: case.values.is_none(),
    };
    let mut outcome = Outcome {
        template: template.to_owned(),
        file: file.to_owned(),
        name: case.name.clone(),
        verdict: "passed",
        differences: Vec::new(),
    };
    let mistakes = given.mistakes(&on_disk.template);
    if mistakes.is_empty() {
        let report = on_disk
            .attempt(bench, &given, (case.user.clone(), case.environment.clone()))
            .await?;
        outcome.differences = compare(&case, &report)?;
        if let Some(folder) = case
            .expected
            .folder
            .as_ref()
            .filter(|_| updates && report.failure.is_none())
            && !outcome.differences.is_empty()
        {
            update(folder, &report.files)?;
            outcome.differences = compare(&case, &report)?;
            outcome.verdict = "updated";
        }
    } else {
        outcome.differences = of_mistakes(&case, &mistakes);
    }
    if !outcome.differences.is_empty() {
        outcome.verdict = "failed";
    }
    Ok(outcome)
}

/// Values that do not fit the form are a failure, too, which may be expected.
fn of_mistakes(case: &Case, mistakes: &[String]) -> Vec<Difference> {
    let is_expected = |mistake: &&String| {
        let expected = case.expected.failure.as_deref();
        expected.is_some_and(|expected| mistake.contains(expected))
    };
    if mistakes.iter().any(|mistake| is_expected(&mistake)) {
        return Vec::new();
    }
    let told = mistakes.iter().map(|mistake| Difference {
        message: format!("the values do not fit the form: {mistake}"),
        diff: String::new(),
    });
    told.collect()
}

/// Makes a folder be just these files.
fn update(folder: &Path, files: &[scaffolder::WorkspaceFile]) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    write_into(files, folder)
}

fn tell(outcome: &Outcome, format: Format) -> Result<()> {
    if format == Format::Json {
        let difference = |one: &Difference| json!({"message": one.message, "diff": one.diff});
        return output::json(&json!({
            "template": outcome.template.to_string_lossy(),
            "file": outcome.file.to_string_lossy(),
            "name": outcome.name,
            "verdict": outcome.verdict,
            "differences": outcome.differences.iter().map(difference).collect::<Vec<Value>>(),
        }));
    }
    output::line(&format!(
        "{}: {}: {}",
        outcome.file.display(),
        outcome.verdict,
        outcome.name
    ))?;
    for one in &outcome.differences {
        output::line(&format!("    {}", one.message))?;
        output::text(&one.diff)?;
    }
    Ok(())
}
