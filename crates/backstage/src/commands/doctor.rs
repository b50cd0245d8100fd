//! `backstage doctor`: whether the portal can work here, and how to fix what keeps it from it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use config::Config;
use serde_json::json;
use store::Store;

use super::code;
use crate::cli::{Common, Format};
use crate::{output, settings};

/// Longest time for one check.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What one check found.
struct Finding {
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
            let fix = "correct the file; `backstage config schema` tells what is allowed";
            findings.extend(
                problems
                    .iter()
                    .map(|problem| bad("configuration", output::problem(problem), fix)),
            );
        }
        Ok(config) => {
            findings.extend(configuration(&config));
            findings.push(database(&config).await);
            findings.push(port(&config).await);
            findings.push(data_folder(&config.data_directory()));
            for location in &config.catalog().locations {
                findings.push(location_file(&config, &location.kind, &location.target));
            }
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
    let remarks = config.check();
    if remarks.is_empty() {
        return vec![good(
            "configuration",
            format!("{}, no problems", settings::source(config)),
        )];
    }
    let as_finding = |problem: &model::Problem| Finding {
        check: "configuration",
        outcome: Outcome::Doubtful,
        text: output::problem(problem),
        fix: None,
    };
    remarks.iter().map(as_finding).collect()
}

async fn database(config: &Config) -> Finding {
    let database = settings::database(config);
    let opened = tokio::time::timeout(TIMEOUT, Store::open(&database)).await;
    let fix = "check backend.database and that the server or folder can be reached by this user";
    match opened {
        Ok(Ok(store)) => {
            store.close().await;
            good("database", format!("{database} can be opened"))
        }
        Ok(Err(error)) => bad("database", format!("{database}: {error}"), fix),
        Err(_) => bad(
            "database",
            format!("{database} did not answer within {} s", TIMEOUT.as_secs()),
            fix,
        ),
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

fn location_file(config: &Config, kind: &str, target: &str) -> Finding {
    if kind != "file" {
        return good(
            "location",
            format!("{kind}:{target} is read by the running portal"),
        );
    }
    let path = config.directory().join(target);
    if target.contains(['*', '?', '{']) {
        return good("location", format!("{} is a pattern", path.display()));
    }
    match std::fs::File::open(&path) {
        Ok(_) => good("location", format!("{} can be read", path.display())),
        Err(error) => bad(
            "location",
            format!("{} cannot be read: {error}", path.display()),
            "correct catalog.locations; relative targets start at the folder of the configuration",
        ),
    }
}

fn good(check: &'static str, text: String) -> Finding {
    Finding {
        check,
        outcome: Outcome::Good,
        text,
        fix: None,
    }
}

fn bad(check: &'static str, text: String, fix: &str) -> Finding {
    Finding {
        check,
        outcome: Outcome::Bad,
        text,
        fix: Some(fix.to_owned()),
    }
}

fn print(finding: &Finding, format: Format) -> Result<()> {
    let Finding {
        check,
        outcome,
        text,
        fix,
    } = finding;
    if format == Format::Json {
        let word = match outcome {
            Outcome::Good => "ok",
            Outcome::Doubtful => "warning",
            Outcome::Bad => "error",
        };
        return output::json(&json!({ "check": check, "outcome": word, "text": text, "fix": fix }));
    }
    let mark = match outcome {
        Outcome::Good => "ok  ",
        Outcome::Doubtful => "?   ",
        Outcome::Bad => "FAIL",
    };
    output::line(&format!("{mark}  {check}: {text}"))?;
    match fix {
        Some(fix) => output::line(&format!("      fix: {fix}")),
        None => Ok(()),
    }
}
