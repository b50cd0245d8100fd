//! The portal and PostgreSQL within the limits that `deploy/prod` gives their pods: starts, ingest, visitors, memory.
//!
//! Both run in control groups of their own with the quota of processor time and the memory of the manifests, without swap. The
//! load comes from outside the groups.

mod cgroup;
mod database;
mod table;
mod visitors;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::catalog::{self, Generated};
use super::contender::{Running, build};
use super::options::Size;
use crate::deploy;
use crate::process::{Scratch, root};
use crate::server::{Server, free_port};
use cgroup::{Group, Limits};
use database::{Database, Wanted as WantedDatabase};
use table::Table;
use watch::Watch;

/// How to call it.
pub const USAGE: &str = "\
usage: cargo xtask bench limits [--sizes 10k,100k] [--seconds N] [--rate N] [--binary PATH]
  the portal and PostgreSQL in control groups with the limits of deploy/prod; needs root and a writable /sys/fs/cgroup
  --sizes    components in the generated catalog, about a third more entities; default 10k,100k
  --seconds  length of a window of load; default 60
  --rate     requests a second in it; default 50
  --binary   a release build of ours to measure; by default this repository is built";

/// Longest start.
const PATIENCE: Duration = Duration::from_mins(10);
/// Longest time without one more entity served.
const STANDSTILL: Duration = Duration::from_mins(3);
/// How often it is looked how far an ingest is; each look is a question that the portal answers within its limits.
const PAUSE: Duration = Duration::from_secs(1);
/// The same for the question that counts them one by one.
const LONG_PAUSE: Duration = Duration::from_secs(10);
/// Bytes of the list of all components with their descriptions.
const LARGEST_LIST: u64 = 512 << 20;
/// Rest between an ingest and the window after it.
const REST: Duration = Duration::from_secs(15);
/// Longest end: 30 s for what was begun and 5 s beyond.
const FAREWELL: Duration = Duration::from_secs(40);

/// What the command line asks for.
struct Wanted {
    sizes: Vec<Size>,
    seconds: u32,
    rate: u32,
    binary: Option<PathBuf>,
}

impl Wanted {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut wanted = Self {
            sizes: Size::list("10k,100k")?,
            seconds: 60,
            rate: 50,
            binary: None,
        };
        for pair in arguments.chunks(2) {
            let [name, value] = pair else {
                bail!("{} needs a value\n{USAGE}", pair[0]);
            };
            let number = || {
                let number = value.parse().ok().filter(|number: &u32| *number > 0);
                number.with_context(|| format!("{name} takes a number above 0, not {value}"))
            };
            match name.as_str() {
                "--sizes" => wanted.sizes = Size::list(value)?,
                "--seconds" => wanted.seconds = number()?,
                "--rate" => wanted.rate = number()?,
                "--binary" => {
                    wanted.binary = Some(PathBuf::from(value).canonicalize().context(value.clone())?);
                }
                _ => bail!("{name} is not known\n{USAGE}"),
            }
        }
        Ok(wanted)
    }
}

/// Measures and prints a table.
pub fn run(arguments: &[String]) -> Result<()> {
    let wanted = Wanted::parse(arguments)?;
    let (portal, database) = (limits_of_portal()?, WantedDatabase::of_deployment()?);
    // Told before minutes are spent on a build.
    drop(Group::make("try", portal)?);
    let binary = wanted.binary.clone().map_or_else(build, Ok)?;
    let mut table = Table::default();
    for size in &wanted.sizes {
        let scratch = Scratch::new("limits")?;
        open_to_others(scratch.path())?;
        let made = catalog::generate(size.components, &scratch.path().join("catalog"))?;
        table.begin(made.entities);
        let run = Run {
            binary: &binary,
            limits: portal,
            wanted: &wanted,
            made: &made,
            folder: scratch.path(),
            components: size.components,
        };
        run.measure(&database, &mut table)?;
    }
    table.print(portal, database.limits);
    Ok(())
}

/// What `deploy/base` gives the portal.
fn limits_of_portal() -> Result<Limits> {
    let documents = deploy::documents(&root().join("deploy/base/deployment.yaml"))?;
    let found = documents
        .iter()
        .find_map(|document| document.pointer("/spec/template/spec/containers/0/resources"));
    limits_of(found.context("deploy/base/deployment.yaml has no resources")?)
}

