//! The configuration as a tree whose nodes remember where they were written.

use std::sync::Arc;

use model::Place;
use serde_json::{Map, Value};

use crate::secret_file::SecretFile;
use crate::source::Source;

/// Where a node was written.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// The file or environment it stands in.
    pub source: Arc<Source>,
    /// The path to it within that source, list indexes as decimal numbers.
    pub path: Arc<[String]>,
    /// It, or a part of it, was put in from an environment variable or another file's text.
    pub substituted: bool,
    /// The file whose text it is (`$file`).
    pub file: Option<SecretFile>,
}

impl Origin {
    /// The root of a source.
    pub(crate) fn root(source: &Arc<Source>) -> Self {
        Self {
            source: Arc::clone(source),
            path: Arc::from([]),
            substituted: false,
            file: None,
        }
    }

    /// The root of the environment.
    pub(crate) fn substituted_root(source: &Arc<Source>) -> Self {
        Self {
            substituted: true,
            ..Self::root(source)
        }
    }

    /// The origin of a child written below this one.
    pub(crate) fn child(&self, segment: &str) -> Self {
        let path = self.path.iter().cloned().chain([segment.to_owned()]).collect();
        Self {
            source: Arc::clone(&self.source),
            path,
            substituted: self.substituted,
            file: None,
        }
    }

    /// File, line and column, looked up only now.
    pub(crate) fn place(&self) -> Place {
        self.source.place(&self.path)
    }
}

/// A value and where it was written.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Where it was written.
    pub origin: Origin,
    /// The value.
    pub content: Content,
}

/// The value of a node.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A string, number, boolean or null.
    Scalar(Value),
    /// A list.
    List(Vec<Node>),
    /// An object, in the order of its keys.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Wraps a plain value read from one source.
    pub(crate) fn from_value(value: Value, origin: Origin) -> Self {
        let content = match value {
            Value::Object(map) => Content::Object(
                map.into_iter()
                    .map(|(key, item)| (key.clone(), Self::from_value(item, origin.child(&key))))
                    .collect(),
            ),
            Value::Array(items) => Content::List(
                items
                    .into_iter()
                    .enumerate()
                    .map(|(index, item)| Self::from_value(item, origin.child(&index.to_string())))
                    .collect(),
            ),
            scalar => Content::Scalar(scalar),
        };
        Self { origin, content }
    }

    /// The plain value.
    pub(crate) fn to_value(&self) -> Value {
        match &self.content {
            Content::Scalar(value) => value.clone(),
            Content::List(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            Content::Object(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(key, node)| (key.clone(), node.to_value()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// The child under a key or list index.
    pub(crate) fn child(&self, segment: &str) -> Option<&Node> {
        match &self.content {
            Content::Object(entries) => entries
                .iter()
                .find(|(key, _)| key == segment)
                .map(|(_, node)| node),
            Content::List(items) => items.get(segment.parse::<usize>().ok()?),
            Content::Scalar(_) => None,
        }
    }

    /// The node on a path.
    pub(crate) fn at(&self, path: &[String]) -> Option<&Node> {
        path.iter().try_fold(self, |node, segment| node.child(segment))
    }

    /// The deepest existing node on a path; the node itself for an empty path.
    pub(crate) fn nearest(&self, path: &[String]) -> &Node {
        let mut node = self;
        for segment in path {
            match node.child(segment) {
                Some(child) => node = child,
                None => break,
            }
        }
        node
    }
}
