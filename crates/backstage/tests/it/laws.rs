//! The laws that the fuzz targets look for exceptions to (`fuzz/laws`), on the seeds and on a few thousand
//! changed forms of them: the same ones in every run, so that a failure here is nobody's bad luck.

use std::fs;
use std::path::Path;

use model::Randomness;
use testkit::TestRandomness;

#[path = "../../../../fuzz/laws/config.rs"]
mod config_law;
#[path = "../../../../fuzz/laws/cursor.rs"]
mod cursor_law;
#[path = "../../../../fuzz/laws/filter.rs"]
mod filter_law;
#[path = "../../../../fuzz/laws/yaml.rs"]
mod yaml_law;

/// Changed forms of each target's seeds.
const INPUTS: usize = 3_000;
/// Most changes from a seed to an input.
const CHANGES: u64 = 6;

#[test]
fn yaml_is_read_or_refused() {
    check("yaml", yaml_law::check);
}

#[test]
fn configurations_are_read_or_refused_and_keep_their_secrets() {
    check("config", config_law::check);
}

#[test]
fn filters_and_their_predicates_agree() {
    check("filter", filter_law::check);
}

#[test]
fn cursors_are_read_or_refused() {
    check("cursor", cursor_law::check);
}

fn check(target: &str, law: fn(&str)) {
    let seeds = seeds(target);
    for seed in &seeds {
        law(&String::from_utf8_lossy(seed));
    }
    let random = TestRandomness::new(1);
    for _ in 0..INPUTS {
        let mut input = any(&seeds, &random).clone();
        for _ in 0..=random.below(CHANGES) {
            change(&mut input, any(&seeds, &random), &random);
        }
        law(&String::from_utf8_lossy(&input));
    }
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/seeds")
        .join(target);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no seeds", folder.display());
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn any<'a>(seeds: &'a [Vec<u8>], random: &TestRandomness) -> &'a Vec<u8> {
    &seeds[below(random, seeds.len())]
}

/// Puts in, takes out, repeats or overwrites a few bytes, or brings in a piece of another seed.
fn change(input: &mut Vec<u8>, other: &[u8], random: &TestRandomness) {
    const SIGNS: &[u8] = b"\n\t :,-#&*!|>'\"%@`{}[]?=.$~0\\\xc3\xff\0";
    let sign = SIGNS[below(random, SIGNS.len())];
    let at = below(random, input.len() + 1);
    let end = (at + 1 + below(random, 8)).min(input.len());
    match random.below(5) {
        0 => input.insert(at, sign),
        1 => drop(input.drain(at..end)),
        2 => {
            let piece = input[at..end].to_vec();
            input.splice(at..at, piece);
        }
        3 => input[at..end].fill(sign),
        _ => {
            let from = below(random, other.len());
            let to = (from + 1 + below(random, 40)).min(other.len());
            input.splice(at..at, other[from..to].iter().copied());
        }
    }
}

fn below(random: &TestRandomness, bound: usize) -> usize {
    usize::try_from(random.below(bound as u64)).expect("below a length")
}
