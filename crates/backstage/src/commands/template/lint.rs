//! `backstage template lint`: what is wrong with templates, told before anybody uses them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use model::Severity;
use scaffolder::lint::{Finding, Linter, Subject, of_yaml};
use serde_json::json;

use super::bench::{Bench, Surroundings};
use super::finding_files;
use super::template_file::TemplateFile;
use crate::cli::{Common, Format, LintArguments};
use crate::commands::walk::Unreadable;
use crate::commands::{COULD_NOT_RUN, code};
use crate::output;

/// What was counted.
#[derive(Default)]
struct Tally {
    templates: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
}

/// Checks all templates.
pub async fn run(common: &Common, what: &LintArguments) -> Result<ExitCode> {
    let format = what.print.format(common.format);
    let bench = Bench::open(common, &Surroundings::default()).await?;
    let found = finding_files::files(&what.paths)?;
    let mut unreadable = found.unreadable;
    let mut tally = Tally::default();
    for path in found.files {
        let file = match TemplateFile::read(&path) {
            Ok(file) => file,
            Err(error) => {
                unreadable.push(Unreadable::new(&path, error));
                continue;
            }
        };
        let is_named = what.paths.contains(&path);
        if is_named && !file.is_meant_as_template() && file.errors().next().is_none() {
            let reason = "it holds no template: a document with `kind: Template`";
            unreadable.push(Unreadable::new(&path, std::io::Error::other(reason)));
        }
        if is_named || file.is_meant_as_template() {
            let findings = of_file(&bench.workbench.linter, &file, &mut tally).await?;
            tell(&findings, &mut tally, format)?;
        }
    }
    for one in &unreadable {
        tell_unreadable(&one.path, &one.reason, format)?;
    }
    summarize(&tally, &what.paths, unreadable.len(), format);
    if !unreadable.is_empty() || tally.templates == 0 && tally.errors == 0 {
        return Ok(ExitCode::from(COULD_NOT_RUN));
    }
    Ok(code(tally.errors > 0 || what.strict && tally.warnings > 0))
}

async fn of_file(linter: &Linter, file: &TemplateFile, tally: &mut Tally) -> Result<Vec<Finding>> {
    let shown = file.path.to_string_lossy();
    let mut findings: Vec<Finding> = file.errors().map(|error| of_yaml(&shown, error)).collect();
    for template in file.templates().await? {
        tally.templates += 1;
        let subject = Subject {
            file: &shown,
            text: Some(template.text),
            line: template.line,
            entity: &template.entity,
        };
        findings.extend(linter.lint(subject, &file.folders(&template.entity)));
    }
    Ok(findings)
}

fn tell(findings: &[Finding], tally: &mut Tally, format: Format) -> Result<()> {
    for finding in findings {
        match finding.severity {
            Severity::Error => tally.errors += 1,
            Severity::Warning => tally.warnings += 1,
            Severity::Info => tally.notes += 1,
        }
        match format {
            Format::Json => output::json(&finding.to_json())?,
            Format::Text => output::line(&sentence(finding))?,
        }
    }
    Ok(())
}

/// A finding for people: place, severity, reason, rule, way out.
pub fn sentence(finding: &Finding) -> String {
    let place = match (finding.line, finding.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", finding.file),
        _ => finding.file.clone(),
    };
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let way_out = finding.way_out.as_ref().map(|way_out| format!("\n    {way_out}"));
    let (message, rule) = (&finding.message, finding.rule.id());
    format!(
        "{place}: {severity}: {message} [{rule}]{}",
        way_out.unwrap_or_default()
    )
}

fn tell_unreadable(path: &Path, reason: &str, format: Format) -> Result<()> {
    let file = path.to_string_lossy();
    match format {
        Format::Json => output::json(&json!({"file": file, "severity": "unreadable", "message": reason})),
        Format::Text => output::line(&format!("{file}: cannot be read: {reason}")),
    }
}

fn summarize(tally: &Tally, paths: &[PathBuf], unreadable: usize, format: Format) {
    if tally.templates == 0 && tally.errors == 0 && unreadable == 0 {
        let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        output::complain(&format!(
            "error: there is no template in {}; name the file, or a folder that holds some",
            paths.join(", ")
        ));
    } else if format == Format::Text {
        output::complain(&format!(
            "{} template(s): {} error(s), {} warning(s), {} note(s)",
            tally.templates, tally.errors, tally.warnings, tally.notes
        ));
    }
}
