//! The repository's own commands: `cargo xtask <task>`.
//!
//! Each task sets up what it needs on a fresh Debian machine with Rust and prints what it does.
//! Nothing of the product lives here.

#![allow(clippy::print_stdout, reason = "what a task prints is its product")]

mod bench;
mod browser;
mod conformance;
mod dependencies;
mod process;
mod server;
mod setup;
mod tidy;

use std::process::ExitCode;

use anyhow::Result;
use process::run;

const USAGE: &str = "\
usage: cargo xtask <task>

tasks
  test          everything that must pass: format, lints, dependency rules, unit, contract and
                browser tests, on SQLite and on a real PostgreSQL
  check         the quick half of it: format, lints, dependency rules, tidiness
  browser       pages in a headless browser, and the original's stock client, against our server
  picture       takes the picture of the README anew
  conformance   agreement with the recorded answers and verdicts of the original, against the floors
                in conformance/floors.json; reads ../shared (or $SHARED)
  bench         our release build beside the original on generated catalogs (bench/README.md)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let task = arguments.first().map_or("", String::as_str);
    let outcome = match task {
        "test" => test(),
        "check" => check(),
        "browser" => browser::run_all(),
        "picture" => browser::picture(),
        "conformance" => conformance::run_all(),
        "bench" => bench::run(&arguments[1..]),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {task}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn check() -> Result<()> {
    setup::rust_components()?;
    run("cargo", &["fmt", "--all", "--check"])?;
    run(
        "cargo",
        &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
    )?;
    dependencies::check()?;
    tidy::check()
}

fn test() -> Result<()> {
    setup::for_tests()?;
    check()?;
    run("cargo", &["test", "--workspace"])?;
    browser::run_all()
}
