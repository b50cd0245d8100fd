//! Tokens: the original's own handlers (npm package `@backstage/backend-defaults`) read ours, and make some that ours must read.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::Agreement;
use super::oracle::Oracle;
use crate::process::Scratch;
use crate::server::{Server, free_port};

const ORACLE: Oracle = Oracle {
    name: "tokens",
    sources: "crates/auth/tests/oracle",
    program: "tokens.cjs",
    package: "@backstage/backend-defaults",
};

/// Has the handlers of the original read and make tokens.
pub fn compare(_: &Path, binary: &Path) -> Result<Vec<Agreement>> {
    let folder = ORACLE.installed()?;
    let scratch = Scratch::new("tokens")?;
    let plugin_port = free_port()?;
    let server = portal(scratch.path(), plugin_port, binary)?;
    let output = Command::new("node")
        .arg(ORACLE.program)
        .args([server.base.as_str(), &plugin_port.to_string()])
        .current_dir(folder)
        .output()
        .context("could not start node")?;
    if !output.status.success() {
        bail!(
            "the original's handlers failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let mut agreement = Agreement::new("tokens/original");
    for line in String::from_utf8(output.stdout)?.lines() {
        let check: Value = serde_json::from_str(line)?;
        let difference = check["difference"].as_str();
        agreement.judge(difference.map(|difference| format!("{}: {difference}", check["name"])));
    }
    Ok(vec![agreement])
}

/// A portal whose guest gets a token, and which knows a plugin of another backend.
fn portal(work: &Path, plugin_port: u16, binary: &Path) -> Result<Server> {
    let port = free_port()?;
    let base = format!("http://127.0.0.1:{port}");
    let target = format!("http://127.0.0.1:{plugin_port}/api/{{{{pluginId}}}}");
    let config = json!({
        "app": {"baseUrl": base},
        "backend": {
            "baseUrl": base,
            "listen": {"host": "127.0.0.1", "port": port},
            "database": {"client": "better-sqlite3", "connection": ":memory:"},
        },
        "auth": {"providers": {"guest": {"dangerouslyAllowOutsideDevelopment": true}}},
        "portal": {"auth": {"guest": false}},
        "discovery": {"endpoints": [{"target": target, "plugins": ["todo"]}]},
    });
    let file = work.join("app-config.yaml");
    std::fs::write(&file, serde_json::to_string(&config)?)?;
    let mut command = Command::new(binary);
    command.current_dir(work).arg("serve").arg("--config").arg(&file);
    Server::start(
        &mut command,
        base,
        &work.join("server.log"),
        Duration::from_mins(1),
    )
}
