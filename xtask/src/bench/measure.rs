//! One contender on one catalog: start, ingest, memory, restart, queries, memory again.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::catalog::{self, Generated};
use super::contender::{Contender, Running, Who};
use super::load::{self, Case, Window};
use super::options::{Options, Size};
use super::report::{Report, Unit};

/// Longest time without one more entity served.
const STANDSTILL: Duration = Duration::from_mins(2);
/// Connections of the load windows.
const CONNECTIONS: [u32; 2] = [1, 32];

/// Measures and records everything the options ask for.
pub fn everything(
    contender: &Contender,
    size: &Size,
    made: &Generated,
    work: &Path,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let mut bench = Bench {
        contender,
        size,
        made,
        work,
        options,
        report,
    };
    let data = bench.fill()?;
    let running = bench.restart(&data)?;
    bench.queries(&running)?;
    if contender.who == Who::Ours && bench.wants("by-name") {
        bench.during_ingest(&running)?;
    }
    drop(running);
    let _ = std::fs::remove_dir_all(data);
    Ok(())
}

struct Bench<'a> {
    contender: &'a Contender,
    size: &'a Size,
    made: &'a Generated,
    work: &'a Path,
    options: &'a Options,
    report: &'a mut Report,
}

impl Bench<'_> {
    fn note(&mut self, what: &str, unit: Unit, values: &[f64]) {
        self.report.add(
            self.contender.who,
            &self.size.name,
            self.made.entities,
            what,
            unit,
            values,
        );
    }

    fn wants(&self, case: &str) -> bool {
        let chosen = self.options.cases.as_ref();
        chosen.is_none_or(|cases| cases.iter().any(|name| name == case))
    }

    /// Ingests into empty databases; the last one is kept. The original does it once, it takes minutes.
    fn fill(&mut self) -> Result<std::path::PathBuf> {
        let reps = match self.contender.who {
            Who::Ours if self.size.components <= 100_000 => self.options.reps,
            _ => 1,
        };
        let (mut starts, mut ingests) = (Vec::new(), Vec::new());
        let data = self.work.join(self.contender.who.name());
        for rep in 1..=reps {
            let _ = std::fs::remove_dir_all(&data);
            let begun = Instant::now();
            let mut running = self.contender.start(self.made, &data)?;
            starts.push(millis(begun));
            let ready = Instant::now();
            running.sign_in(self.contender.who)?;
            self.wait_until_served(&running)?;
            ingests.push(ready.elapsed().as_secs_f64());
            if rep == reps && self.contender.who == Who::Ours {
                self.search_index(&running, ready, &data)?;
            }
            if rep == reps {
                std::thread::sleep(Duration::from_secs(self.options.idle));
                let resident = running.resident()?;
                self.note("memory idle after ingest", Unit::Mebibytes, &[resident]);
            }
        }
        self.note("start, empty database", Unit::Millis, &starts);
        self.note("ingest", Unit::Seconds, &ingests);
        Ok(data)
    }

    /// How long after the start the last component was found, and the room the index takes.
    fn search_index(&mut self, running: &Running, since: Instant, data: &Path) -> Result<()> {
        self.wait_until_found(running)?;
        self.note("search complete", Unit::Seconds, &[since.elapsed().as_secs_f64()]);
        let size = folder_size(&data.join("data/search"))?;
        self.note("search index on disk", Unit::Mebibytes, &[size]);
        Ok(())
    }

    /// Waits until the search knows the component that is asked for; it may be behind the catalog.
    fn wait_until_found(&self, running: &Running) -> Result<()> {
        let path = format!("/api/search/query?term={}", self.made.last_component);
        let begun = Instant::now();
        while begun.elapsed() < STANDSTILL * 3 {
            let answer = running.json(&path)?;
            if answer["results"]
                .as_array()
                .is_some_and(|found| !found.is_empty())
            {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("{} is not found by the search", self.made.last_component)
    }

    fn wait_until_served(&self, running: &Running) -> Result<()> {
        // The original answers on the thread that ingests, so it is not asked often.
        let pause = match self.contender.who {
            Who::Ours => Duration::from_millis(10),
            Who::Original => Duration::from_millis(500),
        };
        running.wait_until_served(self.made.entities, pause, STANDSTILL)
    }

    /// Starts on existing data until an entity is answered; the last process goes on running.
    fn restart(&mut self, data: &Path) -> Result<Running> {
        let path = format!(
            "/api/catalog/entities/by-name/component/default/{}",
            self.made.some_component
        );
        let mut times = Vec::new();
        let mut last = None;
        for _ in 0..self.options.reps {
            drop(last.take());
            let begun = Instant::now();
            let mut running = self.contender.start(self.made, data)?;
            running.sign_in(self.contender.who)?;
            running
                .json(&path)
                .context("the entity is not served after a restart")?;
            times.push(millis(begun));
            last = Some(running);
        }
        self.note("first answer, existing data", Unit::Millis, &times);
        let running = last.context("there is at least one repetition")?;
        std::thread::sleep(Duration::from_secs(self.options.idle));
        let resident = running.resident()?;
        self.note("memory idle", Unit::Mebibytes, &[resident]);
        Ok(running)
    }

    fn queries(&mut self, running: &Running) -> Result<()> {
        let mut cases: Vec<Case> = load::cases(&self.made.some_component)
            .into_iter()
            .filter(|case| self.wants(case.name) && (!case.only_ours || self.contender.who == Who::Ours))
            .collect();
        if cases.iter().any(Case::is_search)
            && let Err(error) = self.wait_until_found(running)
        {
            eprintln!("{}: {error}, so it is not measured", self.contender.who.name());
            cases.retain(|case| !case.is_search());
        }
        for case in &cases {
            load::window(running, case, 4, 1, self.work)?;
            for connections in CONNECTIONS {
                self.query(running, case, connections)?;
            }
        }
        if !cases.is_empty() {
            let resident = running.resident()?;
            self.note("memory after the queries", Unit::Mebibytes, &[resident]);
        }
        Ok(())
    }

    fn query(&mut self, running: &Running, case: &Case, connections: u32) -> Result<()> {
        let mut windows: Vec<Window> = Vec::new();
        for _ in 0..self.options.reps {
            windows.extend(load::window(
                running,
                case,
                connections,
                self.options.seconds,
                self.work,
            )?);
        }
        let errors: u64 = windows.iter().map(|window| window.errors).sum();
        if errors > 0 {
            eprintln!("{} {}: {errors} errors", self.contender.who.name(), case.name);
        }
        let name = |figure: &str| format!("{} c={connections} {figure}", case.name);
        let all = |figure: fn(&Window) -> f64| windows.iter().map(figure).collect::<Vec<_>>();
        self.note(&name("rate"), Unit::PerSecond, &all(|window| window.rate));
        self.note(&name("p50"), Unit::Millis, &all(|window| window.p50));
        self.note(&name("p99"), Unit::Millis, &all(|window| window.p99));
        if connections == 1 {
            self.note(&name("answer"), Unit::Bytes, &all(|window| window.bytes));
        }
        Ok(())
    }

    /// Latency by name while every file keeps changing, beside the same at rest right before.
    fn during_ingest(&mut self, running: &Running) -> Result<()> {
        let case = load::cases(&self.made.some_component)
            .into_iter()
            .find(|case| case.name == "by-name")
            .context("there is such a case")?;
        let folder = self.made.files[0].parent().context("files lie in a folder")?;
        for connections in CONNECTIONS {
            let mut rest = Vec::new();
            let mut busy = Vec::new();
            for _ in 0..self.options.reps {
                let calm = load::window(running, &case, connections, self.options.seconds, self.work)?;
                rest.extend(calm.map(|window| window.p99));
                let (window, editions) = self.while_changing(running, &case, connections, folder)?;
                eprintln!("p99 during ingest: the catalog was rewritten {editions} times");
                busy.extend(window.map(|window| window.p99));
            }
            self.note(
                &format!("by-name c={connections} p99 at rest"),
                Unit::Millis,
                &rest,
            );
            self.note(
                &format!("by-name c={connections} p99 during ingest"),
                Unit::Millis,
                &busy,
            );
        }
        Ok(())
    }

    fn while_changing(
        &self,
        running: &Running,
        case: &Case,
        connections: u32,
        folder: &Path,
    ) -> Result<(Option<Window>, u32)> {
        static EDITION: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| -> Result<u32> {
                let mut editions = 0;
                while !done.load(Ordering::Acquire) {
                    let edition = EDITION.fetch_add(1, Ordering::AcqRel) + 1;
                    catalog::touch(self.size.components, edition, folder)?;
                    editions += 1;
                    self.wait_for_edition(running, edition, &done)?;
                }
                Ok(editions)
            });
            let window = load::window(running, case, connections, self.options.seconds, self.work);
            done.store(true, Ordering::Release);
            let editions = writer.join().expect("the writer does not panic")?;
            Ok((window?, editions))
        })
    }

    /// Waits until the last component is served in this edition.
    fn wait_for_edition(&self, running: &Running, edition: u32, done: &AtomicBool) -> Result<()> {
        let query = format!(
            "/api/catalog/entities/by-query?limit=0&filter=kind=component&fullTextFilterFields=metadata.description\
             &fullTextFilterTerm=edition%20{edition}"
        );
        while !done.load(Ordering::Acquire) {
            let page = running.json(&query)?;
            if page["totalItems"].as_u64() >= Some(self.size.components as u64) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

/// MiB of the files in a folder.
fn folder_size(folder: &Path) -> Result<f64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).with_context(|| format!("no folder {}", folder.display()))? {
        bytes += entry?.metadata()?.len();
    }
    #[allow(clippy::cast_precision_loss, reason = "a size to read")]
    Ok(bytes as f64 / f64::from(1 << 20))
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
