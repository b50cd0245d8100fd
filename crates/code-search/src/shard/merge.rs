//! Makes one shard of several, without the documents that nobody needs any more.
//!
//! Blocks are copied as they are packed where all of their documents are kept; lists are read and written trigram by trigram. So
//! little lies in memory, however large the shards are.

#![allow(
    clippy::cast_possible_truncation,
    reason = "a shard has far less than 2³² documents, a block far less than 2³² bytes"
)]

use std::io;
use std::path::Path;

use super::build::new_file;
use super::dictionary::List;
use super::write::{BLOCK, ShardWriter};
use super::{Shard, Text, format};
use crate::blob::BlobId;
use crate::grams::Gram;

/// The number of a document that is not kept.
pub const GONE: u32 = u32::MAX;

/// Writes a shard of all kept documents of some; returns for each of these the new number of each document, or [`GONE`].
pub fn merge(
    folder: &Path,
    path: &Path,
    shards: &[&Shard],
    kept: impl Fn(usize, u32) -> bool,
) -> io::Result<Vec<Vec<u32>>> {
    let (file, unnamed) = new_file(folder)?;
    let mut writer = ShardWriter::new(file)?;
    let mut moved = Vec::new();
    for (at, shard) in shards.iter().enumerate() {
        moved.push(copy_texts(&mut writer, shard, |doc| kept(at, doc))?);
    }
    writer.end_docs()?;
    let mut next = 0;
    let pages: Vec<Vec<u32>> = (shards.iter().zip(&moved))
        .map(|(shard, moved)| pages(shard, moved, &mut next))
        .collect();
    copy_lists(&mut writer, shards, &pages)?;
    writer.finish()?;
    unnamed.persist(path)?;
    Ok(moved)
}

/// Copies the kept documents of a shard, block by block; returns their new numbers.
fn copy_texts(writer: &mut ShardWriter, shard: &Shard, kept: impl Fn(u32) -> bool) -> io::Result<Vec<u32>> {
    let ids = format::read(&shard.file, shard.places.ids, shard.places.tables)?;
    let id = |doc: u32| super::id(&ids[doc as usize * format::ID_BYTES..]);
    let mut moved = vec![GONE; shard.docs() as usize];
    let mut text = Text::default();
    let mut packed = Vec::new();
    let mut first = 0;
    while first < shard.docs() {
        let block = shard.docs[first as usize].block;
        let docs = first..first + count_in_block(shard, first);
        first = docs.end;
        let bytes: u64 = docs.clone().map(|doc| shard.length(doc)).sum();
        // Small blocks are packed together.
        if bytes as usize >= BLOCK / 2 && docs.clone().all(&kept) {
            let ids: Vec<BlobId> = docs.clone().map(id).collect::<io::Result<_>>()?;
            shard.packed(block, &mut packed)?;
            let next = writer.add_packed(
                &packed,
                docs.clone().zip(&ids).map(|(doc, id)| {
                    (
                        id,
                        shard.left_out(doc),
                        shard.length(doc) as usize,
                        shard.page_count(doc),
                    )
                }),
            )?;
            for (doc, new) in docs.zip(next..) {
                moved[doc as usize] = new;
            }
            continue;
        }
        for doc in docs.filter(|doc| kept(*doc)) {
            let bytes = if shard.read(doc, &mut text)? {
                text.bytes()
            } else {
                b""
            };
            moved[doc as usize] = writer.add(&id(doc)?, shard.left_out(doc), bytes, shard.page_count(doc))?;
        }
    }
    Ok(moved)
}

/// The new number of each page, after those of the shards before.
fn pages(shard: &Shard, moved: &[u32], next: &mut u32) -> Vec<u32> {
    let mut pages = Vec::new();
    for (doc, new) in (0..).zip(moved) {
        for _ in 0..shard.page_count(doc) {
            pages.push(if *new == GONE { GONE } else { *next });
            *next += u32::from(*new != GONE);
        }
    }
    pages
}

/// How many documents from one on lie in its block.
fn count_in_block(shard: &Shard, first: u32) -> u32 {
    let block = shard.docs[first as usize].block;
    let docs = &shard.docs[first as usize..];
    docs.partition_point(|doc| doc.block <= block) as u32
}

/// Reads the lists of a shard in the order of their trigrams.
struct Lists<'a> {
    shard: &'a Shard,
    page: usize,
    /// The lists of the page, the next one last.
    left: Vec<List>,
}

impl Lists<'_> {
    fn next_gram(&mut self) -> io::Result<Option<Gram>> {
        while self.left.is_empty() {
            if self.page == self.shard.dictionary.pages() {
                return Ok(None);
            }
            self.left = self.shard.dictionary.page(&self.shard.file, self.page)?;
            self.left.reverse();
            self.page += 1;
        }
        Ok(self.left.last().map(|list| list.gram))
    }
}

fn copy_lists(writer: &mut ShardWriter, shards: &[&Shard], moved: &[Vec<u32>]) -> io::Result<()> {
    let mut all: Vec<Lists<'_>> = shards
        .iter()
        .map(|shard| Lists {
            shard,
            page: 0,
            left: Vec::new(),
        })
        .collect();
    let mut pages = Vec::new();
    loop {
        let mut least = None;
        for lists in &mut all {
            if let Some(gram) = lists.next_gram()? {
                least = Some(least.map_or(gram, |least: Gram| least.min(gram)));
            }
        }
        let Some(gram) = least else {
            return Ok(());
        };
        pages.clear();
        for (lists, moved) in all.iter_mut().zip(moved) {
            if let Some(list) = lists.left.pop_if(|list| list.gram == gram) {
                let shard = lists.shard;
                let take = |page: u32| pages.extend(Some(moved[page as usize]).filter(|page| *page != GONE));
                shard.dictionary.each(&shard.file, list, take)?;
            }
        }
        if !pages.is_empty() {
            writer.add_list(gram, &pages)?;
        }
    }
}
