//! What documentation costs: a whole site by `docs build`, and by `mkdocs build` with `techdocs-core`, in turn; and the first page,
//! which ours answers without the others, and the original once its site is built.
//!
//! A site is generated: each page has headings, lists, a table, a note, tabs, code, links to other pages and a footnote. No page is
//! the same as another one, so that nothing that is kept of one helps with the next.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::report::median;
use crate::conformance::mkdocs;
use crate::process::Scratch;
use crate::server::free_port;
use crate::setup;

/// How to call it.
pub const USAGE: &str = "\
usage: cargo xtask bench docs [--pages N,…] [--runs N] [--binary PATH]
  --pages   pages of a site; default 200,2000
  --runs    builds of ours for each of the original; default 5
  --binary  a build of ours to measure; by default the release binary is built";

/// Longest time of one build.
const PATIENCE: Duration = Duration::from_mins(20);
/// How often a build is looked at.
const PAUSE: Duration = Duration::from_millis(1);
/// Pages of one folder.
const FOLDER: usize = 50;

/// What the command line asks for.
struct Wanted {
    pages: Vec<usize>,
    runs: usize,
    binary: Option<PathBuf>,
}

impl Wanted {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut wanted = Self {
            pages: vec![200, 2_000],
            runs: 5,
            binary: None,
        };
        for pair in arguments.chunks(2) {
            let [name, value] = pair else {
                bail!("{} needs a value\n{USAGE}", pair[0]);
            };
            let number = |value: &str| {
                value
                    .parse::<usize>()
                    .with_context(|| format!("{name} takes numbers"))
            };
            match name.as_str() {
                "--pages" => wanted.pages = value.split(',').map(number).collect::<Result<_>>()?,
                "--runs" => wanted.runs = number(value)?.max(1),
                "--binary" => {
                    wanted.binary = Some(PathBuf::from(value).canonicalize().context(value.clone())?);
                }
                _ => bail!("{name} is not known\n{USAGE}"),
            }
        }
        Ok(wanted)
    }
}

/// What a program took.
struct Spent {
    milliseconds: f64,
    /// Memory at most, in MiB.
    peak: f64,
}

/// Measures and prints a table.
pub fn run(arguments: &[String]) -> Result<()> {
    let wanted = Wanted::parse(arguments)?;
    setup::for_comparison()?;
    let python = mkdocs()?;
    let binary = match &wanted.binary {
        Some(binary) => binary.clone(),
        None => super::contender::build()?,
    };
    for pages in &wanted.pages {
        let scratch = Scratch::in_memory("bench-docs")?;
        let site = scratch.path().join("site");
        generate(&site, *pages)?;
        measure(&binary, &python, &site, wanted.runs)?;
    }
    Ok(())
}

fn measure(binary: &Path, python: &Path, site: &Path, runs: usize) -> Result<()> {
    let theirs = site.with_file_name("theirs");
    // Each build has a folder of its own, as the original's has.
    let out = |run: usize| site.with_file_name(format!("ours-{run}"));
    let mut ours = Vec::new();
    // The first run reads the files from the disk for both, and does not count.
    for run in 0..=runs {
        let mut build = Command::new(binary);
        build.args(["docs", "build"]).arg(site).arg("--out").arg(out(run));
        let spent = spent(&mut build)?;
        if run > 0 {
            ours.push(spent);
        }
    }
    let mut first = Vec::new();
    for _ in 0..runs {
        first.push(first_page(binary, site)?);
    }
    let mut build = Command::new(python);
    // What its theme says about other programs is no part of the table.
    build
        .args(["-m", "mkdocs", "build", "-q", "-f"])
        .stderr(Stdio::null());
    build.arg(site.join("mkdocs.yml")).arg("-d").arg(&theirs);
    let original = spent(&mut build)?;
    let (ours_pages, their_pages) = (pages_in(&out(runs))?, pages_in(&theirs)?);
    println!("\n{ours_pages} pages here, {their_pages} there");
    let of = |take: fn(&Spent) -> f64| middle(ours.iter().map(take).collect());
    let (whole, peak, first) = (
        of(|spent| spent.milliseconds),
        of(|spent| spent.peak),
        middle(first),
    );
    let row = |what: &str, here: f64, there: f64, unit: &str| {
        println!(
            "  {what:<12} {here:>9.1} {unit:<3} {there:>10.1} {unit:<3} {:>7.1} ×",
            there / here
        );
    };
    row("whole site", whole, original.milliseconds, "ms");
    row("first page", first, original.milliseconds, "ms");
    row("memory", peak, original.peak, "MiB");
    Ok(())
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    median(&values)
}

