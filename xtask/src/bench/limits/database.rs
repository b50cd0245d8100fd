//! PostgreSQL within the limits, with the parameters that `deploy/prod/database.yaml` has.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

use super::cgroup::{Group, Limits};
use crate::deploy;
use crate::process::{exists, root};
use crate::server::free_port;

/// Longest start.
const PATIENCE: Duration = Duration::from_mins(1);

/// The server, ended with the value.
pub struct Database {
    /// What it runs in.
    pub group: Group,
    child: Child,
    port: u16,
}

/// What `deploy/prod` gives it.
pub struct Wanted {
    /// Its pod.
    pub limits: Limits,
    parameters: Map<String, Value>,
}

impl Wanted {
    /// Reads the manifest.
    pub fn of_deployment() -> Result<Self> {
        let documents = deploy::documents(&root().join("deploy/prod/database.yaml"))?;
        let cluster = documents
            .iter()
            .find(|document| document["kind"] == "Cluster")
            .context("deploy/prod/database.yaml has no Cluster")?;
        let parameters = cluster["spec"]["postgresql"]["parameters"].as_object();
        Ok(Self {
            limits: super::limits_of(&cluster["spec"]["resources"])?,
            parameters: parameters.cloned().unwrap_or_default(),
        })
    }
}

impl Database {
    /// Makes an empty server in a folder and starts it within the limits.
    pub fn start(wanted: &Wanted, folder: &Path) -> Result<Self> {
        let programs = programs()?;
        std::fs::create_dir_all(folder)?;
        if is_root() {
            // It refuses to run as root.
            command(Command::new("chown").arg("postgres").arg(folder))?;
        }
        let data = folder.join("data");
        let mut make = as_user(Command::new(if is_root() { "runuser" } else { "env" }));
        make.arg(programs.join("initdb"));
        make.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-D"]);
        command(make.arg(&data).current_dir(folder).stdout(Stdio::null()))?;
        let group = Group::make("database", wanted.limits)?;
        let port = free_port()?;
        let mut server = as_user(group.command(if is_root() { "runuser" } else { "env" }));
        server.arg(programs.join("postgres")).arg("-D").arg(&data);
        server
            .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k"])
            .arg(folder);
        for (name, value) in &wanted.parameters {
            let value = value.as_str().context("parameters are texts")?;
            server.arg("-c").arg(format!("{name}={value}"));
        }
        let log = std::fs::File::create(folder.with_extension("log"))?;
        server.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = server
            .current_dir(folder)
            .spawn()
            .context("PostgreSQL does not start")?;
        let mut database = Self { group, child, port };
        database.wait()?;
        Ok(database)
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        format!(
            "postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable",
            self.port
        )
    }

    fn wait(&mut self) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            ensure!(self.child.try_wait()?.is_none(), "PostgreSQL ended at its start");
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("PostgreSQL did not start within {} s", PATIENCE.as_secs())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The fast shutdown (postgres(1)); `runuser` hands the signal on and waits.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// `runuser` as PostgreSQL's user, or `env` as oneself.
fn as_user(mut command: Command) -> Command {
    if is_root() {
        command.args(["-u", "postgres", "--"]);
    }
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn command(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{command:?} does not start"))?;
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}

/// The folder of the newest server programs.
fn programs() -> Result<PathBuf> {
    let packaged = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut found: Vec<PathBuf> = packaged
        .map(|version| version.path().join("bin"))
        .filter(|folder| folder.join("initdb").is_file())
        .collect();
    found.sort();
    match found.pop() {
        Some(folder) => Ok(folder),
        None if exists("initdb") => Ok(PathBuf::new()),
        None => bail!("PostgreSQL's server is not installed: apt-get install postgresql"),
    }
}
