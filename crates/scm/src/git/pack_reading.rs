//! Reads the commits and folders out of a pack that a server sends, and the contents of files where they are wanted: a commit on top
//! needs their names alone.

use std::collections::HashMap;
use std::io::Read;

use bytes::Bytes;
use flate2::bufread::ZlibDecoder;
use model::Fault;

use super::objects::{Id, Kind, sha1};

/// Most bytes of one object, and of all commits and folders together.
const MAX_OBJECT: u64 = 64 << 20;
const MAX_KEPT: usize = 128 << 20;
/// The numbers of differences in a pack: to the object at an offset, to the object of a name.
const TO_OFFSET: u8 = 6;
const TO_NAME: u8 = 7;

/// The commits and folders of a pack, and its files where they are wanted.
#[derive(Debug, Default)]
pub(super) struct Unpacked {
    has_files: bool,
    objects: HashMap<Id, Kept>,
    at: HashMap<usize, Kept>,
    bytes: usize,
}

/// An object; nothing in place of the bytes of a file that is passed over.
#[derive(Debug, Clone)]
struct Kept {
    kind: Kind,
    bytes: Option<Bytes>,
}

const FILE: Kept = Kept {
    kind: Kind::Blob,
    bytes: None,
};

fn broken() -> Fault {
    Fault::error("The Git server sent a pack that cannot be read")
}

impl Unpacked {
    /// Reads a whole pack, with or without the contents of files.
    pub(super) fn read(pack: &[u8], has_files: bool) -> Result<Self, Fault> {
        let (body, digest) = pack
            .split_at_checked(pack.len().wrapping_sub(20))
            .ok_or_else(broken)?;
        let count = body
            .strip_prefix(b"PACK\0\0\0\x02")
            .and_then(|rest| rest.first_chunk());
        let count = u32::from_be_bytes(*count.ok_or_else(broken)?);
        if sha1(body) != *digest {
            return Err(broken());
        }
        let mut unpacked = Self {
            has_files,
            ..Self::default()
        };
        let mut at = 12;
        for _ in 0..count {
            at = unpacked.object(body, at).ok_or_else(broken)?;
            if unpacked.bytes > MAX_KEPT {
                return Err(Fault::input(format!(
                    "The branch is larger than {MAX_KEPT} bytes, which is too much to build on"
                )));
            }
        }
        Ok(unpacked)
    }

    /// The bytes of an object that is kept.
    pub(super) fn get(&self, id: &Id, kind: Kind) -> Option<&Bytes> {
        let kept = self.objects.get(id).filter(|kept| kept.kind == kind)?;
        kept.bytes.as_ref()
    }

    /// Reads the object at an offset; the offset of the next one.
    fn object(&mut self, pack: &[u8], start: usize) -> Option<usize> {
        let (number, mut at) = head(pack, start)?;
        let base = match number {
            TO_OFFSET => {
                let back;
                (back, at) = distance(pack, at)?;
                Some(self.at.get(&start.checked_sub(back)?)?.clone())
            }
            TO_NAME => {
                let name: Id = pack.get(at..at + 20)?.try_into().ok()?;
                at += 20;
                match self.objects.get(&name) {
                    Some(known) => Some(known.clone()),
                    // What is not known is a file that was passed over.
                    None if !self.has_files => Some(FILE),
                    None => return None,
                }
            }
            _ => None,
        };
        let mut decoder = ZlibDecoder::new(pack.get(at..)?);
        let mut bytes = Vec::new();
        (&mut decoder).take(MAX_OBJECT + 1).read_to_end(&mut bytes).ok()?;
        if bytes.len() as u64 > MAX_OBJECT {
            return None;
        }
        let next = at + usize::try_from(decoder.total_in()).ok()?;
        let kept = match base {
            Some(Kept { bytes: None, .. }) => FILE,
            Some(Kept {
                kind,
                bytes: Some(base),
            }) => Kept {
                kind,
                bytes: Some(changed(&base, &bytes)?.into()),
            },
            None => self.whole(number, bytes)?,
        };
        self.keep(start, kept);
        Some(next)
    }

