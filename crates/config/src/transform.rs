//! Turns what a file says into what it means: substitution and includes, anywhere in the tree.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Fault, FaultKind, Problem};
use serde_json::Value;

use crate::include::{self, Included};
use crate::node::{Content, Node, Origin};
use crate::secret_file::SecretFile;
use crate::source::Source;
use crate::substitute::{Environment, substitute};

/// Files that include each other stop here.
const MAX_INCLUDE_DEPTH: usize = 32;

const NO_KEYS: &str = "Write keys with values, such as app: { title: Portal }.";
const CIRCLE: &str = "Remove the $include that leads back.";
const INCLUDE: &str = "$file and $include name a file that can be read, from the folder of this file on; nothing stands beside them.";

/// A walk over one file, collecting every problem on the way.
pub(crate) struct Transformer<'a> {
    /// The file.
    pub file: &'a Path,
    /// Values for `${…}` and `$env`.
    pub environment: &'a Environment,
    /// What went wrong so far.
    pub problems: Vec<Problem>,
}

impl Transformer<'_> {
    /// Transforms a whole file; `None` when nothing usable is left.
    pub(crate) fn file(&mut self, value: Value, source: &Arc<Source>) -> Option<Node> {
        let directory = self.file.parent().unwrap_or(Path::new("/")).to_owned();
        let node = self.node(value, Origin::root(source), &directory, "", 0);
        match node {
            Some(Node {
                content: Content::Object(_),
                ..
            }) => node,
            _ if self.problems.is_empty() => {
                self.report(
                    "",
                    Fault::type_error("expected object at config root"),
                    &Origin::root(source),
                    NO_KEYS,
                );
                None
            }
            _ => None,
        }
    }

    fn node(
        &mut self,
        value: Value,
        origin: Origin,
        directory: &Path,
        path: &str,
        depth: usize,
    ) -> Option<Node> {
        if let Value::String(text) = &value {
            return self.text(text, origin, path);
        }
        match include::resolve(&value, directory, self.environment) {
            Ok(Included::NotAnInclude) => self.children(value, origin, directory, path, depth),
            Ok(_) if depth >= MAX_INCLUDE_DEPTH => {
                let message = format!("files include each other more than {MAX_INCLUDE_DEPTH} deep");
                self.report(path, Fault::error(message), &origin, CIRCLE);
                None
            }
            Ok(Included::Text(Some(text))) => Some(scalar(text, origin, true)),
            Ok(Included::File { text, path }) => {
                let file = Some(SecretFile::new(&path, &text));
                Some(scalar(text, Origin { file, ..origin }, true))
            }
            Ok(Included::Text(None)) => {
                let name = value["$env"].as_str().unwrap_or_default();
                self.left_out(name, path, &origin);
                None
            }
            Ok(Included::Data {
                value,
                source,
                at,
                directory,
            }) => {
                let origin = Origin {
                    source,
                    path: at,
                    substituted: origin.substituted,
                    file: None,
                };
                self.included(value?, origin, &directory, path, depth + 1)
            }
            Err(fault) => {
                self.report(path, fault, &origin, INCLUDE);
                None
            }
        }
    }

    fn text(&mut self, text: &str, origin: Origin, path: &str) -> Option<Node> {
        let result = substitute(text, self.environment);
        if let Some(name) = &result.missing {
            self.left_out(name, path, &origin);
        }
        let substituted = origin.substituted || result.used_variable;
        Some(scalar(result.text?, origin, substituted))
    }

    /// What an `$include` brought in: its own root is not looked at again, its children are.
    fn included(
        &mut self,
        value: Value,
        origin: Origin,
        directory: &Path,
        path: &str,
        depth: usize,
    ) -> Option<Node> {
        match value {
            Value::String(text) => self.text(&text, origin, path),
            other => self.children(other, origin, directory, path, depth),
        }
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the same shape as the other steps of the walk"
    )]
    fn children(
        &mut self,
        value: Value,
        origin: Origin,
        directory: &Path,
        path: &str,
        depth: usize,
    ) -> Option<Node> {
        let content = match value {
            Value::Object(map) => Content::Object(
                map.into_iter()
                    .filter_map(|(key, item)| {
                        let below = format!("{path}.{key}");
                        let node = self.node(item, origin.child(&key), directory, &below, depth)?;
                        Some((key, node))
                    })
                    .collect(),
            ),
            Value::Array(items) => Content::List(
                items
                    .into_iter()
                    .enumerate()
                    .filter_map(|(index, item)| {
                        let below = format!("{path}[{index}]");
                        self.node(item, origin.child(&index.to_string()), directory, &below, depth)
                    })
                    .collect(),
            ),
            scalar => Content::Scalar(scalar),
        };
        Some(Node { origin, content })
    }

    /// The original says nothing when a variable is not set; the setting is just not there.
    fn left_out(&mut self, variable: &str, path: &str, origin: &Origin) {
        let key = path.trim_start_matches('.');
        let message = format!("Variable {variable} is not set, '{key}' is left out");
        let hint = format!("Set it, or write ${{{variable}:-fallback}}.");
        self.problems.push(
            Problem::warning(Fault::input(message))
                .at(origin.place())
                .hint(hint),
        );
    }

    fn report(&mut self, path: &str, fault: Fault, origin: &Origin, way_out: &str) {
        let reason = if path.is_empty() && fault.is(&FaultKind::Type) {
            fault.message
        } else {
            format!("error at {path}, {}", fault.message)
        };
        let message = format!(
            "Failed to read config file at \"{}\", {reason}",
            self.file.display()
        );
        self.problems.push(
            Problem::error(Fault::error(message))
                .at(origin.place())
                .hint(way_out),
        );
    }
}

fn scalar(text: String, origin: Origin, substituted: bool) -> Node {
    Node {
        origin: Origin {
            substituted,
            ..origin
        },
        content: Content::Scalar(Value::String(text)),
    }
}

/// Makes a path absolute and free of `.` and `..`, without looking at the disk.
pub(crate) fn absolute(directory: &Path, path: &str) -> PathBuf {
    let mut resolved = PathBuf::new();
    for component in directory.join(path).components() {
        match component {
            std::path::Component::ParentDir => drop(resolved.pop()),
            std::path::Component::CurDir => {}
            other => resolved.push(other),
        }
    }
    resolved
}
