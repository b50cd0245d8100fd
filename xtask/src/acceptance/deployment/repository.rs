//! The repository that Flux follows in the acceptance.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::acceptance::services::Services;
use crate::process::{Scratch, copy_folder, root};

/// A repository at Gitea with the folder `deploy`, and a working copy of it.
pub struct Repository {
    folder: Scratch,
    address: String,
    /// Owner and name.
    pub name: &'static str,
}

impl Repository {
    /// Makes both; nothing is pushed yet.
    pub fn make(services: &Services) -> Result<Self> {
        let (url, token) = (services.variable("GITEA_URL")?, services.variable("GITEA_TOKEN")?);
        for (path, body) in [
            ("orgs", json!({ "username": "platform" })),
            (
                "orgs/platform/repos",
                json!({ "name": "portal", "private": true, "default_branch": "main" }),
            ),
        ] {
            let made = ureq::post(format!("{url}/api/v1/{path}"))
                .header("Authorization", format!("token {token}"))
                .send_json(body);
            // Servers that stay have it from the run before.
            if !matches!(made, Err(ureq::Error::StatusCode(409 | 422))) {
                made.with_context(|| format!("Gitea does not make {path}"))?;
            }
        }
        let user = services.variable("GITEA_ADMIN")?;
        let made = Self {
            folder: Scratch::new("deployment")?,
            address: url.replacen("://", &format!("://{user}:{token}@"), 1) + "/platform/portal.git",
            name: "platform/portal",
        };
        copy_folder(&root().join("deploy"), &made.path().join("deploy"))?;
        made.git(&["init", "--quiet", "--initial-branch=main"])?;
        Ok(made)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Replaces a text that must be there.
    pub fn edit(&self, file: &str, old: &str, new: &str) -> Result<()> {
        let path = self.path().join(file);
        let text = std::fs::read_to_string(&path)?;
        ensure!(text.contains(old), "{file} has no '{old}'");
        Ok(std::fs::write(path, text.replace(old, new))?)
    }

    /// Commits everything and pushes it.
    pub fn push(&self, message: &str) -> Result<()> {
        self.git(&["add", "--all"])?;
        self.git(&[
            "-c",
            "user.name=test",
            "-c",
            "user.email=test@example.com",
            "commit",
            "--quiet",
            "-m",
            message,
        ])?;
        self.git(&["push", "--quiet", "--force", &self.address, "main"])
            .map(drop)
    }

    /// The newest commit.
    pub fn commit(&self) -> Result<String> {
        self.git(&["rev-parse", "HEAD"])
    }

    /// Without the arguments in the error, one of which has a token.
    fn git(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new("git")
            .args(arguments)
            .current_dir(self.path())
            .output()?;
        ensure!(output.status.success(), "git {} failed", arguments[0]);
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}
