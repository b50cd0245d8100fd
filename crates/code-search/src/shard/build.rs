//! Makes a shard of new contents.

#![allow(
    clippy::cast_possible_truncation,
    reason = "a shard has far less than 2³² pages"
)]

use std::io;
use std::path::Path;

use tempfile::TempPath;

use super::write::ShardWriter;
use crate::blob::BlobId;
use crate::definitions;
use crate::grams::{GRAMS, Gram, Grams, of_name};
use crate::language::Language;
use crate::pages::pages;
use crate::rules::Reason;

/// From so many bytes of text on a shard is full.
const FULL_TEXT: u64 = 32 << 20;
/// From so many trigrams of pages on, too; they lie in memory until then.
const FULL_GRAMS: usize = 8_000_000;

/// A shard that grows. Its file is removed unless it is finished.
pub struct ShardBuilder {
    writer: ShardWriter,
    path: TempPath,
    grams: Grams,
    /// The trigrams of all pages, page by page.
    found: Vec<Gram>,
    /// Where those of each page end.
    ends: Vec<usize>,
    /// Keys of names that are defined, with their page.
    names: Vec<(Gram, u32)>,
}

impl std::fmt::Debug for ShardBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShardBuilder")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl ShardBuilder {
    /// Begins a file in a folder.
    pub fn create(folder: &Path) -> io::Result<Self> {
        let (file, path) = new_file(folder)?;
        Ok(Self {
            writer: ShardWriter::new(file)?,
            path,
            grams: Grams::default(),
            found: Vec::new(),
            ends: Vec::new(),
            names: Vec::new(),
        })
    }

    /// Adds a content, of which the language tells what it defines; returns its document.
    pub fn add(
        &mut self,
        blob: &BlobId,
        kind: Result<Option<Language>, Reason>,
        text: &[u8],
    ) -> io::Result<u32> {
        let before = self.ends.len();
        if let Ok(language) = kind {
            for page in pages(text).map(|page| &text[page]) {
                let number = self.ends.len() as u32;
                self.found.extend_from_slice(self.grams.of(page));
                self.ends.push(self.found.len());
                definitions::names(language, page, |name| self.names.push((of_name(name), number)));
            }
        }
        let count = self.ends.len() - before;
        self.writer.add(blob, kind.err(), text, count as u32)
    }

    /// Whether it should be finished.
    pub fn is_full(&self) -> bool {
        self.writer.text() >= FULL_TEXT || self.found.len() >= FULL_GRAMS
    }

    /// Writes the lists, and gives the file its name.
    pub fn finish(mut self, path: &Path) -> io::Result<()> {
        self.writer.end_docs()?;
        let (grams, mut ends) = distinct(&self.found);
        let mut pages = vec![0; self.found.len()];
        let mut from = 0;
        for (page, end) in (0..).zip(&self.ends) {
            for gram in &self.found[from..*end] {
                let next = &mut ends[*gram as usize];
                pages[*next as usize] = page;
                *next += 1;
            }
            from = *end;
        }
        let mut from = 0;
        for gram in grams {
            let end = ends[gram as usize] as usize;
            self.writer.add_list(gram, &pages[from..end])?;
            from = end;
        }
        self.names.sort_unstable();
        self.names.dedup();
        for of_name in self.names.chunk_by(|one, other| one.0 == other.0) {
            let pages: Vec<u32> = of_name.iter().map(|(_, page)| *page).collect();
            self.writer.add_list(of_name[0].0, &pages)?;
        }
        self.writer.finish()?;
        Ok(self.path.persist(path)?)
    }
}

/// A file without its name yet. What a process that died has left of such files is removed when the index is opened.
pub fn new_file(folder: &Path) -> io::Result<(std::fs::File, TempPath)> {
    let file = tempfile::Builder::new().suffix(".new").tempfile_in(folder)?;
    Ok(file.into_parts())
}

/// The different trigrams, ascending; and for each of all possible ones where its pages begin.
fn distinct(found: &[Gram]) -> (Vec<Gram>, Vec<u32>) {
    let mut grams = Vec::new();
    let mut starts = vec![0_u32; GRAMS as usize];
    for gram in found {
        let count = &mut starts[*gram as usize];
        if *count == 0 {
            grams.push(*gram);
        }
        *count += 1;
    }
    grams.sort_unstable();
    let mut next = 0;
    for gram in &grams {
        next += std::mem::replace(&mut starts[*gram as usize], next);
    }
    (grams, starts)
}
