//! Folders with packages of the original, which npm fetches once a machine.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::{root, run_in};

/// An oracle of the repository: programs that ask a package of the original.
pub struct Oracle {
    /// Its name below `target/conformance`.
    pub name: &'static str,
    /// Where its files are.
    pub sources: &'static str,
    /// The program; `package.json` lies beside it.
    pub program: &'static str,
    /// The package, whose version `package.json` says.
    pub package: &'static str,
}

impl Oracle {
    /// The folder with the program and its package.
    pub fn installed(&self) -> Result<PathBuf> {
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
        let (sources, folder) = (
            root().join(self.sources),
            target.join("conformance").join(self.name),
        );
        std::fs::create_dir_all(&folder)?;
        for file in ["package.json", self.program] {
            std::fs::copy(sources.join(file), folder.join(file))
                .with_context(|| format!("could not copy {file}"))?;
        }
        let wanted: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("package.json"))?)?;
        let there = folder
            .join("node_modules")
            .join(self.package)
            .join("package.json");
        let there: Option<Value> = std::fs::read_to_string(there)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok());
        if there.is_none_or(|there| there["version"] != wanted["dependencies"][self.package]) {
            let install = [
                "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--silent",
            ];
            run_in(&folder, "npm", &install)?;
        }
        Ok(folder)
    }
}
