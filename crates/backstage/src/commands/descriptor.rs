//! Reading a file of descriptors: an ordinary file, a pipe, or standard input.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use model::MAX_FILE_BYTES as MAX_BYTES;

/// How standard input is named.
pub const STANDARD_INPUT: &str = "-";

/// All bytes of a file. What has no size, such as a pipe, is read to its end or to the bound.
pub fn read(file: &Path) -> io::Result<Vec<u8>> {
    if file == Path::new(STANDARD_INPUT) {
        return bounded(io::stdin().lock());
    }
    let metadata = fs::metadata(file)?;
    if metadata.is_file() && metadata.len() > MAX_BYTES {
        return Err(too_large(&metadata.len().to_string()));
    }
    bounded(File::open(file)?)
}

fn bounded(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = from.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if read as u64 > MAX_BYTES {
        return Err(too_large("more"));
    }
    Ok(bytes)
}

fn too_large(size: &str) -> io::Error {
    io::Error::other(format!(
        "it has {size} bytes, at most {MAX_BYTES} are read; split it"
    ))
}

/// The folder that relative addresses in a file start at; for a pipe the one the command runs in.
pub fn folder(file: &Path) -> &Path {
    let is_stream = file == Path::new(STANDARD_INPUT) || fs::metadata(file).is_ok_and(|file| !file.is_file());
    let parent = file.parent().filter(|_| !is_stream);
    parent.unwrap_or(Path::new(""))
}
