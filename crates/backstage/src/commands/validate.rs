//! `backstage catalog validate`: a verdict on every document of the descriptors, without a server.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use catalog::offline::Offline;
use config::Config;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::checker::{Checker, Report};
use super::descriptor_signs::LeftOut;
use super::verdict_line::{Line, PART, VALID, print};
use super::walk::{self, Unreadable};
use super::{COULD_NOT_RUN, code};
use crate::cli::{Common, Format, ValidateArguments};
use crate::{output, settings};

/// Checks all files; exit code 1 when a document is not what the catalog takes, 2 when something could not be read
/// or there is nothing to check.
pub async fn run(common: &Common, what: &ValidateArguments) -> Result<ExitCode> {
    let found = walk::descriptor_files(&what.paths);
    let checker = Checker {
        kinds: portal::kinds(&portal::declarations())?,
        roots: roots(&what.paths),
        offline: offline(common)?,
        named: &what.paths,
    };
    let mut unreadable = found.unreadable;
    let progress = progress(found.files.len());
    let mut reports = Vec::with_capacity(found.files.len());
    for file in found.files {
        match checker.check(&file).await {
            Ok(report) => reports.push((file, report)),
            Err(error) => unreadable.push(Unreadable::new(&file, error)),
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    let reports = follow_locations(&checker, reports).await;
    let tally = tell(common.format, what, reports)?;
    for one in &unreadable {
        print_unreadable(one, common.format)?;
    }
    summarize(common, what, &tally, unreadable.len());
    if !unreadable.is_empty() || tally.files == 0 {
        return Ok(ExitCode::from(COULD_NOT_RUN));
    }
    Ok(code(tally.counts.keys().any(|outcome| is_problem(outcome))))
}

/// What the server would go by: the configuration that is named, or that of this folder if it can be used.
fn offline(common: &Common) -> Result<Offline> {
    let options = settings::load_options(common)?;
    if !options.has_default_file() {
        return Ok(Offline::without_configuration()?);
    }
    let config = match Config::load(&options) {
        Ok(config) => config,
        Err(_) if common.config.is_empty() => {
            output::complain(
                "warning: the app-config.yaml here cannot be used, see `backstage config check`; its rules are not applied",
            );
            return Ok(Offline::without_configuration()?);
        }
        Err(_) => settings::require(common)?,
    };
    Ok(Offline::new(&config)?)
}

/// What a location names is a descriptor, whatever it looks like: it is judged after all.
async fn follow_locations(checker: &Checker<'_>, reports: Vec<(PathBuf, Report)>) -> Vec<(PathBuf, Report)> {
    let named: HashSet<PathBuf> = reports
        .iter()
        .filter(|(_, report)| report.left_out.is_none())
        .flat_map(|(_, report)| report.leads_to.iter().cloned())
        .collect();
    let mut followed = Vec::with_capacity(reports.len());
    for (file, report) in reports {
        let is_named = || file.canonicalize().is_ok_and(|real| named.contains(&real));
        let again = if report.left_out.is_some() && is_named() {
            checker.check_as_descriptor(&file).await.ok()
        } else {
            None
        };
        followed.push((file, again.unwrap_or(report)));
    }
    followed
}

/// What was counted.
#[derive(Default)]
struct Tally {
    /// Files that are descriptors, or parts of one.
    files: usize,
    counts: BTreeMap<&'static str, usize>,
    left_out: usize,
}

/// Prints the lines of all files and counts them.
fn tell(format: Format, what: &ValidateArguments, reports: Vec<(PathBuf, Report)>) -> Result<Tally> {
    let mut taken_in: HashMap<PathBuf, PathBuf> = HashMap::new();
    for (file, report) in &reports {
        for part in &report.takes_in {
            taken_in.entry(part.clone()).or_insert_with(|| file.clone());
        }
    }
    let mut tally = Tally::default();
    let mut declared: HashMap<String, PathBuf> = HashMap::new();
    for (file, report) in reports {
        let is_named = what.paths.contains(&file);
        let taker = file.canonicalize().ok().and_then(|real| taken_in.get(&real));
        let taker = taker.filter(|taker| !is_named && **taker != file);
        if let (Some(left_out), None) = (report.left_out, taker) {
            tally.left_out += 1;
            if what.left_out {
                print_left_out(&file, left_out, format)?;
            }
            continue;
        }
        tally.files += 1;
        for mut line in report.lines {
            if let Some(taker) = taker.filter(|_| report.left_out.is_some() || !line.is_meant_as_entity()) {
                line.become_part_of(taker);
            }
            warn_of_other(&mut line, &file, &mut declared);
            *tally.counts.entry(line.outcome()).or_default() += 1;
            if is_shown(&line, what) {
                print(&line, format)?;
            }
        }
    }
    Ok(tally)
}

/// Of several files with the same entity the catalog serves one, whichever it reads first.
fn warn_of_other(line: &mut Line, file: &Path, declared: &mut HashMap<String, PathBuf>) {
    let Some(reference) = line.reference.as_ref().filter(|_| line.is_valid()) else {
        return;
    };
    let first = declared
        .entry(reference.to_string())
        .or_insert_with(|| file.to_owned());
    if first.as_path() != file {
        let (reference, first) = (reference.to_string(), first.display().to_string());
        line.warn(format!(
            "{reference} is declared by {first}, too; only one of them is served. Rename or remove the other."
        ));
    }
}

fn is_shown(line: &Line, what: &ValidateArguments) -> bool {
    !what.quiet || is_problem(line.outcome()) || line.warning.is_some()
}

fn print_left_out(file: &Path, why: LeftOut, format: Format) -> Result<()> {
    let file = file.to_string_lossy();
    match format {
        Format::Json => output::json(&json!({"file": file, "verdict": "left-out", "reason": why.reason()})),
        Format::Text => output::line(&format!("{file}: left out: {}", why.reason())),
    }
}

fn print_unreadable(one: &Unreadable, format: Format) -> Result<()> {
    let file = one.path.to_string_lossy();
    match format {
        Format::Json => output::json(&json!({"file": file, "verdict": "unreadable", "error": one.reason})),
        Format::Text => output::line(&format!("{file}: cannot be read: {}", one.reason)),
    }
}

fn summarize(common: &Common, what: &ValidateArguments, tally: &Tally, unreadable: usize) {
    let folders: Vec<String> = what.paths.iter().map(|path| path.display().to_string()).collect();
    let folders = folders.join(", ");
    let left_out = match tally.left_out {
        0 => String::new(),
        count => format!("; {count} other YAML file(s) left out, --left-out names them"),
    };
    if tally.files == 0 && unreadable == 0 {
        output::complain(&match tally.left_out {
            0 => format!(
                "error: there is no file *.yaml or *.yml in {folders}; name the folder or file that holds descriptors"
            ),
            count => format!(
                "error: none of the {count} YAML files in {folders} is a descriptor; --left-out tells why, and a file \
                 that is named is judged whatever it holds"
            ),
        });
    } else if common.format == Format::Text {
        let unreadable = (unreadable > 0).then(|| format!("{unreadable} cannot be read"));
        let counts = tally.counts.iter();
        let summary: Vec<String> = counts
            .map(|(verdict, count)| format!("{count} {verdict}"))
            .chain(unreadable)
            .collect();
        output::complain(&format!(
            "{} file(s): {}{left_out}",
            tally.files,
            summary.join(", ")
        ));
    }
}

/// An empty document is harmless: the catalog skips it. A part is judged with what takes it in.
fn is_problem(outcome: &str) -> bool {
    ![VALID, "empty", PART].contains(&outcome)
}

fn progress(files: usize) -> ProgressBar {
    let target = if output::has_audience() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} files").expect("a constant template");
    ProgressBar::with_draw_target(Some(files as u64), target).with_style(style)
}

/// Folders from which placeholders may be filled: those given, and the one the command runs in.
fn roots(paths: &[PathBuf]) -> Vec<PathBuf> {
    let folder = |path: &PathBuf| {
        let real = path.canonicalize().ok()?;
        if real.is_dir() {
            return Some(real);
        }
        real.parent().map(Path::to_owned)
    };
    paths
        .iter()
        .chain([&PathBuf::from(".")])
        .filter_map(folder)
        .collect()
}
