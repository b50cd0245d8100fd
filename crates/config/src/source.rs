//! One source of configuration: a file, the environment, or the built-in defaults.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use model::Place;

/// A source and its text, kept so that problems can name line and column.
#[derive(Debug)]
pub(crate) struct Source {
    /// The short name used in messages: the file's name, or `env`.
    pub context: String,
    /// The file, absent for the environment and the defaults.
    pub file: Option<PathBuf>,
    /// What was read; empty for the environment.
    pub text: String,
}

impl Source {
    /// A file.
    pub(crate) fn file(path: &Path, text: String) -> Self {
        let context = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Self {
            context,
            file: Some(path.to_owned()),
            text,
        }
    }

    /// Something that is not a file.
    pub(crate) fn named(context: &str, text: String) -> Self {
        Self {
            context: context.to_owned(),
            file: None,
            text,
        }
    }

    /// The place of a path within this source.
    pub(crate) fn place(&self, path: &[String]) -> Place {
        let position = self.locate(path);
        Place {
            source: self
                .file
                .as_ref()
                .map_or_else(|| self.context.clone(), |file| file.display().to_string()),
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            path: Some(crate::json_path::pointer(path)),
            ..Place::default()
        }
    }

    fn locate(&self, path: &[String]) -> Option<(u32, u32)> {
        if self.text.is_empty() {
            return None;
        }
        let segments: Vec<&str> = path.iter().map(String::as_str).collect();
        let (line, column) = yaml::locate(&self.text, 1, &segments)?;
        Some((u32::try_from(line).ok()?, u32::try_from(column).ok()?))
    }
}

/// The most that one configuration or included file may hold, in bytes.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Reads a text file of bounded size.
pub(crate) fn read_bounded(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let read = File::open(path)?
        .take(MAX_FILE_BYTES + 1)
        .read_to_string(&mut text)?;
    if read as u64 > MAX_FILE_BYTES {
        return Err(std::io::Error::other(format!(
            "the file is larger than {MAX_FILE_BYTES} bytes"
        )));
    }
    Ok(text)
}
