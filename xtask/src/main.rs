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
mod tidy;
mod watched;

use std::process::ExitCode;

use anyhow::Result;
use process::run;
use steps::Steps;

const USAGE: &str = "\
usage: cargo xtask <task>

tasks
  test          everything that must pass: format, lints, dependency rules, unit, contract and
                browser tests, on SQLite and on a real PostgreSQL
  check         the quick half of it: format, lints, dependency rules, tidiness, the manifests of deploy; `check deploy`
                looks at these alone
  browser       pages in a headless browser, and the original's stock client, against our server
  picture       takes the picture of the README anew
  conformance   agreement with the recorded answers and verdicts of the original, against the floors
                in conformance/floors.json; reads ../shared (or $SHARED); with names of comparisons only these
  acceptance    a service's first day on real servers, in a real browser, against the release binary;
                then the manifests of deploy, applied by Flux from a Gitea (`acceptance deploy` plays these alone);
                reads ../shared (or $SHARED)
  bench         our release build beside the original on generated catalogs (bench/README.md)
  image         the release binary as a reproducible OCI archive in target/image; --push IMAGE:TAG (skopeo), --binary FILE
                in place of a build, --authorities FILE, --output FILE, --authfile FILE (of skopeo login)
  watched       one test program, failing it when it is slow or leaves something behind; `test` runs each so
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let task = arguments.first().map_or("", String::as_str);
    let outcome = match task {
        "test" => test(),
        "check" => match arguments.get(1).map(String::as_str) {
            Some("deploy") => deploy::check(),
            _ => check(&mut Steps::default()),
        },
        "browser" => browser::run_all(),
        "picture" => browser::picture(),
        "conformance" => conformance::run(&arguments[1..]),
        "acceptance" => acceptance::run_all(&arguments[1..]),
        "bench" => bench::run(&arguments[1..]),
        "image" => image::run_all(&arguments[1..]),
        "watched" => watched::run(&arguments[1..]),
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
