//! The project's main acceptance: a service's first day, played on real servers.
//!
//! Starts Gitea, Kubernetes with Flux, Keycloak, Prometheus with Alertmanager, S3 and a stand-in for Grafana, fills them,
//! and has `tests/browser/acceptance` play the story against the release binary in a real browser. What each server can
//! prove is said beside the scripts that start it. Without these scripts the task stops.

mod deployment;
mod services;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::process::{root, run, run_in_with};
use crate::steps::Steps;
use crate::{browser, server, setup};
use services::Services;

/// Longest that the whole story may take, in milliseconds.
const STORY_TIMEOUT_MS: u32 = 900_000;

/// The servers that `deploy` needs.
const FOR_DEPLOYMENT: [&str; 3] = ["kubernetes", "gitea", "flux"];

/// Plays the story, then the deployment; with the word `deploy` that alone.
pub fn run_all(arguments: &[String]) -> Result<()> {
    let mut steps = Steps::default();
    if arguments.first().is_none_or(|argument| argument != "deploy") {
        story(&mut steps)?;
    }
    deployed(&mut steps)
}

/// Has Flux apply the manifests from a Gitea of their own.
fn deployed(steps: &mut Steps) -> Result<()> {
    let mut services = Services::new(scripts()?)?;
    steps.step("servers for the deployment", || {
        services.install_these(&FOR_DEPLOYMENT)?;
        services.start_these(&FOR_DEPLOYMENT)
    })?;
    steps.step("the deployment", || deployment::play(&services))
}

/// Starts everything, plays the story, and ends what was started. Pictures go to `target/screenshots/acceptance`.
fn story(steps: &mut Steps) -> Result<()> {
    let scripts = scripts()?;
    steps.step("setup", setup::for_tests)?;
    let binary = steps.step("building the release", release)?;
    let folder = browser::packages()?;
    let mut services = Services::new(scripts)?;
    steps.step("installing the servers", || services.install())?;
    let port = server::free_port()?;
    steps.step("starting the servers", || services.start())?;
    steps.step("filling the servers", || services.seed(port))?;
    let mut variables = services.variables().to_vec();
    variables.push((
        "SERVICES_SCRIPTS".to_owned(),
        services.scripts().display().to_string(),
    ));
    variables.push(("BACKSTAGE_BINARY".to_owned(), binary.display().to_string()));
    variables.push(("PORTAL_PORT".to_owned(), port.to_string()));
    let pictures = root().join("target/screenshots/acceptance");
    variables.push(("SCREENSHOTS".to_owned(), pictures.display().to_string()));
    let timeout = format!("--test-timeout={STORY_TIMEOUT_MS}");
    steps.step("the story", || {
        // One file after the other: they share a port, and steps are timed.
        let serial = "--test-concurrency=1";
        let arguments = ["--test", "--test-reporter=spec", serial, &timeout, "acceptance/"];
        run_in_with(&folder, &variables, "node", &arguments)
    })
}

/// The folder of the scripts that start servers.
fn scripts() -> Result<PathBuf> {
    let shared = std::env::var_os("SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let folder = shared.join("services");
    if !folder.join("gitea.sh").is_file() {
        bail!(
            "the scripts that start real servers are not at {}: they are not part of the repository; put them there or set \
             SHARED to the folder above",
            folder.display()
        );
    }
    folder
        .canonicalize()
        .with_context(|| format!("{} cannot be opened", folder.display()))
}

/// Builds what is shipped and returns its path.
fn release() -> Result<PathBuf> {
    run("cargo", &["build", "--release"])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let binary = target.join("release/backstage");
    binary
        .canonicalize()
        .with_context(|| format!("{} was not built", binary.display()))
}
