//! End-to-end tests: pages in a headless browser, and the original's stock client from npm.

use std::path::PathBuf;

use anyhow::Result;

use crate::process::{root, run_in};
use crate::{server, setup};

/// Longest that one file of tests may take, in milliseconds: a browser that hangs must not hang everything.
const TEST_TIMEOUT_MS: u32 = 300_000;

/// Runs `tests/browser` against a portal that is built for it; pictures go to `target/screenshots`.
pub fn run_all() -> Result<()> {
    let (folder, binary) = prepare()?;
    let timeout = format!("--test-timeout={TEST_TIMEOUT_MS}");
    run_in(
        &folder,
        "env",
        &[
            &binary,
            "node",
            "--test",
            "--test-reporter=spec",
            "--test-concurrency=2",
            &timeout,
            "specs/",
        ],
    )
}

/// Takes the picture for the README.
pub fn picture() -> Result<()> {
    let (folder, binary) = prepare()?;
    run_in(&folder, "env", &[&binary, "node", "support/readme-picture.mjs"])
}

/// Installs the test packages and builds the portal; returns the folder and the binary as a variable.
fn prepare() -> Result<(PathBuf, String)> {
    setup::for_tests()?;
    let binary = server::build()?;
    Ok((packages()?, format!("BACKSTAGE_BINARY={}", binary.display())))
}

/// Installs the test packages and returns their folder.
pub fn packages() -> Result<PathBuf> {
    let folder = root().join("tests/browser");
    let arguments = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    run_in(&folder, "npm", &arguments)?;
    Ok(folder)
}