/// The limits of a container's `resources`, as Kubernetes writes them: `500m` and `1Gi` or `512Mi`.
fn limits_of(resources: &Value) -> Result<Limits> {
    let text = |name: &str| resources["limits"][name].as_str().unwrap_or_default();
    let millicpu = text("cpu")
        .strip_suffix('m')
        .and_then(|number| number.parse().ok());
    let memory = text("memory");
    let memory = match (memory.strip_suffix("Gi"), memory.strip_suffix("Mi")) {
        (Some(number), _) => number.parse::<u64>().ok().map(|number| number << 30),
        (_, Some(number)) => number.parse::<u64>().ok().map(|number| number << 20),
        _ => None,
    };
    let (Some(millicpu), Some(memory)) = (millicpu, memory) else {
        bail!(
            "limits are written as 500m and 1Gi, not as {}",
            resources["limits"]
        );
    };
    Ok(Limits { millicpu, memory })
}

/// PostgreSQL runs as another user, whose folder lies in this one.
fn open_to_others(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::set_permissions(
        folder,
        std::fs::Permissions::from_mode(0o755),
    )?)
}

/// One size.
struct Run<'a> {
    binary: &'a Path,
    limits: Limits,
    wanted: &'a Wanted,
    made: &'a Generated,
    folder: &'a Path,
    components: usize,
}

