//! Measures the portal beside the original: the same generated catalogs, the same machine, the same run.
//!
//! Ratios only mean something between rows of one run. What each row is and how it is taken is told
//! in `bench/README.md`. Nothing here judges: the targets are printed beside the figures.

mod catalog;
mod code_search;
mod contender;
mod docs;
mod gitea;
mod grafana;
mod kubernetes;
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

/// Measures what the arguments select, printing a table and writing `target/bench/*.jsonl`.
pub fn run(arguments: &[String]) -> Result<()> {
    if arguments.first().is_some_and(|first| first == "gitea") {
        return gitea::run(&arguments[1..]);
    }
    if arguments.first().is_some_and(|first| first == "templates") {
        return templates::run(&arguments[1..]);
    }
    if arguments.first().is_some_and(|first| first == "grafana") {
        return grafana::run(&arguments[1..]);
    }
    if arguments.first().is_some_and(|first| first == "docs") {
        return docs::run(&arguments[1..]);
    }
    if arguments.first().is_some_and(|first| first == "code-search") {
        return code_search::run_all(&arguments[1..]);
    }
    if arguments.first().is_some_and(|first| first == "kubernetes") {
        return kubernetes::run(&arguments[1..]);
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
