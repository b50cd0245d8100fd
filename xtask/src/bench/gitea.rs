//! What discovery of a large Gitea server costs: time, requests and memory.
//!
//! The server is the one in memory that the tests use. Memory is told beside a portal that has the same components from
//! files, so that the difference is the discovery's own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::contender::build;
use crate::process::{Scratch, root, run as run_program};
use crate::server::{Server, free_port};

/// How to call it.
pub const USAGE: &str = "\
usage: cargo xtask bench gitea [REPOSITORIES [DESCRIBED]]
  REPOSITORIES  of the server in memory; default 2000
  DESCRIBED     how many of them have a descriptor; default 1500";

/// Longest time that a first discovery may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_mins(5);
/// How long nothing may change until a portal counts as settled.
const QUIET: Duration = Duration::from_secs(10);

/// How many repositories, and how many of them have a descriptor.
fn wanted(arguments: &[String]) -> Result<(String, String)> {
    let is_number = |word: &&String| word.parse::<u32>().is_ok();
    if let Some(odd) = arguments.iter().find(|word| !is_number(word)) {
        bail!("{odd} is no number\n{USAGE}");
    }
    let number = |place: usize, default: &str| arguments.get(place).map_or(default.to_owned(), Clone::clone);
    if let Some(odd) = arguments.get(2) {
        bail!("{odd} is one number too many\n{USAGE}");
    }
    Ok((number(0, "2000"), number(1, "1500")))
}

/// Measures and prints a table.
pub fn run(arguments: &[String]) -> Result<()> {
    let (repositories, described) = wanted(arguments)?;
    let portal = build()?;
    let scratch = Scratch::new("bench-gitea")?;

    let empty = start(&portal, scratch.path(), "empty", &json!({}))?;
    std::thread::sleep(QUIET);
    let nothing = empty.memory("VmRSS")?;
    drop(empty);

    let gitea = Gitea::start(&repositories, &described)?;
    let found = discover(&portal, scratch.path(), &gitea)?;
    drop(gitea);

    let folder = scratch.path().join("files");
    write(&found.components, &folder)?;
    let target = folder.join("*.json");
    let locations = json!({"catalog": {"locations": [{"type": "file", "target": target}]}});
    let files = start(&portal, scratch.path(), "from-files", &locations)?;
    settled(&files)?;
    let [peak, rest] = [files.memory("VmHWM")?, files.memory("VmRSS")?];
    let count = components(&files)?.len();
    if count != found.components.len() {
        bail!("{count} of {} components came from files", found.components.len());
    }

    println!("{repositories} repositories, {count} descriptors found, release build");
    println!(
        "  first discovery         {:>7.1} s, {} requests",
        found.seconds, found.first
    );
    println!("  discovery, nothing new  {:>7} requests", found.second);
    println!("  memory, nothing in it   {nothing:>7.1} MiB");
    println!("  from files              {rest:>7.1} MiB at rest, {peak:.1} MiB at most");
    println!(
        "  discovered              {:>7.1} MiB at rest, {:.1} MiB at most",
        found.rest, found.peak
    );
    println!(
        "  discovery alone         {:>7.1} MiB at rest, {:.1} MiB at most",
        found.rest - rest,
        found.peak - peak
    );
    Ok(())
}

/// What a discovery cost.
struct Found {
    components: Vec<Value>,
    seconds: f64,
    first: u64,
    second: u64,
    peak: f64,
    rest: f64,
}

