//! References to entities: `[kind:][namespace/]name` (as in `@backstage/catalog-model` 1.10.1).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Fault, entity, js};

/// The namespace of entities that name none.
pub const DEFAULT_NAMESPACE: &str = "default";

/// A reference in canonical form: complete and lower-cased, so that equality is identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntityRef {
    kind: String,
    namespace: String,
    name: String,
}

/// The parts of a reference as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefParts {
    /// Kind, absent when neither written nor given as default.
    pub kind: Option<String>,
    /// Namespace, absent when neither written nor given as default.
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
}

impl EntityRef {
    /// A reference of these parts, lower-cased as JavaScript does.
    pub fn new(kind: &str, namespace: &str, name: &str) -> Self {
        Self {
            kind: js::lowercase(kind),
            namespace: js::lowercase(namespace),
            name: js::lowercase(name),
        }
    }

    /// Parses a reference, completing it with the defaults.
    pub fn parse(text: &str, default_kind: Option<&str>, default_namespace: &str) -> Result<Self, Fault> {
        let parts = parse_parts(text)?;
        let kind = parts
            .kind
            .as_deref()
            .or(default_kind)
            .filter(|kind| !kind.is_empty());
        let Some(kind) = kind else {
            return Err(missing_kind(&Value::from(text)));
        };
        let namespace = parts.namespace.as_deref().unwrap_or(default_namespace);
        let namespace = if namespace.is_empty() {
            DEFAULT_NAMESPACE
        } else {
            namespace
        };
        Ok(Self::new(kind, namespace, &parts.name))
    }

    /// Splits a reference without completing it or changing its case.
    pub fn parse_parts(text: &str) -> Result<RefParts, Fault> {
        parse_parts(text)
    }

    /// The reference of an entity; nothing when it lacks a kind or a name.
    pub fn of(value: &Value) -> Option<Self> {
        let kind = entity::kind(value)?;
        let name = entity::name(value)?;
        Some(Self::new(kind, entity::namespace(value), name))
    }

    /// The kind, lower-cased.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The namespace, lower-cased.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The name, lower-cased.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The error about a reference that names no kind where none is assumed.
pub(crate) fn missing_kind(reference: &Value) -> Fault {
    let shown = js::json(reference);
    Fault::error(format!(
        "Entity reference {shown} had missing or empty kind (e.g. did not start with \"component:\" or similar)"
    ))
}

fn parse_parts(text: &str) -> Result<RefParts, Fault> {
    if text.is_empty() {
        return Err(Fault::error("Entity reference must not be empty"));
    }
    let slash = text.find('/');
    // A colon after the slash belongs to the name.
    let colon = text
        .find(':')
        .filter(|colon| slash.is_none_or(|slash| *colon < slash));
    let kind = colon.map(|colon| &text[..colon]);
    let namespace = slash.map(|slash| &text[colon.map_or(0, |colon| colon + 1)..slash]);
    let name = &text[slash.or(colon).map_or(0, |end| end + 1)..];
    if kind == Some("") || namespace == Some("") || name.is_empty() {
        return Err(Fault::type_error(format!(
            "Entity reference \"{text}\" was not on the form [<kind>:][<namespace>/]<name>"
        )));
    }
    Ok(RefParts {
        kind: kind.map(str::to_owned),
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
    })
}

impl fmt::Display for EntityRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}/{}", self.kind, self.namespace, self.name)
    }
}

impl FromStr for EntityRef {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        Self::parse(text, None, DEFAULT_NAMESPACE)
    }
}

impl TryFrom<String> for EntityRef {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self, Fault> {
        text.parse()
    }
}

impl From<EntityRef> for String {
    fn from(reference: EntityRef) -> Self {
        reference.to_string()
    }
}
