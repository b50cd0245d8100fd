//! The repository's own commands: `cargo xtask <task>`.
//!
//! Each task sets up what it needs on a fresh Debian machine with Rust and prints what it does.
//! Nothing of the product lives here.

#![allow(clippy::print_stdout, reason = "what a task prints is its product")]

mod acceptance;
mod bench;
mod browser;
mod conformance;
mod dependencies;
mod deploy;
mod image;
mod process;
mod server;
mod setup;
mod steps;
mod tasks;
mod tidy;
mod watched;

use std::process::ExitCode;

use anyhow::Result;
use process::run;
use steps::Steps;
use tasks::Asked;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let task = match tasks::asked(&arguments) {
        Asked::Run(task) => task,
        Asked::Help(text) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Asked::Refused(text) => {
            eprint!("{text}");
            return ExitCode::from(2);
        }
    };
    let words = &arguments[1..];
    let outcome = match task {
        "check" if words.is_empty() => check(&mut Steps::default()),
        "check" => deploy::check(),
        "browser" => browser::run_all(),
        "picture" => browser::picture(),
        "conformance" => conformance::run(words),
        "acceptance" => acceptance::run_all(words),
        "bench" => bench::run(words),
        "image" => image::run_all(words),
        "watched" => watched::run(words),
        _ => test(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {task}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn check(steps: &mut Steps) -> Result<()> {
    setup::rust_components()?;
    steps.step("format", || run("cargo", &["fmt", "--all", "--check"]))?;
    steps.step("lints", || {
        let lint = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        run("cargo", &lint)
    })?;
    steps.step("dependencies", dependencies::check)?;
    steps.step("tidiness", tidy::check)?;
    steps.step("manifests", deploy::check)
}

fn test() -> Result<()> {
    let mut steps = Steps::default();
    steps.step("setup", setup::for_tests)?;
    check(&mut steps)?;
    steps.step("building the Rust tests", || {
        run("cargo", &["test", "--workspace", "--no-run"])
    })?;
    steps.step("running the Rust tests", || {
        let ourselves = std::env::current_exe()?;
        let runner = format!(
            "target.'cfg(all())'.runner=['{}', 'watched']",
            ourselves.display()
        );
        run("cargo", &["test", "--workspace", "--config", &runner])
    })?;
    steps.step("browser tests", browser::run_all)
}
