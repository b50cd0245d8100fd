//! Makes a shard of new contents.

use std::io;
use std::path::Path;

use tempfile::TempPath;

use super::write::ShardWriter;
use crate::blob::BlobId;
use crate::grams::{GRAMS, Gram, Grams};
use crate::rules::Reason;

/// From so many bytes of text on a shard is full.
const FULL_TEXT: u64 = 32 << 20;
/// From so many trigrams of documents on, too; they lie in memory until then.
const FULL_GRAMS: usize = 6_000_000;

/// A shard that grows. Its file is removed unless it is finished.
pub struct ShardBuilder {
    writer: ShardWriter,
    path: TempPath,
    grams: Grams,
    /// The trigrams of all documents, document by document.
    found: Vec<Gram>,
    /// Where those of each document end.
    ends: Vec<usize>,
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
        })
    }

    /// Adds a content; returns its document.
    pub fn add(&mut self, blob: &BlobId, reason: Option<Reason>, text: &[u8]) -> io::Result<u32> {
        if reason.is_none() {
            self.found.extend_from_slice(self.grams.of(text));
        }
        self.ends.push(self.found.len());
        self.writer.add(blob, reason, text)
    }

    /// Whether it should be finished.
    pub fn is_full(&self) -> bool {
        self.writer.text() >= FULL_TEXT || self.found.len() >= FULL_GRAMS
    }

    /// Writes the lists, and gives the file its name.
    pub fn finish(mut self, path: &Path) -> io::Result<()> {
        self.writer.end_docs()?;
        let (grams, mut ends) = distinct(&self.found);
        let mut docs = vec![0; self.found.len()];
        let mut from = 0;
        for (doc, end) in (0..).zip(&self.ends) {
            for gram in &self.found[from..*end] {
                let next = &mut ends[*gram as usize];
                docs[*next as usize] = doc;
                *next += 1;
            }
            from = *end;
        }
        let mut from = 0;
        for gram in grams {
            let end = ends[gram as usize] as usize;
            self.writer.add_list(gram, &docs[from..end])?;
            from = end;
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

/// The different trigrams, ascending; and for each of all possible ones where its documents begin.
fn distinct(found: &[Gram]) -> (Vec<Gram>, Vec<u32>) {
    let mut grams = Vec::new();
    let mut starts = vec![0_u32; GRAMS];
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
