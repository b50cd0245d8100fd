//! Contents of files with the trigrams that they have: files that never change.
//!
//! Texts lie in packed blocks of some files each; of these only the ones that are needed are read and unpacked. For each trigram the
//! pages that have it are listed (`lists`), found by a dictionary of which one key in 64 lies in memory; so for names that are defined. Files are read at
//! places, not mapped. A page is some whole lines of a document.

mod build;
mod dictionary;
mod format;
mod lists;
mod merge;
mod text;
mod write;

pub use build::ShardBuilder;
pub use merge::{GONE, merge};
pub use text::Text;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::blob::BlobId;
use crate::grams::Needs;
use crate::rules::Reason;
use crate::set::Set;
use crate::wire::{Taker, damaged};
use dictionary::Dictionary;
use format::{ID_BYTES, Places};

/// Bytes read at once when everything is compared with its checksum.
const STRIDE: u64 = 1 << 20;

/// A shard that is open.
#[derive(Debug)]
pub struct Shard {
    number: u32,
    file: File,
    places: Places,
    docs: Vec<Doc>,
    /// The document of each page.
    page_docs: Vec<u32>,
    /// Where each block begins, and where the last one ends.
    blocks: Vec<u64>,
    /// The beginnings of ids with their documents, ascending.
    ids: Ids,
    dictionary: Dictionary,
    /// Whether something was read that is not as it was written.
    damaged: AtomicBool,
}

/// Where the text of a document lies.
#[derive(Debug, Clone, Copy)]
struct Doc {
    block: u32,
    start: u32,
    length: u32,
    /// Its first page.
    page: u32,
    reason: Option<Reason>,
}

#[derive(Debug, Default)]
struct Ids {
    prefixes: Vec<u64>,
    docs: Vec<u32>,
}

impl Shard {
    /// Opens a file. The tables are compared with their checksum, the rest when it is read or by [`Shard::verify`].
    pub fn open(path: &Path, number: u32) -> io::Result<Self> {
        let file = File::open(path)?;
        let places = Places::read(&file)?;
        let tables = format::read(&file, places.tables, places.end)?;
        if crc32fast::hash(&tables) != places.tables_sum {
            return Err(damaged("its tables have another checksum"));
        }
        let mut taker = Taker::new(&tables);
        let docs = docs(&mut taker, &places)?;
        let page_docs = page_docs(&docs, places.pages);
        let blocks = blocks(&mut taker, places.lists)?;
        if docs
            .last()
            .is_some_and(|doc| doc.block as usize + 1 >= blocks.len())
        {
            return Err(damaged("a block is missing"));
        }
        let dictionary = Dictionary::read(&mut taker, &places)?;
        let ids = ids(&format::read(&file, places.ids, places.tables)?, places.docs)?;
        Ok(Self {
            number,
            file,
            places,
            docs,
            page_docs,
            blocks,
            ids,
            dictionary,
            damaged: AtomicBool::new(false),
        })
    }

    /// Its number.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// How many documents it has.
    pub fn docs(&self) -> u32 {
        self.places.docs
    }

    /// Bytes of text.
    pub fn text_bytes(&self) -> u64 {
        self.places.text
    }

    /// The document of a content.
    pub fn find(&self, blob: &BlobId) -> Option<u32> {
        let prefix = blob.prefix();
        let first = self.ids.prefixes.partition_point(|held| *held < prefix);
        (first..self.ids.prefixes.len())
            .take_while(|at| self.ids.prefixes[*at] == prefix)
            .map(|at| self.ids.docs[at])
            .find(|doc| self.id(*doc).is_ok_and(|id| id == *blob))
    }

    /// The id of the content of a document.
    fn id(&self, doc: u32) -> io::Result<BlobId> {
        let from = self.places.ids + u64::from(doc) * ID_BYTES as u64;
        id(&format::read(&self.file, from, from + ID_BYTES as u64)?)
    }

    /// Why a document has no text.
    pub fn left_out(&self, doc: u32) -> Option<Reason> {
        self.docs[doc as usize].reason
    }

    /// Bytes of the text of a document.
    pub fn length(&self, doc: u32) -> u64 {
        u64::from(self.docs[doc as usize].length)
    }

    /// The pages that have what is needed; nothing when all could have it.
    pub fn pages(&self, needs: &Needs) -> io::Result<Option<Set>> {
        self.noted(self.dictionary.having(&self.file, needs))
    }

    /// The first page of a document.
    pub fn first_page(&self, doc: u32) -> u32 {
        self.docs[doc as usize].page
    }

