//! Which processor a binary is built for, and what that takes.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::process::{exists, output, root, run_in_with};

/// A processor that images are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// As the compiler calls it.
    pub tuple: &'static str,
    /// The compiler of C that also links, on another machine than its own.
    cross: &'static str,
    /// The package that has it.
    package: &'static str,
}

const TARGETS: [(&str, Target); 2] = [
    (
        "amd64",
        Target {
            tuple: "x86_64-unknown-linux-gnu",
            cross: "x86_64-linux-gnu-gcc",
            package: "gcc-x86-64-linux-gnu libc6-dev-amd64-cross",
        },
    ),
    (
        "arm64",
        Target {
            tuple: "aarch64-unknown-linux-gnu",
            cross: "aarch64-linux-gnu-gcc",
            package: "gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
        },
    ),
];

impl Target {
    /// That of an architecture, as images name it.
    pub fn of(architecture: &str) -> Result<Self> {
        match TARGETS.iter().find(|(name, _)| *name == architecture) {
            Some((_, target)) => Ok(*target),
            None => bail!("images are made for amd64 and arm64, not for {architecture}"),
        }
    }

    /// That of this machine.
    pub fn of_this_machine() -> Result<Self> {
        match TARGETS
            .iter()
            .find(|(_, target)| host().is_ok_and(|host| host == target.tuple))
        {
            Some((_, target)) => Ok(*target),
            None => bail!(
                "this machine is none that images are made for; name one with --architecture amd64 or arm64, or a static binary with \
                 --binary"
            ),
        }
    }

    /// Builds the binary that needs no library of the system. A target is named so that only the product is linked so, not the
    /// plugins of the compiler.
    pub fn build(self) -> Result<PathBuf> {
        let host = host()?;
        if host != self.tuple {
            let installed = output("rustup", &["target", "list", "--installed"])?;
            let installed: Vec<&str> = installed.lines().map(str::trim).collect();
            if let Some(missing) = self.missing(&installed, exists) {
                bail!("{missing}");
            }
        }
        let arguments = [
            "build",
            "--release",
            "--locked",
            "--package",
            "backstage",
            "--target",
            self.tuple,
        ];
        run_in_with(&root(), &self.variables(&host), "cargo", &arguments)?;
        Ok(root().join("target").join(self.tuple).join("release/backstage"))
    }

    /// What has to be installed to build for this processor on another one, as a sentence.
    pub fn missing(self, installed: &[&str], exists: impl Fn(&str) -> bool) -> Option<String> {
        let mut steps = Vec::new();
        if !installed.contains(&self.tuple) {
            steps.push(format!("rustup target add {}", self.tuple));
        }
        if !exists(self.cross) {
            steps.push(format!("apt-get install {}", self.package));
        }
        (!steps.is_empty()).then(|| {
            format!(
                "this machine cannot build for {}: run `{}`, or build on such a machine and name the binary with --binary",
                self.tuple,
                steps.join(" && ")
            )
        })
    }

    /// The environment of the build.
    pub fn variables(self, host: &str) -> Vec<(String, String)> {
        let mut variables = vec![("RUSTFLAGS".to_owned(), "-C target-feature=+crt-static".to_owned())];
        if self.tuple.starts_with("aarch64") {
            // Kernels for this processor have pages of 4 to 64 KiB; the allocator must be made for the largest.
            variables.push(("JEMALLOC_SYS_WITH_LG_PAGE".to_owned(), "16".to_owned()));
        }
        if host != self.tuple {
            let name = self.tuple.replace('-', "_");
            let linker = format!("CARGO_TARGET_{}_LINKER", name.to_uppercase());
            variables.push((linker, self.cross.to_owned()));
            variables.push((format!("CC_{name}"), self.cross.to_owned()));
        }
        variables
    }
}

fn host() -> Result<String> {
    Ok(output("rustc", &["--print", "host-tuple"])?.trim().to_owned())
}
