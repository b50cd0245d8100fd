//! Real templates: whether each draws its form, runs dry to its end with values that are made up, and is found fault with only
//! where it does not run.
//!
//! The command line that people have does it. Steps call no other server, and the catalog is empty.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Agreement;
use super::corpus;
use crate::process::Scratch;
use crate::server::{Server, free_port};

/// What the log says of an action that the portal does not have.
const MISSING: &str = "Template action with ID '";

/// Judges all templates of the corpus.
pub fn compare(shared: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    let corpus = shared.join("corpora/templates");
    let templates = templates(&corpus)?;
    let files: BTreeSet<&str> = templates.iter().map(|one| one.file.as_str()).collect();
    let scratch = Scratch::new("templates")?;
    let (runs, ending) = dry_runs(&corpus, &files, binary)?;
    let lint = lint(&corpus, &ending, binary)?;
    let forms = forms(&corpus, &templates, binary, scratch.path())?;
    Ok(vec![forms, runs, lint])
}

/// A document that is a valid template.
struct Template {
    file: String,
    /// `<namespace>/<name>`.
    place: String,
}

fn templates(corpus: &Path) -> Result<Vec<Template>> {
    let text = std::fs::read_to_string(corpus.join("VERDICTS.jsonl"))?;
    let rows: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let rows = rows
        .iter()
        .filter(|row| row["kind"] == "Template" && row["verdict"] == "valid");
    let template = |row: &Value| {
        let reference = row["ref"].as_str()?.strip_prefix("template:")?;
        Some(Template {
            file: row["file"].as_str()?.to_owned(),
            place: reference.to_owned(),
        })
    };
    Ok(rows.filter_map(template).collect())
}

fn command(corpus: &Path, binary: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command
        .current_dir(corpus)
        .arg("template")
        .args(arguments)
        .stdin(Stdio::null());
    command
}

/// Tries each file; those that come to their end.
fn dry_runs(corpus: &Path, files: &BTreeSet<&str>, binary: &Path) -> Result<(Agreement, Vec<String>)> {
    let mut agreement = Agreement::new("templates/dry-run");
    let (mut ending, mut missing) = (Vec::new(), BTreeMap::<String, usize>::new());
    for file in files {
        // Each repository of the corpus is a folder of its own.
        let root = file.split('/').next().unwrap_or(".");
        let arguments = ["dry-run", file, "--sample", "--json", "--root", root];
        let ran = command(corpus, binary, &arguments).output();
        let ran = ran.context("could not run `template dry-run`")?;
        if ran.status.success() {
            ending.push((*file).to_owned());
            agreement.judge(None);
            continue;
        }
        let why = why(&ran.stdout, &ran.stderr);
        if let Some(action) = why.split(MISSING).nth(1).and_then(|rest| rest.split('\'').next()) {
            *missing.entry(action.to_owned()).or_default() += 1;
        }
        agreement.judge(Some(format!("{file}: {why}")));
    }
    let missing = missing.into_iter();
    agreement.left_out = missing
        .map(|(action, count)| format!("{count} need the action {action}, which is not there"))
        .collect();
    Ok((agreement, ending))
}

/// The last word of a run.
fn why(stdout: &[u8], stderr: &[u8]) -> String {
    let (stdout, stderr) = (String::from_utf8_lossy(stdout), String::from_utf8_lossy(stderr));
    let last = stdout
        .lines()
        .last()
        .and_then(|line| serde_json::from_str::<Value>(line).ok());
    let failure = last.and_then(|last| Some(last.get("failure")?.as_str()?.to_owned()));
    failure.unwrap_or_else(|| stderr.lines().last().unwrap_or_default().to_owned())
}

/// Whether templates that come to their end are free of errors.
fn lint(corpus: &Path, ending: &[String], binary: &Path) -> Result<Agreement> {
    let mut agreement = Agreement::new("templates/lint");
    let mut linting = command(corpus, binary, &["lint", "--json"]);
    let found = linting
        .args(ending)
        .output()
        .context("could not run `template lint`")?;
    let mut errors = BTreeMap::<String, String>::new();
    for line in String::from_utf8_lossy(&found.stdout).lines() {
        let finding: Value = serde_json::from_str(line).with_context(|| format!("no JSON: {line}"))?;
        if finding["severity"] == "error" {
            let file = finding["file"]
                .as_str()
                .unwrap_or_default()
                .trim_start_matches("./");
            let said = format!("{file}: {} {}", finding["rule"], finding["message"]);
            errors.entry(file.to_owned()).or_insert(said);
        }
    }
    for file in ending {
        agreement.judge(errors.remove(file));
    }
    Ok(agreement)
}

/// Whether a running portal draws the form of each template.
fn forms(corpus: &Path, templates: &[Template], binary: &Path, work: &Path) -> Result<Agreement> {
    let mut agreement = Agreement::new("templates/forms");
    let server = portal(corpus, templates, binary, work)?;
    corpus::settle(&server)?;
    let places: BTreeSet<&str> = templates.iter().map(|one| one.place.as_str()).collect();
    for place in places {
        let address = format!("{}/create/templates/{place}", server.base);
        let page = ureq::get(&address).call();
        let drawn = page.map(|mut page| page.body_mut().read_to_string().unwrap_or_default());
        agreement.judge(match drawn {
            Ok(page) if page.contains("data-wizard") => None,
            Ok(_) => Some(format!("{place}: the page has no form")),
            Err(error) => Some(format!("{place}: {error}")),
        });
    }
    Ok(agreement)
}

fn portal(corpus: &Path, templates: &[Template], binary: &Path, work: &Path) -> Result<Server> {
    let port = free_port()?;
    let base = format!("http://127.0.0.1:{port}");
    let files: BTreeSet<&str> = templates.iter().map(|one| one.file.as_str()).collect();
    let location = |file: &&str| serde_json::json!({"type": "file", "target": corpus.join(file)});
    let config = serde_json::json!({
        "app": {"baseUrl": base},
        "backend": {
            "baseUrl": base,
            "listen": {"host": "127.0.0.1", "port": port},
            "database": {"client": "better-sqlite3", "connection": {"directory": work.join("data")}},
            "auth": {"externalAccess": [{"type": "static", "options": {"token": corpus::TOKEN.trim_start_matches("Bearer "), "subject": "conformance"}}]},
        },
        "catalog": {"rules": [{"allow": ["Template", "Location"]}], "locations": files.iter().map(location).collect::<Vec<_>>()},
    });
    let file = work.join("app-config.yaml");
    std::fs::write(&file, serde_json::to_string(&config)?)?;
    let mut command = Command::new(binary);
    command.current_dir(work).arg("serve").arg("--config").arg(&file);
    Server::start(
        &mut command,
        base,
        &work.join("server.log"),
        Duration::from_mins(1),
    )
}
