//! Words and names as code has them: a few very often, most of them rarely.

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;

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

/// Some letters that can be spoken.
fn syllable(random: &mut ChaCha8Rng) -> String {
    let consonants = [
        "b", "c", "ch", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "qu", "r", "s", "sh", "st", "t",
        "tr", "v", "w", "x", "z",
    ];
    let vowels = ["a", "e", "i", "o", "u", "ea", "ou", "y"];
    let ends = ["", "", "", "n", "r", "s", "t", "l", "d", "ck", "m", "p", "x", "g"];
    let pick = |random: &mut ChaCha8Rng, from: &[&'static str]| from[random.random_range(0..from.len())];
    [
        pick(random, &consonants),
        pick(random, &vowels),
        pick(random, &ends),
    ]
    .concat()
}

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
            let count = random.random_range(1..=3);
            words.push((0..count).map(|_| syllable(&mut random)).collect());
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
