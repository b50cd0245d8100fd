//! Objects of clusters: whether they are said to be what `kubectl`, its roll-out status, kstatus and Argo CD say.
//!
//! `conformance/kubernetes.jsonl` has a line for each object of the corpora that carries a status: the columns that the API server's
//! own printer gave, how far `kubectl rollout status` called it, what kstatus and the tests of Argo CD's engine say of it, and the
//! sentence that the portal says, which changes only on purpose. Theirs were recorded with `crates/kubernetes/tests/oracle`, ours
//! comes from `crates/kubernetes/examples/words.rs`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Agreement;
use super::exceptions::Exceptions;
use crate::process::root;

const FILE: &str = "conformance/kubernetes.jsonl";

/// Says something of every recorded object, and compares.
pub fn compare(shared: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    let text =
        std::fs::read_to_string(root().join(FILE)).with_context(|| format!("could not read {FILE}"))?;
    let recorded: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let ours = answers(&program(binary)?, &shared.join("corpora/kubernetes"), &text)?;
    if recorded.is_empty() || recorded.len() != ours.len() {
        bail!("{} objects were answered of {}", ours.len(), recorded.len());
    }
    let parts: [(&str, Judge); 4] = [
        ("kubernetes/kubectl", columns),
        ("kubernetes/rollout", rollout),
        ("kubernetes/health", health),
        ("kubernetes/texts", says),
    ];
    let all: Vec<(&Value, &Value)> = recorded.iter().zip(&ours).collect();
    parts
        .into_iter()
        .map(|(name, judge)| judged(name, judge, &all))
        .collect()
}

/// What differs; nothing at all where nothing is recorded.
type Judge = fn(&Value, &Value) -> Option<Result<(), String>>;

fn judged(name: &str, judge: Judge, all: &[(&Value, &Value)]) -> Result<Agreement> {
    let exceptions = Exceptions::of(name)?;
    let mut agreement = Agreement::new(name);
    for (recorded, ours) in all {
        let Some(outcome) = judge(recorded, ours) else {
            continue;
        };
        let object = format!("{}#{}", text(recorded, "file"), text(recorded, "at"));
        match (outcome, exceptions.on_purpose.get(&object)) {
            (Err(_), Some(reason)) => agreement.on_purpose.push(format!("{object}: {reason}")),
            (Ok(()), Some(_)) => {
                let told = "agrees by now; take it out of conformance/exceptions.json";
                agreement.judge(Some(format!("{object} {told}")));
            }
            (outcome, None) => {
                agreement.judge(outcome.err().map(|difference| format!("{object}: {difference}")));
            }
        }
    }
    Ok(agreement)
}

/// Our program, which a build of the examples puts beside the binary.
fn program(binary: &Path) -> Result<PathBuf> {
    let program = binary.with_file_name("examples").join("words");
    if !program.is_file() {
        bail!(
            "{} is not there: the comparison needs it beside the binary {}. Build it in the same profile with \
             `cargo build -p kubernetes --example words`, or leave BACKSTAGE_BINARY out",
            program.display(),
            binary.display()
        );
    }
    Ok(program)
}

fn answers(program: &Path, folder: &Path, questions: &str) -> Result<Vec<Value>> {
    let mut child = Command::new(program)
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {}", program.display()))?;
    let mut input = child.stdin.take().context("its input is written")?;
    let lines = questions.to_owned();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output()?;
    writer
        .join()
        .map_err(|_| anyhow::anyhow!("the writer broke off"))??;
    let answers = String::from_utf8(output.stdout)?;
    Ok(answers
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn equal(theirs: &Value, ours: &Value) -> Result<(), String> {
    if theirs == ours {
        Ok(())
    } else {
        Err(format!("ours {ours}, recorded {theirs}"))
    }
}

fn columns(recorded: &Value, ours: &Value) -> Option<Result<(), String>> {
    recorded
        .get("kubectl")
        .map(|theirs| equal(theirs, &ours["kubectl"]))
}

fn rollout(recorded: &Value, ours: &Value) -> Option<Result<(), String>> {
    recorded
        .get("rollout")
        .map(|theirs| equal(theirs, &ours["rollout"]))
}

fn says(recorded: &Value, ours: &Value) -> Option<Result<(), String>> {
    recorded.get("says").map(|theirs| equal(theirs, &ours["says"]))
}

/// Whether the word for how it is goes with those of others: what they call failed asks for a look, what they call well does not, and
/// what they call in progress is not down.
fn health(recorded: &Value, ours: &Value) -> Option<Result<(), String>> {
    let own = text(ours, "health");
    let is_bad = matches!(own, "Degraded" | "Down");
    // For kstatus a pod is as it should be when it has failed.
    let has_failed = recorded["kind"] == "Pod" && recorded["kubectl"]["STATUS"] == "Error";
    let fits = |theirs: &str| match theirs {
        "Healthy" | "Suspended" => !is_bad,
        "Current" => !is_bad || has_failed,
        "Degraded" | "Failed" => is_bad,
        "Progressing" => own != "Down",
        _ => true,
    };
    let told: Vec<&str> = ["argo", "kstatus"]
        .iter()
        .map(|key| text(recorded, key))
        .filter(|word| !word.is_empty())
        .collect();
    let wrong = told.iter().find(|theirs| !fits(theirs));
    (!told.is_empty()).then(|| match wrong {
        Some(theirs) => Err(format!("ours {}, recorded {theirs}", text(ours, "says"))),
        None => Ok(()),
    })
}
