//! Answers of our server in the form that recordings have: without ids, hashes and folders that differ
//! from run to run.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sha1::{Digest, Sha1};

const GENERATED: &str = "generated-";

/// How the texts of one run are written.
pub struct Normalisation {
    root: String,
    /// `generated-<hash>` names by what was hashed.
    names: BTreeMap<String, String>,
    uids: BTreeMap<String, String>,
}

impl Normalisation {
    /// Knows the folder that stands for `{{ROOT}}`, and the generated names in recorded texts.
    pub fn new(root: &str, recorded: &str) -> Self {
        let mut names = BTreeMap::new();
        for part in recorded.split("<generated:").skip(1) {
            let text = part.split('>').next().unwrap_or_default();
            let digest = Sha1::digest(text.replace("{{ROOT}}", root));
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            names.insert(format!("{GENERATED}{hex}"), format!("<generated:{text}>"));
        }
        Self {
            root: root.to_owned(),
            names,
            uids: BTreeMap::new(),
        }
    }

    /// Learns which uid belongs to which entity.
    pub fn learn(&mut self, entities: &[Value]) {
        for entity in entities {
            if let Some(uid) = entity["metadata"]["uid"].as_str() {
                let shown = format!("<uid:{}>", self.text(&reference(entity)));
                self.uids.insert(uid.to_owned(), shown);
            }
        }
    }

    /// A value as recordings have it.
    pub fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(fields) => {
                let fields = fields
                    .iter()
                    .map(|(key, value)| (self.text(key), self.field(key, value)));
                Value::Object(fields.collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }

    fn field(&self, key: &str, value: &Value) -> Value {
        match value.as_str() {
            Some(etag) if key == "etag" && is_hash(etag) => Value::String("<etag>".to_owned()),
            _ => self.value(value),
        }
    }

    fn text(&self, text: &str) -> String {
        if let Some(known) = self.uids.get(text) {
            return known.clone();
        }
        let text = without_ids(&text.replace(&self.root, "{{ROOT}}"));
        let mut parts = text.split(GENERATED);
        let mut shown = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let hash = part.get(..40).filter(|hash| is_hash(hash));
            match hash.and_then(|hash| self.names.get(&format!("{GENERATED}{hash}"))) {
                Some(name) => shown += &format!("{name}{}", &part[40..]),
                None => shown += &format!("{GENERATED}{part}"),
            }
        }
        shown
    }
}

/// Numbered placeholders of a recording, without their numbers.
pub fn unnumbered(text: &str) -> String {
    let mut parts = text.split("<id:");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|digit: char| digit.is_ascii_digit());
        shown += &format!("<id{rest}");
    }
    shown
}

/// A text whose UUIDs are replaced: they count as random.
fn without_ids(text: &str) -> String {
    const LENGTH: usize = 36;
    let is_id = |word: &[u8]| {
        word.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let (mut shown, mut rest) = (String::new(), text);
    while let Some(at) = rest.as_bytes().windows(LENGTH).position(is_id) {
        shown += &rest[..at];
        shown += "<id>";
        rest = &rest[at + LENGTH..];
    }
    shown + rest
}

/// The canonical reference of an entity.
pub fn reference(entity: &Value) -> String {
    let part = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
    let metadata = &entity["metadata"];
    format!(
        "{}:{}/{}",
        part(&entity["kind"]),
        part(&metadata["namespace"]),
        part(&metadata["name"])
    )
}

/// A name made from a hash of a path that only the recording knew.
pub fn is_foreign_name(reference: &str) -> bool {
    reference
        .rsplit('/')
        .next()
        .and_then(|name| name.strip_prefix(GENERATED))
        .is_some_and(is_hash)
}

fn is_hash(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
