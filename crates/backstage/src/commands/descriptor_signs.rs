//! Which of the YAML files in a folder are descriptors, and which are there for something else.

use std::path::Path;

use model::{Kinds, entity, has_template_mark};
use serde_json::Value;
use yaml::Document;

/// How the files are named that people and tools look for.
const USUAL_NAME: &str = "catalog-info";

/// Why a file in a folder is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// Nothing in it is meant for the catalog.
    NoDescriptor,
    /// A template from which descriptors are made.
    Skeleton,
}

impl LeftOut {
    /// For people.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoDescriptor => "no descriptor",
            Self::Skeleton => "a template that was not filled in",
        }
    }
}

/// Whether a file that a search of folders found is to be left out.
pub fn left_out(kinds: &Kinds, file: &Path, text: &str, documents: &[Document]) -> Option<LeftOut> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let is_meant = stem.eq_ignore_ascii_case(USUAL_NAME)
        || documents
            .iter()
            .any(|document| is_meant(kinds, text_of(text, documents, document), document));
    if !is_meant {
        return Some(LeftOut::NoDescriptor);
    }
    let mut judged = documents.iter();
    let is_skeleton = has_template_mark(&file.to_string_lossy())
        || judged.any(|document| is_skeleton(text_of(text, documents, document), document));
    is_skeleton.then_some(LeftOut::Skeleton)
}

/// The text of a document.
fn text_of<'t>(text: &'t str, documents: &[Document], document: &Document) -> &'t str {
    let next = documents.get(document.index + 1);
    let end = next.map_or(text.len(), |next| next.offset);
    text.get(document.offset..end).unwrap_or_default()
}

/// Whether a document is meant as an entity, right or wrong: its version is one of Backstage's, or its kind is known
/// here and its version belongs to nobody else.
fn is_meant(kinds: &Kinds, text: &str, document: &Document) -> bool {
    let Ok(value) = &document.value else {
        return text.lines().any(names_our_version);
    };
    let is_ours = |kind: &str| kinds.names().iter().any(|known| known.eq_ignore_ascii_case(kind));
    let has_kind = entity::kind(value).is_some_and(is_ours);
    match value.get("apiVersion") {
        Some(Value::String(version)) => match version.split_once('/') {
            Some((group, _)) => is_our_group(group),
            None => has_kind,
        },
        Some(_) => has_kind,
        None => has_kind && value.get("metadata").is_some() || text.lines().any(names_our_version),
    }
}

fn is_our_group(group: &str) -> bool {
    group == "backstage.io" || group.ends_with(".backstage.io")
}

/// `apiVersion: backstage.io/…` at the beginning of a line, however it is spelt.
fn names_our_version(line: &str) -> bool {
    let Some((key, value)) = line.split_once(':') else {
        return false;
    };
    let value = value.trim().trim_start_matches(['"', '\'']);
    let group = value.split_once('/').map_or("", |(group, _)| group);
    key.trim()
        .trim_matches(['"', '\''])
        .eq_ignore_ascii_case("apiVersion")
        && is_our_group(group)
}

/// Whether a document is a template of a descriptor: it cannot be read because of that, or what names it is not
/// filled in. A `Template` has such marks of its own, in its steps.
fn is_skeleton(text: &str, document: &Document) -> bool {
    match &document.value {
        Err(error) => model::hint_if_unfilled(text, error.line.checked_sub(document.line)).is_some(),
        Ok(value) => {
            let fields = ["/apiVersion", "/kind", "/metadata/name", "/metadata/namespace"];
            let spec = value.get("spec").and_then(Value::as_object);
            let spec = spec.filter(|_| entity::kind(value) != Some("Template"));
            let named = fields.iter().filter_map(|field| value.pointer(field));
            named
                .chain(spec.into_iter().flat_map(|spec| spec.values()))
                .any(is_unfilled)
        }
    }
}

/// A text with a mark; or `{{ name }}`, which YAML reads as a mapping in a mapping.
fn is_unfilled(value: &Value) -> bool {
    match value {
        Value::String(text) => has_template_mark(text.trim()) && !text.trim().contains('\n'),
        Value::Object(fields) => {
            fields.len() == 1
                && fields
                    .iter()
                    .all(|(key, value)| key.starts_with('{') && value.is_null())
        }
        _ => false,
    }
}