    /// The documents of some pages.
    pub fn docs_of(&self, pages: &Set) -> Set {
        let mut docs = Set::empty(self.docs());
        for page in pages.iter() {
            docs.insert(self.page_docs[page as usize]);
        }
        docs
    }

    /// How many pages a document has.
    fn page_count(&self, doc: u32) -> u32 {
        let next = self
            .docs
            .get(doc as usize + 1)
            .map_or(self.places.pages, |next| next.page);
        next - self.docs[doc as usize].page
    }

    /// Reads the text of a document; false when it has none.
    pub fn read(&self, doc: u32, text: &mut Text) -> io::Result<bool> {
        let at = self.docs[doc as usize];
        if at.reason.is_some() {
            return Ok(false);
        }
        self.noted(text.read(self, at))?;
        Ok(true)
    }

    /// Whether something was read that is not as it was written.
    pub fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Compares the whole file with its checksum.
    pub fn verify(&self) -> io::Result<()> {
        let mut sum = crc32fast::Hasher::new();
        let mut bytes = Vec::new();
        let mut from = 0;
        while from < self.places.tables {
            let to = (from + STRIDE).min(self.places.tables);
            self.noted(format::read_into(&self.file, from, to, &mut bytes))?;
            sum.update(&bytes);
            from = to;
        }
        let matches = sum.finalize() == self.places.sum;
        let verified = if matches {
            Ok(())
        } else {
            Err(damaged("it has another checksum"))
        };
        self.noted(verified)
    }

    fn noted<T>(&self, read: io::Result<T>) -> io::Result<T> {
        if read.is_err() {
            self.damaged.store(true, Ordering::Relaxed);
        }
        read
    }
}

fn docs(taker: &mut Taker<'_>, places: &Places) -> io::Result<Vec<Doc>> {
    let mut docs = Vec::new();
    let (mut block, mut start, mut page) = (0_u32, 0_u32, 0_u32);
    for number in 0..places.docs {
        let length = taker.small()?;
        let pages = taker.small()?;
        let kind = taker.bytes(1)?[0];
        if kind & write::BEGINS_BLOCK != 0 {
            block += u32::from(number > 0);
            start = 0;
        }
        docs.push(Doc {
            block,
            start,
            length,
            page,
            reason: Reason::of_code(kind & !write::BEGINS_BLOCK),
        });
        start = start
            .checked_add(length)
            .ok_or_else(|| damaged("a block is too large"))?;
        page = page
            .checked_add(pages)
            .ok_or_else(|| damaged("there are too many pages"))?;
    }
    if page != places.pages {
        return Err(damaged("its pages are not as many as those of its documents"));
    }
    Ok(docs)
}

fn page_docs(docs: &[Doc], pages: u32) -> Vec<u32> {
    let mut of_pages = Vec::with_capacity(pages as usize);
    let ends = docs.iter().skip(1).map(|next| next.page).chain([pages]);
    for (doc, end) in (0..).zip(ends) {
        of_pages.resize(end as usize, doc);
    }
    of_pages
}

fn blocks(taker: &mut Taker<'_>, end: u64) -> io::Result<Vec<u64>> {
    let count = taker.small()?;
    let mut blocks = vec![format::MAGIC.len() as u64];
    for _ in 0..count {
        let start = blocks[blocks.len() - 1].saturating_add(taker.number()?);
        blocks.push(start);
    }
    match blocks.last() {
        Some(last) if *last == end => Ok(blocks),
        _ => Err(damaged("its blocks do not end where the lists begin")),
    }
}

fn ids(bytes: &[u8], count: u32) -> io::Result<Ids> {
    if bytes.len() != count as usize * ID_BYTES {
        return Err(damaged("its ids are not as many as its documents"));
    }
    let prefix = |doc: u32| {
        let mut first = [0; 8];
        first.copy_from_slice(&bytes[doc as usize * ID_BYTES + 1..][..8]);
        u64::from_be_bytes(first)
    };
    let mut docs: Vec<u32> = (0..count).collect();
    docs.sort_unstable_by_key(|doc| prefix(*doc));
    Ok(Ids {
        prefixes: docs.iter().map(|doc| prefix(*doc)).collect(),
        docs,
    })
}

fn id(bytes: &[u8]) -> io::Result<BlobId> {
    let id = bytes.get(1..=usize::from(bytes[0])).and_then(BlobId::of_bytes);
    id.ok_or_else(|| damaged("an id is none"))
}
