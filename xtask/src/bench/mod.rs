//! Measures the portal beside the original: the same generated catalogs, the same machine, the same run.
//!
//! Ratios only mean something between rows of one run. What each row is and how it is taken is told
//! in `bench/README.md`. Nothing here judges: the targets are printed beside the figures.

mod auth;
mod catalog;
mod code_search;
mod contender;
mod docs;
mod gitea;
mod grafana;
mod kubernetes;
mod limits;
mod load;
mod measure;
mod options;
mod report;
mod templates;

use anyhow::Result;

use crate::process::Scratch;
use crate::setup;
use contender::{Contender, Who};
use options::Options;
use report::Report;

/// A bench of its own: its name, how it is called, and what it does.
type Other = (&'static str, &'static str, fn(&[String]) -> Result<()>);

const OTHERS: [Other; 8] = [
    ("auth", auth::USAGE, auth::run),
    ("code-search", code_search::USAGE, code_search::run_all),
    ("gitea", gitea::USAGE, gitea::run),
    ("templates", templates::USAGE, templates::run),
    ("grafana", grafana::USAGE, grafana::run),
    ("docs", docs::USAGE, docs::run),
    ("kubernetes", kubernetes::USAGE, kubernetes::run),
    ("limits", limits::USAGE, limits::run),
];

/// How what the arguments name is called.
pub fn help(arguments: &[String]) -> &'static str {
    let named = |(name, _, _): &&Other| arguments.first().is_some_and(|first| first == name);
    OTHERS
        .iter()
        .find(named)
        .map_or(options::USAGE, |(_, usage, _)| *usage)
}

/// Measures what the arguments select, printing a table and writing `target/bench/*.jsonl`.
pub fn run(arguments: &[String]) -> Result<()> {
    if let Some((name, rest)) = arguments.split_first()
        && let Some((_, _, own)) = OTHERS.iter().find(|(known, _, _)| known == name)
    {
        return own(rest);
    }
    let options = Options::parse(arguments)?;
    setup::for_comparison()?;
    let contenders = Contender::selected(&options)?;
    let mut report = Report::create()?;
    for size in &options.sizes {
        let scratch = Scratch::new("bench")?;
        let made = catalog::generate(size.components, &scratch.path().join("catalog"))?;
        eprintln!(
            "{}: {} entities in {} files",
            size.name,
            made.entities,
            made.files.len()
        );
        for contender in &contenders {
            if contender.who == Who::Original && size.components > options.original_up_to {
                continue;
            }
            measure::everything(contender, size, &made, scratch.path(), &options, &mut report)?;
        }
    }
    report.print();
    Ok(())
}
