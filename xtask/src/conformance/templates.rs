//! Real templates: whether each draws its form, runs dry to its end with values that are made up, and is found fault with only
//! where it does not run.
//!
//! The command line that people have does it. Steps call no other server, and the catalog is empty. Each repository of the corpus
//! lies in a folder of its own, as its checkout would; for the address of such a repository the folder is read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Agreement;
use super::corpus;
use crate::process::{Scratch, copy_folder};
use crate::server::{Server, free_port};

/// What the log says of an action that the portal does not have.
const MISSING: &str = "Template action with ID '";
/// Other reasons that are not the portal's: what the log says, and what that means.
const ELSEWHERE: [(&str, &str); 3] = [
    ("without calls to other servers", "read from another server"),
    (
        "Unknown template filter",
        "use a filter that the original does not have either",
    ),
    (
        "There are no files at",
        "fetch a folder that the corpus does not have",
    ),
];
/// What the log says of an entity that is made up.
const MADE_UP: &str = "the entity is made up";
/// Usual names of main branches.
const BRANCHES: [&str; 2] = ["main", "master"];

/// Judges all templates of the corpus.
pub fn compare(shared: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    let given = shared.join("corpora/templates");
    let templates = templates(&given)?;
    let files: BTreeSet<&str> = templates.iter().map(|one| one.file.as_str()).collect();
    let scratch = Scratch::new("templates")?;
    let corpus = checkouts(&given, scratch.path())?;
    let runs = dry_runs(&corpus, &files, binary)?;
    let lint = lint(&corpus, &runs.ending, binary)?;
    let forms = forms(&corpus, &templates, binary, scratch.path())?;
    Ok(vec![forms, runs.by_themselves, runs.with_made_up, lint])
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

/// The repositories of the corpus as checkouts.
fn checkouts(given: &Path, scratch: &Path) -> Result<PathBuf> {
    let corpus = scratch.join("corpus");
    for entry in std::fs::read_dir(given)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            let target = corpus.join(entry.file_name());
            copy_folder(&entry.path(), &target)?;
            std::fs::create_dir_all(target.join(".git"))?;
        }
    }
    Ok(corpus)
}

/// The addresses of the corpus's repositories with their folders, as arguments of a dry run.
fn maps(corpus: &Path) -> Result<Vec<String>> {
    let mut maps = Vec::new();
    for entry in std::fs::read_dir(corpus)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let Some((owner, repository)) = name.split_once("__") else {
            continue;
        };
        for branch in BRANCHES {
            maps.push("--map".to_owned());
            maps.push(format!(
                "https://github.com/{owner}/{repository}/tree/{branch}={name}"
            ));
        }
    }
    Ok(maps)
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

/// What became of the dry runs.
struct Runs {
    /// Those that end without an entity that is made up.
    by_themselves: Agreement,
    /// Those that fetch entities, which are made up.
    with_made_up: Agreement,
    /// The files of both that come to their end.
    ending: Vec<String>,
}

/// Tries each file.
fn dry_runs(corpus: &Path, files: &BTreeSet<&str>, binary: &Path) -> Result<Runs> {
    let mut runs = Runs {
        by_themselves: Agreement::new("templates/dry-run"),
        with_made_up: Agreement::new("templates/dry-run/made-up"),
        ending: Vec::new(),
    };
    let mut missing = BTreeMap::<String, usize>::new();
    let maps = maps(corpus)?;
    for file in files {
        let mut trying = command(corpus, binary, &["dry-run", file, "--sample", "--json"]);
        let ran = trying.args(&maps).output();
        let ran = ran.context("could not run `template dry-run`")?;
        let has_made_up = String::from_utf8_lossy(&ran.stdout).contains(MADE_UP);
        let agreement = if has_made_up {
            &mut runs.with_made_up
        } else {
            &mut runs.by_themselves
        };
        if ran.status.success() {
            runs.ending.push((*file).to_owned());
            agreement.judge(None);
            continue;
        }
        let why = why(&ran.stdout, &ran.stderr);
        let action = why.split(MISSING).nth(1).and_then(|rest| rest.split('\'').next());
        let elsewhere = ELSEWHERE.iter().find(|(said, _)| why.contains(said));
        let reason = match (action, elsewhere) {
            (Some(action), _) => format!("need the action {action}, which is not there"),
            (None, Some((_, meaning))) => (*meaning).to_owned(),
            (None, None) => "fail for another reason".to_owned(),
        };
        *missing.entry(reason).or_default() += 1;
        agreement.judge(Some(format!("{file}: {why}")));
    }
    let missing = missing.into_iter();
    runs.by_themselves.left_out = missing
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    Ok(runs)
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
