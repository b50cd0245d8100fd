//! What Grafana costs: calls to it for all entities, the tab, and charts.
//!
//! The server is one in memory that answers at once, so that the times are the portal's own: 1,500 dashboards, a rule for each
//! of 2,000 entities, panels of five lines with 600 points.

mod drawing;
mod in_memory;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::contender::build;
use crate::process::Scratch;
use crate::server::{Server, free_port};
use drawing::Drawing;
use in_memory::Grafana;

/// How to call it.
pub const USAGE: &str = "\
usage: cargo xtask bench grafana [--entities N] [--dashboards N] [--seconds N] [--binary PATH]
  --entities    components, each with a selector and an alert rule; default 2000
  --dashboards  dashboards of the instance; default 1500
  --seconds     how long calls to Grafana are counted; default 180
  --binary      a build of ours to measure; by default the release binary is built";

/// Longest wait for the catalog, and for the first alerts.
const PATIENCE: Duration = Duration::from_mins(5);
/// Longest time of one round of questions.
const ROUND: Duration = Duration::from_secs(2);
/// Tabs that are fetched, and charts of how many of them.
const TABS: usize = 200;
const BOARDS: usize = 20;
/// Panels of a dashboard.
const PANELS: usize = 8;

/// What the command line asks for.
struct Wanted {
    entities: usize,
    dashboards: usize,
    seconds: u32,
    binary: Option<PathBuf>,
}

