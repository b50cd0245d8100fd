//! Runs one test program for `cargo test`, as its `runner`, and fails it for more than failed tests: for a test
//! that is slow, for a program that does not end, and for processes that it leaves behind. Files that it leaves behind
//! are named, but no failure: a task that still writes while its folder is removed is no mistake of the product.
//!
//! Temporary files of the program go into a folder of its own, named by `TMPDIR`; a process belongs to the program
//! when its environment names that folder, whatever group or session it has moved to.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::Scratch;

/// The test harness writes this about a test that still runs after a minute.
const SLOW: &str = "has been running for over 60 seconds";
/// Longest that one program may take. The slowest takes a fifth of it on two cores.
const PROGRAM_LIMIT: Duration = Duration::from_mins(15);
/// A server that was started by the program may take this long to end after it.
const FAREWELL: Duration = Duration::from_mins(1);

/// Runs a program with arguments; an error names everything that is wrong.
pub fn run(arguments: &[String]) -> Result<()> {
    let (program, arguments) = arguments.split_first().context("no program is named")?;
    let scratch = Scratch::new("t")?;
    // As /tmp itself: PostgreSQL runs as another user, who removes its own folder.
    fs::set_permissions(scratch.path(), Permissions::from_mode(0o1777))?;
    let mut child = Command::new(program)
        .args(arguments)
        .env("TMPDIR", scratch.path())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {program}"))?;
    let mut complaints = pass_on(&mut child)?;
    let status = child.wait()?;
    if !status.success() {
        complaints.push(format!("it ended with {status}"));
    }
    complaints.extend(processes_left_behind(scratch.path()));
    for file in fs::read_dir(scratch.path())?.flatten() {
        eprintln!("{program} left behind {}", file.path().display());
    }
    if !complaints.is_empty() {
        bail!("{program}:\n  {}", complaints.join("\n  "));
    }
    Ok(())
}

/// Prints what the program prints until it closes its output; what is wrong with it.
fn pass_on(child: &mut Child) -> Result<Vec<String>> {
    let output = child.stdout.take().context("stdout is a pipe")?;
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let end = Instant::now() + PROGRAM_LIMIT;
    let mut complaints = Vec::new();
    loop {
        match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                let line = String::from_utf8_lossy(&line);
                let mut stdout = std::io::stdout().lock();
                writeln!(stdout, "{line}")?;
                if line.contains(SLOW) {
                    complaints.push(format!("a test is too slow: {line}"));
                }
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(complaints),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                child.kill()?;
                complaints.push(format!("it was stopped after {} s", PROGRAM_LIMIT.as_secs()));
                return Ok(complaints);
            }
        }
    }
}

/// Processes that are there after the program, when they had time to go.
fn processes_left_behind(folder: &Path) -> Vec<String> {
    let end = Instant::now() + FAREWELL;
    loop {
        let left = processes_of(folder);
        if left.is_empty() || Instant::now() > end {
            return left;
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Processes whose environment names the folder.
fn processes_of(folder: &Path) -> Vec<String> {
    let mark = format!("TMPDIR={}", folder.display());
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ours = all.filter(|process| {
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        environment
            .split(|byte| *byte == 0)
            .any(|entry| entry == mark.as_bytes())
    });
    ours.map(|process| {
        let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        let id = process.file_name();
        format!("it left a process behind: {} {command}", id.to_string_lossy())
    })
    .collect()
}
