//! Keys that sections have, because configurations of the original have them, but that change nothing here.
//! Whoever sets one should know.

use model::{Fault, Problem};
use serde_json::Value;

use crate::json_path::{dotted, segments};
use crate::node::{Content, Node};
use crate::sections::{CONFIG_LOCATIONS, Sections};

/// The keys, and what holds instead; `*` stands for any name or item.
const KEYS: [(&str, &str); 11] = [
    (
        "backend.cors.preflightContinue",
        "Preflight requests are always answered.",
    ),
    ("backend.server.keepAliveTimeout", SERVER),
    ("backend.server.maxHeadersCount", SERVER),
    ("backend.server.maxRequestsPerSocket", SERVER),
    ("backend.server.requestTimeout", SERVER),
    ("backend.server.timeout", SERVER),
    (
        "catalog.disableDefaultProcessors",
        "Files and URLs are always read; leave catalog.locations empty instead.",
    ),
    (
        "catalog.import",
        "Registering proposes no file and opens no pull request.",
    ),
    (
        "catalog.scmEvents",
        "Sources are read again at an interval, catalog.processingInterval, and after a push whose webhook comes in.",
    ),
    ("integrations.github.*.apps", "Use a token instead."),
    (
        "integrations.gitlab.*.retry",
        "A failed source is read again later.",
    ),
];

const SERVER: &str = "Set a limit in the proxy in front of the server instead.";

/// The one processor that can be left out or moved.
const PROCESSOR: &str = "CodeOwnersProcessor";

/// A remark on every such key that is set.
pub(crate) fn keys(sections: &Sections, tree: &Node) -> Vec<Problem> {
    let mut found = Vec::new();
    for (pattern, instead) in KEYS {
        for path in set_below(tree, &segments(pattern)) {
            found.push(remark(tree, &path, instead));
        }
    }
    options(sections, tree, &mut found);
    base_urls(sections, tree, &mut found);
    found
}

fn remark(tree: &Node, path: &[String], instead: &str) -> Problem {
    let fault = Fault::input(format!("'{}' has no effect here", dotted(path)));
    Problem::warning(fault)
        .at(tree.nearest(path).origin.place())
        .hint(instead)
}

/// The paths that a pattern has in a tree. What is switched off needs no remark.
pub(crate) fn set_below(node: &Node, pattern: &[String]) -> Vec<Vec<String>> {
    let Some((first, rest)) = pattern.split_first() else {
        let is_off = matches!(node.content, Content::Scalar(Value::Null | Value::Bool(false)));
        return if is_off { Vec::new() } else { vec![Vec::new()] };
    };
    let children = children(node).into_iter();
    children
        .filter(|(name, _)| first == "*" || first == name)
        .flat_map(|(name, child)| {
            let below = set_below(child, rest).into_iter();
            below.map(move |path| [vec![name.clone()], path].concat())
        })
        .collect()
}

fn children(node: &Node) -> Vec<(String, &Node)> {
    match &node.content {
        Content::Object(entries) => entries
            .iter()
            .map(|(name, child)| (name.clone(), child))
            .collect(),
        Content::List(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
        Content::Scalar(_) => Vec::new(),
    }
}

/// Options of processors and providers that the portal does not have under that name.
fn options(sections: &Sections, tree: &Node, found: &mut Vec<Problem>) {
    let catalog = &sections.catalog;
    for (name, options) in &catalog.processor_options {
        if name != PROCESSOR && (options.disabled || options.priority.is_some()) {
            let instead =
                format!("Only {PROCESSOR} can be left out; what every entity goes through always runs.");
            found.push(remark(
                tree,
                &path(&["catalog", "processorOptions", name]),
                &instead,
            ));
        }
    }
    for (name, options) in &catalog.provider_options {
        if name != CONFIG_LOCATIONS && options.disabled {
            let instead = format!("Only {CONFIG_LOCATIONS} can be left out, which reads catalog.locations.");
            found.push(remark(
                tree,
                &path(&["catalog", "providerOptions", name]),
                &instead,
            ));
        }
    }
}

fn path(segments: &[&str]) -> Vec<String> {
    segments.iter().map(|&segment| segment.to_owned()).collect()
}

/// Paths in the portal's own addresses.
fn base_urls(sections: &Sections, tree: &Node, found: &mut Vec<Problem>) {
    let own = [
        ("app.baseUrl", &sections.app.base_url),
        ("backend.baseUrl", &sections.backend.base_url),
    ];
    for (key, value) in own {
        let url = value.as_deref().and_then(|text| url::Url::parse(text).ok());
        let Some(url) = url.filter(|url| !matches!(url.path(), "" | "/")) else {
            continue;
        };
        let fault = Fault::input(format!("The path '{}' of '{key}' has no effect here", url.path()));
        let hint = "Pages and API begin at the root of the host: give the portal a host name of its own and \
                    remove the path.";
        found.push(
            Problem::warning(fault)
                .at(tree.nearest(&segments(key)).origin.place())
                .hint(hint),
        );
    }
}
