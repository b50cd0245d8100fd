//! What drawing alone takes: charts whose answers are there already, read and drawn in a process of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{root, run as run_program};

/// Panels, lines of each, points of each.
const SHAPE: [&str; 3] = ["8", "5", "600"];
/// Most milliseconds that they may take, 95 times of a hundred.
const BOUND: f64 = 20.0;

/// What was measured.
pub(super) struct Drawing {
    middle: f64,
    p95: f64,
}

impl Drawing {
    /// Measures. With a build of ours that was named, the example beside it is run; without one there, nothing is measured.
    pub fn measure(binary: Option<&Path>) -> Result<Option<Self>> {
        let program = match binary {
            Some(binary) => binary.with_file_name("examples").join("drawing_time"),
            None => built()?,
        };
        if !program.is_file() {
            return Ok(None);
        }
        let output = Command::new(&program).args(SHAPE).output();
        let output = output.with_context(|| format!("could not run {}", program.display()))?;
        if !output.status.success() {
            bail!(
                "{} failed: {}",
                program.display(),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Self::read(&String::from_utf8_lossy(&output.stdout)).map(Some)
    }

    fn read(text: &str) -> Result<Self> {
        let number = |name: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            let number = line.and_then(|number| number.parse::<f64>().ok());
            number.with_context(|| format!("the example did not tell {name}: {text}"))
        };
        Ok(Self {
            middle: number("middle")?,
            p95: number("p95")?,
        })
    }

    /// The figures, with whether they are within the bound.
    pub fn line(&self) -> String {
        let verdict = if self.p95 <= BOUND { "within" } else { "OVER" };
        format!(
            "{:>7.2} ms, p95 {:.2} ms, {verdict} {BOUND} ms",
            self.middle, self.p95
        )
    }
}

fn built() -> Result<PathBuf> {
    run_program(
        "cargo",
        &["build", "--release", "-p", "grafana", "--example", "drawing_time"],
    )?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("release/examples/drawing_time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_and_held_against_the_bound() {
        let read = |text: &str| Drawing::read(text).map(|drawing| drawing.line()).ok();
        let line = |text: &str| read(text).unwrap_or_default();
        assert_eq!(
            line("middle=7.10\np95=9.25\nbytes=5\n"),
            "   7.10 ms, p95 9.25 ms, within 20 ms"
        );
        assert!(line("middle=18.0\np95=20.5\n").ends_with("OVER 20 ms"));
        for text in ["", "middle=1", "middle=x\np95=2"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
