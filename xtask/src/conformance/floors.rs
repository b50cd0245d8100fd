//! The floors below which no agreement may fall.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::Agreement;
use crate::process::root;

/// Differences printed per comparison; the rest is counted.
const SHOWN: usize = 12;

/// Prints every figure and fails if one is below its floor or has none.
pub fn judge(agreements: &[Agreement]) -> Result<()> {
    let path = root().join("conformance/floors.json");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    let floors: BTreeMap<String, usize> = serde_json::from_str(&text).context("conformance/floors.json")?;
    let mut fallen = Vec::new();
    println!(
        "\n{:<34} {:>7} {:>7} {:>8}  {:>6} {:>6}",
        "agreement with the original", "agree", "of", "share", "open", "floor"
    );
    for agreement in agreements {
        let floor = floors.get(&agreement.name).copied();
        println!("{}", line(agreement, floor));
        for difference in agreement.differences.iter().take(SHOWN) {
            println!("    differs: {difference}");
        }
        if agreement.differences.len() > SHOWN {
            println!("    … and {} more", agreement.differences.len() - SHOWN);
        }
        match floor {
            Some(floor) if agreement.figure() >= floor => {}
            Some(floor) => fallen.push(format!(
                "{} fell to {} (floor {floor})",
                agreement.name,
                agreement.figure()
            )),
            None => fallen.push(format!(
                "{} has no floor in conformance/floors.json",
                agreement.name
            )),
        }
    }
    print_not_judged(agreements);
    let failed = fallen.len();
    println!("\n{} passed, {failed} failed", agreements.len() - failed);
    if failed > 0 {
        bail!("{}", fallen.join("; "));
    }
    Ok(())
}

/// What the figures leave out, and why.
fn print_not_judged(agreements: &[Agreement]) {
    for agreement in agreements {
        let name = &agreement.name;
        if agreement.undecided > 0 {
            println!(
                "\n{name}: {} are open, they depend on which file was read first",
                agreement.undecided
            );
        }
        if agreement.other_plugins > 0 {
            println!(
                "\n{name}: {} ask plugins that come later",
                agreement.other_plugins
            );
        }
        for (title, cases) in [
            ("differ on purpose", &agreement.on_purpose),
            ("left out", &agreement.left_out),
        ] {
            if !cases.is_empty() {
                println!("\n{name}: {} {title}", cases.len());
            }
            for case in cases {
                println!("    {case}");
            }
        }
    }
}

fn line(agreement: &Agreement, floor: Option<usize>) -> String {
    let judged = agreement.judged.max(1);
    let thousandths = agreement.agree * 100_000 / judged;
    format!(
        "{:<34} {:>7} {:>7} {:>4}.{:03}%  {:>6} {:>6}",
        agreement.name,
        agreement.agree,
        agreement.judged,
        thousandths / 1000,
        thousandths % 1000,
        agreement.undecided,
        floor.map_or_else(|| "none".to_owned(), |floor| floor.to_string())
    )
}
