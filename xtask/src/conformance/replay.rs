//! Recorded requests, sent to our server by the recording's own replay program.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Agreement;
use super::areas::{AREAS, Area, FileServer};
use super::cases::{self, Cases};
use super::exceptions::Exceptions;
use crate::process::{Scratch, copy_folder};
use crate::server::{Server, free_port};

/// Replays every area, each on a fresh server with an empty database.
pub fn compare(shared: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    AREAS
        .iter()
        .map(|area| replay(area, &shared.join("contract"), binary))
        .collect()
}

fn replay(area: &Area, contract: &Path, binary: &Path) -> Result<Agreement> {
    eprintln!("replaying {}", area.name);
    // The program reads from the name of its folder how it is to judge an area.
    let scratch = Scratch::new(&format!("replay-{}", area.name.replace('/', "-")))?;
    let root = scratch.path().join("root");
    copy_folder(&contract.join(area.root), &root)?;
    let files_port = free_port()?;
    let _files = match area.files {
        FileServer::BeforeStart => Some(Files::start(contract, &root, files_port)?),
        _ => None,
    };
    let config = contract.join(area.config);
    let server = start(&config, &root, scratch.path(), files_port, binary)?;
    let mut command = program(contract, &server, &root, scratch.path());
    match area.files {
        FileServer::None => {}
        FileServer::WithCases => drop(command.args(["--serve", &files_port.to_string()])),
        FileServer::BeforeStart => drop(command.args(["--files", &format!("http://127.0.0.1:{files_port}")])),
    }
    send(area, contract, scratch.path(), command)
}

/// Sends the cases of an area with a command that knows everything else.
pub fn send(area: &Area, contract: &Path, work: &Path, mut command: Command) -> Result<Agreement> {
    let exceptions = Exceptions::of(area.name)?;
    let folder = contract.join(area.folder);
    let recorded = folder.join(area.cases);
    // A case may name a file beside it.
    for file in ["expr-parameters.json"] {
        if folder.join(file).is_file() {
            std::fs::copy(folder.join(file), work.join(file))?;
        }
    }
    let cases = cases::write(&recorded, &work.join("cases.jsonl"), area, &exceptions)?;
    let output = command.output().context("could not run the replay")?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    if let Some(folder) = std::env::var_os("CONFORMANCE_OUTPUT") {
        let name = area.name.replace('/', "-");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(Path::new(&folder).join(format!("{name}.txt")), &*stdout)?;
    }
    let Some(volatile) = stdout.lines().rev().find_map(volatile) else {
        bail!(
            "the replay of {} ended without a figure:\n{stdout}\n{stderr}",
            area.name
        );
    };
    Ok(judge(area.name, &cases, &exceptions, &stdout, volatile))
}

/// The replay program; it reads the cases from `work`.
pub fn program(contract: &Path, server: &Server, root: &Path, work: &Path) -> Command {
    let mut command = Command::new("python3");
    command.arg(contract.join("replay.py")).arg(work).arg("-v");
    command.args(["--base", &server.base]).arg("--root").arg(root);
    command.arg("--work").arg(work).env("TMPDIR", work);
    // Some cases send whole folders of templates.
    command
        .arg("--corpora")
        .arg(contract.join("../corpora/templates"));
    command
}

/// Starts our server as the recording's README says, with the original's way to read broken files
/// and to refuse placeholders in local ones (docs/compatibility.md tells why ours differs by default).
pub fn start(config: &Path, root: &Path, work: &Path, files_port: u16, binary: &Path) -> Result<Server> {
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
    command.env("APP_CONFIG_portal_resolveFilePlaceholders", "false");
    // In the recordings nobody is the guest without its token.
    command.env("APP_CONFIG_portal_auth_guest", "false");
    // The recorded policy allows everything.
    command.env("APP_CONFIG_portal_unprotected", r#"["permission.enabled"]"#);
    Server::start(
        &mut command,
        format!("http://127.0.0.1:{port}"),
        &work.join("server.log"),
        Duration::from_mins(1),
    )
}

/// The recording's file server, ended with the value.
struct Files(Child);

impl Files {
    fn start(contract: &Path, root: &Path, port: u16) -> Result<Self> {
        let script =
            "import sys, time, replay\nreplay.files_server(sys.argv[1], int(sys.argv[2]))\ntime.sleep(3600)";
        let child = Command::new("python3")
            .env("PYTHONPATH", contract)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .args(["-c", script])
            .arg(root.join("served"))
            .arg(port.to_string())
            .stdin(Stdio::null())
            .spawn()
            .context("could not start the file server")?;
        let files = Self(child);
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(files);
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        bail!("the file server did not start");
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Number of cases that the program does not judge, from its last line.
fn volatile(line: &str) -> Option<usize> {
    line.contains(": agree ").then_some(())?;
    line.rsplit(' ').next()?.parse().ok()
}

fn judge(name: &str, cases: &Cases, exceptions: &Exceptions, stdout: &str, volatile: usize) -> Agreement {
    let mut agreement = Agreement::new(format!("replay/{name}"));
    let mut differing: BTreeMap<&str, &str> = stdout
        .lines()
        .filter_map(|line| line.strip_prefix("DIFFERS "))
        .map(|line| (line.split(' ').next().unwrap_or_default(), line))
        .collect();
    let mut not_judged = volatile;
    for (case, reason) in &exceptions.on_purpose {
        not_judged += 1;
        match differing.remove(case.as_str()) {
            Some(_) => agreement.on_purpose.push(format!("{case}: {reason}")),
            None => agreement.differences.push(format!(
                "{case} agrees by now; take it out of conformance/exceptions.json"
            )),
        }
    }
    let before = differing.len();
    differing.retain(|case, _| !cases.undecided.contains(*case));
    agreement.undecided = before - differing.len();
    agreement.judged = cases.ids.len() - not_judged - agreement.undecided;
    // A walk differs as a whole beside its pages.
    let pages = differing.keys().filter(|case| cases.ids.contains(**case)).count();
    agreement.judged += differing.len() - pages;
    agreement.agree = agreement.judged.saturating_sub(differing.len());
    agreement
        .differences
        .extend(differing.values().map(|line| (*line).to_owned()));
    agreement.left_out = exceptions
        .left_out
        .iter()
        .map(|(case, reason)| format!("{case}: {reason}"))
        .collect();
    agreement.other_plugins = cases.other_plugins;
    agreement
}
