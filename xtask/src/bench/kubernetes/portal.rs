//! The portal that is measured: its catalog, its configuration, and its pages as a browser asks for them.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::contents::service;
use crate::server::{Server, free_port};

/// Longest time of a start, and until the catalog is read.
const PATIENCE: Duration = Duration::from_mins(2);

/// A portal and the connections to it.
pub struct Portal {
    /// The process.
    pub server: Server,
    agent: ureq::Agent,
    /// When it was started.
    pub begun: Instant,
}

/// Writes a catalog of components, the first of which select workloads. Its file is returned.
pub fn write_catalog(folder: &Path, components: usize, selecting: usize) -> Result<PathBuf> {
    let file = folder.join("catalog.yaml");
    let documents: Vec<String> = (0..components)
        .map(|number| {
            let name = service(number);
            let annotations = if number < selecting {
                json!({"backstage.io/kubernetes-id": name})
            } else {
                json!({})
            };
            let spec = json!({"type": "service", "lifecycle": "production", "owner": "guests"});
            let metadata = json!({"name": name, "description": format!("The service of number {number}."), "annotations": annotations});
            json!({"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": metadata, "spec": spec}).to_string()
        })
        .collect();
    std::fs::write(&file, documents.join("\n---\n"))?;
    Ok(file)
}

impl Portal {
    /// Starts a portal with these clusters, each a name and an address. What is in `folder` of an earlier start stays.
    pub fn start(binary: &Path, folder: &Path, catalog: &Path, clusters: &[(&str, &str)]) -> Result<Self> {
        let port = free_port()?;
        let base = format!("http://127.0.0.1:{port}");
        let mut config = json!({
            "app": {"baseUrl": base},
            "backend": {
                "baseUrl": base,
                "listen": {"host": "127.0.0.1", "port": port},
                "database": {"client": "better-sqlite3", "connection": {"directory": folder}},
            },
            "catalog": {"processingInterval": {"minutes": 60}, "locations": [{"type": "file", "target": catalog}]},
        });
        if !clusters.is_empty() {
            let all: Vec<Value> = clusters
                .iter()
                .map(|(name, url)| json!({"name": name, "url": url, "authProvider": "serviceAccount", "serviceAccountToken": "bench"}))
                .collect();
            config["kubernetes"] = json!({"clusterLocatorMethods": [{"type": "config", "clusters": all}]});
        }
        let file = folder.join("app-config.json");
        std::fs::write(&file, config.to_string())?;
        let mut command = Command::new(binary);
        command.current_dir(folder).arg("serve").arg("--config").arg(file);
        let begun = Instant::now();
        Ok(Self {
            server: Server::start(&mut command, base, &folder.join("portal.log"), PATIENCE)?,
            agent: ureq::Agent::new_with_defaults(),
            begun,
        })
    }

    /// The tab of a component, once it is there; without an answer it is not there yet.
    pub fn tab(&self, number: usize) -> Result<Option<String>> {
        let address = format!(
            "{}/catalog/default/component/{}/kubernetes",
            self.server.base,
            service(number)
        );
        match self.agent.get(&address).call() {
            Ok(mut answer) => Ok(Some(answer.body_mut().read_to_string()?)),
            Err(ureq::Error::StatusCode(404)) => Ok(None),
            Err(error) => Err(error).context(address),
        }
    }

    /// Waits until components are there.
    pub fn wait_for_catalog(&self, last: usize) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let address = format!(
                "{}/api/catalog/entities/by-name/component/default/{}",
                self.server.base,
                service(last)
            );
            if self.agent.get(&address).call().is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("the catalog was not read within {PATIENCE:?}")
    }

    /// Follows what an open page does, and hands over the moments at which it is told that something changed.
    pub fn follow(&self, page: &str) -> Result<Receiver<Instant>> {
        let start = page
            .find("kubernetes.entity.")
            .context("the page tells what it follows")?;
        let length = page[start..].find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '.'));
        let topic = page[start..start + length.unwrap_or(0)].to_owned();
        let address = format!("{}/api/live/changes?topics={topic}", self.server.base);
        let stream = self.agent.get(&address).call()?.into_body().into_reader();
        let (sender, moments) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if line.contains(&topic) && sender.send(Instant::now()).is_err() {
                    return;
                }
            }
        });
        Ok(moments)
    }
}
