//! The two servers that are measured, and how each is started on a catalog and a database.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::catalog::Generated;
use super::options::Options;
use crate::process::{root, run};
use crate::server::{Server, free_port};

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// This repository's.
    Ours,
    /// The published one.
    Original,
}

impl Who {
    /// Name in tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Original => "original",
        }
    }
}

/// A server that can be started.
#[derive(Debug)]
pub struct Contender {
    /// Which one.
    pub who: Who,
    /// Our binary, or the script that starts the original.
    program: PathBuf,
}

/// A started server and what its requests must carry.
pub struct Running {
    /// The process.
    pub server: Server,
    /// Bearer token, where it wants one.
    pub token: Option<String>,
}

impl Contender {
    /// Those that the options select, ours built, in the order of measuring.
    pub fn selected(options: &Options) -> Result<Vec<Self>> {
        let mut contenders = Vec::new();
        if options.ours {
            contenders.push(Self {
                who: Who::Ours,
                program: options.binary.clone().map_or_else(build, Ok)?,
            });
        }
        if options.original {
            contenders.push(Self {
                who: Who::Original,
                program: original()?,
            });
        }
        Ok(contenders)
    }

    /// Starts on a catalog. `data` is the folder of the database; what is in it stays.
    pub fn start(&self, catalog: &Generated, data: &Path) -> Result<Running> {
        let port = free_port()?;
        let base = format!("http://127.0.0.1:{port}");
        let mut command = match self.who {
            Who::Ours => self.our_command(catalog, data, port)?,
            Who::Original => self.original_command(catalog, data, port)?,
        };
        let server = Server::start(
            &mut command,
            base,
            &data.with_extension("log"),
            Duration::from_mins(2),
        )?;
        Ok(Running { server, token: None })
    }

    fn our_command(&self, catalog: &Generated, data: &Path, port: u16) -> Result<Command> {
        std::fs::create_dir_all(data)?;
        let locations: Vec<_> = catalog
            .files
            .iter()
            .map(|file| json!({"type": "file", "target": file}))
            .collect();
        let kinds = [
            "Component",
            "System",
            "API",
            "Resource",
            "Location",
            "Domain",
            "Group",
            "User",
            "Template",
        ];
        let config = json!({
            "app": {"baseUrl": format!("http://127.0.0.1:{port}")},
            "backend": {
                "baseUrl": format!("http://127.0.0.1:{port}"),
                "listen": {"host": "127.0.0.1", "port": port},
                "database": {"client": "better-sqlite3", "connection": {"directory": data}},
            },
            "catalog": {
                "processingInterval": {"minutes": 60},
                "rules": [{"allow": kinds}],
                "locations": locations,
            },
        });
        let file = data.with_extension("config.json");
        std::fs::write(&file, config.to_string())?;
        let mut command = Command::new(&self.program);
        command.current_dir(data).arg("serve").arg("--config").arg(file);
        Ok(command)
    }

    fn original_command(&self, catalog: &Generated, data: &Path, port: u16) -> Result<Command> {
        let folder = catalog.files[0].parent().context("files lie in a folder")?;
        let mut command = Command::new("bash");
        command
            .arg(&self.program)
            .arg("sqlite")
            .arg(folder)
            .arg(port.to_string())
            .env("PEER_DB_DIR", data)
            .env("PEER_PROC_MIN", "60")
            .env("PEER_NO_FIXTURES", "1")
            .env("PEER_KEEP_DB", "1");
        Ok(command)
    }
}

/// Builds our release binary and returns its path.
pub fn build() -> Result<PathBuf> {
    run("cargo", &["build", "--release"])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("release/backstage"))
}

/// `$SHARED`, or the folder beside the repository.
pub fn shared() -> PathBuf {
    std::env::var_os("SHARED").map_or_else(|| root().join("../shared"), PathBuf::from)
}

/// The script that starts the original, which must be installed.
fn original() -> Result<PathBuf> {
    let script = shared().join("peer/run-backstage.sh");
    if !script.is_file() {
        bail!(
            "the original is started by {}, which is not there: set SHARED to the folder that has \
             peer/, or measure `--only ours`",
            script.display()
        );
    }
    let home = std::env::var_os("PEER_HOME").map(PathBuf::from).or_else(|| {
        let home = std::env::var_os("HOME")?;
        Some(PathBuf::from(home).join(".cache/backstage-peer"))
    });
    if !home.is_some_and(|home| home.join("backend/node_modules").is_dir()) {
        run("bash", &[&script.with_file_name("setup.sh").to_string_lossy()])?;
    }
    Ok(script)
}

impl Running {
    /// Signs in where the server demands it (the original, as a guest).
    pub fn sign_in(&mut self, who: Who) -> Result<()> {
        if who == Who::Original {
            let answer: serde_json::Value = ureq::get(format!("{}/api/auth/guest/refresh", self.server.base))
                .header("x-requested-with", "XMLHttpRequest")
                .call()?
                .body_mut()
                .read_json()?;
            let token = answer["backstageIdentity"]["token"].as_str();
            self.token = Some(token.context("the original gave no guest token")?.to_owned());
        }
        Ok(())
    }

    /// Answer of a GET as JSON, of at most 10 MB.
    pub fn json(&self, path: &str) -> Result<serde_json::Value> {
        self.json_up_to(path, 10 << 20)
    }

    /// The same with a bound of its own.
    pub fn json_up_to(&self, path: &str, bytes: u64) -> Result<serde_json::Value> {
        let mut request = ureq::get(format!("{}{path}", self.server.base));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut answer = request.call()?;
        Ok(answer.body_mut().with_config().limit(bytes).read_json()?)
    }

    /// Served entities, without the locations made for the configuration.
    pub fn served(&self) -> Result<u64> {
        let facets = self.json("/api/catalog/entity-facets?facet=kind")?;
        let kinds = facets["facets"]["kind"].as_array().cloned().unwrap_or_default();
        let counted = kinds.iter().filter(|one| one["value"] != "Location");
        Ok(counted.filter_map(|one| one["count"].as_u64()).sum())
    }

    /// Waits until as many entities are served. Fails where for a while no more come.
    pub fn wait_until_served(&self, entities: usize, pause: Duration, standstill: Duration) -> Result<()> {
        let mut progress = (0, Instant::now());
        loop {
            let served = self.served()?;
            if served >= entities as u64 {
                return Ok(());
            }
            if served > progress.0 {
                progress = (served, Instant::now());
            }
            if progress.1.elapsed() > standstill {
                bail!("no more than {served} of {entities} entities are served");
            }
            std::thread::sleep(pause);
        }
    }

    /// Resident memory in MiB.
    pub fn resident(&self) -> Result<f64> {
        self.server.memory("VmRSS")
    }
}
