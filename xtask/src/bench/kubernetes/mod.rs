//! What large clusters cost: three API servers in memory with 20,000 pods and 6,000 workloads, and a portal that watches them.
//!
//! Beside the budgets (`first full view` 5 s, `told and shown` 1 s, `tab` p95 10 ms, 160 MiB, no list after the start) it prints what
//! the same portal takes without clusters.

mod contents;
mod portal;
mod server;
mod template;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::contender::build;
use crate::process::Scratch;
use contents::Contents;
use portal::Portal;
use server::ApiServer;

/// How to call it.
pub const USAGE: &str = "\
usage: cargo xtask bench kubernetes [--size PERCENT] [--entities N] [--binary PATH]
  --size      percent of 20,000 pods and 6,000 workloads; default 100
  --entities  components that select workloads, of twice as many; default 500
  --binary    a build of ours to measure; by default the release binary is built";

/// Longest time until the first page is full.
const PATIENCE: Duration = Duration::from_mins(2);
/// Pause before memory is read, in which the allocator gives back what it has too much.
const REST: Duration = Duration::from_secs(12);
/// How often a page that is not full is asked for again.
const PAUSE: Duration = Duration::from_millis(25);
/// Open pages, in each of which as many pods change.
const PAGES: usize = 5;
/// Pods that change in each open page.
const CHANGES: usize = 4;

struct Wanted {
    percent: usize,
    entities: usize,
    binary: Option<PathBuf>,
}

impl Wanted {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut wanted = Self {
            percent: 100,
            entities: 500,
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
                "--size" => wanted.percent = number()?.max(1),
                "--entities" => wanted.entities = number()?.max(PAGES),
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
    let scratch = Scratch::new("bench-kubernetes")?;
    let folder = scratch.path();
    let catalog = portal::write_catalog(folder, wanted.entities * 2, wanted.entities)?;

    let portal = Portal::start(&binary, folder, &catalog, &[])?;
    portal.wait_for_catalog(wanted.entities * 2 - 1)?;
    visits(&portal, wanted.entities)?;
    std::thread::sleep(REST);
    let without = portal.server.memory("VmRSS")?;
    drop(portal);

