//! What it takes to read the answers of a data source and to draw them: `drawing_time [PANELS [LINES [POINTS]]]`.
//!
//! Prints the middle and the 95th of a hundred of some rounds, in milliseconds. Only a release build says something.

#![allow(clippy::print_stdout, reason = "what was measured is the output")]

use std::time::Instant;

use grafana::AnsweredPanels;

/// Rounds that are measured, after some that warm up.
const ROUNDS: usize = 100;
const WARMING: usize = 10;

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .map(|argument| argument.parse::<u32>().unwrap_or(1));
    let panels = numbers.next().unwrap_or(8);
    let lines = numbers.next().unwrap_or(5);
    let points = numbers.next().unwrap_or(600);
    let answered = AnsweredPanels::of(panels.into(), usize::try_from(lines).unwrap_or(1), points.into());
    let mut bytes = 0;
    let mut times: Vec<f64> = (0..ROUNDS + WARMING)
        .map(|_| {
            let begun = Instant::now();
            bytes = answered.draw();
            begun.elapsed().as_secs_f64() * 1e3
        })
        .skip(WARMING)
        .collect();
    times.sort_by(f64::total_cmp);
    println!("middle={:.2}", times[ROUNDS / 2]);
    println!("p95={:.2}", times[ROUNDS * 95 / 100]);
    println!("bytes={bytes}");
}