impl Wanted {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut wanted = Self {
            entities: 2_000,
            dashboards: 1_500,
            seconds: 180,
            binary: None,
        };
        for pair in arguments.chunks(2) {
            let [name, value] = pair else {
                bail!("{} needs a value\n{USAGE}", pair[0]);
            };
            let number = || {
                value
                    .parse::<usize>()
                    .with_context(|| format!("{name} takes a number"))
            };
            match name.as_str() {
                "--entities" => wanted.entities = number()?.max(1),
                "--dashboards" => wanted.dashboards = number()?.max(1),
                "--seconds" => {
                    wanted.seconds = value.parse::<u32>().context("--seconds takes a number")?.max(1);
                }
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
    let binary = wanted.binary.clone().map_or_else(build, Ok)?;
    let scratch = Scratch::new("bench-grafana")?;
    let grafana = Grafana::start(wanted.entities, wanted.dashboards)?;
    let server = start(&binary, scratch.path(), &grafana, wanted.entities)?;
    until("the catalog is read", || {
        entities(&server).map(|count| count >= wanted.entities as u64)
    })?;
    until("alerts are asked for", || {
        Ok(grafana.calls("/api/prometheus/") > 0)
    })?;

    // The round that has just begun is not counted.
    std::thread::sleep(ROUND);
    let before = grafana.all_calls();
    std::thread::sleep(Duration::from_secs(u64::from(wanted.seconds)));
    let calls = u32::try_from(grafana.all_calls() - before)?;

    let step = (wanted.entities.min(wanted.dashboards) / TABS).max(1);
    let names: Vec<usize> = (0..wanted.entities.min(wanted.dashboards))
        .step_by(step)
        .take(TABS)
        .collect();
    // The first visitor has the list of dashboards asked for, which is kept.
    fetch(&server, &tab(names[0]))?;
    let tabs = names
        .iter()
        .map(|name| fetch(&server, &tab(*name)))
        .collect::<Result<Vec<f64>>>()?;
    let mut charts = Vec::new();
    let mut whole = Vec::new();
    for name in names.iter().take(BOARDS) {
        let mut sum = 0.0;
        for panel in 1..=PANELS {
            let address = format!("{}/chart/d{name}/{panel}?range=6h&part=monitoring", tab(*name));
            let took = fetch(&server, &address)?;
            charts.push(took);
            sum += took;
        }
        whole.push(sum);
    }

    println!("{} entities, {} dashboards", wanted.entities, wanted.dashboards);
    println!(
        "  calls to Grafana, nobody looking  {:>7.2} a minute",
        f64::from(calls) * 60.0 / f64::from(wanted.seconds)
    );
    println!("  tab without charts                {}", figures(&tabs));
    println!("  a chart, asked for and drawn      {}", figures(&charts));
    println!("  {PANELS} charts one after the other      {}", figures(&whole));
    match Drawing::measure(wanted.binary.as_deref())? {
        Some(drawing) => println!("  {PANELS} charts, drawn alone            {}", drawing.line()),
        None => println!(
            "  {PANELS} charts, drawn alone            not measured: no example drawing_time beside the binary"
        ),
    }
    println!(
        "  memory                            {:>7.1} MiB",
        server.memory("VmRSS")?
    );
    Ok(())
}

/// The middle and the 95th of a hundred, in milliseconds.
fn figures(times: &[f64]) -> String {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let at = |part: usize| {
        times
            .get((times.len() * part / 100).min(times.len() - 1))
            .copied()
    };
    let (middle, high) = (at(50).unwrap_or_default(), at(95).unwrap_or_default());
    format!("{middle:>7.2} ms, p95 {high:.2} ms")
}

fn tab(name: usize) -> String {
    format!("/catalog/default/component/svc-{name}/monitoring")
}

/// Fetches a page; the milliseconds that it took.
fn fetch(server: &Server, path: &str) -> Result<f64> {
    let begun = Instant::now();
    let mut answer = ureq::get(format!("{}{path}", server.base)).call()?;
    let body = answer.body_mut().read_to_string()?;
    let took = begun.elapsed().as_secs_f64() * 1e3;
    if path.contains("/chart/") && !body.contains("chart-line") {
        bail!("{path} has no chart");
    }
    Ok(took)
}

fn entities(server: &Server) -> Result<u64> {
    let path = "/api/catalog/entities/by-query?filter=kind=component&limit=0";
    let answer: serde_json::Value = ureq::get(format!("{}{path}", server.base))
        .call()?
        .body_mut()
        .read_json()?;
    Ok(answer["totalItems"].as_u64().unwrap_or_default())
}

fn until(what: &str, is_so: impl Fn() -> Result<bool>) -> Result<()> {
    let begun = Instant::now();
    while !is_so()? {
        if begun.elapsed() > PATIENCE {
            bail!("waited {PATIENCE:?} until {what}");
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// Starts the portal on a catalog of components, each with a selector of its own.
fn start(binary: &Path, folder: &Path, grafana: &Grafana, entities: usize) -> Result<Server> {
    let component = |name: usize| {
        json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
            "metadata": {"name": format!("svc-{name}"), "annotations": {"grafana/dashboard-selector": format!("app=svc-{name}")}},
            "spec": {"type": "service", "lifecycle": "production", "owner": "team"},
        })
    };
    let all: Vec<String> = (0..entities).map(|name| component(name).to_string()).collect();
    let file = folder.join("all.yaml");
    std::fs::write(&file, all.join("\n---\n"))?;
    let port = free_port()?;
    let base = format!("http://127.0.0.1:{port}");
    let config = json!({
        "app": {"baseUrl": base},
        "backend": {
            "baseUrl": base, "listen": {"host": "127.0.0.1", "port": port},
            "database": {"client": "better-sqlite3", "connection": {"directory": folder}},
        },
        "catalog": {"locations": [{"type": "file", "target": file}], "processingInterval": {"minutes": 60}},
        "grafana": {"domain": "https://grafana.example.com", "url": grafana.url, "token": "measured"},
    });
    let file = folder.join("app-config.json");
    std::fs::write(&file, config.to_string())?;
    let mut command = Command::new(binary);
    command.current_dir(folder).arg("serve").arg("--config").arg(file);
    let server = Server::start(
        &mut command,
        base,
        &folder.join("portal.log"),
        Duration::from_mins(1),
    )?;
    Ok(server)
}
