//! Numbers and texts in a file, with a checksum at its end. Knows nothing of what they mean.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use crc32fast::Hasher;

/// Bytes buffered between the file and whoever reads or writes it.
const BUFFER: usize = 256 << 10;
/// Longest text; indexed texts are far shorter.
const LONGEST_TEXT: usize = u16::MAX as usize;
/// Length of the checksum.
const CHECKSUM: usize = 4;

/// A file being written.
pub struct Writer {
    file: BufWriter<File>,
    checksum: Hasher,
}

impl Writer {
    /// Writes into an empty file.
    pub fn new(file: File) -> Self {
        Self {
            file: BufWriter::with_capacity(BUFFER, file),
            checksum: Hasher::new(),
        }
    }

    /// Bytes whose number the reader knows.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.checksum.update(bytes);
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

    /// Adds the checksum and waits until everything is on disk.
    pub fn finish(mut self) -> io::Result<()> {
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
    file: BufReader<File>,
    text: Vec<u8>,
}

impl Reader {
    /// Opens a file and looks through all of it first, so that what follows is what was written.
    pub fn open(path: &Path) -> io::Result<Self> {
        let length = check(&mut File::open(path)?)?;
        if length < CHECKSUM as u64 {
            return Err(damaged("it ends too early"));
        }
        Ok(Self {
            file: BufReader::with_capacity(BUFFER, File::open(path)?),
            text: vec![0; LONGEST_TEXT],
        })
    }

    /// Bytes of a known number.
    pub fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// A number.
    pub fn number(&mut self) -> io::Result<u32> {
        self.bytes().map(u32::from_le_bytes)
    }

    /// Numbers that each stand for one of `count` things, as many as the first number says.
    pub fn numbers_below(&mut self, count: u32) -> io::Result<Box<[u32]>> {
        let length = self.number()? as usize;
        if length > count as usize {
            return Err(damaged("an entity has more values than there are"));
        }
        self.text.resize(LONGEST_TEXT.max(length * size_of::<u32>()), 0);
        let bytes = &mut self.text[..length * size_of::<u32>()];
        self.file.read_exact(bytes)?;
        let (numbers, _) = bytes.as_chunks();
        let numbers: Box<[u32]> = numbers.iter().copied().map(u32::from_le_bytes).collect();
        if numbers.iter().any(|number| *number >= count) {
            return Err(damaged("it speaks of something that is not in it"));
        }
        Ok(numbers)
    }

    /// A large number.
    pub fn long(&mut self) -> io::Result<i64> {
        self.bytes().map(i64::from_le_bytes)
    }

    /// A text.
    pub fn text(&mut self) -> io::Result<&str> {
        let length = usize::from(u16::from_le_bytes(self.bytes()?));
        let text = &mut self.text[..length];
        self.file.read_exact(text)?;
        std::str::from_utf8(text).map_err(io::Error::other)
    }
}

/// Compares the checksum; the length of the file.
fn check(file: &mut File) -> io::Result<u64> {
    let length = file.metadata()?.len();
    let mut rest = length.saturating_sub(CHECKSUM as u64);
    let (mut checksum, mut buffer) = (Hasher::new(), vec![0; BUFFER]);
    while rest > 0 {
        let wanted = usize::try_from(rest).map_or(BUFFER, |rest| rest.min(BUFFER));
        file.read_exact(&mut buffer[..wanted])?;
        checksum.update(&buffer[..wanted]);
        rest -= wanted as u64;
    }
    let mut expected = [0; CHECKSUM];
    file.read_exact(&mut expected)?;
    if checksum.finalize() != u32::from_le_bytes(expected) {
        return Err(damaged("its checksum is wrong"));
    }
    Ok(length)
}

/// The file is not what was written.
pub fn damaged(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}
