//! Which files are left out of the index, and why.
//!
//! The rules follow GitHub Linguist: what others wrote (`node_modules/`, `vendor/`), what programs wrote (lock files, minified
//! scripts, files that say so in their first lines), and what `.gitattributes` of the repository says of either.

mod attributes;
mod tables;

pub use attributes::Attributes;

use std::fmt;

/// Bytes in which marks of generated files are looked for.
const HEAD: usize = 1_500;
/// Bytes in which a zero makes a file binary, as for Git.
const BINARY_HEAD: usize = 8_000;
/// Mean length of the lines of a minified file.
const MINIFIED: usize = 110;

/// Why a file is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Larger than the bound.
    Large,
    /// No text.
    Binary,
    /// Written by others and kept in the repository.
    Vendored,
    /// Written by a program.
    Generated,
    /// Kept in Git LFS; the repository has only a pointer.
    Lfs,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 5] = [
        Self::Large,
        Self::Binary,
        Self::Vendored,
        Self::Generated,
        Self::Lfs,
    ];

    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Large => "large",
            Self::Binary => "binary",
            Self::Vendored => "vendored",
            Self::Generated => "generated",
            Self::Lfs => "lfs",
        }
    }

    /// As one byte of a file of the index; 0 is no reason.
    pub fn code(reason: Option<Self>) -> u8 {
        reason.map_or(0, |reason| 1 + reason as u8)
    }

    /// The reason of a byte.
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code).checked_sub(1)?).copied()
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The rules of one repository.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Largest file in bytes.
    pub largest: u64,
    /// What the repository says itself.
    pub attributes: Attributes,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            largest: 1 << 20,
            attributes: Attributes::default(),
        }
    }
}

impl Rules {
    /// Why a file is left out, by path and size in bytes: then it need not be fetched.
    pub fn left_out(&self, path: &str, size: u64) -> Option<Reason> {
        let said = self.attributes.of(path);
        if said.vendored.unwrap_or_else(|| tables::is_vendored(path)) {
            return Some(Reason::Vendored);
        }
        if said.generated.unwrap_or_else(|| tables::is_generated(path)) {
            return Some(Reason::Generated);
        }
        (size > self.largest).then_some(Reason::Large)
    }

    /// Whether the repository says that a file is written by people, whatever it looks like.
    pub fn is_said_to_be_written(&self, path: &str) -> bool {
        self.attributes.of(path).generated == Some(false)
    }
}

/// Why a file is left out, by what is in it and the ending of its name.
pub fn left_out_by_content(path: &str, text: &[u8]) -> Option<Reason> {
    if text[..text.len().min(BINARY_HEAD)].contains(&0) {
        return Some(Reason::Binary);
    }
    if text.starts_with(b"version https://git-lfs.github.com/spec/") {
        return Some(Reason::Lfs);
    }
    let head = String::from_utf8_lossy(&text[..text.len().min(HEAD)]);
    let generated = tables::says_generated(&head) || is_minified(path, text);
    generated.then_some(Reason::Generated)
}

fn is_minified(path: &str, text: &[u8]) -> bool {
    let may_be = [".js", ".css", ".mjs", ".cjs"]
        .iter()
        .any(|ending| path.ends_with(ending));
    may_be && text.len() > HEAD && text.len() / (1 + memchr::memchr_iter(b'\n', text).count()) > MINIFIED
}
