//! What templates cost: a task with a skeleton of 200 files, in ours and in the original; many tasks at once, and choosing among
//! very many people, in ours.
//!
//! Both servers run at the same time, and one task after the other is given to each in turn. A task counts from the request that
//! makes it to the first answer that tells its end; both are asked as often.

mod people;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::catalog::Generated;
use super::contender::{Contender, Running, Who};
use super::options::Options;
use super::report::median;
use crate::process::{Scratch, run as run_program};
use crate::setup;

/// How to call it.
pub const USAGE: &str = "\
usage: cargo xtask bench templates [--only ours|original] [--runs N] [--tasks N] [--people N] [--binary PATH]
  --runs    tasks with 200 files in each server; default 10
  --tasks   tasks that are queued at once in ours; default 1000, 0 for none
  --people  people in the catalog of ours that is chosen from; default 100000, 0 for none
  --binary  a build of ours to measure; by default the release binary is built";

/// Longest time of one task, and without one more task that ended.
const PATIENCE: Duration = Duration::from_mins(2);
/// How often a task is asked for.
const PAUSE: Duration = Duration::from_millis(5);
/// How often it is asked how many entities are served.
const PAUSE_OF_INGESTION: Duration = Duration::from_millis(100);
/// Requests at once while tasks are queued.
const AT_ONCE: usize = 8;
/// Tasks that the list tells in one answer.
const PAGE: usize = 100;

/// What the command line asks for.
struct Wanted {
    options: Options,
    runs: usize,
    tasks: usize,
    people: usize,
}

impl Wanted {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut wanted = Self {
            options: Options::parse(&[])?,
            runs: 10,
            tasks: 1_000,
            people: 100_000,
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
                "--runs" => wanted.runs = number()?.max(1),
                "--tasks" => wanted.tasks = number()?,
                "--people" => wanted.people = number()?,
                "--only" | "--binary" => wanted.options.set(name, value)?,
                _ => bail!("{name} is not known\n{USAGE}"),
            }
        }
        Ok(wanted)
    }
}

/// Measures and prints a table.
pub fn run(arguments: &[String]) -> Result<()> {
    let wanted = Wanted::parse(arguments)?;
    setup::for_comparison()?;
    let contenders = Contender::selected(&wanted.options)?;
    let scratch = Scratch::new("bench-templates")?;
    let catalog = catalog(scratch.path())?;
    let running = started(&contenders, &catalog, scratch.path())?;
    let times = single_tasks(&running, wanted.runs)?;
    print_tasks(&times);
    let Some((_, ours)) = running.iter().find(|(who, _)| *who == Who::Ours) else {
        return Ok(());
    };
    if wanted.tasks > 0 {
        many_tasks(ours, wanted.tasks)?;
    }
    let form = people::form(ours)?;
    println!("\nform of a template with pickers, no people: {form}");
    drop(running);
    if wanted.people > 0 {
        let ours = contenders.iter().find(|contender| contender.who == Who::Ours);
        let ours = ours.context("ours was started before")?;
        people::measure(ours, &catalog, wanted.people, scratch.path())?;
    }
    Ok(())
}

/// The template with 200 files, made by the script that makes fixtures for the original, and one with pickers.
fn catalog(work: &Path) -> Result<Generated> {
    let script = super::contender::shared().join("peer/gen-fixtures.py");
    if !script.is_file() {
        bail!(
            "the skeleton of 200 files is made by {}, which is not there: set SHARED to the folder that has peer/",
            script.display()
        );
    }
    let fixtures = work.join("fixtures");
    run_program(
        "python3",
        &[&script.to_string_lossy(), &fixtures.to_string_lossy()],
    )?;
    let folder = fixtures.join("template200");
    let files: Vec<PathBuf> = [folder.join("template.yaml"), people::template(&folder)?].into();
    Ok(Generated {
        entities: files.len(),
        files,
        some_component: String::new(),
        last_component: String::new(),
    })
}

/// All contenders on the catalog, once they know the templates.
fn started(contenders: &[Contender], catalog: &Generated, work: &Path) -> Result<Vec<(Who, Running)>> {
    let mut all = Vec::new();
    for contender in contenders {
        let mut running = contender.start(catalog, &work.join(contender.who.name()))?;
        running.sign_in(contender.who)?;
        running.wait_until_served(catalog.entities, PAUSE_OF_INGESTION, PATIENCE)?;
        all.push((contender.who, running));
    }
    Ok(all)
}

