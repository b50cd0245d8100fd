//! The figures, a column for each size.

use std::time::Duration;

use super::cgroup::Limits;
use super::visitors::Answers;
use super::watch::Spent;

/// Rows in the order in which they came, with a cell for each size.
#[derive(Debug, Default)]
pub struct Table {
    sizes: Vec<usize>,
    rows: Vec<(String, Vec<String>)>,
}

impl Table {
    /// Begins a column.
    pub fn begin(&mut self, entities: usize) {
        eprintln!("{entities} entities");
        self.sizes.push(entities);
    }

    /// A time.
    pub fn seconds(&mut self, what: &str, time: Duration) {
        self.add(what, format!("{:.1} s", time.as_secs_f64()));
    }

    /// What visitors got.
    pub fn answers(&mut self, when: &str, rate: u32, answers: &Answers) {
        let what = format!("{rate} requests a second {when}");
        self.add(
            &format!("{what}: p50, p99"),
            format!(
                "{:.0} ms, {:.0} ms",
                answers.percentile(50),
                answers.percentile(99)
            ),
        );
        self.add(
            &format!("{what}: failed"),
            format!("{} of {}", answers.failed, answers.count()),
        );
        if let Some(reason) = &answers.reason {
            eprintln!("{when}, the first that failed: {reason}");
        }
    }

    /// What both used in a part of it.
    pub fn spent(&mut self, when: &str, spent: &Spent) {
        let [portal, database] = spent
            .usage
            .map(|usage| format!("{:.0} %", usage.share_throttled()));
        self.add(
            &format!("throttled, {when}: portal, PostgreSQL"),
            format!("{portal}, {database}"),
        );
        let [portal, database] = spent.most.map(mebibytes);
        self.add(
            &format!("most memory, {when}: portal, PostgreSQL"),
            format!("{portal}, {database}"),
        );
    }

    /// What both used all the while.
    pub fn end(&mut self, spent: &Spent) {
        let [portal, database] = spent.most.map(mebibytes);
        self.add(
            "most memory at any time: portal, PostgreSQL",
            format!("{portal}, {database}"),
        );
        let [portal, database] = spent.usage.map(|usage| usage.killed);
        self.add(
            "killed for want of memory: portal, PostgreSQL",
            format!("{portal}, {database}"),
        );
    }

    /// Prints it as Markdown.
    pub fn print(&self, portal: Limits, database: Limits) {
        println!(
            "\nportal {} m, {}; PostgreSQL {} m, {}\n",
            portal.millicpu,
            mebibytes(portal.memory),
            database.millicpu,
            mebibytes(database.memory)
        );
        let sizes: Vec<String> = self.sizes.iter().map(|size| format!("{size} entities")).collect();
        println!("| | {} |\n|---|{}", sizes.join(" | "), "---|".repeat(sizes.len()));
        for (what, cells) in &self.rows {
            println!("| {what} | {} |", cells.join(" | "));
        }
    }

    fn add(&mut self, what: &str, cell: String) {
        eprintln!("  {what}: {cell}");
        match self.rows.iter_mut().find(|(known, _)| known == what) {
            Some((_, cells)) => cells.push(cell),
            None => self.rows.push((what.to_owned(), vec![cell])),
        }
    }
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}
