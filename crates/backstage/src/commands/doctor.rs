//! `backstage doctor`: whether the portal can work here, and how to fix what keeps it from it.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use config::Config;
use serde_json::json;
use store::{Database, Store, StoreError};
use web::ServerOptions;

use super::{code, doctor_health, doctor_locations};
use crate::cli::{Common, Format};
use crate::{output, settings};

/// Longest time for one check.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The store itself gives up a server after ten seconds, and then knows why.
const OPEN_TIMEOUT: Duration = Duration::from_secs(15);
/// What to do about a database that cannot be used, when nothing better is known.
const REACH: &str = "check backend.database and that the server or folder can be reached by this user";

/// What one check found.
pub struct Finding {
    check: &'static str,
    outcome: Outcome,
    /// What was found, one sentence.
    text: String,
    /// What to do about it.
    fix: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Good,
    Doubtful,
    Bad,
}

/// Runs every check.
pub async fn run(common: &Common) -> Result<ExitCode> {
    let mut findings = Vec::new();
    match settings::load(common)? {
        Err(problems) => {
            findings.extend(problems.into_iter().map(of_configuration));
        }
        Ok(config) => {
            findings.extend(configuration(&config));
            findings.extend(access(&config));
            let database = database(&config).await;
            let is_usable = database.outcome != Outcome::Bad;
            findings.push(database);
            if is_usable {
                findings.extend(doctor_health::check(&config).await);
            }
            findings.push(port(&config).await);
            findings.push(data_folder(&config.data_directory()));
            findings.extend(doctor_locations::check(&config));
            findings.extend(authorities());
        }
    }
    for finding in &findings {
        print(finding, common.format)?;
    }
    Ok(code(
        findings.iter().any(|finding| finding.outcome == Outcome::Bad),
    ))
}

fn configuration(config: &Config) -> Vec<Finding> {
    let remarks = portal::check_configuration(config, &portal::declarations());
    if remarks.is_empty() {
        return vec![good(
            "configuration",
            format!("{}, no problems", settings::source(config)),
        )];
    }
    remarks.into_iter().map(of_configuration).collect()
}

/// A problem of the configuration; its way out is the fix.
fn of_configuration(mut problem: model::Problem) -> Finding {
    let own = problem.hint.take();
    let is_error = problem.severity == model::Severity::Error;
    let general = "correct the file; `backstage config schema` tells what is allowed";
    Finding {
        check: "configuration",
        outcome: if is_error { Outcome::Bad } else { Outcome::Doubtful },
        text: output::problem(&problem),
        fix: own.or_else(|| is_error.then(|| general.to_owned())),
    }
}

/// Who can open the pages.
fn access(config: &Config) -> Option<Finding> {
    if let Some(problem) = portal::access_problem(config) {
        return Some(doubtful("access", problem.fault.message, problem.hint));
    }
    let options = ServerOptions::from_config(config).ok()?;
    Some(good("access", options.access.summary()))
}

async fn database(config: &Config) -> Finding {
    let database = settings::database(config);
    let declarations = portal::declarations();
    let tables = portal::tables(&declarations);
    let opened = tokio::time::timeout(OPEN_TIMEOUT, Store::open_with(&database, &tables)).await;
    let store = match opened {
        Ok(Ok(store)) => store,
        Ok(Err(error)) => return unusable(error, &database),
        Err(_) => {
            let seconds = OPEN_TIMEOUT.as_secs();
            return bad(
                "database",
                format!("{database} did not answer within {seconds} s"),
                REACH,
            );
        }
    };
    match tokio::time::timeout(TIMEOUT, store.check()).await {
        Ok(Ok(())) => {
            store.close().await;
            good("database", format!("{database} can be opened"))
        }
        Ok(Err(error)) => unusable(error, &database),
        // A large file; it is not closed, because that would wait for the end.
        Err(_) => good(
            "database",
            format!("{database} can be opened, it is too large to look for damage"),
        ),
    }
}

fn unusable(error: StoreError, database: &Database) -> Finding {
    match error.naming(database) {
        StoreError::Open {
            database,
            reason,
            hint,
        } => bad("database", format!("cannot open {database}: {reason}"), &hint),
        error @ StoreError::Damaged { .. } => {
            let text = error.to_string();
            let (found, fix) = text.split_once("; ").unwrap_or((&text, ""));
            bad("database", found.to_owned(), fix)
        }
        error => bad("database", format!("{database}: {error}"), REACH),
    }
}

async fn port(config: &Config) -> Finding {
    let port = config.listen().port;
    match web::bind(config.listen()).await {
        Ok(_) => good("port", format!("{port} is free")),
        Err(error) => Finding {
            check: "port",
            outcome: Outcome::Doubtful,
            text: format!("cannot listen on {port}: {error}"),
            fix: Some(
                "fine if the portal is running already; else stop what uses it, or set backend.listen"
                    .to_owned(),
            ),
        },
    }
}

/// The certificate authorities that the environment adds. Those of the configuration are checked with it.
fn authorities() -> Option<Finding> {
    let file = std::env::var(settings::EXTRA_AUTHORITIES)
        .ok()
        .filter(|file| !file.is_empty())?;
    Some(match settings::extra_authorities() {
        Ok(_) => good(
            "certificates",
            format!("the authorities in {file} are trusted too"),
        ),
        Err(error) => bad(
            "certificates",
            format!("{error:#}"),
            "name a PEM file that this user can read, or remove the variable",
        ),
    })
}

fn data_folder(folder: &Path) -> Finding {
    let probe: PathBuf = folder.join(".doctor");
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, "probe"))
        .and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => good("disk", format!("{} can be written", folder.display())),
        Err(error) => bad(
            "disk",
            format!("{} cannot be written: {error}", folder.display()),
            "give the folder to this user, or set portal.dataDirectory",
        ),
    }
}

/// Nothing is wrong.
pub fn good(check: &'static str, text: String) -> Finding {
    Finding {
        check,
        outcome: Outcome::Good,
        text,
        fix: None,
    }
}

/// Something works, but hardly as it is meant.
pub fn doubtful(check: &'static str, text: String, fix: Option<String>) -> Finding {
    Finding {
        check,
        outcome: Outcome::Doubtful,
        text,
        fix,
    }
}

/// Something does not work.
pub fn bad(check: &'static str, text: String, fix: &str) -> Finding {
    Finding {
        check,
        outcome: Outcome::Bad,
        text,
        fix: Some(fix.to_owned()),
    }
}

fn print(finding: &Finding, format: Format) -> Result<()> {
    if format == Format::Text {
        return output::line(&finding.to_string());
    }
    let Finding {
        check,
        outcome,
        text,
        fix,
    } = finding;
    let word = match outcome {
        Outcome::Good => "ok",
        Outcome::Doubtful => "warning",
        Outcome::Bad => "error",
    };
    output::json(&json!({ "check": check, "outcome": word, "text": text, "fix": fix }))
}

/// The finding for people.
impl Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.outcome {
            Outcome::Good => "ok  ",
            Outcome::Doubtful => "?   ",
            Outcome::Bad => "FAIL",
        };
        write!(formatter, "{mark}  {}: {}", self.check, self.text)?;
        match &self.fix {
            Some(fix) => write!(formatter, "\n      fix: {fix}"),
            None => Ok(()),
        }
    }
}
