//! What people type into the search, and what must come first: a golden set of questions over the real
//! catalogs and a few German and French entities of our own.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Agreement;
use super::corpus::is_reading;
use crate::process::{Scratch, root};
use crate::server::{Server, free_port};

/// Longest wait until the catalogs are read and can be found.
const PATIENCE: Duration = Duration::from_mins(3);
/// The set is settled when the number of documents stays the same for this long.
const QUIET: Duration = Duration::from_secs(3);

/// One line of the set.
struct Question {
    class: String,
    text: String,
    expected: Vec<String>,
    place: usize,
}

/// Asks every question; prints the mean reciprocal rank beside the shares.
pub fn compare(shared: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    let questions = read(&root().join("conformance/search/golden.tsv"))?;
    let scratch = Scratch::new("golden")?;
    let server = start(shared, scratch.path(), binary)?;
    let settled = settle(&server)?;
    let mut placed = named("search/golden");
    let mut first = named("search/first");
    let mut among_three = named("search/among-three");
    let mut reciprocal = 0.0;
    for question in &questions {
        let found = ask(&server, &question.text)?;
        let rank = found
            .iter()
            .position(|reference| question.expected.contains(reference))
            .map(|at| at + 1);
        reciprocal += rank.map_or(0.0, |rank| {
            1.0 / f64::from(u32::try_from(rank).unwrap_or(u32::MAX))
        });
        let within = |place: usize| rank.is_some_and(|rank| rank <= place);
        judge(&mut placed, within(question.place), || question.told(&found));
        judge(&mut first, within(1), String::new);
        judge(&mut among_three, within(3), String::new);
    }
    let mean = reciprocal / f64::from(u32::try_from(questions.len().max(1))?);
    println!(
        "search: {} questions over {settled} documents, mean reciprocal rank {mean:.3}",
        questions.len()
    );
    Ok(vec![placed, first, among_three])
}

fn named(name: &str) -> Agreement {
    Agreement {
        name: name.to_owned(),
        ..Agreement::default()
    }
}

fn judge(agreement: &mut Agreement, holds: bool, told: impl FnOnce() -> String) {
    agreement.judged += 1;
    if holds {
        agreement.agree += 1;
    } else {
        agreement
            .differences
            .extend(Some(told()).filter(|told| !told.is_empty()));
    }
}

impl Question {
    fn told(&self, found: &[String]) -> String {
        let found: Vec<&str> = found.iter().take(3).map(String::as_str).collect();
        format!(
            "{} “{}”: {} expected, found {}",
            self.class,
            self.text,
            self.expected.join(" or "),
            found.join(", ")
        )
    }
}

fn read(path: &Path) -> Result<Vec<Question>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| question(line).with_context(|| format!("not a question: {line}")))
        .collect()
}

fn question(line: &str) -> Option<Question> {
    let [class, text, expected, place] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
    Some(Question {
        class: class.to_owned(),
        text: text.to_owned(),
        expected: expected.split('|').map(str::to_lowercase).collect(),
        place: place.parse().ok()?,
    })
}

/// The portal on the real catalogs, as they were recorded, and on our own entities.
fn start(shared: &Path, work: &Path, binary: &Path) -> Result<Server> {
    let port = free_port()?;
    let recorded = shared.join("contract/catalog-corpus/current/config.yaml");
    let text = std::fs::read_to_string(&recorded)
        .with_context(|| format!("could not read {}", recorded.display()))?
        .replace("{{ROOT}}", &shared.join("corpora/catalogs").to_string_lossy())
        .replace("{{PORT}}", &port.to_string())
        .replace("{{WORK}}", &work.to_string_lossy());
    let own = root().join("conformance/search/own-entities.yaml");
    let location = format!("\n    - {{ type: file, target: '{}' }}\n", own.display());
    let file = work.join("app-config.yaml");
    std::fs::write(&file, text.trim_end().to_owned() + &location)?;
    let mut command = Command::new(binary);
    command.current_dir(work).arg("serve").arg("--config").arg(&file);
    // As they were recorded: the original reads no placeholder of a local file.
    command.env("APP_CONFIG_portal_resolveFilePlaceholders", "false");
    // The recorded policy allows everything.
    command.env("APP_CONFIG_portal_unprotected", r#"["permission.enabled"]"#);
    Server::start(
        &mut command,
        format!("http://127.0.0.1:{port}"),
        &work.join("server.log"),
        PATIENCE,
    )
}

/// Waits until no more documents appear; returns how many there are.
fn settle(server: &Server) -> Result<u64> {
    let started = Instant::now();
    let (mut last, mut since) = (0, Instant::now());
    while started.elapsed() < PATIENCE {
        let total = query(server, "", 1)?["numberOfResults"].as_u64().unwrap_or(0);
        if total != last || is_reading(server)? {
            (last, since) = (total, Instant::now());
        }
        if total > 0 && since.elapsed() > QUIET {
            return Ok(total);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    bail!("the search did not settle within {PATIENCE:?}")
}

/// References of the results, the best first.
fn ask(server: &Server, text: &str) -> Result<Vec<String>> {
    let body = query(server, text, 10)?;
    let results = body["results"].as_array().cloned().unwrap_or_default();
    Ok(results
        .iter()
        .filter_map(|result| reference(result["document"]["location"].as_str()?))
        .collect())
}

/// `/catalog/namespace/kind/name…` as a reference.
fn reference(location: &str) -> Option<String> {
    let path = location.split(['?', '#']).next()?;
    let mut parts = path.trim_start_matches("/catalog/").split('/');
    let (namespace, kind, name) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("{kind}:{namespace}/{name}").to_lowercase())
}

fn query(server: &Server, text: &str, limit: usize) -> Result<Value> {
    let request = ureq::get(format!("{}/api/search/query", server.base))
        .query("term", text)
        .query("pageLimit", limit.to_string())
        .header("authorization", "Bearer contract-static-service-token-0001");
    Ok(request.call()?.body_mut().read_json()?)
}
