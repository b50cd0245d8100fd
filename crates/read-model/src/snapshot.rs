//! The index as a file, so that a start need not read every entity.
//!
//! What is kept are the keys, the values and which entity has which; who has a value and every order follow
//! from that. The file is derived data: one that is missing, damaged, of another version or of another database
//! is as good as none. Entries of the change log that came after it are applied as always.

mod format;
mod reading;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use model::{LogMark, ROWS_VERSION};
use parking_lot::Mutex;

use crate::ReadModel;
use crate::term_list::TermList;
use format::Writer;

/// First bytes of the file.
const MAGIC: [u8; 8] = *b"CATINDEX";
/// Raised when the file changes, or how [`Terms`](crate::terms::Terms) and [`TermList`] keep what is in it.
const VERSION: u32 = 3;

/// What a file holds, up to which change; nothing when it is not there or of another version.
type Snapshot = Option<(ReadModel, LogMark)>;

/// Where snapshots lie.
#[derive(Debug, Clone)]
pub struct SnapshotFile {
    path: PathBuf,
    /// Is being read before anybody asks for it.
    ahead: Arc<Mutex<Option<JoinHandle<io::Result<Snapshot>>>>>,
}

impl SnapshotFile {
    /// Names the file; its folder need not exist.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            ahead: Arc::default(),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Begins to read it on a thread of its own, for the next [`SnapshotFile::read`].
    pub fn read_ahead(&self) {
        let path = self.path.clone();
        let reading = thread::spawn(move || read(&path));
        *self.ahead.lock() = Some(reading);
    }

    /// Writes a snapshot beside the last one and puts it in its place. Other processes may do the same.
    pub fn save(&self, model: &ReadModel, mark: LogMark) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let fresh = tempfile::Builder::new()
            .prefix("catalog.index.")
            .tempfile_in(folder)?;
        write(model, mark, fresh.reopen()?)?;
        fresh.persist(&self.path)?;
        Ok(())
    }

    /// Reads the last snapshot; nothing when there is none of this version.
    pub fn read(&self) -> io::Result<Snapshot> {
        let ahead = self.ahead.lock().take();
        match ahead {
            // Whatever is wrong with it, a start does without it.
            Some(reading) => reading
                .join()
                .unwrap_or_else(|_| Err(format::damaged("reading it panicked"))),
            None => read(&self.path),
        }
    }
}

fn read(path: &Path) -> io::Result<Snapshot> {
    match reading::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read,
    }
}

fn write(model: &ReadModel, mark: LogMark, file: File) -> io::Result<()> {
    let mut writer = Writer::new(file);
    writer.bytes(&MAGIC)?;
    writer.number(VERSION)?;
    writer.number(ROWS_VERSION)?;
    writer.text(env!("CARGO_PKG_VERSION"))?;
    writer.long(mark.epoch)?;
    writer.long(mark.seq)?;
    writer.bytes(mark.uid.as_bytes())?;
    writer.long(mark.at)?;
    let keys = write_keys(model, &mut writer)?;
    let terms = write_terms(model, &keys, &mut writer)?;
    writer.begin_second_part();
    write_documents(model, &terms, &mut writer)?;
    writer.finish()
}

/// Writes the keys in use; the new number of each.
fn write_keys(model: &ReadModel, writer: &mut Writer) -> io::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    writer.count(model.keys.names().count())?;
    for (number, name) in (0..).zip(model.keys.names()) {
        let id = model.keys.find(name).expect("a name in use has a number") as usize;
        numbers.resize(numbers.len().max(id + 1), u32::MAX);
        numbers[id] = number;
        writer.text(name)?;
    }
    Ok(numbers)
}

/// Writes the values in use; the new number of each, `u32::MAX` for the others.
fn write_terms(model: &ReadModel, keys: &[u32], writer: &mut Writer) -> io::Result<Vec<u32>> {
    let terms = &model.terms;
    let mut numbers = vec![u32::MAX; terms.len() as usize];
    let used: Vec<u32> = (0..terms.len())
        .filter(|term| !terms.posting(*term).is_empty())
        .collect();
    writer.count(used.len())?;
    for (number, term) in (0..).zip(used) {
        numbers[term as usize] = number;
        let saved = terms.saved(term);
        writer.number(keys[terms.key(term) as usize])?;
        writer.bytes(&saved.len.to_le_bytes())?;
        writer.bytes(&saved.written.to_le_bytes())?;
        writer.bytes(saved.text)?;
    }
    Ok(numbers)
}

fn write_documents(model: &ReadModel, terms: &[u32], writer: &mut Writer) -> io::Result<()> {
    let documents = &model.documents;
    writer.count(terms.iter().filter(|number| **number != u32::MAX).count())?;
    writer.count(usize::try_from(model.len()).map_err(io::Error::other)?)?;
    for doc in documents.live() {
        writer.bytes(documents.uid(doc).as_bytes())?;
        // Numbers in use ascend as those before did.
        let held: Vec<u32> = documents.terms(doc).map(|term| terms[term as usize]).collect();
        let packed = TermList::pack(&held);
        writer.count(packed.bytes().len())?;
        writer.bytes(packed.bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_version_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = SnapshotFile::new(folder.path().join("catalog.index"));
        assert!(file.read().unwrap().is_none(), "there is none");
        for (version, rows) in [(VERSION + 1, ROWS_VERSION), (VERSION, ROWS_VERSION + 1)] {
            let mut writer = Writer::new(File::create(file.path()).unwrap());
            writer.bytes(&MAGIC).unwrap();
            writer.number(version).unwrap();
            writer.number(rows).unwrap();
            writer.text(env!("CARGO_PKG_VERSION")).unwrap();
            writer.finish().unwrap();
            assert!(file.read().unwrap().is_none());
        }
    }
}
