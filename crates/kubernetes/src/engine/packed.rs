//! Texts of objects, packed. Objects of a kind are alike: what one says that others of its kind say as well is kept once.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::DecoderDictionary;

/// How hard it is tried; what is higher takes much longer and gains a few percent.
const LEVEL: i32 = 3;
/// Bytes of what objects of a kind share, at most.
const MOST_SHARED: usize = 48 << 10;
/// Objects of which what they share is taken.
const SAMPLES: usize = 24;
/// So few objects of a kind share nothing: that would take more room than they do.
const FEW: usize = 48;

/// The text of an object.
#[derive(Debug)]
pub(crate) struct Text {
    form: Form,
    /// Tells texts apart.
    digest: u64,
}

enum Form {
    Plain(Box<str>),
    Packed {
        bytes: Box<[u8]>,
        length: usize,
        shared: Option<Arc<Shared>>,
    },
}

/// Does not print the text, which may have what is secret.
impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Form")
    }
}

/// What objects of a kind have in common: the texts of some of them.
struct Shared {
    samples: Vec<u8>,
    reading: DecoderDictionary<'static>,
}

/// Packs the texts of one kind.
#[derive(Default)]
pub(crate) struct Packer {
    shared: Option<Arc<Shared>>,
}

impl Text {
    /// A text that is not packed yet.
    pub fn new(text: String) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self {
            digest: hasher.finish(),
            form: Form::Plain(text.into()),
        }
    }

    /// Whether it is the same text.
    pub fn is_same(&self, other: &Self) -> bool {
        self.digest == other.digest
    }

    /// The text as JSON was written; nothing where it cannot be unpacked, which does not happen to what was packed here.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match &self.form {
            Form::Plain(text) => Some(text.as_bytes().to_vec()),
            Form::Packed {
                bytes,
                length,
                shared,
            } => {
                let decompressor = match shared {
                    Some(shared) => Decompressor::with_prepared_dictionary(&shared.reading),
                    None => Decompressor::new(),
                };
                decompressor.ok()?.decompress(bytes, *length).ok()
            }
        }
    }

    /// Bytes that it takes.
    #[cfg(test)]
    pub fn room(&self) -> usize {
        match &self.form {
            Form::Plain(text) => text.len(),
            Form::Packed { bytes, .. } => bytes.len(),
        }
    }
}

impl Packer {
    /// Packs texts of objects that came together. What objects of the kind share is learned from the first that are many.
    pub fn pack<'a>(&mut self, texts: impl IntoIterator<Item = &'a mut Text>) {
        let mut texts: Vec<&mut Text> = texts.into_iter().collect();
        if self.shared.is_none() && texts.len() >= FEW {
            self.shared = Some(Arc::new(Shared::of(&texts)));
        }
        let compressor = match &self.shared {
            Some(shared) => Compressor::with_dictionary(LEVEL, &shared.samples),
            None => Compressor::new(LEVEL),
        };
        // What cannot be packed stays as it is.
        let Ok(mut compressor) = compressor else {
            return;
        };
        for text in &mut texts {
            self.pack_one(text, &mut compressor);
        }
    }

    fn pack_one(&self, text: &mut Text, compressor: &mut Compressor<'_>) {
        let Form::Plain(plain) = &text.form else {
            return;
        };
        if let Ok(bytes) = compressor.compress(plain.as_bytes())
            && bytes.len() < plain.len()
        {
            text.form = Form::Packed {
                bytes: bytes.into(),
                length: plain.len(),
                shared: self.shared.clone(),
            };
        }
    }
}

impl Shared {
    /// Takes texts from all over, because those that stand together are more alike than others.
    fn of(texts: &[&mut Text]) -> Self {
        let mut samples = Vec::new();
        for text in texts.iter().step_by((texts.len() / SAMPLES).max(1)) {
            if let Form::Plain(plain) = &text.form
                && samples.len() + plain.len() <= MOST_SHARED
            {
                samples.extend_from_slice(plain.as_bytes());
            }
        }
        Self {
            reading: DecoderDictionary::copy(&samples),
            samples,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: usize) -> Text {
        let labels = "\"app.kubernetes.io/managed-by\":\"Helm\",\"app.kubernetes.io/part-of\":\"shop\"";
        Text::new(format!(
            "{{\"name\":\"web-{number}\",\"labels\":{{{labels}}},\"at\":{}}}",
            number * 7919
        ))
    }

    #[test]
    fn what_was_packed_is_read_as_it_was() {
        for count in [1, FEW - 1, FEW, 500] {
            let (mut packer, plain) = (Packer::default(), (0..count).map(text).collect::<Vec<_>>());
            let mut packed: Vec<Text> = (0..count).map(text).collect();
            packer.pack(&mut packed);
            // One that comes alone later.
            packer.pack([&mut packed[0]]);
            for (packed, plain) in packed.iter().zip(&plain) {
                assert!(packed.is_same(plain));
                assert_eq!(packed.bytes(), plain.bytes());
                assert!(packed.room() <= plain.room());
            }
        }
    }

    #[test]
    fn many_take_a_fraction_of_their_room() {
        let mut many: Vec<Text> = (0..500).map(text).collect();
        let before: usize = many.iter().map(Text::room).sum();
        Packer::default().pack(&mut many);
        let after: usize = many.iter().map(Text::room).sum();
        assert!(after * 3 < before, "{after} of {before}");
    }

    #[test]
    fn texts_that_differ_are_told_apart() {
        assert!(!text(1).is_same(&text(2)));
    }
}
