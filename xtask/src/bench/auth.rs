//! What knowing and judging callers costs: the same request without a credential and with each sort of one, with 10,000 sessions
//! in turn; decisions of a policy with 26,000 lines for a person in 1,000 nested groups; and, beside the original, a request with
//! a guest's token.

mod ground;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::catalog;
use super::contender::{Contender, Who};
use super::load::{self, Case, Window};
use super::options::Options;
use super::report::median;
use crate::process::Scratch;
use crate::setup;
use ground::{Ground, SESSIONS};

/// How to call it.
pub const USAGE: &str = "\
usage: cargo xtask bench auth [--only ours|original] [--seconds N] [--reps N] [--components N] [--binary PATH]
  --seconds     length of one load window; default 5
  --reps        windows of each figure; default 5
  --components  in the catalog; default 1000
  --binary      a build of ours to measure; by default the release binary is built";

/// The most that a request with a credential may take, in times of one without.
const MOST: f64 = 1.1;
/// The longest decision, of a hundred, in milliseconds.
const LONGEST: f64 = 1.0;

/// What the command line asks for.
struct Wanted {
    only: Option<Who>,
    seconds: u32,
    reps: usize,
    components: usize,
    binary: Option<PathBuf>,
}

impl Wanted {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut wanted = Self {
            only: None,
            seconds: 5,
            reps: 5,
            components: 1_000,
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
            match (name.as_str(), value.as_str()) {
                ("--only", "ours") => wanted.only = Some(Who::Ours),
                ("--only", "original") => wanted.only = Some(Who::Original),
                ("--seconds", _) => wanted.seconds = u32::try_from(number()?)?.max(1),
                ("--reps", _) => wanted.reps = number()?.max(1),
                ("--components", _) => wanted.components = number()?.max(100),
                ("--binary", _) => wanted.binary = Some(PathBuf::from(value).canonicalize()?),
                _ => bail!("{name} {value} is not known\n{USAGE}"),
            }
        }
        Ok(wanted)
    }

    fn measures(&self, who: Who) -> bool {
        self.only.is_none_or(|only| only == who)
    }
}

/// Medians of a figure's windows.
struct Figure {
    rate: f64,
    p50: f64,
    p99: f64,
    errors: u64,
}

impl Figure {
    fn of(windows: &[Window]) -> Self {
        let middle = |take: fn(&Window) -> f64| {
            let mut all: Vec<f64> = windows.iter().map(take).collect();
            all.sort_by(f64::total_cmp);
            median(&all)
        };
        Self {
            rate: middle(|window| window.rate),
            p50: middle(|window| window.p50),
            p99: middle(|window| window.p99),
            errors: windows.iter().map(|window| window.errors).sum(),
        }
    }

    fn print(&self, what: &str, more: &str) {
        println!(
            "  {what:<34} {:>9.0} /s  p50 {:>7.3} ms  p99 {:>7.3} ms  {} errors  {more}",
            self.rate, self.p50, self.p99, self.errors
        );
    }
}

/// Measures and prints.
pub fn run(arguments: &[String]) -> Result<()> {
    let wanted = Wanted::parse(arguments)?;
    setup::for_comparison()?;
    let scratch = Scratch::new("bench-auth")?;
    if wanted.measures(Who::Ours) {
        let binary = wanted.binary.clone().map_or_else(super::contender::build, Ok)?;
        ours(&wanted, &binary, scratch.path())?;
    }
    if wanted.measures(Who::Original) {
        beside_the_original(&wanted, scratch.path())?;
    }
    Ok(())
}

fn ours(wanted: &Wanted, binary: &Path, scratch: &Path) -> Result<()> {
    let ground = Ground::make(wanted.components, scratch)?;
    let open = ground.start(binary, false)?;
    let cookies = ground.sign_in_everybody(&open)?;
    println!("\nBy name, 1 connection, in turn ({SESSIONS} sessions)");
    let path = ground.by_name();
    let callers = [
        ("without a credential", None),
        ("fixed token of a service", Some(ground::header(ground::FIXED))),
        ("user token", Some(ground::header(&ground::guest_token(&open)?))),
        (
            "access token",
            Some(ground::header(&ground::access_token(&open)?)),
        ),
        ("sessions in turn", Some(cookies)),
    ];
    let mut windows: Vec<Vec<Window>> = callers.iter().map(|_| Vec::new()).collect();
    // In turn, so that what else the machine does meets all of them.
    for _ in 0..wanted.reps {
        for (at, (_, lua)) in callers.iter().enumerate() {
            windows[at].push(ground.load(&open, &path, lua.as_deref(), wanted.seconds)?);
        }
    }
    let first = Figure::of(&windows[0]);
    for ((what, _), windows) in callers.iter().zip(&windows) {
        let figure = Figure::of(windows);
        let times = figure.p50 / first.p50;
        figure.print(what, &format!("{times:.2} × (at most {MOST})"));
    }
    drop(open);
    let closed = ground.start(binary, true)?;
    let token = ground::guest_token(&closed)?;
    println!(
        "\nDecisions for a person in {} groups",
        ground::groups_of_person()
    );
    let body = ground::questions();
    let lua = format!("{}\n{}", ground::header(&token), ground::post(&body));
    let mut windows = Vec::new();
    for _ in 0..wanted.reps {
        windows.push(ground.load(&closed, "/api/permission/authorize", Some(&lua), wanted.seconds)?);
    }
    Figure::of(&windows).print(
        "one question, whole request",
        &format!("p99 at most {LONGEST} ms"),
    );
    Ok(())
}

/// The same request with a guest's token, of both.
fn beside_the_original(wanted: &Wanted, scratch: &Path) -> Result<()> {
    let made = catalog::generate(wanted.components, &scratch.join("beside"))?;
    let options = Options {
        binary: wanted.binary.clone(),
        ours: wanted.measures(Who::Ours),
        ..Options::parse(&[])?
    };
    let case = Case {
        name: "by-name",
        path: format!(
            "/api/catalog/entities/by-name/component/default/{}",
            made.some_component
        ),
        body: None,
        only_ours: false,
    };
    println!("\nBy name with a guest's token, 1 connection");
    for contender in Contender::selected(&options)? {
        let mut running = contender.start(&made, &scratch.join(contender.who.name()))?;
        running.sign_in(contender.who)?;
        if running.token.is_none() {
            running.sign_in(Who::Original)?;
        }
        running.wait_until_served(made.entities, ground::PAUSE, ground::PATIENCE)?;
        let mut windows = Vec::new();
        for _ in 0..wanted.reps {
            let window = load::window(&running, &case, 1, wanted.seconds, scratch)?;
            windows.push(window.context("no answer came")?);
        }
        Figure::of(&windows).print(contender.who.name(), "");
    }
    Ok(())
}

/// Runs `wrk` with a script of its own, and reads its figures.
fn wrk(address: &str, script: &Path, seconds: u32) -> Result<Window> {
    let output = Command::new("wrk")
        .args(["-t1", "-c1", "--timeout", "30s", &format!("-d{seconds}s"), "-s"])
        .arg(script)
        .arg(address)
        .output()
        .context("could not start wrk")?;
    let text = String::from_utf8_lossy(&output.stdout);
    load::figures(&text)?.with_context(|| format!("no answer came from {address}"))
}
