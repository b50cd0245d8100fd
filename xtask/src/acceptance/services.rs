//! The servers beside the portal: one script for each, with the same verbs, that prints variables when it has started.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process::Scratch;

/// Scripts in the order in which they are started. Flux starts Kubernetes, Grafana's stand-in starts Prometheus.
const STARTED: [&str; 5] = ["s3", "gitea", "keycloak", "flux", "grafana"];
/// All scripts, in the order in which they are installed and, backwards, stopped.
const ALL: [&str; 7] = [
    "prometheus",
    "keycloak",
    "s3",
    "gitea",
    "kubernetes",
    "flux",
    "grafana",
];
/// Scripts that fill the servers.
const SEEDS: [&str; 3] = ["seed-gitea", "seed-kubernetes", "seed-grafana"];
/// Ports that the scripts take from variables, so that servers which run already are left alone.
const PORTS: [&str; 16] = [
    "GITEA_PORT",
    "KEYCLOAK_PORT",
    "KEYCLOAK_MANAGEMENT_PORT",
    "KUBE_PORT",
    "ETCD_PORT",
    "ETCD_PEER_PORT",
    "KWOK_PORT",
    "FLUX_STORAGE_PORT",
    "FLUX_SOURCE_METRICS_PORT",
    "FLUX_SOURCE_HEALTH_PORT",
    "FLUX_KUSTOMIZE_METRICS_PORT",
    "FLUX_KUSTOMIZE_HEALTH_PORT",
    "PROMETHEUS_PORT",
    "ALERTMANAGER_PORT",
    "GRAFANA_PORT",
    "S3_PORT",
];

/// The servers of one run. They are stopped, and their data removed, with the value.
pub struct Services {
    scripts: PathBuf,
    /// Data of a run of its own; absent when `$SERVICES_DATA` names servers that stay.
    scratch: Option<Scratch>,
    variables: Vec<(String, String)>,
}

impl Services {
    /// Chooses ports and a folder for data, unless `$SERVICES_DATA` names the folder of servers that stay as they are.
    pub fn new(scripts: PathBuf) -> Result<Self> {
        let mut services = Self {
            scripts,
            scratch: None,
            variables: Vec::new(),
        };
        if std::env::var_os("SERVICES_DATA").is_some() {
            return Ok(services);
        }
        let scratch = Scratch::new("services")?;
        services.set("SERVICES_DATA", scratch.path().display().to_string());
        services.scratch = Some(scratch);
        // All are held until all are chosen, so that none is chosen twice.
        let held: Vec<TcpListener> = PORTS
            .iter()
            .map(|_| TcpListener::bind(("127.0.0.1", 0)))
            .collect::<std::io::Result<_>>()?;
        for (name, listener) in PORTS.iter().zip(&held) {
            services.set(name, listener.local_addr()?.port().to_string());
        }
        Ok(services)
    }

    /// Where the scripts are.
    pub fn scripts(&self) -> &Path {
        &self.scripts
    }

    /// What the scripts printed, and what they were given.
    pub fn variables(&self) -> &[(String, String)] {
        &self.variables
    }

    /// Builds what is not built yet: minutes on a new machine, nothing on one that has it.
    pub fn install(&mut self) -> Result<()> {
        self.install_these(&ALL)
    }

    /// The same for some of them.
    pub fn install_these(&mut self, names: &[&str]) -> Result<()> {
        names.iter().try_for_each(|name| self.call(name, &["install"]))
    }

    /// Starts all and waits until they are ready.
    pub fn start(&mut self) -> Result<()> {
        self.start_these(&STARTED)
    }

    /// The same for some of them.
    pub fn start_these(&mut self, names: &[&str]) -> Result<()> {
        names.iter().try_for_each(|name| self.call(name, &["start"]))
    }

    /// The value of a variable that a script printed.
    pub fn variable(&self, name: &str) -> Result<String> {
        let found = self.variables.iter().find(|(known, _)| known == name);
        let (_, value) = found.with_context(|| format!("no script printed {name}"))?;
        Ok(value.clone())
    }

    /// Fills them; Gitea's organisation sends its events to a portal at `port`.
    pub fn seed(&mut self, port: u16) -> Result<()> {
        self.set(
            "GITEA_WEBHOOK",
            format!("http://127.0.0.1:{port}/api/events/http/gitea"),
        );
        SEEDS.iter().try_for_each(|name| self.call(name, &[]))
    }

    fn set(&mut self, name: &str, value: String) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value));
    }

    /// Runs a script and keeps the variables that it prints.
    fn call(&mut self, script: &str, arguments: &[&str]) -> Result<()> {
        let path = self.scripts.join(format!("{script}.sh"));
        eprintln!("$ {script}.sh {}", arguments.join(" "));
        let output = self
            .command(&path, arguments)
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("could not start {}", path.display()))?;
        if !output.status.success() {
            bail!("{script}.sh {} failed: {}", arguments.join(" "), output.status);
        }
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            if let Some((name, value)) = line.split_once('=') {
                self.set(name, value.to_owned());
            }
        }
        Ok(())
    }

    fn command(&self, path: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(path);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        if self.scratch.is_none() {
            return;
        }
        for name in ALL.iter().rev() {
            let path = self.scripts.join(format!("{name}.sh"));
            let stopped = self.command(&path, &["stop"]).stderr(Stdio::null()).status();
            if !stopped.is_ok_and(|status| status.success()) {
                eprintln!("{name}.sh stop failed");
            }
        }
    }
}
