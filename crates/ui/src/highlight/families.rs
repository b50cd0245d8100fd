//! The languages that are tables, by family.

pub(super) mod curly;
pub(super) mod data;
pub(super) mod functional;
pub(super) mod scripts;
pub(super) mod shells;
pub(super) mod systems;
pub(super) mod web;

use super::syntax::{Hole, Quote};

/// A text in double quotes.
const DOUBLE: Quote = Quote::of("\"");
/// A text in single quotes.
const SINGLE: Quote = Quote::of("'");
/// Three double quotes, over several lines.
const TRIPLE: Quote = Quote::of("\"\"\"").lines();
/// The comments of C.
const C_BLOCK: &[(&str, &str)] = &[("/*", "*/")];
/// `$name` and `${…}`.
pub(super) const DOLLAR: &[Hole] = &[Hole::Bracket("${"), Hole::Name("$")];
/// `${…}` alone.
const DOLLAR_BRACKET: &[Hole] = &[Hole::Bracket("${")];
/// `{…}`.
const BRACKET: &[Hole] = &[Hole::Bracket("{")];
/// `#{…}`.
const HASH_BRACKET: &[Hole] = &[Hole::Bracket("#{")];
