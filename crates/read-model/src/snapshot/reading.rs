//! Reading a snapshot: values on one thread, which entity has which on another, because a start waits for it.

use std::io;
use std::path::Path;
use std::thread;

use model::LogMark;
use model::ROWS_VERSION;
use uuid::Uuid;

use super::format::{Reader, damaged};
use super::{MAGIC, VERSION};
use crate::ReadModel;
use crate::keys::Keys;
use crate::restore::Entities;
use crate::term_list::TermList;
use crate::terms::{Saved, Terms};

/// Most values and entities for which room is made before they are read.
const MOST_EXPECTED: u32 = 1 << 26;

/// Reads a whole file; nothing when it is of another version.
pub fn read(path: &Path) -> io::Result<Option<(ReadModel, LogMark)>> {
    let mut first = Reader::open(path)?;
    let is_known = first.bytes()? == MAGIC
        && first.number()? == VERSION
        && first.number()? == ROWS_VERSION
        && first.text()? == env!("CARGO_PKG_VERSION");
    if !is_known {
        return Ok(None);
    }
    let mark = LogMark {
        epoch: first.long()?,
        seq: first.long()?,
        uid: Uuid::from_bytes(first.bytes()?),
        at: first.long()?,
    };
    let mut second = first.second_part();
    let (values, entities) = thread::scope(|scope| {
        let entities = scope.spawn(|| read_entities(&mut second));
        let values = read_values(&mut first);
        (values, entities.join().expect("reading entities does not panic"))
    });
    let ((keys, terms), entities) = (values?, entities?);
    let model = ReadModel::of_parts(keys, terms, entities);
    let model = model.ok_or_else(|| damaged("entities and values do not fit each other"))?;
    Ok(Some((model, mark)))
}

fn read_values(reader: &mut Reader) -> io::Result<(Keys, Terms)> {
    let (mut keys, mut terms) = (Keys::default(), Terms::default());
    let expected = reader.number()?;
    for _ in 0..expected {
        keys.intern(reader.text()?);
    }
    let count = reader.number()?;
    for _ in 0..count {
        read_term(&mut terms, reader, expected)?;
    }
    Ok((keys, terms))
}

fn read_term(terms: &mut Terms, reader: &mut Reader, keys: u32) -> io::Result<()> {
    let key = reader.number()?;
    let [len, written] = [reader.short()?, reader.short()?];
    let text = reader.take(Saved::text_len(len, written))?;
    let saved = Saved { len, written, text };
    if key >= keys || !saved.is_text() {
        return Err(damaged("a value has no key, or is no text"));
    }
    terms.restore(key, saved);
    Ok(())
}

fn read_entities(reader: &mut Reader) -> io::Result<Entities> {
    let terms = reader.number()?;
    let count = reader.number()?;
    let mut entities = Entities::expecting(count.min(MOST_EXPECTED));
    for _ in 0..count {
        let uid = Uuid::from_bytes(reader.bytes()?);
        let length = reader.number()? as usize;
        if !entities.add(uid, TermList::of_bytes(reader.take(length)?)) {
            return Err(damaged("an entity comes twice"));
        }
    }
    let fits = entities.find_holders(terms);
    fits.then_some(entities)
        .ok_or_else(|| damaged("an entity has a value that is not there"))
}