/// Milliseconds of each task, the contenders in turn. A first task of each warms up and does not count.
fn single_tasks(running: &[(Who, Running)], runs: usize) -> Result<BTreeMap<&'static str, Vec<f64>>> {
    let mut times = BTreeMap::<_, Vec<f64>>::new();
    for run in 0..=runs {
        for (who, server) in running {
            let begun = Instant::now();
            let id = queue(server, &format!("bench-{run}"))?;
            let status = ended(server, &id)?;
            if status != "completed" {
                bail!("the task {id} of {} ended as {status}", who.name());
            }
            if run > 0 {
                times
                    .entry(who.name())
                    .or_default()
                    .push(begun.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    Ok(times)
}

/// Makes a task; its id.
fn queue(server: &Running, name: &str) -> Result<String> {
    let task = json!({"templateRef": "template:default/big", "values": {"name": name, "owner": "team-0000", "withDocs": true}});
    let mut request = ureq::post(format!("{}/api/scaffolder/v2/tasks", server.server.base));
    if let Some(token) = &server.token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let answer: Value = request.send_json(&task)?.body_mut().read_json()?;
    let id = answer["id"].as_str();
    Ok(id.context("a task that was made has an id")?.to_owned())
}

/// Waits for the end of a task; how it ended.
fn ended(server: &Running, id: &str) -> Result<String> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let task = server.json(&format!("/api/scaffolder/v2/tasks/{id}"))?;
        match task["status"].as_str() {
            Some("open" | "processing") => std::thread::sleep(PAUSE),
            Some(status) => return Ok(status.to_owned()),
            None => bail!("the task {id} has no status"),
        }
    }
    bail!("the task {id} did not end within {PATIENCE:?}")
}

fn print_tasks(times: &BTreeMap<&'static str, Vec<f64>>) {
    println!("\ntask with 200 files, from the request to its end");
    for (who, times) in times {
        let times = sorted(times);
        println!(
            "  {who:<9} median {:>7.1} ms, {:.1} to {:.1} ms, n={}",
            median(&times),
            percentile(&times, 0),
            percentile(&times, 100),
            times.len()
        );
    }
    if let (Some(ours), Some(original)) = (times.get("ours"), times.get("original")) {
        let ratio = median(&sorted(original)) / median(&sorted(ours));
        println!("  ratio     {ratio:.1} ×");
    }
}

/// Queues many tasks at once, and waits until all of them ended.
fn many_tasks(server: &Running, count: usize) -> Result<()> {
    let begun = Instant::now();
    let ids = std::thread::scope(|scope| {
        let queue_some = |first: usize| {
            let numbers = (first..count).step_by(AT_ONCE);
            numbers
                .map(|number| queue(server, &format!("many-{number}")))
                .collect::<Result<Vec<_>>>()
        };
        let threads: Vec<_> = (0..AT_ONCE)
            .map(|first| scope.spawn(move || queue_some(first)))
            .collect();
        let queued = threads
            .into_iter()
            .map(|thread| thread.join().expect("no thread panics"));
        queued.collect::<Result<Vec<_>>>()
    })?;
    let ids: Vec<String> = ids.into_iter().flatten().collect();
    let queued = begun.elapsed();
    let mut endings = BTreeMap::<String, usize>::new();
    for id in &ids {
        *endings.entry(ended(server, id)?).or_default() += 1;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let listed = listed(server, "many-")?;
    println!(
        "\n{count} tasks with 200 files, queued at once in {:.1} s",
        queued.as_secs_f64()
    );
    println!(
        "  ended in {seconds:.1} s: {} tasks/s",
        per_second(count, seconds)
    );
    println!("  {endings:?}; {listed} of {count} are in the list of tasks");
    if endings.get("completed") != Some(&count) || listed != count {
        bail!("tasks were lost, or failed");
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a number to read")]
fn per_second(count: usize, seconds: f64) -> String {
    format!("{:.1}", count as f64 / seconds)
}

/// Tasks in the list whose name has a beginning.
fn listed(server: &Running, beginning: &str) -> Result<usize> {
    let (mut listed, mut offset) = (0, 0);
    loop {
        let page = server.json(&format!("/api/scaffolder/v2/tasks?limit={PAGE}&offset={offset}"))?;
        let tasks = page["tasks"].as_array().context("a list of tasks")?;
        let name = |task: &Value| task["spec"]["parameters"]["name"].as_str().map(str::to_owned);
        listed += tasks
            .iter()
            .filter_map(name)
            .filter(|name| name.starts_with(beginning))
            .count();
        if tasks.is_empty() {
            return Ok(listed);
        }
        offset += tasks.len();
    }
}

fn sorted(times: &[f64]) -> Vec<f64> {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times
}

/// Of sorted values, which are not none.
fn percentile(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() - 1) * percent / 100]
}
