//! `backstage docs check`: what is wrong with a site, told before anybody reads it.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use model::Severity;
use techdocs::Problem;

use crate::cli::{CheckArguments, Common, Format};
use crate::commands::code;
use crate::output;

/// Checks a site.
pub fn run(common: &Common, what: &CheckArguments) -> Result<ExitCode> {
    let format = what.print.format(common.format);
    let site = super::open(&what.path)?;
    let found = site.findings();
    let count = |severity: Severity| found.count(severity);
    let mut findings = found.problems().to_vec();
    findings.sort_by(|one, other| {
        let place = |of: &Problem| (of.file.clone(), of.line, of.column);
        place(one).cmp(&place(other))
    });
    let folder = if what.path.is_file() {
        what.path.parent().unwrap_or(Path::new(""))
    } else {
        &what.path
    };
    for finding in &findings {
        match format {
            Format::Json => output::json(&finding.to_json())?,
            Format::Text => output::line(&sentence(finding, folder))?,
        }
    }
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if format == Format::Text {
        let notes = count(Severity::Info);
        let pages = site.page_count();
        output::complain(&format!(
            "{pages} page(s): {errors} error(s), {warnings} warning(s), {notes} note(s)"
        ));
    }
    let left_out = [Severity::Error, Severity::Warning, Severity::Info].map(|one| found.left_out(one));
    if let left_out @ 1.. = left_out.iter().sum::<usize>() {
        output::complain(&format!(
            "{left_out} more are listed when some of these are mended"
        ));
    }
    Ok(code(errors > 0 || what.strict && warnings > 0))
}

/// A finding for people: place, severity, reason, rule, way out.
fn sentence(finding: &Problem, folder: &Path) -> String {
    let file = match folder.strip_prefix(".") {
        Ok(folder) => folder.join(&finding.file),
        Err(_) => folder.join(&finding.file),
    };
    let place = match (finding.line, finding.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", file.display()),
        (Some(line), None) => format!("{}:{line}", file.display()),
        _ => file.display().to_string(),
    };
    let severity = match finding.rule.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let way_out = finding.way_out.as_ref().map(|way_out| format!("\n    {way_out}"));
    let (text, rule) = (&finding.text, finding.rule.id());
    format!(
        "{place}: {severity}: {text} [{rule}]{}",
        way_out.unwrap_or_default()
    )
}