impl Run<'_> {
    fn measure(&self, wanted: &WantedDatabase, table: &mut Table) -> Result<()> {
        let database = Database::start(wanted, &self.folder.join("database"))?;
        let group = Group::make("portal", self.limits)?;
        let watch = Watch::start(&group, &database.group);
        let (running, started) = self.start(&group, &database)?;
        table.seconds("start on an empty database", started);
        let begun = Instant::now();
        running.wait_until_served(self.made.entities, PAUSE, STANDSTILL)?;
        table.seconds("ingest until all are served", begun.elapsed());
        table.spent("ingest", &watch.lap()?);
        self.visit_while_changing(&running, &watch, table)?;
        std::thread::sleep(REST);
        watch.lap()?;
        let answers = self.visit(&running)?;
        table.answers("afterwards", self.wanted.rate, &answers);
        table.spent("load afterwards", &watch.lap()?);
        self.start_again(running, &group, &database, table)?;
        watch.lap()?;
        table.end(&watch.all()?);
        Ok(())
    }

    /// Starts as another pod would, which has nothing saved, and then as a container that is started anew in its pod.
    fn start_again(
        &self,
        mut running: Running,
        group: &Group,
        database: &Database,
        table: &mut Table,
    ) -> Result<()> {
        for (what, keeps) in [("start of a new pod", false), ("start in the same pod", true)] {
            ensure!(
                running.server.end(FAREWELL),
                "the portal did not end by itself within {FAREWELL:?}"
            );
            if !keeps {
                std::fs::remove_dir_all(self.folder.join("data"))?;
            }
            let started;
            (running, started) = self.start(group, database)?;
            table.seconds(what, started);
            running.wait_until_served(self.made.entities, PAUSE, STANDSTILL)?;
        }
        ensure!(
            running.server.end(FAREWELL),
            "the portal did not end by itself within {FAREWELL:?}"
        );
        Ok(())
    }

    /// Starts the portal within its limits; how long until it is ready.
    fn start(&self, group: &Group, database: &Database) -> Result<(Running, Duration)> {
        let port = free_port()?;
        let base = format!("http://127.0.0.1:{port}");
        let files: Vec<Value> = self
            .made
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
            "app": {"baseUrl": base},
            "backend": {
                "baseUrl": base, "listen": {"host": "127.0.0.1", "port": port},
                "database": {"client": "pg", "connection": database.url()},
            },
            "catalog": {"processingInterval": {"minutes": 60}, "rules": [{"allow": kinds}], "locations": files},
            "portal": {"dataDirectory": self.folder.join("data")},
        });
        let file = self.folder.join("app-config.json");
        std::fs::write(&file, config.to_string())?;
        let mut command = group.command(self.binary);
        command
            .current_dir(self.folder)
            .arg("serve")
            .arg("--config")
            .arg(&file);
        let begun = Instant::now();
        let server = Server::start(&mut command, base, &self.folder.join("portal.log"), PATIENCE)?;
        Ok((Running { server, token: None }, begun.elapsed()))
    }

    fn visit(&self, running: &Running) -> Result<visitors::Answers> {
        let time = Duration::from_secs(self.wanted.seconds.into());
        visitors::visit(
            &running.server.base,
            &self.made.some_component,
            self.wanted.rate,
            time,
        )
    }

    /// A window of load in which all files change again and again; then what is changed is waited for.
    fn visit_while_changing(&self, running: &Running, watch: &Watch<'_>, table: &mut Table) -> Result<()> {
        let folder = self.made.files[0].parent().context("files lie in a folder")?;
        let done = AtomicBool::new(false);
        watch.lap()?;
        let last = std::thread::scope(|scope| -> Result<u32> {
            let writer = scope.spawn(|| self.change(running, folder, &done));
            let answers = self.visit(running);
            done.store(true, Ordering::Release);
            table.answers("during an ingest", self.wanted.rate, &answers?);
            table.spent("load and ingest", &watch.lap()?);
            writer.join().expect("the writer does not panic")
        })?;
        let begun = Instant::now();
        while !self.shows_everywhere(running, last)? {
            ensure!(
                begun.elapsed() < PATIENCE,
                "edition {last} is not served after {PATIENCE:?}"
            );
            std::thread::sleep(LONG_PAUSE);
        }
        Ok(())
    }

    /// Writes one edition after the other, each when the former is served; the number of the last one.
    fn change(&self, running: &Running, folder: &Path, done: &AtomicBool) -> Result<u32> {
        let mut edition = 1;
        catalog::touch(self.components, edition, folder)?;
        while !done.load(Ordering::Acquire) {
            std::thread::sleep(PAUSE * 2);
            if self.shows(running, edition)? {
                edition += 1;
                catalog::touch(self.components, edition, folder)?;
            }
        }
        Ok(edition)
    }

    /// Whether every component is served in an edition: a question that the portal has to work for.
    fn shows_everywhere(&self, running: &Running, edition: u32) -> Result<bool> {
        let path = "/api/catalog/entities?filter=kind=component&fields=metadata.description";
        let entities = running.json_up_to(path, LARGEST_LIST)?;
        let end = format!(", edition {edition}");
        let is_new = |entity: &&Value| {
            let description = entity["metadata"]["description"].as_str();
            description.is_some_and(|text| text.ends_with(&end))
        };
        let all = entities.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(all.iter().filter(is_new).count() >= self.components)
    }

    /// Whether the component that is written last is served in an edition.
    fn shows(&self, running: &Running, edition: u32) -> Result<bool> {
        let path = format!(
            "/api/catalog/entities/by-name/component/default/{}",
            self.made.last_component
        );
        let entity = running.json(&path)?;
        let description = entity["metadata"]["description"].as_str().unwrap_or_default();
        Ok(description.ends_with(&format!(", edition {edition}")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Limits, Wanted, limits_of, limits_of_portal};

    #[test]
    fn limits_are_those_of_the_manifests() {
        let portal = limits_of_portal().expect("the Deployment has limits");
        assert_eq!(
            portal,
            Limits {
                millicpu: 500,
                memory: 1 << 30
            }
        );
        let database = super::WantedDatabase::of_deployment().expect("the Cluster has limits");
        assert_eq!(
            database.limits,
            Limits {
                millicpu: 250,
                memory: 512 << 20
            }
        );
        let odd = json!({"limits": {"cpu": "1", "memory": "1G"}});
        let refused = limits_of(&odd).err().map(|error| error.to_string());
        assert!(refused.is_some_and(|said| said.contains("500m and 1Gi")));
    }

    #[test]
    fn options_are_read_and_others_refused() {
        let parse = |line: &str| Wanted::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let wanted = parse("--sizes 1k --seconds 5 --rate 10").expect("options");
        assert_eq!((wanted.sizes.len(), wanted.seconds, wanted.rate), (1, 5, 10));
        for (line, part) in [
            ("--rate 0", "above 0"),
            ("--cpu 1", "not known"),
            ("--rate", "needs a value"),
        ] {
            let refused = parse(line)
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default();
            assert!(refused.contains(part), "{line}: {refused}");
        }
    }
}
