//! Recorded requests of the original's catalog API, sent to our server by the recording's own replay program.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Agreement;
use crate::process::Scratch;
use crate::server::{Server, free_port};

/// One recorded area: its folder, the configuration it needs and which cases to send.
struct Area {
    name: &'static str,
    folder: &'static str,
    cases: &'static str,
    config: &'static str,
    /// Where `{{ROOT}}` is copied from.
    root: &'static str,
    serves_files: bool,
}

const AREAS: &[Area] = &[
    Area {
        name: "catalog-read",
        folder: "catalog-read",
        cases: "cases.jsonl",
        config: "lab/config.yaml",
        root: "lab",
        serves_files: false,
    },
    Area {
        name: "catalog-read/default-rules",
        folder: "catalog-read",
        cases: "cases-default-rules.jsonl",
        config: "lab/config-default-rules.yaml",
        root: "lab",
        serves_files: false,
    },
    Area {
        name: "catalog-write",
        folder: "catalog-write",
        cases: "cases.jsonl",
        config: "catalog-write/config.yaml",
        root: "catalog-write",
        serves_files: true,
    },
];

/// Replays every area, each on a fresh server with an empty database.
pub fn compare(shared: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    AREAS
        .iter()
        .map(|area| replay(area, &shared.join("contract"), binary))
        .collect()
}

fn replay(area: &Area, contract: &Path, binary: &Path) -> Result<Agreement> {
    let scratch = Scratch::new("replay")?;
    let root = scratch.path().join("root");
    let copied = Command::new("cp")
        .arg("-r")
        .arg(contract.join(area.root))
        .arg(&root)
        .status()?;
    if !copied.success() {
        bail!("could not copy {}", area.root);
    }
    Command::new("chmod").args(["-R", "u+w"]).arg(&root).status()?;
    let files_port = free_port()?;
    let server = start(
        &contract.join(area.config),
        &root,
        scratch.path(),
        files_port,
        binary,
    )?;
    let mut command = Command::new("python3");
    command
        .arg(contract.join("replay.py"))
        .arg(contract.join(area.folder));
    command
        .args(["--base", &server.base, "--cases", area.cases])
        .arg("--root")
        .arg(&root);
    command.arg("--work").arg(scratch.path());
    if area.serves_files {
        command.args(["--serve", &files_port.to_string()]);
    }
    let output = command
        .env("TMPDIR", scratch.path())
        .output()
        .context("could not run the replay")?;
    summary(
        area.name,
        &String::from_utf8_lossy(&output.stdout),
        &String::from_utf8_lossy(&output.stderr),
    )
}

/// Starts our server as the recording's README says, with the original's way to read broken files
/// (docs/compatibility.md tells why ours differs by default).
fn start(config: &Path, root: &Path, work: &Path, files_port: u16, binary: &Path) -> Result<Server> {
    let port = free_port()?;
    let files = format!("http://127.0.0.1:{files_port}");
    let text = std::fs::read_to_string(config)?
        .replace("{{ROOT}}", &root.to_string_lossy())
        .replace("{{PORT}}", &port.to_string())
        .replace("{{WORK}}", &work.to_string_lossy())
        .replace("{{FILESPORT}}", &files_port.to_string())
        .replace("{{FILES}}", &files);
    let file = work.join("app-config.yaml");
    std::fs::write(&file, text)?;
    let mut command = Command::new(binary);
    command.current_dir(work).arg("serve").arg("--config").arg(&file);
    command.env("APP_CONFIG_catalog_discardFileOnError", "true");
    Server::start(
        &mut command,
        format!("http://127.0.0.1:{port}"),
        &work.join("server.log"),
        Duration::from_secs(60),
    )
}

/// Reads `…: agree N, differ M, volatile (not judged) K` and the `DIFFERS` lines.
fn summary(name: &str, stdout: &str, stderr: &str) -> Result<Agreement> {
    let Some(line) = stdout.lines().rev().find(|line| line.contains(": agree ")) else {
        bail!("the replay of {name} ended without a figure:\n{stdout}\n{stderr}");
    };
    let number = |after: &str| -> usize {
        let rest = line.split(after).nth(1).unwrap_or_default();
        rest.split(|character: char| !character.is_ascii_digit())
            .next()
            .and_then(|digits| digits.parse().ok())
            .unwrap_or(0)
    };
    let (agree, differ) = (number(": agree "), number(", differ "));
    let differences = stdout
        .lines()
        .filter_map(|line| line.strip_prefix("DIFFERS "))
        .map(str::to_owned)
        .collect();
    Ok(Agreement {
        name: format!("replay/{name}"),
        agree,
        judged: agree + differ,
        differences,
    })
}
