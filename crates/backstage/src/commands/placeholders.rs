//! Placeholders (`$text: ./file`) in descriptors, as far as they can be filled without a server.
//!
//! Only files below the folders given to the command, the one it was started in, or the descriptor's
//! repository are read; addresses stay unread. What cannot be filled is told, and something of the likely shape
//! stands in for it.

use std::path::{Path, PathBuf};

use serde_json::Value;
use yaml::Limits;

/// Larger files are not filled in.
const MAX_BYTES: u64 = 10 * 1024 * 1024;
/// Placeholders filled in one document.
const MAX_FILES: usize = 200;

/// Keys of placeholders, as they stand in a text.
pub const PLACEHOLDERS: [&str; 5] = ["$text", "$json", "$yaml", "$openapi", "$asyncapi"];

/// Fills the placeholders of a document.
pub struct Placeholders<'a> {
    /// Folder of the descriptor.
    folder: &'a Path,
    /// Files below these folders may be read, beside the descriptor's repository.
    roots: &'a [PathBuf],
    /// What could not be filled, one sentence each.
    pub remarks: Vec<String>,
    /// Files that were filled in, by their real paths.
    pub read: Vec<PathBuf>,
    files: usize,
}

impl<'a> Placeholders<'a> {
    /// For a descriptor in `folder`; `roots` are absolute and free of links.
    pub fn new(folder: &'a Path, roots: &'a [PathBuf]) -> Self {
        Self {
            folder,
            roots,
            remarks: Vec::new(),
            read: Vec::new(),
            files: 0,
        }
    }

    /// Replaces every placeholder below `value`; documents nest no deeper than the YAML limits allow.
    pub fn fill(&mut self, value: &mut Value) {
        if let Some((kind, target)) = placeholder(value) {
            let filled = self.read(kind, &target);
            *value = filled.unwrap_or_else(|remark| {
                self.remarks.push(remark);
                kind.stand_in(target)
            });
            return;
        }
        match value {
            Value::Object(fields) => fields.values_mut().for_each(|field| self.fill(field)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.fill(item)),
            _ => {}
        }
    }

    fn read(&mut self, kind: Kind, target: &str) -> Result<Value, String> {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(format!(
                "{target} was not read: more than {MAX_FILES} placeholders"
            ));
        }
        if target.contains("://") || target.starts_with('/') {
            return Err(format!("{target} is read only by a running portal"));
        }
        let path = self.folder.join(target);
        let text = self
            .text(&path)
            .map_err(|reason| format!("{} cannot be read: {reason}", path.display()))?;
        match kind {
            Kind::Text => Ok(Value::String(text)),
            Kind::Json => model::parse_json(&text).map_err(|reason| format!("{target} is no JSON: {reason}")),
            Kind::Yaml => yaml::parse_one(&text, &Limits::default()).map_err(|error| {
                format!(
                    "{target} is no YAML: {}",
                    error.message.lines().next().unwrap_or_default()
                )
            }),
        }
    }

    fn text(&mut self, path: &Path) -> Result<String, String> {
        let real = path.canonicalize().map_err(|error| error.to_string())?;
        let repository = repository(self.folder);
        let mut roots = self.roots.iter().chain(&repository);
        if !roots.any(|root| real.starts_with(root)) {
            return Err("it lies outside of the folders given and of the descriptor's repository".to_owned());
        }
        let metadata = real.metadata().map_err(|error| error.to_string())?;
        if !metadata.is_file() {
            return Err("it is no ordinary file".to_owned());
        }
        let size = metadata.len();
        if size > MAX_BYTES {
            return Err(format!("it has {size} bytes, more than {MAX_BYTES}"));
        }
        let text = std::fs::read_to_string(&real).map_err(|error| error.to_string())?;
        self.read.push(real);
        Ok(text)
    }
}

/// The folder of the repository that a folder belongs to; without one the folder itself.
fn repository(folder: &Path) -> Option<PathBuf> {
    let folder = Path::new(".").join(folder).canonicalize().ok()?;
    let root = folder.ancestors().find(|folder| folder.join(".git").exists());
    Some(root.unwrap_or(&folder).to_owned())
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Json,
    Yaml,
}

impl Kind {
    /// Something of the likely shape, so that the rest of the document can be judged.
    fn stand_in(self, target: String) -> Value {
        match self {
            Self::Text => Value::String(target),
            Self::Json | Self::Yaml => Value::Object(serde_json::Map::new()),
        }
    }
}

/// An object with a single key that begins with `$` and that names a known placeholder.
fn placeholder(value: &Value) -> Option<(Kind, String)> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    let (key, target) = fields.iter().next()?;
    let kind = match key.as_str() {
        "$text" | "$openapi" | "$asyncapi" => Kind::Text,
        "$json" => Kind::Json,
        "$yaml" => Kind::Yaml,
        _ => return None,
    };
    Some((kind, target.as_str()?.to_owned()))
}
