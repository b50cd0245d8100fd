//! Figures as they come (JSON lines) and as a table of medians, ratios and targets at the end.

use std::fs::File;
use std::io::Write as _;

use anyhow::{Context, Result};
use serde_json::json;

use super::contender::Who;
use crate::process::root;

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Milliseconds; less is better.
    Millis,
    /// Seconds; less is better.
    Seconds,
    /// MiB of resident memory; less is better.
    Mebibytes,
    /// Answers a second; more is better.
    PerSecond,
    /// Size of an answer, to see that both did the same work.
    Bytes,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Millis => "ms",
            Self::Seconds => "s",
            Self::Mebibytes => "MiB",
            Self::PerSecond => "/s",
            Self::Bytes => "B",
        }
    }
}

/// Times better than the original that we want to be, by beginning and end of a figure's name.
const TARGETS: &[(&str, &str, f64)] = &[
    ("ingest", "", 300.0),
    ("start", "", 30.0),
    ("first answer", "", 30.0),
    ("memory idle", "", 5.0),
    ("memory after", "", 10.0),
    ("by-name", "rate", 50.0),
    ("list-100", "rate", 50.0),
    ("by-query c", "rate", 1000.0),
    ("facets", "rate", 200.0),
];

struct Row {
    who: Who,
    size: String,
    entities: usize,
    what: String,
    unit: Unit,
    median: f64,
    spread: (f64, f64),
    count: usize,
}

/// All figures of one run.
pub struct Report {
    rows: Vec<Row>,
    lines: File,
}

impl Report {
    /// Begins a file of figures under `target/bench`, named after the time.
    pub fn create() -> Result<Self> {
        let folder = root().join("target/bench");
        std::fs::create_dir_all(&folder)?;
        let seconds = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)?
            .as_secs();
        let file = folder.join(format!("{seconds}.jsonl"));
        let lines = File::create(&file).with_context(|| format!("could not create {}", file.display()))?;
        eprintln!("figures go to {}", file.display());
        Ok(Self {
            rows: Vec::new(),
            lines,
        })
    }

    /// Records the repetitions of one figure; none means it could not be measured.
    pub fn add(&mut self, who: Who, size: &str, entities: usize, what: &str, unit: Unit, values: &[f64]) {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        let (Some(least), Some(most)) = (values.first(), values.last()) else {
            eprintln!("{} {size} {what}: no figure", who.name());
            return;
        };
        let row = Row {
            who,
            size: size.to_owned(),
            entities,
            what: what.to_owned(),
            unit,
            median: median(&values),
            spread: (*least, *most),
            count: values.len(),
        };
        eprintln!("{} {size} {what}: {}", who.name(), shown(&row));
        let line = json!({
            "who": who.name(), "size": size, "entities": entities, "what": what, "unit": unit.name(),
            "median": row.median, "values": values,
        });
        // A figure that cannot be kept is still printed.
        let _ = writeln!(self.lines, "{line}");
        self.rows.push(row);
    }

    /// Prints one table a size.
    pub fn print(&self) {
        let mut sizes: Vec<&str> = Vec::new();
        for row in &self.rows {
            if !sizes.contains(&row.size.as_str()) {
                sizes.push(&row.size);
            }
        }
        for size in sizes {
            self.print_size(size);
        }
    }

    fn print_size(&self, size: &str) {
        let of_size = || self.rows.iter().filter(|row| row.size == size);
        let entities = of_size().next().map_or(0, |row| row.entities);
        println!("\n### {size} components, {entities} entities\n");
        println!("| figure | ours | original | ratio | target |\n| --- | --- | --- | --- | --- |");
        let mut seen: Vec<&str> = Vec::new();
        for row in of_size() {
            if seen.contains(&row.what.as_str()) {
                continue;
            }
            seen.push(&row.what);
            let find = |who| of_size().find(|other| other.who == who && other.what == row.what);
            let (ours, original) = (find(Who::Ours), find(Who::Original));
            let ratio = ours
                .zip(original)
                .and_then(|(ours, original)| ratio(ours, original));
            let cell = |row: Option<&Row>| row.map_or_else(|| "–".to_owned(), shown);
            println!(
                "| {} | {} | {} | {} | {} |",
                row.what,
                cell(ours),
                cell(original),
                ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{} ×", rounded(ratio))),
                target(&row.what).map_or_else(String::new, |target| format!("{target} ×")),
            );
        }
    }
}

/// How many times better ours is.
fn ratio(ours: &Row, original: &Row) -> Option<f64> {
    match ours.unit {
        Unit::Bytes => None,
        Unit::PerSecond => Some(ours.median / original.median),
        Unit::Millis | Unit::Seconds | Unit::Mebibytes => Some(original.median / ours.median),
    }
}

fn target(what: &str) -> Option<f64> {
    let fits = |(start, end, _): &&(&str, &str, f64)| what.starts_with(start) && what.ends_with(end);
    TARGETS.iter().find(fits).map(|(_, _, target)| *target)
}

fn shown(row: &Row) -> String {
    let spread = match row.count {
        1 => " (n=1)".to_owned(),
        _ => format!(" ({}..{})", rounded(row.spread.0), rounded(row.spread.1)),
    };
    format!("{} {}{spread}", rounded(row.median), row.unit.name())
}

/// Three digits that count.
fn rounded(value: f64) -> String {
    match value {
        _ if value >= 100.0 => format!("{value:.0}"),
        _ if value >= 10.0 => format!("{value:.1}"),
        _ if value >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// Of sorted values.
pub(super) fn median(values: &[f64]) -> f64 {
    let middle = values.len() / 2;
    match values.len() % 2 {
        1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}
