//! Words and names as code has them: a few very often, most of them rarely.

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;

const SYLLABLES: &[&str] = &[
    "con", "fig", "ser", "ver", "cli", "ent", "han", "dler", "que", "ry", "re", "quest", "res", "ponse",
    "mod", "el", "sto", "re", "pay", "ment", "or", "der", "us", "er", "to", "ken", "ses", "sion", "ca",
    "che", "in", "dex", "par", "se", "wri", "te", "rea", "d", "buf", "fer", "str", "eam", "ev", "ent", "lo",
    "ad", "sta", "te", "tab", "le", "no", "de", "tree", "ma", "p", "li", "st", "sch", "ema", "val", "id",
    "ate", "tra", "ce", "met", "ric", "log", "ger", "con", "text", "pro", "vid", "fac", "to", "ry", "bui",
    "ld", "rou", "ter", "pa", "th",
];

const ENGLISH: &[&str] = &[
    "the", "a", "of", "to", "is", "and", "in", "for", "that", "this", "it", "be", "not", "with", "if", "as",
    "are", "on", "by", "from", "when", "or", "an", "we", "can", "value", "returns", "only", "must", "all",
    "which", "has", "one", "so", "used", "have", "will", "there", "but", "should", "no", "error", "first",
    "because", "list", "name", "new", "set", "default", "same", "other", "may", "where", "before", "after",
    "each", "called", "key", "data", "number", "time", "does", "given", "without", "any", "these", "than",
    "file", "more", "request", "state", "into", "current", "between", "until", "since", "already", "empty",
    "second", "length", "last", "entry", "while", "again", "also", "own", "caller", "result", "type",
    "object", "read", "write", "open", "closed", "missing", "known", "unknown", "instance", "limit",
    "cannot",
];

/// All words.
pub struct Words {
    words: Vec<String>,
}

impl Words {
    /// Always the same.
    pub fn new() -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut words: Vec<String> = Vec::new();
        while words.len() < 30_000 {
            let count = random.random_range(1..=4);
            words.push(
                (0..count)
                    .map(|_| *SYLLABLES.choose(&mut random).expect("there are some"))
                    .collect(),
            );
        }
        words.dedup();
        Self { words }
    }

    /// A word; low ones are frequent.
    pub fn word(&self, random: &mut ChaCha8Rng) -> &str {
        &self.words[frequent(random, self.words.len())]
    }

    /// A name of one to three words.
    pub fn name(&self, random: &mut ChaCha8Rng) -> String {
        let count = [1, 2, 2, 2, 3].choose(random).copied().unwrap_or(1);
        let words: Vec<&str> = (0..count).map(|_| self.word(random)).collect();
        words.join("_")
    }
}

/// A number below a bound, of which the low ones are drawn most: one in proportion to its inverse.
pub fn frequent(random: &mut ChaCha8Rng, bound: usize) -> usize {
    let drawn: f64 = random.random();
    (((bound as f64).powf(drawn)) as usize).min(bound) - 1
}

/// A sentence.
pub fn sentence(random: &mut ChaCha8Rng) -> String {
    let count = random.random_range(4..14);
    let words: Vec<&str> = (0..count)
        .map(|_| ENGLISH[frequent(random, ENGLISH.len())])
        .collect();
    words.join(" ")
}

/// `one_two` as `oneTwo`, or as `OneTwo`.
pub fn camel(name: &str, upper: bool) -> String {
    let mut raise = upper;
    let mut written = String::new();
    for c in name.chars() {
        if c == '_' {
            raise = true;
        } else if raise {
            written.push(c.to_ascii_uppercase());
            raise = false;
        } else {
            written.push(c);
        }
    }
    written
}
