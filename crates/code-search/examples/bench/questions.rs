//! Questions as people ask them, from the text itself: each finds something somewhere.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;

use crate::measure;

/// Writes `count` literals and half as many regular expressions with a literal part, a kind and a question each line.
pub fn write(folder: &Path, file: &Path, count: usize) -> io::Result<()> {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut repositories = measure::repositories(folder)?;
    repositories.shuffle(&mut random);
    let mut files = Vec::new();
    for repository in repositories.iter().take(200) {
        measure::files(repository, &mut files)?;
    }
    let mut out = io::BufWriter::new(fs::File::create(file)?);
    let mut written = 0;
    while written < count {
        let Some(line) = line(&mut random, &files)? else {
            continue;
        };
        if let Some(text) = literal(&mut random, &line) {
            writeln!(out, "literal\t{}", quoted(&text))?;
            written += 1;
            if written % 2 == 0
                && let Some(regex) = regex(&mut random, &line)
            {
                writeln!(out, "regex\t/{}/", regex.replace('/', "\\/"))?;
            }
        }
    }
    out.flush()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A line of any file.
fn line(random: &mut ChaCha8Rng, files: &[PathBuf]) -> io::Result<Option<String>> {
    let text = match files.choose(random) {
        Some(path) => fs::read(path)?,
        None => return Ok(None),
    };
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| line.len() > 5)
        .collect();
    Ok(lines.choose(random).map(|line| (*line).to_owned()))
}

/// A word, a part of a word, or some words with what stands between them.
fn literal(random: &mut ChaCha8Rng, line: &str) -> Option<String> {
    let words = words(line);
    // Names more often than words of sentences.
    let names: Vec<(usize, usize)> = words
        .iter()
        .copied()
        .filter(|place| is_name(line, *place))
        .collect();
    let (start, end) = *if random.random_bool(0.7) { &names } else { &words }.choose(random)?;
    let text = match random.random_range(0..4) {
        0 => &line[start..end],
        1 => &line[start + random.random_range(0..=(end - start) / 3)..end],
        2 => line.get(start..(end + random.random_range(1..20)).min(line.len()))?,
        _ => line.get(start.saturating_sub(4)..end)?,
    };
    (text.trim().len() >= 3).then(|| text.trim().to_owned())
}

fn words(line: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in line.char_indices().chain([(line.len(), ' ')]) {
        let inside = c.is_ascii_alphanumeric() || c == '_';
        match (start, inside) {
            (None, true) => start = Some(at),
            (Some(begins), false) => {
                words.push((begins, at));
                start = None;
            }
            _ => {}
        }
    }
    words.retain(|(start, end)| end - start >= 4);
    words
}

/// Names of a line with something between them that is left open.
fn regex(random: &mut ChaCha8Rng, line: &str) -> Option<String> {
    let mut words = words(line);
    words.retain(|place| is_name(line, *place));
    let first = words.first().map(|(start, end)| &line[*start..*end])?;
    let last = words.last().map(|(start, end)| &line[*start..*end])?;
    let shorter = &last[..last.len() - 1];
    Some(match random.random_range(0..6) {
        0 => format!(r"\b{first}\b.*{last}"),
        1 => format!(r"{last}\w*\("),
        2 => format!(r"({first}|{last}_?x)\s*[:=(]"),
        3 => format!(r"{first}[^a-z]+\w+"),
        4 => format!(r"^\s*\S*{last}"),
        _ => format!(r"{shorter}[a-z]?\W\w+\."),
    })
}

/// Whether a word is a name rather than a word of a sentence or of the language.
fn is_name(line: &str, (start, end): (usize, usize)) -> bool {
    end - start > 7 || line[start + 1..end].contains(|c: char| !c.is_ascii_lowercase())
}
