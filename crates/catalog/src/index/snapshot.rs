//! The index as a file, so that a start need not read every entity.
//!
//! What is kept are the keys, the values and which entity has which; who has a value and every order follow
//! from that. The file is derived data: one that is missing, damaged, of another version or of another database
//! is as good as none. Entries of the change log that came after it are applied as always.

mod format;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use model::ROWS_VERSION;
use store::{Seq, Store, StoreError};
use uuid::Uuid;

use super::ReadModel;
use format::{Reader, Writer, damaged};

/// First bytes of the file.
const MAGIC: [u8; 8] = *b"CATINDEX";
/// Raised when the file changes.
const VERSION: u32 = 1;
/// Most values and entities for which room is made before they are read.
const MOST_EXPECTED: u32 = 1 << 26;
/// Marks a value that exists but never equals anything.
const NO_VALUE: u32 = 1 << 31;

/// The last change that is in a snapshot. Another database has another one under this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Its number in the change log.
    pub seq: Seq,
    /// The entity.
    pub uid: Uuid,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

impl Stamp {
    /// The stamp of a change; nothing when the log does not have it.
    pub async fn of(store: &Store, seq: Seq) -> Result<Option<Self>, StoreError> {
        let change = store.change_at(seq).await?;
        Ok(change.map(|(uid, at)| Self {
            seq,
            uid,
            at: at.as_millisecond(),
        }))
    }
}

/// Where snapshots lie.
#[derive(Debug, Clone)]
pub struct SnapshotFile(PathBuf);

impl SnapshotFile {
    /// Names the file; its folder need not exist.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a snapshot beside the last one and puts it in its place, whoever else does the same.
    pub fn save(&self, model: &ReadModel, stamp: Stamp) -> io::Result<()> {
        let folder = self.0.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let fresh = tempfile::Builder::new()
            .prefix("catalog.index.")
            .tempfile_in(folder)?;
        write(model, stamp, fresh.reopen()?)?;
        fresh.persist(&self.0)?;
        Ok(())
    }

    /// Reads the last snapshot; nothing when there is none of this version.
    pub fn read(&self) -> io::Result<Option<(ReadModel, Stamp)>> {
        match Reader::open(&self.0) {
            Ok(mut reader) => read(&mut reader),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn write(model: &ReadModel, stamp: Stamp, file: File) -> io::Result<()> {
    let mut writer = Writer::new(file);
    writer.bytes(&MAGIC)?;
    writer.number(VERSION)?;
    writer.number(ROWS_VERSION)?;
    writer.text(env!("CARGO_PKG_VERSION"))?;
    writer.long(stamp.seq)?;
    writer.bytes(stamp.uid.as_bytes())?;
    writer.long(stamp.at)?;
    let keys = write_keys(model, &mut writer)?;
    let terms = write_terms(model, &keys, &mut writer)?;
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

/// Writes the values in use; the new number of each.
fn write_terms(model: &ReadModel, keys: &[u32], writer: &mut Writer) -> io::Result<Vec<u32>> {
    let terms = &model.terms;
    let mut numbers = vec![u32::MAX; terms.len() as usize];
    let used: Vec<u32> = (0..terms.len())
        .filter(|term| !terms.posting(*term).is_empty())
        .collect();
    writer.count(used.len())?;
    for (number, term) in (0..).zip(used) {
        numbers[term as usize] = number;
        let key = keys[terms.key(term) as usize];
        match terms.value(term).zip(terms.original(term)) {
            None => writer.number(key | NO_VALUE)?,
            Some((value, original)) => {
                writer.number(key)?;
                writer.text(&original)?;
                writer.text(if value == original { "" } else { value })?;
            }
        }
    }
    Ok(numbers)
}

fn write_documents(model: &ReadModel, terms: &[u32], writer: &mut Writer) -> io::Result<()> {
    let documents = &model.documents;
    writer.count(usize::try_from(model.len()).map_err(io::Error::other)?)?;
    for doc in documents.live() {
        writer.bytes(documents.uid(doc).as_bytes())?;
        writer.count(documents.terms(doc).count())?;
        for term in documents.terms(doc) {
            writer.number(terms[term as usize])?;
        }
    }
    Ok(())
}

fn read(reader: &mut Reader) -> io::Result<Option<(ReadModel, Stamp)>> {
    let is_known = reader.bytes()? == MAGIC
        && reader.number()? == VERSION
        && reader.number()? == ROWS_VERSION
        && reader.text()? == env!("CARGO_PKG_VERSION");
    if !is_known {
        return Ok(None);
    }
    let stamp = Stamp {
        seq: reader.long()?,
        uid: Uuid::from_bytes(reader.bytes()?),
        at: reader.long()?,
    };
    let mut model = ReadModel::default();
    let keys = reader.number()?;
    for _ in 0..keys {
        let name = reader.text()?.to_owned();
        model.keys.intern(&name);
    }
    let terms = reader.number()?;
    model.terms.reserve(terms.min(MOST_EXPECTED));
    for _ in 0..terms {
        read_term(&mut model, reader, keys)?;
    }
    let entities = reader.number()?;
    model.expect(entities.min(MOST_EXPECTED));
    for _ in 0..entities {
        let uid = Uuid::from_bytes(reader.bytes()?);
        let held = reader.numbers_below(terms)?;
        if !model.restore(uid, &held) {
            return Err(damaged("an entity has no reference, or comes twice"));
        }
    }
    model.finish_restoring();
    Ok(Some((model, stamp)))
}

fn read_term(model: &mut ReadModel, reader: &mut Reader, keys: u32) -> io::Result<()> {
    let number = reader.number()?;
    let key = number & !NO_VALUE;
    if key >= keys {
        return Err(damaged("a value has no key"));
    }
    if number != key {
        model.terms.add_new(key, None, "");
        return Ok(());
    }
    let original = reader.text()?.to_owned();
    match reader.text()? {
        "" => model.terms.add_new(key, Some(&original), &original),
        value => model.terms.add_new(key, Some(value), &original),
    };
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
