//! The expressions and templated files of real templates: what the engine of the original (npm package nunjitsu) gives, and what
//! ours gives, with the same values that are made up.
//!
//! Both programs read and print the same lines (`crates/nunjucks/examples/answers.rs`). An error has to be an error on both sides; its
//! words are not compared.

mod texts;
mod values;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::Agreement;
use super::oracle::Oracle;
use texts::Text;

const ORACLE: Oracle = Oracle {
    name: "language",
    sources: "crates/nunjucks/tests/oracle",
    program: "answers.mjs",
    package: "nunjitsu",
};

/// Letters of a difference that are printed.
const SHOWN: usize = 160;

/// Asks both engines for everything.
pub fn compare(shared: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    let sources = [
        (
            "language/corpora",
            texts::of_files(&shared.join("corpora/templates"))?,
        ),
        ("language/recorded", texts::of_records(&shared.join("contract"))?),
    ];
    let own = own_answers(binary)?;
    let oracle = ORACLE.installed()?;
    let mut agreements = Vec::new();
    for (name, texts) in sources {
        let questions = questions(&texts);
        let theirs = answers(
            Command::new("node").arg(ORACLE.program).current_dir(&oracle),
            &questions,
        )?;
        let ours = answers(&mut Command::new(&own), &questions)?;
        agreements.push(judged(name, &questions, &ours, &theirs)?);
    }
    Ok(agreements)
}

/// Our program, which a build of the examples puts beside the binary.
fn own_answers(binary: &Path) -> Result<PathBuf> {
    let program = binary.with_file_name("examples").join("answers");
    if !program.is_file() {
        bail!(
            "{} is not there: the comparison of the language needs it beside the binary {}. Build it in the same profile with \
             `cargo build -p nunjucks --example answers`, or leave BACKSTAGE_BINARY out",
            program.display(),
            binary.display()
        );
    }
    Ok(program)
}

/// Each text with each set of values.
fn questions(texts: &[Text]) -> Vec<Value> {
    let mut all = Vec::new();
    for text in texts {
        for (values, context) in values::contexts(&text.text) {
            all.push(json!({
                "text": text.text, "cookiecutter": text.is_cookiecutter, "context": context,
                "from": format!("{} with {values}", text.from),
            }));
        }
    }
    all
}

/// The answers of a program, one for each question.
fn answers(command: &mut Command, questions: &[Value]) -> Result<Vec<Value>> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {command:?}"))?;
    let mut input = child.stdin.take().context("its input is written")?;
    let lines: String = questions.iter().map(|question| format!("{question}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output()?;
    writer
        .join()
        .map_err(|_| anyhow::anyhow!("the writer broke off"))??;
    let answers: Vec<Value> = String::from_utf8(output.stdout)?
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    if answers.len() != questions.len() {
        bail!(
            "{command:?} answered {} of {} questions",
            answers.len(),
            questions.len()
        );
    }
    Ok(answers)
}

fn judged(name: &str, questions: &[Value], ours: &[Value], theirs: &[Value]) -> Result<Agreement> {
    let mut agreement = Agreement::new(name);
    for ((question, ours), theirs) in questions.iter().zip(ours).zip(theirs) {
        agreement.judge((!alike(ours, theirs)).then(|| {
            format!(
                "{}: {}\n        ours     {}\n        original {}",
                question["from"].as_str().unwrap_or_default(),
                shortened(&question["text"].to_string()),
                shortened(&around_difference(ours, theirs)),
                shortened(&around_difference(theirs, ours)),
            )
        }));
    }
    let errors = theirs
        .iter()
        .filter(|answer| answer.get("error").is_some())
        .count();
    eprintln!(
        "{name}: {} texts with values, {errors} of them errors of the original",
        questions.len()
    );
    if errors * 2 > questions.len() || questions.is_empty() {
        bail!(
            "{name}: most of it says nothing, {errors} of {} are errors",
            questions.len()
        );
    }
    Ok(agreement)
}

fn shortened(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

/// An answer from shortly before the place where the other one differs.
fn around_difference(one: &Value, other: &Value) -> String {
    let (one, other) = (one.to_string(), other.to_string());
    let same = one
        .chars()
        .zip(other.chars())
        .take_while(|(left, right)| left == right)
        .count();
    one.chars().skip(same.saturating_sub(SHOWN / 4)).collect()
}

/// Whether both are errors, or give the same value; numbers are those of JavaScript.
fn alike(left: &Value, right: &Value) -> bool {
    if left.get("error").is_some() || right.get("error").is_some() {
        return left.get("error").is_some() && right.get("error").is_some();
    }
    same(left, right)
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let has =
                |(key, value): (&String, &Value)| right.get(key).is_some_and(|other| same(value, other));
            left.len() == right.len() && left.iter().all(has)
        }
        _ => left == right,
    }
}
