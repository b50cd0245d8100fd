//! Addresses of a server's pages, taken apart: the repository, and what they name in it.
//!
//! An address does not say where a branch with slashes ends and the path begins. It is kept undivided until the branches of
//! the repository are known ([`super::references`]).

use percent_encoding::percent_decode_str;
use url::Url;

use super::place::Place;

/// Words before a reference, which may have its kind in front.
const WORDS: [&str; 8] = ["src", "raw", "media", "blob", "tree", "blame", "commits", "rss"];
/// Words before a branch.
const EDITING: [&str; 4] = ["_edit", "_new", "_delete", "_upload"];

/// What a reference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// The address names none: the default branch.
    Default,
    Branch,
    Tag,
    Commit,
    /// The address does not say.
    Unsaid,
}

/// An address of a repository, or of something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub owner: String,
    pub name: String,
    pub kind: Kind,
    /// The reference and the path behind it, decoded. A reference whose slashes are encoded is one part.
    parts: Vec<String>,
}

impl Address {
    /// Takes an address apart. Nothing if it is that of another page. `base` is an address of the server, whose path is no part of
    /// the repository's.
    pub fn parse(url: &str, base: &str) -> Option<Self> {
        let (url, base) = (Url::parse(url).ok()?, Url::parse(base).ok()?);
        let path = below(url.path(), base.path().trim_end_matches('/'));
        let parts: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let [owner, name, rest @ ..] = &parts[..] else {
            return None;
        };
        let (kind, parts) = reference(rest)?;
        Some(Self {
            owner: owner.clone(),
            name: name.strip_suffix(".git").unwrap_or(name).to_owned(),
            kind,
            parts: parts.to_vec(),
        })
    }

    /// The place if the reference has no slash.
    pub fn place(&self) -> Place {
        self.divided(1)
    }

    /// The place at the longest of these references with which the address goes on.
    pub fn place_at<'a>(&self, references: impl IntoIterator<Item = &'a String>) -> Option<Place> {
        let lengths = references.into_iter().filter_map(|reference| {
            let length = reference.split('/').count();
            let begins = self.parts.len() >= length && reference.split('/').eq(&self.parts[..length]);
            begins.then_some(length)
        });
        lengths.max().map(|length| self.divided(length))
    }

    /// The first part of the reference, where it may have more than one.
    pub fn beginning(&self) -> Option<&str> {
        let may_go_on = matches!(self.kind, Kind::Branch | Kind::Tag | Kind::Unsaid) && self.parts.len() > 1;
        may_go_on.then(|| self.parts[0].as_str())
    }

    /// It names something below a reference.
    pub fn has_path(&self) -> bool {
        self.parts.len() > 1
    }

    fn divided(&self, length: usize) -> Place {
        let (reference, path) = self.parts.split_at(length.min(self.parts.len()));
        Place {
            owner: self.owner.clone(),
            name: self.name.clone(),
            kind: self.kind,
            reference: (!reference.is_empty()).then(|| reference.join("/")),
            path: path.join("/"),
            depth: path.len(),
        }
    }
}

/// The kind of the reference that follows the repository, and the reference with the path.
fn reference(rest: &[String]) -> Option<(Kind, &[String])> {
    let Some((word, rest)) = rest.split_first() else {
        return Some((Kind::Default, &[]));
    };
    if EDITING.contains(&word.as_str()) && !rest.is_empty() {
        return Some((Kind::Branch, rest));
    }
    if !WORDS.contains(&word.as_str()) {
        return None;
    }
    match rest {
        [] => None,
        [kind, reference @ ..] if !reference.is_empty() && kind_of(kind).is_some() => {
            Some((kind_of(kind)?, reference))
        }
        [first, ..] if is_commit(first) => Some((Kind::Commit, rest)),
        rest => Some((Kind::Unsaid, rest)),
    }
}

fn kind_of(word: &str) -> Option<Kind> {
    match word {
        "branch" => Some(Kind::Branch),
        "tag" => Some(Kind::Tag),
        "commit" => Some(Kind::Commit),
        _ => None,
    }
}

