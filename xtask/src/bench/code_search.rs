//! What code search costs: the index of generated repositories, and questions to it, beside `git grep` over the same files.
//!
//! The crate's program `bench` does each step in a process of its own, so that memory is that of this step. Files lie on the disk, and
//! the system keeps of them what it likes; each question is asked once before it is measured.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::process::{Scratch, root, run};

/// How to call it.
pub const USAGE: &str = "\
usage: cargo xtask bench code-search [--repositories N] [--files N] [--megabytes N] [--questions N] [--beside N]
  --repositories, --files, --megabytes   what is generated; default 2000, 400000, 3000
  --questions   literal questions, and half as many regular expressions; default 1000
  --beside      questions of each kind that `git grep` answers, too; default 10";

/// A figure and what it should be at most.
const TARGETS: &[(&str, &str)] = &[
    ("time of indexing", "900 s"),
    ("index for each byte of text", "0.6"),
    ("literal p99", "50 ms"),
    ("regex p99", "150 ms"),
    ("memory while serving", "200 MiB"),
];

struct Wanted {
    repositories: usize,
    files: usize,
    megabytes: usize,
    questions: usize,
    beside: usize,
}

impl Wanted {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut wanted = Self {
            repositories: 2_000,
            files: 400_000,
            megabytes: 3_000,
            questions: 1_000,
            beside: 10,
        };
        for pair in arguments.chunks(2) {
            let [name, value] = pair else {
                bail!("{} needs a value\n{USAGE}", pair[0]);
            };
            let number = value
                .parse::<usize>()
                .with_context(|| format!("{name} takes a number"))?;
            match name.as_str() {
                "--repositories" => wanted.repositories = number.max(1),
                "--files" => wanted.files = number,
                "--megabytes" => wanted.megabytes = number,
                "--questions" => wanted.questions = number,
                "--beside" => wanted.beside = number,
                _ => bail!("{name} is not known\n{USAGE}"),
            }
        }
        Ok(wanted)
    }
}

/// Measures and prints a table.
pub fn run_all(arguments: &[String]) -> Result<()> {
    let wanted = Wanted::parse(arguments)?;
    run(
        "cargo",
        &["build", "--release", "-p", "code-search", "--example", "bench"],
    )?;
    let scratch = Scratch::new("bench-code-search")?;
    let (files, index) = (scratch.path().join("files"), scratch.path().join("index"));
    let questions = scratch.path().join("questions");
    let (files, index, asked) = (text(&files)?, text(&index)?, text(&questions)?);
    let numbers = [wanted.repositories, wanted.files, wanted.megabytes].map(|number| number.to_string());
    step(&["generate", files, &numbers[0], &numbers[1], &numbers[2]])?;
    println!("| figure | ours | target |\n| --- | --- | --- |");
    figures(&step(&["index", files, index])?);
    step(&["questions", files, asked, &wanted.questions.to_string()])?;
    figures(&step(&["ask", index, asked])?);
    beside(Path::new(files), &fs::read_to_string(&questions)?, wanted.beside)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str()
        .context("the folder for scratch files has a name that is no text")
}

/// Runs one step and returns what it printed.
fn step(arguments: &[&str]) -> Result<String> {
    let output = Command::new(root().join("target/release/examples/bench"))
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("`bench {}` failed: {}", arguments.join(" "), output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn figures(printed: &str) {
    for line in printed.lines() {
        let mut parts = line.split('\t');
        let [name, number, unit] = [parts.next(), parts.next(), parts.next()].map(Option::unwrap_or_default);
        let target = TARGETS
            .iter()
            .find(|(held, _)| *held == name)
            .map_or("", |target| target.1);
        println!(
            "| {name} | {} {unit} | {target} |",
            number.trim_end_matches(".000")
        );
    }
}

/// Has `git grep` answer some of the questions, over the files as they lie there.
fn beside(files: &Path, questions: &str, count: usize) -> Result<()> {
    for (kind, flag) in [("literal", "-F"), ("regex", "-P")] {
        let of_kind = questions
            .lines()
            .filter_map(|line| line.strip_prefix(kind)?.strip_prefix('\t'));
        let mut times = Vec::new();
        for question in of_kind.take(count) {
            let inner = &question[1..question.len() - 1];
            let pattern = inner.replace("\\\"", "\"").replace("\\/", "/");
            let begun = Instant::now();
            let status = Command::new("git")
                .current_dir(files)
                .args(["grep", "--no-index", "-c", "-I", "-i", flag, "-e", &pattern])
                .stdout(Stdio::null())
                .status()?;
            if status.code().is_none_or(|code| code > 1) {
                bail!("git grep failed for {question}: {status}");
            }
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        if let Some(most) = times.last() {
            let median = super::report::median(&times);
            println!(
                "| {kind} by git grep, {} questions: median, at most | {median:.0} ms, {most:.0} ms | |",
                times.len()
            );
        }
    }
    Ok(())
}
