//! End-to-end tests: pages in a headless browser, and the original's stock client from npm.

use anyhow::Result;

use crate::process::{root, run_in};
use crate::{server, setup};

/// Installs the test packages, builds the portal and runs `tests/browser`.
pub fn run_all() -> Result<()> {
    setup::for_tests()?;
    let binary = server::build()?;
    let folder = root().join("tests/browser");
    run_in(
        &folder,
        "npm",
        &["ci", "--no-audit", "--no-fund", "--loglevel=error"],
    )?;
    let binary = format!("BACKSTAGE_BINARY={}", binary.display());
    run_in(
        &folder,
        "env",
        &[&binary, "node", "--test", "--test-concurrency=1", "specs/"],
    )
}
