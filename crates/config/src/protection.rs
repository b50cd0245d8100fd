//! Keys that ask for protection. Where the portal does not have it, it must not be taken for protected: other machines
//! are served only with a token, unless `portal.unprotected` lists the key. Where it has it, nothing else of the
//! configuration may undo it unseen.

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
        what: "asks for permissions, but no policy says who has which (permission.rbac.policies-csv-file)",
    },
    Asking {
        pattern: "auth.providers.*",
        what: "asks for a sign-in, which this portal does not have",
    },
];

/// Providers that the portal has; the guest asks nobody who they are.
const GUEST: &str = "guest";
/// Those that people sign in with.
const SIGN_IN: [&str; 10] = [
    "oidc",
    "google",
    "gitlab",
    "gitea",
    "github",
    // Proxies, which have keys of their own and no environments.
    "oauth2Proxy",
    "gcpIap",
    "awsalb",
    "cfaccess",
    "azureEasyAuth",
];
/// What says who has which permission.
const POLICY: &str = "permission.rbac.policies-csv-file";
/// What would let everybody in.
const OPEN: &str = "backend.auth.dangerouslyDisableDefaultAuthPolicy";

/// What such keys of a configuration come to.
#[derive(Default)]
pub(crate) struct Protection {
    /// The keys because of which nobody is served without a token.
    pub only_tokens: Vec<String>,
    /// The file that says who has which permission.
    pub roles_file: Option<String>,
    /// People can sign in.
    pub signs_people_in: bool,
    /// Nobody is let in without a sign-in because everybody is.
    pub wants_sign_in: bool,
    /// What is to be told.
    pub problems: Vec<Problem>,
}

/// Goes through all such keys that are set.
pub(crate) fn asked_for(sections: &Sections, tree: &Node) -> Protection {
    let accepted = &sections.portal.unprotected;
    let mut protection = Protection::default();
    for asking in KEYS {
        let paths = set_below(tree, &segments(asking.pattern)).into_iter();
        for path in paths.filter(|path| asks(tree, path) && !is_given(tree, path)) {
            protection.note(&asking, &dotted(&path), accepted, tree.nearest(&path));
        }
    }
    protection.roles_file = roles_file(tree);
    protection.note_sign_in(sections, tree);
    protection
}

/// Whether the portal gives what a key asks for.
fn is_given(tree: &Node, path: &[String]) -> bool {
    if path.first().is_some_and(|first| first == "permission") {
        return roles_file(tree).is_some();
    }
    let provider = path.last().filter(|name| SIGN_IN.contains(&name.as_str()));
    provider.is_some_and(|name| !environments(tree, name).is_empty())
}

/// Environments of a provider that people sign in with.
fn environments(tree: &Node, provider: &str) -> Vec<Vec<String>> {
    set_below(tree, &segments(&format!("auth.providers.{provider}.*")))
}

/// The file that says who has which permission, where permissions are switched on beyond doubt.
fn roles_file(tree: &Node) -> Option<String> {
    let scalar = |key: &str| match &tree.at(&segments(key))?.content {
        Content::Scalar(value) => Some(value),
        _ => None,
    };
    let is_on = scalar("permission.enabled").and_then(to_boolean) == Some(true);
    let file = scalar(POLICY)?.as_str().filter(|file| !file.trim().is_empty());
    file.filter(|_| is_on).map(str::to_owned)
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
    /// A sign-in that is asked for is not undone by a key that lets everybody in.
    fn note_sign_in(&mut self, sections: &Sections, tree: &Node) {
        let environments: Vec<Vec<String>> = SIGN_IN
            .iter()
            .flat_map(|provider| environments(tree, provider))
            .collect();
        let accepted = &sections.portal.unprotected;
        self.signs_people_in = !environments.is_empty();
        self.wants_sign_in = environments
            .iter()
            .any(|path| !accepted.iter().any(|listed| covers(listed, &dotted(path))));
        if self.wants_sign_in && sections.backend.auth.dangerously_disable_default_auth_policy {
            let fault = Fault::input(format!(
                "'{OPEN}' has no effect, because auth.providers asks for a sign-in"
            ));
            let hint = "Remove one of them, or add 'auth.providers' to the list portal.unprotected to let everybody in.";
            let place = tree.nearest(&segments(OPEN)).origin.place();
            self.problems.push(Problem::warning(fault).at(place).hint(hint));
        }
    }

    fn note(&mut self, asking: &Asking, key: &str, accepted: &[String], node: &Node) {
        let problem = if accepted.iter().any(|listed| covers(listed, key)) {
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

/// Whether an entry of the list names a key or one above it.
fn covers(listed: &str, key: &str) -> bool {
    key.strip_prefix(listed).is_some_and(is_end_of_segment)
}

fn is_end_of_segment(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['.', '['])
}