/// The whole name of a commit.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A path below a server's own; a server that is reached by several names may have its path in only one of them.
fn below<'a>(path: &'a str, own: &str) -> &'a str {
    path.strip_prefix(own)
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
        .unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "http://gitea.internal:3000/git";

    fn check(path: &str, kind: Kind, reference: Option<&str>, file: &str) {
        for before in ["https://git.example.com/git", "https://git.example.com"] {
            let url = format!("{before}/{path}");
            let place = Address::parse(&url, BASE).expect(&url).place();
            assert_eq!(place.repository(), "o/r", "{url}");
            assert_eq!(
                (place.kind, place.reference.as_deref(), &*place.path),
                (kind, reference, file),
                "{url}"
            );
        }
    }

    #[test]
    fn pages_of_a_repository() {
        check("o/r", Kind::Default, None, "");
        check("o/r.git", Kind::Default, None, "");
        check("o/r/", Kind::Default, None, "");
        check("o/r/src/branch/main/", Kind::Branch, Some("main"), "");
        check(
            "o/r/src/branch/main/a/b.yaml#L5-L9",
            Kind::Branch,
            Some("main"),
            "a/b.yaml",
        );
        check(
            "o/r/src/branch/main/a.md?display=source",
            Kind::Branch,
            Some("main"),
            "a.md",
        );
        check("o/r/raw/tag/v1/a.yaml", Kind::Tag, Some("v1"), "a.yaml");
        check(
            "o/r/media/commit/0a1b/a.yaml",
            Kind::Commit,
            Some("0a1b"),
            "a.yaml",
        );
        check("o/r/src/main/a.yaml", Kind::Unsaid, Some("main"), "a.yaml");
        check("o/r/tree/main/docs", Kind::Unsaid, Some("main"), "docs");
        check("o/r/blob/branch", Kind::Unsaid, Some("branch"), "");
        check("o/r/_edit/main/a.yaml", Kind::Branch, Some("main"), "a.yaml");
        check(
            "o/r/src/branch/feature%2Fx/a.yaml",
            Kind::Branch,
            Some("feature/x"),
            "a.yaml",
        );
        check(
            "o/r/src/branch/main/mit%20leer/100%25.yaml",
            Kind::Branch,
            Some("main"),
            "mit leer/100%.yaml",
        );
        let commit = "0123456789abcdef0123456789abcdef01234567";
        check(
            &format!("o/r/blob/{commit}/a.yaml"),
            Kind::Commit,
            Some(commit),
            "a.yaml",
        );
    }

    #[test]
    fn other_pages() {
        for path in ["", "o", "o/r/issues/5", "o/r/src", "o/r/_edit", "o/r/commit/abc"] {
            assert_eq!(
                Address::parse(&format!("https://git.example.com/git/{path}"), BASE),
                None,
                "{path}"
            );
        }
        assert_eq!(Address::parse("nothing", BASE), None);
    }

    #[test]
    fn references_with_slashes() {
        let url = "https://h/o/r/src/branch/feature/x/docs/a.md?display=source";
        let address = Address::parse(url, "https://h").unwrap();
        assert_eq!(address.beginning(), Some("feature"));
        let known = [
            "feature/x",
            "feature/x/docs",
            "feature/xx",
            "feature/x/docs/a.md/b",
        ]
        .map(str::to_owned);
        let place = address.place_at(&known).unwrap();
        assert_eq!(
            (place.reference.as_deref(), &*place.path),
            (Some("feature/x/docs"), "a.md")
        );
        let beside = place.beside(&Url::parse(url).unwrap(), "b/c d?.md").unwrap();
        assert_eq!(
            beside.as_str(),
            "https://h/o/r/src/branch/feature/x/docs/b/c%20d%3F.md"
        );
        assert_eq!(address.place_at(&known[2..]), None);
        let tag = Address::parse("https://h/o/r/src/commit/a/b", "https://h").unwrap();
        assert_eq!(tag.beginning(), None);
    }
}
