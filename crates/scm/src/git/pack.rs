//! A pack: objects one after the other, each packed on its own.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use model::Fault;

use super::objects::{Objects, sha1};

/// Packs the objects, as they are sent to a server.
pub fn pack(objects: &Objects) -> Result<Vec<u8>, Fault> {
    let count = u32::try_from(objects.list.len()).unwrap_or(u32::MAX);
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend_from_slice(&count.to_be_bytes());
    for object in &objects.list {
        pack.extend_from_slice(&head(object.kind.number(), object.bytes.len()));
        pack.extend_from_slice(&packed(&object.bytes)?);
    }
    let digest = sha1(&pack);
    pack.extend_from_slice(&digest);
    Ok(pack)
}

/// Kind and size, seven bits a byte; the first byte has four of the size.
fn head(kind: u8, size: usize) -> Vec<u8> {
    let low = |bits: usize, mask: usize| u8::try_from(bits & mask).unwrap_or_default();
    let mut bytes = vec![(kind << 4) | low(size, 0x0f)];
    let mut rest = size >> 4;
    while rest > 0 {
        if let Some(last) = bytes.last_mut() {
            *last |= 0x80;
        }
        bytes.push(low(rest, 0x7f));
        rest >>= 7;
    }
    bytes
}

pub(super) fn packed(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let failed = |error: std::io::Error| Fault::error(format!("A file cannot be packed: {error}"));
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).map_err(failed)?;
    encoder.finish().map_err(failed)
}
