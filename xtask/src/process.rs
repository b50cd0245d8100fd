//! Running other programs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the root")
        .to_path_buf()
}

/// A program without what `cargo run` tells about this one: build scripts (`ring`'s) look at these
/// variables, and with other values a cargo started here would build half of all dependencies again.
fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a program in the root with our output, failing when it fails.
pub fn run(program: &str, arguments: &[&str]) -> Result<()> {
    run_in(&root(), program, arguments)
}

/// As [`run`], in a folder.
pub fn run_in(folder: &Path, program: &str, arguments: &[&str]) -> Result<()> {
    run_in_with(folder, &[], program, arguments)
}

/// As [`run_in`], with variables of the environment, which are not printed.
pub fn run_in_with(
    folder: &Path,
    variables: &[(String, String)],
    program: &str,
    arguments: &[&str],
) -> Result<()> {
    eprintln!("$ {program} {}", arguments.join(" "));
    let status = command(program)
        .args(arguments)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .current_dir(folder)
        .status()
        .with_context(|| format!("could not start {program}"))?;
    if !status.success() {
        bail!("`{program} {}` failed: {status}", arguments.join(" "));
    }
    Ok(())
}

/// Runs a program and returns what it printed, whatever its exit code.
pub fn output(program: &str, arguments: &[&str]) -> Result<String> {
    let output = command(program)
        .args(arguments)
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("could not start {program}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Copies a folder with all that is in it, as something that may be changed.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    if let Some(above) = to.parent() {
        std::fs::create_dir_all(above)?;
    }
    let copied = Command::new("cp").arg("-r").arg(from).arg(to).status()?;
    let writable = Command::new("chmod").args(["-R", "u+w"]).arg(to).status()?;
    if !copied.success() || !writable.success() {
        bail!("could not copy {} to {}", from.display(), to.display());
    }
    Ok(())
}

/// Whether a program is on the path.
pub fn exists(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A folder that is removed with the value.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes an empty folder whose name says what it is for.
    pub fn new(purpose: &str) -> Result<Self> {
        Self::below(&std::env::temp_dir(), purpose)
    }

    /// The same in memory where the system has room for files there, so that no disk is a part of what is measured.
    pub fn in_memory(purpose: &str) -> Result<Self> {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() {
            Self::below(memory, purpose)
        } else {
            Self::new(purpose)
        }
    }

    fn below(folder: &Path, purpose: &str) -> Result<Self> {
        // Tests of one process run side by side, and each needs a folder of its own.
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("backstage-{purpose}-{}-{made}", std::process::id()));
        if path.exists() {
            std::fs::remove_dir_all(&path)?;
        }
        std::fs::create_dir_all(&path).with_context(|| format!("could not create {}", path.display()))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
