//! `%YAML` and `%TAG`.

use std::collections::HashMap;

/// What the directives before a document say.
#[derive(Debug, Clone, Default)]
pub struct Directives {
    old: bool,
    /// The next document's directives replace these.
    stale: bool,
    handles: HashMap<String, String>,
}

/// Something wrong with a directive: offset from its start, text, and whether it is only a warning.
pub type Complaint = (usize, String, bool);

impl Directives {
    /// Whether the document follows YAML 1.1.
    pub fn is_old(&self) -> bool {
        self.old
    }

    /// The directives for the document that begins; `%YAML 1.1` stays in force, `1.2` does not.
    pub fn for_document(&mut self) -> Directives {
        let current = self.clone();
        if self.old {
            self.stale = true;
        } else {
            *self = Directives::default();
        }
        current
    }

    /// Reads a directive line.
    pub fn add(&mut self, line: &str) -> Option<Complaint> {
        if self.stale {
            *self = Directives {
                old: true,
                ..Directives::default()
            };
        }
        let mut parts = line.trim().split([' ', '\t']).filter(|part| !part.is_empty());
        let name = parts.next().unwrap_or_default();
        let parts: Vec<&str> = parts.collect();
        match (name, parts.as_slice()) {
            ("%TAG", [handle, prefix, rest @ ..]) => {
                self.handles.insert((*handle).to_owned(), (*prefix).to_owned());
                let message = "%TAG directive should contain exactly two parts";
                (!rest.is_empty()).then(|| (0, message.to_owned(), false))
            }
            ("%TAG", _) => Some((
                0,
                "%TAG directive should contain exactly two parts".to_owned(),
                false,
            )),
            ("%YAML", ["1.1"]) => {
                self.old = true;
                None
            }
            ("%YAML", ["1.2"]) => {
                self.old = false;
                None
            }
            ("%YAML", [version]) => {
                let numbers = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
                let sound = version
                    .split_once('.')
                    .is_some_and(|(a, b)| numbers(a) && numbers(b));
                Some((6, format!("Unsupported YAML version {version}"), sound))
            }
            ("%YAML", _) => Some((
                0,
                "%YAML directive should contain exactly one part".to_owned(),
                false,
            )),
            _ => Some((0, format!("Unknown directive {name}"), true)),
        }
    }

    /// The full name of a tag.
    pub fn tag_name(&self, source: &str) -> Result<String, String> {
        if source == "!" {
            return Ok(source.to_owned());
        }
        if let Some(verbatim) = source.strip_prefix("!<") {
            let Some(name) = verbatim.strip_suffix('>') else {
                return Err("Verbatim tags must end with a >".to_owned());
            };
            if matches!(name, "!" | "!!") {
                return Err(format!("Verbatim tags aren't resolved, so {source} is invalid."));
            }
            return Ok(name.to_owned());
        }
        let split = source.rfind('!').map_or(0, |last| last + 1);
        let (handle, suffix) = source.split_at(split);
        if suffix.is_empty() {
            return Err(format!("The {source} tag has no suffix"));
        }
        let standard = (handle == "!!").then_some("tag:yaml.org,2002:");
        match self.handles.get(handle).map(String::as_str).or(standard) {
            Some(prefix) => match decode(suffix) {
                Some(suffix) => Ok(format!("{prefix}{suffix}")),
                None => Err("URIError: URI malformed".to_owned()),
            },
            None if handle == "!" => Ok(source.to_owned()),
            None => Err(format!("Could not resolve tag: {source}")),
        }
    }
}

fn decode(suffix: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(suffix.len());
    let mut rest = suffix.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
