//! Running the binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The folder of fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures")
}

/// The binary with arguments, run in a folder, without the environment's influence.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backstage"));
    command.current_dir(folder).args(arguments);
    command
        .env_clear()
        .env("LOG_FORMAT", "json")
        .env("COLUMNS", "100");
    command
}

/// What a run printed, in a form for snapshots.
pub fn transcript(folder: &Path, arguments: &[&str]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command(folder, arguments).output().expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let code = status.code().expect("an exit code");
    let printed = format!(
        "$ backstage {}\n{}--- stderr\n{}--- exit code {code}\n",
        arguments.join(" "),
        text(stdout),
        text(stderr)
    );
    // Snapshots must read the same wherever the repository lies.
    printed.replace(&*folder.to_string_lossy(), "{folder}")
}
