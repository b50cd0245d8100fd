//! Installs what a task needs and is missing, with the system's own package tools.

use std::path::Path;

use anyhow::{Result, bail};

use crate::process::{exists, run};

/// A Debian package and how to tell that it is there.
struct Tool {
    package: &'static str,
    present: fn() -> bool,
}

const TEST_TOOLS: &[Tool] = &[
    Tool {
        package: "make",
        present: || exists("make"),
    },
    Tool {
        package: "postgresql",
        present: postgresql,
    },
    Tool {
        package: "chromium",
        present: || exists("chromium"),
    },
    Tool {
        package: "nodejs",
        present: || exists("node"),
    },
    Tool {
        package: "npm",
        present: || exists("npm"),
    },
    Tool {
        package: "gnupg",
        present: || exists("gpg") && exists("gpg-agent"),
    },
];

/// The server programs live outside the path, one folder a major version.
fn postgresql() -> bool {
    exists("initdb")
        || std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|versions| {
            versions
                .flatten()
                .any(|version| version.path().join("bin/initdb").exists())
        })
}

/// What the tests need: make for building the allocator, PostgreSQL, a browser, Node for the stock client, and `GnuPG` for signed
/// commits.
pub fn for_tests() -> Result<()> {
    install(TEST_TOOLS)
}

/// Debian takes what makes environments of Python apart from Python.
fn has_venv() -> bool {
    let mut python = std::process::Command::new("python3");
    let asked = python.args(["-c", "import ensurepip, venv"]).output();
    asked.is_ok_and(|answer| answer.status.success())
}

/// What the comparisons and the bench need: Python for the replay and for MkDocs, Node for the engine of the original, a load
/// generator.
pub fn for_comparison() -> Result<()> {
    install(&[
        Tool {
            package: "nodejs",
            present: || exists("node"),
        },
        Tool {
            package: "npm",
            present: || exists("npm"),
        },
        Tool {
            package: "python3",
            present: || exists("python3"),
        },
        Tool {
            package: "python3-venv",
            present: has_venv,
        },
        Tool {
            package: "wrk",
            present: || exists("wrk"),
        },
    ])
}

/// Formatter and linter of the toolchain in use.
pub fn rust_components() -> Result<()> {
    if exists("cargo-fmt") && exists("cargo-clippy") {
        return Ok(());
    }
    run("rustup", &["component", "add", "rustfmt", "clippy"])
}

fn install(tools: &[Tool]) -> Result<()> {
    let missing: Vec<&str> = tools
        .iter()
        .filter(|tool| !(tool.present)())
        .map(|tool| tool.package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("please install {} and run the command again", missing.join(", "));
    }
    let sudo = if exists("sudo") && !is_root() {
        "sudo"
    } else {
        "env"
    };
    run(sudo, &["apt-get", "update", "-qq"])?;
    let mut arguments = vec![
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "-y",
        "-qq",
        "--no-install-recommends",
    ];
    arguments.extend(&missing);
    run(sudo, &arguments)
}

fn is_root() -> bool {
    std::process::Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.starts_with(b"0"))
}
