//! Joining sources: objects merge, everything else replaces, null removes.

use serde_json::Value;

use crate::node::{Content, Node};

/// Lays `over` on top of `base`. `None` means that nothing is left.
pub(crate) fn merge(base: Option<Node>, over: Node) -> Option<Node> {
    match over.content {
        Content::Scalar(Value::Null) => None,
        Content::Object(entries) => Some(Node {
            origin: over.origin,
            content: merge_entries(base, entries),
        }),
        content => Some(Node {
            origin: over.origin,
            content,
        }),
    }
}

fn merge_entries(base: Option<Node>, entries: Vec<(String, Node)>) -> Content {
    let mut merged = match base {
        Some(Node {
            content: Content::Object(entries),
            ..
        }) => entries,
        _ => Vec::new(),
    };
    for (key, node) in entries {
        let at = merged.iter().position(|(existing, _)| *existing == key);
        let below = at.map(|index| merged[index].1.clone());
        match (at, merge(below, node)) {
            (Some(index), Some(node)) => merged[index].1 = node,
            (Some(index), None) => drop(merged.remove(index)),
            (None, Some(node)) => merged.push((key, node)),
            (None, None) => {}
        }
    }
    Content::Object(merged)
}