    fn keep(&mut self, start: usize, kept: Kept) {
        if let Some(bytes) = &kept.bytes {
            let mut named = format!("{} {}\0", kept.kind.word(), bytes.len()).into_bytes();
            named.extend_from_slice(bytes);
            self.bytes += bytes.len();
            self.objects.insert(sha1(&named), kept.clone());
        }
        self.at.insert(start, kept);
    }

    /// An object that is no difference. Tags are passed over.
    fn whole(&self, number: u8, bytes: Vec<u8>) -> Option<Kept> {
        let kind = match number {
            1 => Kind::Commit,
            2 => Kind::Tree,
            3 if self.has_files => Kind::Blob,
            3 | 4 => return Some(FILE),
            _ => return None,
        };
        Some(Kept {
            kind,
            bytes: Some(bytes.into()),
        })
    }
}

/// The kind's number, and where the size ends.
fn head(pack: &[u8], mut at: usize) -> Option<(u8, usize)> {
    let first = *pack.get(at)?;
    let mut byte = first;
    while byte & 0x80 != 0 {
        at += 1;
        byte = *pack.get(at)?;
    }
    Some(((first >> 4) & 7, at + 1))
}

/// A distance backwards: seven bits a byte, the highest first, each further byte counting from one more.
fn distance(pack: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut byte = *pack.get(at)?;
    let mut distance = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        at += 1;
        byte = *pack.get(at)?;
        distance = distance.checked_add(1)?.checked_mul(128)? | usize::from(byte & 0x7f);
    }
    Some((distance, at + 1))
}

/// A size in a difference: seven bits a byte, the lowest first.
fn size(bytes: &mut &[u8]) -> Option<usize> {
    let (mut size, mut shift) = (0_usize, 0);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        size |= usize::from(byte & 0x7f).checked_shl(shift)?;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
}

/// An object made of another one and a difference (`gitformat-pack(5)`).
fn changed(base: &[u8], mut difference: &[u8]) -> Option<Vec<u8>> {
    let difference = &mut difference;
    if size(difference)? != base.len() {
        return None;
    }
    let length = size(difference)?;
    if length as u64 > MAX_OBJECT {
        return None;
    }
    let mut made = Vec::with_capacity(length);
    while let Some((&order, rest)) = difference.split_first() {
        *difference = rest;
        if order & 0x80 == 0 {
            let (new, rest) = difference.split_at_checked(usize::from(order))?;
            made.extend_from_slice(new);
            *difference = rest;
        } else {
            let offset = sparse(difference, order, 4)?;
            let count = match sparse(difference, order >> 4, 3)? {
                0 => 0x1_0000,
                count => count,
            };
            made.extend_from_slice(base.get(offset..offset.checked_add(count)?)?);
        }
        if made.len() > length {
            return None;
        }
    }
    (made.len() == length).then_some(made)
}

/// A number of which only those bytes stand there that the bits of `order` name.
fn sparse(difference: &mut &[u8], order: u8, most: u32) -> Option<usize> {
    let mut number = 0;
    for place in 0..most {
        if order & (1 << place) != 0 {
            let (byte, rest) = difference.split_first()?;
            *difference = rest;
            number |= usize::from(*byte) << (8 * place);
        }
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_copy_and_add() {
        // To 11 bytes from 6: the first four, five new ones, two from offset 4.
        let difference = [6, 11, 0x90, 4, 5, b'-', b'n', b'e', b'w', b'-', 0x91, 4, 2];
        assert_eq!(changed(b"abcdef", &difference).unwrap(), b"abcd-new-ef");
        assert_eq!(changed(b"abcde", &difference), None, "another base");
        assert_eq!(changed(b"abcdef", &difference[..12]), None, "cut off");
        assert_eq!(changed(b"abcdef", &[6, 3, 0x91, 4, 3]), None, "behind the end");
    }

    #[test]
    fn what_is_no_pack_is_refused() {
        let mut bomb = b"PACK\0\0\0\x02\xff\xff\xff\xff".to_vec();
        bomb.extend_from_slice(&sha1(&bomb));
        for bytes in [&b""[..], b"PACK", &[0; 40], &bomb] {
            assert!(Unpacked::read(bytes, false).is_err());
        }
    }
}
