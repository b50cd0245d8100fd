//! Keys that ask for protection which the portal does not have. The portal must not be taken for protected because of
//! them: other machines are served only with a token, unless `portal.unprotected` lists the key.

use model::{Fault, Problem};

use crate::idle::set_below;
use crate::json_path::{dotted, segments};
use crate::node::{Content, Node};
use crate::read::to_boolean;
use crate::sections::Sections;

/// A key that asks for protection; `*` stands for any name or item.
struct Asking {
    pattern: &'static str,
    /// What it asks for, and what is missing.
    what: &'static str,
}

const KEYS: [Asking; 2] = [
    Asking {
        pattern: "permission.enabled",
        what: "asks for permissions, which this portal does not have",
    },
    Asking {
        pattern: "auth.providers.*",
        what: "asks for a sign-in, which this portal does not have",
    },
];

/// The provider that asks nobody who they are.
const GUEST: &str = "guest";

/// What such keys of a configuration come to.
#[derive(Default)]
pub(crate) struct Protection {
    /// The keys because of which nobody is served without a token.
    pub only_tokens: Vec<String>,
    /// What is to be told.
    pub problems: Vec<Problem>,
}

/// Goes through all such keys that are set.
pub(crate) fn asked_for(sections: &Sections, tree: &Node) -> Protection {
    let accepted = &sections.portal.unprotected;
    let mut protection = Protection::default();
    for asking in KEYS {
        let paths = set_below(tree, &segments(asking.pattern)).into_iter();
        for path in paths.filter(|path| asks(tree, path)) {
            protection.note(&asking, &dotted(&path), accepted, tree.nearest(&path));
        }
    }
    protection
}

/// Whether a key that is set asks for anything. A text that says neither yes nor no counts as yes.
fn asks(tree: &Node, path: &[String]) -> bool {
    if path.last().is_some_and(|name| name == GUEST) {
        return false;
    }
    match &tree.nearest(path).content {
        Content::Scalar(value) if !value.is_null() => to_boolean(value).unwrap_or(true),
        Content::Scalar(_) => false,
        Content::Object(_) => true,
        Content::List(items) => !items.is_empty(),
    }
}

impl Protection {
    fn note(&mut self, asking: &Asking, key: &str, accepted: &[String], node: &Node) {
        let covers = |listed: &String| key.strip_prefix(listed.as_str()).is_some_and(is_end_of_segment);
        let problem = if accepted.iter().any(covers) {
            let fault = Fault::input(format!("'{key}' {}", asking.what));
            Problem::warning(fault)
                .hint("It is listed in portal.unprotected, so callers are let in without it.")
        } else {
            self.missing(asking, key)
        };
        self.problems.push(problem.at(node.origin.place()));
    }

    fn missing(&mut self, asking: &Asking, key: &str) -> Problem {
        let way_out = format!("Remove it, or add '{key}' to the list portal.unprotected to do without it.");
        // A token of its own stands above permissions and sign-in.
        self.only_tokens.push(key.to_owned());
        let fault = Fault::input(format!(
            "'{key}' {}: other machines are served only with a token of backend.auth.externalAccess",
            asking.what
        ));
        Problem::warning(fault).hint(way_out)
    }
}

fn is_end_of_segment(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['.', '['])
}