/// Runs a program to its end.
fn spent(command: &mut Command) -> Result<Spent> {
    let begun = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let mut peak = 0.0_f64;
    loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let most = most.and_then(|value| value.split_whitespace().next()?.parse::<f64>().ok());
        peak = peak.max(most.unwrap_or_default() / 1024.0);
        if let Some(ended) = child.try_wait()? {
            if !ended.success() {
                bail!("{command:?} ended with {ended}");
            }
            return Ok(Spent {
                milliseconds: begun.elapsed().as_secs_f64() * 1e3,
                peak,
            });
        }
        if begun.elapsed() > PATIENCE {
            child.kill()?;
            bail!("{command:?} did not end within {PATIENCE:?}");
        }
        std::thread::sleep(PAUSE);
    }
}

/// Milliseconds from the start of `docs serve` to its first page.
fn first_page(binary: &Path, site: &Path) -> Result<f64> {
    let port = free_port()?;
    let begun = Instant::now();
    let mut serve = Command::new(binary);
    let mut child = serve
        .args(["docs", "serve", "--port", &port.to_string()])
        .arg(site)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let address = format!("http://127.0.0.1:{port}/");
    let answered = loop {
        if ureq::get(&address).call().is_ok() {
            break Ok(begun.elapsed().as_secs_f64() * 1e3);
        }
        if begun.elapsed() > PATIENCE || child.try_wait()?.is_some() {
            break Err(anyhow::anyhow!("`docs serve` has not answered"));
        }
        std::thread::sleep(PAUSE);
    };
    child.kill()?;
    child.wait()?;
    answered
}

/// Pages of a built site.
fn pages_in(folder: &Path) -> Result<usize> {
    let mut found = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found += pages_in(&path)?;
        } else if path.ends_with("index.html") {
            found += 1;
        }
    }
    Ok(found)
}

/// Writes a site with so many pages.
fn generate(folder: &Path, pages: usize) -> Result<()> {
    let docs = folder.join("docs");
    std::fs::create_dir_all(&docs)?;
    let config = "site_name: Measured\nplugins:\n  - techdocs-core\n";
    std::fs::write(folder.join("mkdocs.yml"), config)?;
    for page in 0..pages {
        let path = docs.join(name(page));
        std::fs::create_dir_all(path.parent().context("a page is in a folder")?)?;
        std::fs::write(path, text(page, pages)?)?;
    }
    Ok(())
}

/// The file of a page; the first one is that of the site.
fn name(page: usize) -> String {
    match page {
        0 => "index.md".to_owned(),
        page => format!("part-{:03}/page-{page:05}.md", page / FOLDER),
    }
}

fn text(page: usize, pages: usize) -> Result<String> {
    let above = if page == 0 { "" } else { "../" };
    let mut text = format!(
        "# Page {page}\n\nWhat *page {page}* says, with `code {page}` and **weight**.[^1]\n\n[^1]: A note of {page}.\n"
    );
    for section in 1..=4 {
        let next = name((page * 7 + section * 13 + 1) % pages);
        write!(
            text,
            "\n## Section {section} of {page}\n\nA paragraph that leads [elsewhere]({above}{next}), and goes on for a while, so that it is as long as \
             paragraphs are that people write about service {page}.\n\n- one of {section}\n- another\n    - within it\n- a last one\n\n\
             | key | value |\n|---|---:|\n| page | {page} |\n| section | {section} |\n\n!!! note \"About {section}\"\n    Mind the \
             difference between {page} and {section}.\n\n=== \"Shell\"\n\n    ```bash\n    curl https://example.org/{page}/{section}\n    ```\n\n\
             === \"Python\"\n\n    ```python title=\"call.py\"\n    def call():\n        return get({page}, {section})\n    ```\n"
        )?;
    }
    Ok(text)
}
