//! Numbers and texts in a file of two parts. At its end stand where the second part begins, so that both can be read
//! at the same time, and a checksum. Knows nothing of what they mean.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use crc32fast::Hasher;

/// Bytes buffered between the file and its reader or writer.
const BUFFER: usize = 256 << 10;
/// Length of the checksum.
const CHECKSUM: usize = 4;
/// Length of what stands at the end.
const TRAILER: usize = 8 + CHECKSUM;

/// A file being written.
pub struct Writer {
    file: BufWriter<File>,
    checksum: Hasher,
    written: u64,
    second_part: u64,
}

impl Writer {
    /// Writes into an empty file.
    pub fn new(file: File) -> Self {
        Self {
            file: BufWriter::with_capacity(BUFFER, file),
            checksum: Hasher::new(),
            written: 0,
            second_part: 0,
        }
    }

    /// What follows may be read beside what came before.
    pub fn begin_second_part(&mut self) {
        self.second_part = self.written;
    }

    /// Bytes whose number the reader knows.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.checksum.update(bytes);
        self.written += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    /// A number.
    pub fn number(&mut self, number: u32) -> io::Result<()> {
        self.bytes(&number.to_le_bytes())
    }

    /// A large number.
    pub fn long(&mut self, number: i64) -> io::Result<()> {
        self.bytes(&number.to_le_bytes())
    }

    /// How many of something follow.
    pub fn count(&mut self, count: usize) -> io::Result<()> {
        self.number(u32::try_from(count).map_err(io::Error::other)?)
    }

    /// A text.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        let length = u16::try_from(text.len()).map_err(io::Error::other)?;
        self.bytes(&length.to_le_bytes())?;
        self.bytes(text.as_bytes())
    }

    /// Adds what stands at the end and waits until everything is on disk.
    pub fn finish(mut self) -> io::Result<()> {
        self.bytes(&self.second_part.to_le_bytes())?;
        let checksum = self.checksum.finalize();
        self.file.write_all(&checksum.to_le_bytes())?;
        self.file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()
    }
}

/// A file being read, whose checksum was right.
pub struct Reader {
    place: Place,
    /// What was read of the file; from `at` on it is still to be taken.
    buffer: Vec<u8>,
    at: usize,
    second_part: u64,
}

/// A place in a file that others read as well. All read the file that was opened, whatever is put in its place.
struct Place {
    file: Arc<File>,
    at: u64,
}

impl Read for Place {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Reader {
    /// Opens a file and looks through all of it first, so that what follows is what was written.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = Arc::new(File::open(path)?);
        let second_part = check(&file)?;
        Ok(Self::at(file, 0, second_part))
    }

    /// The same file from its second part on.
    pub fn second_part(&self) -> Self {
        Self::at(Arc::clone(&self.place.file), self.second_part, self.second_part)
    }

    fn at(file: Arc<File>, at: u64, second_part: u64) -> Self {
        Self {
            place: Place { file, at },
            buffer: Vec::with_capacity(BUFFER),
            at: 0,
            second_part,
        }
    }

    /// The next bytes, in place.
    pub fn take(&mut self, length: usize) -> io::Result<&[u8]> {
        if self.buffer.len() - self.at < length {
            self.fill(length)?;
        }
        let taken = &self.buffer[self.at..self.at + length];
        self.at += length;
        Ok(taken)
    }

    /// Has so many bytes in the buffer, and more where there are.
    fn fill(&mut self, length: usize) -> io::Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let wanted = BUFFER.max(length) - self.buffer.len();
        self.place
            .by_ref()
            .take(wanted as u64)
            .read_to_end(&mut self.buffer)?;
        if self.buffer.len() < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    /// Bytes of a known number.
    pub fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let taken = self.take(N)?;
        Ok(taken.try_into().expect("as many as were asked for"))
    }

    /// A number.
    pub fn number(&mut self) -> io::Result<u32> {
        self.bytes().map(u32::from_le_bytes)
    }

    /// A small number.
    pub fn short(&mut self) -> io::Result<u16> {
        self.bytes().map(u16::from_le_bytes)
    }

    /// A large number.
    pub fn long(&mut self) -> io::Result<i64> {
        self.bytes().map(i64::from_le_bytes)
    }

    /// A text.
    pub fn text(&mut self) -> io::Result<&str> {
        let length = self.short()?;
        std::str::from_utf8(self.take(length.into())?).map_err(io::Error::other)
    }
}

/// Compares the checksum; where the second part begins.
fn check(file: &Arc<File>) -> io::Result<u64> {
    let length = file.metadata()?.len();
    let Some(checked) = length
        .checked_sub(CHECKSUM as u64)
        .filter(|_| length >= TRAILER as u64)
    else {
        return Err(damaged("it ends too early"));
    };
    let mut place = Place {
        file: Arc::clone(file),
        at: 0,
    };
    let (mut checksum, mut buffer) = (Hasher::new(), vec![0; BUFFER]);
    while place.at < checked {
        let wanted = usize::try_from(checked - place.at).map_or(BUFFER, |rest| rest.min(BUFFER));
        place.read_exact(&mut buffer[..wanted])?;
        checksum.update(&buffer[..wanted]);
    }
    let mut trailer = [0; TRAILER];
    file.read_exact_at(&mut trailer, length - TRAILER as u64)?;
    let (second_part, expected) = trailer.split_at(8);
    if checksum.finalize().to_le_bytes() != *expected {
        return Err(damaged("its checksum is wrong"));
    }
    Ok(u64::from_le_bytes(second_part.try_into().expect("eight bytes")))
}

/// The file is not what was written.
pub fn damaged(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}
