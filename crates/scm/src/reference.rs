//! A branch or tag of a repository, and the addresses whose content is read from it.

use percent_encoding::percent_decode_str;
use url::Url;

/// Where GitHub serves the bytes of files.
const GITHUB_RAW: (&str, &str) = ("github.com", "raw.githubusercontent.com");
/// Words that stand before a branch in the address of a file.
const WORDS: [&str; 8] = ["blob", "tree", "raw", "src", "edit", "blame", "media", "_edit"];

/// A branch or tag.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference<'a> {
    /// The repository's page.
    pub repository: &'a str,
    /// Its name.
    pub name: &'a str,
    /// It is a tag.
    pub is_tag: bool,
    /// It is the branch that addresses without a branch mean.
    pub is_default: bool,
}

impl Reference<'_> {
    /// The path that an address has within the repository, empty for all of it. Nothing unless the address is within the
    /// repository and names this branch or tag, or none where this is the default branch.
    pub fn path_of(&self, address: &str) -> Option<Vec<String>> {
        let rest = path_below(self.repository, address)?;
        let is_raw = Url::parse(address).is_ok_and(|url| url.host_str() == Some(GITHUB_RAW.1));
        self.path_in(&rest, is_raw).map(<[String]>::to_vec)
    }

    /// The path in the part of an address behind the repository, if that names this branch or tag, or none.
    fn path_in<'b>(&self, rest: &'b [String], is_raw: bool) -> Option<&'b [String]> {
        let rest = match rest {
            [dash, rest @ ..] if dash == "-" => rest,
            rest => rest,
        };
        let rest = match rest {
            [word, rest @ ..] if WORDS.contains(&word.as_str()) => rest,
            // The reference follows at once.
            [_, ..] if is_raw => rest,
            // No reference is named.
            _ => return self.is_default.then_some(&[]),
        };
        let kind = if self.is_tag { "tag" } else { "branch" };
        let refs = if self.is_tag { "tags" } else { "heads" };
        let named = match rest {
            [first, rest @ ..] if first == kind => self.behind_name(rest),
            [first, second, rest @ ..] if first == "refs" && second == refs => self.behind_name(rest),
            _ => None,
        };
        named.or_else(|| match rest {
            [first, rest @ ..] if first == "HEAD" => self.is_default.then_some(rest),
            rest => self.behind_name(rest),
        })
    }

    /// What follows the name, which may itself have slashes.
    fn behind_name<'b>(&self, segments: &'b [String]) -> Option<&'b [String]> {
        let parts: Vec<&str> = self.name.split('/').collect();
        let is_named = segments.len() >= parts.len()
            && parts.iter().zip(segments).all(|(part, segment)| part == segment);
        is_named.then(|| &segments[parts.len()..])
    }
}

/// The part of an address behind a repository, in segments; nothing if the address is elsewhere.
pub(crate) fn path_below(repository: &str, address: &str) -> Option<Vec<String>> {
    let (repository, address) = (Url::parse(repository).ok()?, Url::parse(address).ok()?);
    let is_raw = (repository.host_str(), address.host_str()) == (Some(GITHUB_RAW.0), Some(GITHUB_RAW.1));
    if !is_raw && authority(&repository) != authority(&address) {
        return None;
    }
    let (repository, mut address) = (segments(&repository), segments(&address));
    let is_within = address.len() >= repository.len()
        && repository
            .iter()
            .zip(&address)
            .all(|(own, other)| same_name(own, other));
    is_within.then(|| address.split_off(repository.len()))
}

fn authority(url: &Url) -> (Option<&str>, Option<u16>) {
    (url.host_str(), url.port_or_known_default())
}

/// The parts of a path; the slashes of a branch may be encoded.
fn segments(url: &Url) -> Vec<String> {
    let path = percent_decode_str(url.path()).decode_utf8_lossy();
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// Git hosts take names of owners and repositories in any case.
fn same_name(own: &str, other: &str) -> bool {
    own.to_lowercase() == other.trim_end_matches(".git").to_lowercase()
}
