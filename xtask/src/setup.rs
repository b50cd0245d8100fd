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

/// What the tests need: make for building the allocator, PostgreSQL, a browser, and Node for the stock client.
pub fn for_tests() -> Result<()> {
    install(TEST_TOOLS)
}

/// What the comparison needs: Python for the replay, Node for the engine of the original, or a load generator for the bench.
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
