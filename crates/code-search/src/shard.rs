//! Contents of files with the trigrams that they have.

use std::io;

use crate::blob::BlobId;
use crate::grams::Needs;
use crate::rules::Reason;
use crate::set::Set;

/// The text of one file, with room for the next one.
#[derive(Debug, Default)]
pub struct Text {
    bytes: Vec<u8>,
}

impl Text {
    /// The text that was read last.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A part of the contents, which never changes.
#[derive(Debug)]
pub struct Shard {
    number: u32,
    docs: Vec<(BlobId, Option<Reason>, Vec<u8>)>,
}

/// Makes a shard.
#[derive(Debug, Default)]
pub struct ShardBuilder {
    docs: Vec<(BlobId, Option<Reason>, Vec<u8>)>,
}

impl ShardBuilder {
    /// Adds a content; returns its document.
    pub fn add(&mut self, blob: BlobId, reason: Option<Reason>, text: &[u8]) -> io::Result<u32> {
        self.docs.push((blob, reason, text.to_vec()));
        Ok(u32::try_from(self.docs.len() - 1).unwrap_or(u32::MAX))
    }

    /// How many documents there are.
    pub fn docs(&self) -> u32 {
        u32::try_from(self.docs.len()).unwrap_or(u32::MAX)
    }

    /// The shard.
    pub fn finish(self, number: u32) -> io::Result<Shard> {
        Ok(Shard {
            number,
            docs: self.docs,
        })
    }
}

impl Shard {
    /// Its number.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// How many documents it has.
    pub fn docs(&self) -> u32 {
        u32::try_from(self.docs.len()).unwrap_or(u32::MAX)
    }

    /// The document of a content.
    pub fn find(&self, blob: &BlobId) -> Option<u32> {
        let found = self.docs.iter().position(|doc| doc.0 == *blob)?;
        u32::try_from(found).ok()
    }

    /// Why a document has no text.
    pub fn left_out(&self, doc: u32) -> Option<Reason> {
        self.docs[doc as usize].1
    }

    /// Bytes of the text of a document.
    pub fn length(&self, doc: u32) -> u64 {
        self.docs[doc as usize].2.len() as u64
    }

    /// The documents that have what is needed; nothing when all could have it.
    #[allow(clippy::unnecessary_wraps, reason = "reads a file soon")]
    pub fn candidates(&self, _needs: &Needs) -> io::Result<Option<Set>> {
        Ok(None)
    }

    /// Reads the text of a document; false when it has none.
    pub fn read(&self, doc: u32, text: &mut Text) -> io::Result<bool> {
        let (_, reason, bytes) = &self.docs[doc as usize];
        text.bytes.clone_from(bytes);
        Ok(reason.is_none())
    }
}