/// Lets a new portal find everything, and then look again.
fn discover(portal: &Path, work: &Path, gitea: &Gitea) -> Result<Found> {
    let host = gitea.url.trim_start_matches("http://");
    // The first look begins at the start; the second must not begin before the first is taken in.
    let schedule = json!({"frequency": {"minutes": 1}, "timeout": {"minutes": 5}});
    let config = json!({
        "backend": {"reading": {"allow": [{"host": host}]}},
        "integrations": {"gitea": [{"host": host, "baseUrl": gitea.url, "password": gitea.token}]},
        "catalog": {"providers": {"gitea": {"all": {"host": host, "schedule": schedule}}}},
    });
    let server = start(portal, work, "discovered", &config)?;
    let seconds = settled(&server)?;
    let first = gitea.calls()?;
    let components = components(&server)?;
    gitea.forget()?;
    let begun = Instant::now();
    while gitea.calls()? == 0 {
        if begun.elapsed() > PATIENCE {
            bail!("the portal did not look a second time");
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    std::thread::sleep(QUIET);
    let second = gitea.calls()?;
    let [peak, rest] = [server.memory("VmHWM")?, server.memory("VmRSS")?];
    Ok(Found {
        components,
        seconds,
        first,
        second,
        peak,
        rest,
    })
}

/// Starts the portal with an empty database and what `config` says beside the necessary.
fn start(portal: &Path, work: &Path, name: &str, config: &Value) -> Result<Server> {
    let folder = work.join(name);
    std::fs::create_dir_all(&folder)?;
    let base = format!("http://127.0.0.1:{}", free_port()?);
    let port = base.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
    let mut config = config.clone();
    config["app"] = json!({"baseUrl": base});
    config["backend"]["baseUrl"] = json!(base);
    config["backend"]["listen"] = json!({"host": "127.0.0.1", "port": port});
    config["backend"]["database"] = json!({"client": "better-sqlite3", "connection": {"directory": folder}});
    config["catalog"]["processingInterval"] = json!({"minutes": 60});
    let file = folder.join("app-config.json");
    std::fs::write(&file, config.to_string())?;
    let mut command = Command::new(portal);
    command
        .current_dir(&folder)
        .arg("serve")
        .arg("--config")
        .arg(file);
    Server::start(
        &mut command,
        base,
        &folder.join("portal.log"),
        Duration::from_mins(1),
    )
}

/// Waits until the number of components stays, and tells the seconds until it was reached.
fn settled(server: &Server) -> Result<f64> {
    let begun = Instant::now();
    let (mut count, mut since) = (0, Instant::now());
    while begun.elapsed() < PATIENCE {
        let path = "/api/catalog/entities/by-query?filter=kind=component&limit=0";
        let now = json_of(&format!("{}{path}", server.base))?["totalItems"]
            .as_u64()
            .unwrap_or(0);
        if now != count {
            (count, since) = (now, Instant::now());
        }
        if count > 0 && since.elapsed() > QUIET {
            return Ok((since - begun).as_secs_f64());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("the catalog did not come to rest within {PATIENCE:?}")
}

fn components(server: &Server) -> Result<Vec<Value>> {
    let all = json_of(&format!(
        "{}/api/catalog/entities?filter=kind=component",
        server.base
    ))?;
    Ok(all.as_array().cloned().unwrap_or_default())
}

/// Writes each component to a file, without what the catalog added.
fn write(components: &[Value], folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    for (number, component) in components.iter().enumerate() {
        let mut component = component.clone();
        let fields = component.as_object_mut().context("an entity is an object")?;
        fields.remove("relations");
        let metadata = fields.get_mut("metadata").and_then(Value::as_object_mut);
        let metadata = metadata.context("an entity has metadata")?;
        for added in ["uid", "etag", "annotations"] {
            metadata.remove(added);
        }
        std::fs::write(folder.join(format!("{number}.json")), component.to_string())?;
    }
    Ok(())
}

fn json_of(url: &str) -> Result<Value> {
    let mut answer = ureq::get(url).call()?;
    // Some thousands of entities are more than the client's default of 10 MiB.
    Ok(answer.body_mut().with_config().limit(256 << 20).read_json()?)
}

/// The server in memory, ended with the value.
struct Gitea {
    process: Child,
    url: String,
    token: String,
}

impl Gitea {
    fn start(repositories: &str, described: &str) -> Result<Self> {
        run_program(
            "cargo",
            &["build", "--release", "-p", "testkit", "--example", "fake_gitea"],
        )?;
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
        let mut process = Command::new(target.join("release/examples/fake_gitea"))
            .args([repositories, described, "2"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start the Gitea in memory")?;
        let output = process.stdout.take().context("its output is read")?;
        let mut gitea = Self {
            process,
            url: String::new(),
            token: String::new(),
        };
        for line in BufReader::new(output).lines().take(2) {
            match line?.split_once('=') {
                Some(("GITEA_URL", url)) => url.clone_into(&mut gitea.url),
                Some(("GITEA_TOKEN", token)) => token.clone_into(&mut gitea.token),
                _ => bail!("the Gitea in memory did not tell its address"),
            }
        }
        Ok(gitea)
    }

    /// Requests since the start, or since they were forgotten.
    fn calls(&self) -> Result<u64> {
        let calls = json_of(&format!("{}/fake/calls", self.url))?;
        let routes = calls.as_object().cloned().unwrap_or_default();
        Ok(routes.values().filter_map(Value::as_u64).sum())
    }

    fn forget(&self) -> Result<()> {
        ureq::delete(format!("{}/fake/calls", self.url)).call()?;
        Ok(())
    }
}

impl Drop for Gitea {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