    let clusters = contents::make(wanted.percent, &now())?;
    describe(&clusters);
    let crashing = crashing(&clusters);
    let servers = clusters
        .into_iter()
        .map(|cluster| Ok((cluster.name, ApiServer::start(cluster)?)))
        .collect::<Result<Vec<_>>>()?;
    let addresses: Vec<(&str, &str)> = servers
        .iter()
        .map(|(name, server)| (*name, server.url.as_str()))
        .collect();
    let portal = Portal::start(&binary, folder, &catalog, &addresses)?;
    first_view(&portal, &servers)?;
    let lists = total(&servers, ApiServer::lists);
    std::thread::sleep(REST);
    println!(
        "  memory, after the start      {:>8.1} MiB, {:.1} at most",
        portal.server.memory("VmRSS")?,
        portal.server.memory("VmHWM")?
    );
    times("tab, asked for the first time", visits(&portal, wanted.entities)?);
    times("tab, again", visits(&portal, wanted.entities)?);
    events(&portal, &servers[0].1, &crashing)?;
    std::thread::sleep(REST);
    let (now, most) = (portal.server.memory("VmRSS")?, portal.server.memory("VmHWM")?);
    let allocated = portal.server.memory("RssAnon")?;
    println!("  memory allocated             {allocated:>8.1} MiB (160)");
    println!("  memory with the program      {now:>8.1} MiB, {most:.1} at most");
    println!("  memory without clusters      {without:>8.1} MiB");
    println!(
        "  lists at the start           {lists:>8} pages, {} streams of changes",
        total(&servers, ApiServer::watches)
    );
    println!(
        "  lists after it               {:>8} (0)",
        total(&servers, ApiServer::lists) - lists
    );
    println!(
        "  questions for use            {:>8}",
        total(&servers, ApiServer::usage)
    );
    Ok(())
}

fn total(servers: &[(&str, ApiServer)], count: fn(&ApiServer) -> u64) -> u64 {
    servers.iter().map(|(_, server)| count(server)).sum()
}

fn describe(clusters: &[Contents]) {
    let kinds = || clusters.iter().flat_map(|cluster| &cluster.kinds);
    let of = |plurals: &[&str]| {
        kinds()
            .filter(|kind| plurals.contains(&kind.plural))
            .map(|kind| kind.objects.len())
            .sum::<usize>()
    };
    let (pods, workloads) = (
        of(&["pods"]),
        of(&["deployments", "statefulsets", "daemonsets", "jobs", "cronjobs"]),
    );
    let all: usize = kinds().map(|kind| kind.objects.len()).sum();
    let bytes: usize = kinds().flat_map(|kind| &kind.objects).map(String::len).sum();
    println!(
        "{} clusters: {pods} pods, {workloads} workloads, {} other objects, {:.1} KB each",
        clusters.len(),
        all - pods - workloads,
        kilobytes(bytes) / kilobytes(all) / 1e3
    );
}

#[expect(clippy::cast_precision_loss, reason = "a figure to be read")]
fn kilobytes(count: usize) -> f64 {
    count as f64
}

/// Pods of the first components in the first cluster.
fn crashing(clusters: &[Contents]) -> Vec<Vec<String>> {
    let pods = clusters
        .iter()
        .take(1)
        .flat_map(|cluster| cluster.pods.values().flatten());
    let pods: Vec<&String> = pods.collect();
    let of = |number| {
        let own = pods
            .iter()
            .filter(|pod| pod.starts_with(&contents::service(number)));
        own.take(CHANGES).map(|pod| (*pod).clone()).collect()
    };
    (0..PAGES).map(of).collect()
}

/// From the start to the first page on which all is there.
fn first_view(portal: &Portal, servers: &[(&str, ApiServer)]) -> Result<()> {
    let ready = portal.begun.elapsed();
    while portal.begun.elapsed() < PATIENCE {
        let page = portal.tab(0)?.unwrap_or_default();
        let rows = page.matches("service-00000-").count();
        if !page.contains("are being loaded") && rows >= servers.len() * contents::REPLICAS {
            let full = portal.begun.elapsed().as_secs_f64();
            println!(
                "  first full view              {full:>8.2} s after the start, {:.2} s after readiness (5)",
                full - ready.as_secs_f64()
            );
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
    bail!("the first page was not full within {PATIENCE:?}")
}

/// Milliseconds of each tab.
fn visits(portal: &Portal, entities: usize) -> Result<Vec<f64>> {
    let visit = |number| {
        let begun = Instant::now();
        portal
            .tab(number)?
            .with_context(|| format!("{} has a tab", contents::service(number)))?;
        Ok(begun.elapsed().as_secs_f64() * 1e3)
    };
    (0..entities).map(visit).collect()
}

fn times(what: &str, mut all: Vec<f64>) {
    all.sort_by(f64::total_cmp);
    let at = |percent: usize| all[(all.len() * percent / 100).min(all.len() - 1)];
    println!(
        "  {what:<28} {:>8.1} ms p50, {:.1} p95, {:.1} p99 (p95: 10)",
        at(50),
        at(95),
        at(99)
    );
}

/// From a change of a pod to the message that an open page hears, and to the page that shows it.
fn events(portal: &Portal, server: &ApiServer, crashing: &[Vec<String>]) -> Result<()> {
    let (mut told, mut shown) = (Vec::new(), Vec::new());
    for (number, pods) in crashing.iter().enumerate() {
        let mut page = portal.tab(number)?.context("the component has a tab")?;
        let moments = portal.follow(&page)?;
        // What happened just before is told at the beginning.
        std::thread::sleep(Duration::from_millis(500));
        for pod in pods {
            while moments.try_recv().is_ok() {}
            let before = page.matches("CrashLoopBackOff").count();
            let begun = Instant::now();
            server.crash(pod)?;
            let moment = moments
                .recv_timeout(PATIENCE)
                .with_context(|| format!("an open page hears of {pod}"))?;
            told.push((moment - begun).as_secs_f64() * 1e3);
            page = portal.tab(number)?.context("the component has a tab")?;
            shown.push(begun.elapsed().as_secs_f64() * 1e3);
            if page.matches("CrashLoopBackOff").count() <= before {
                bail!("the page was told of a change of {pod} that it does not show");
            }
        }
    }
    let most = |all: &[f64]| all.iter().copied().fold(0.0, f64::max);
    println!(
        "  event to message             {:>8.1} ms at most of {} changes",
        most(&told),
        told.len()
    );
    println!(
        "  event to changed page        {:>8.1} ms at most (1000)",
        most(&shown)
    );
    Ok(())
}

/// The moment in RFC 3339.
fn now() -> String {
    crate::process::output("date", &["-u", "+%Y-%m-%dT%H:%M:%SZ"])
        .unwrap_or_default()
        .trim()
        .to_owned()
}
