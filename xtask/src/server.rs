//! A portal started for a test, and ended with the value.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::{root, run};

/// Builds the portal and returns its path.
pub fn build() -> Result<PathBuf> {
    // With the tests of the whole workspace, so that features are those that the tests were built with, and nothing is
    // built twice.
    run("cargo", &["build", "--workspace", "--all-targets"])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("debug/backstage"))
}

/// A port nobody listens on at the moment.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// A running server of ours or of the original.
pub struct Server {
    child: Child,
    /// Where it answers, without a trailing slash.
    pub base: String,
}

impl Server {
    /// Starts a command and waits until it is ready, at most `patience`.
    pub fn start(command: &mut Command, base: String, log: &Path, patience: Duration) -> Result<Self> {
        let output = std::fs::File::create(log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("could not start {command:?}"))?;
        let mut server = Self { child, base };
        server.wait_ready(log, patience)?;
        Ok(server)
    }

    fn wait_ready(&mut self, log: &Path, patience: Duration) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < patience {
            if ureq::get(format!("{}/.backstage/health/v1/readiness", self.base))
                .call()
                .is_ok()
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended at start ({status}):\n{}", tail(log));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("the server was not ready within {patience:?}:\n{}", tail(log))
    }
}

impl Server {
    /// Id of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Memory in MiB, by the kernel's name: `VmRSS` is resident now, `RssAnon` what of it is not the program's file, `VmHWM` at most so far (proc(5)).
    pub fn memory(&self, field: &str) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let mut fields = status.lines().filter_map(|line| line.split_once(':'));
        let value = fields.find(|(name, _)| *name == field).map(|(_, value)| value);
        let kib = value.and_then(|value| value.split_whitespace().next()?.parse::<f64>().ok());
        Ok(kib.with_context(|| format!("the kernel tells no {field}"))? / 1024.0)
    }
}

impl Server {
    /// Asks it to end; whether it has within this time.
    pub fn end(&mut self, patience: Duration) -> bool {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let started = Instant::now();
        while started.elapsed() < patience {
            if let Ok(Some(_)) = self.child.try_wait() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let has_ended = matches!(self.child.try_wait(), Ok(Some(_)));
        if !has_ended && !self.end(Duration::from_secs(10)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
