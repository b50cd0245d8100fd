//! Takes URLs of repositories apart, the way the npm package `git-url-parse` does.
//!
//! No host is asked: the path's words `blob`, `tree`, `src`, `raw` and so on tell where the name of
//! the repository ends. A reference with a slash in it is therefore cut at the slash.

use model::Fault;
use percent_encoding::percent_decode_str;
use url::Url;

/// The parts of a URL of a repository or of a file in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitUrl {
    /// Host name without port.
    pub resource: String,
    /// User, organization or group path.
    pub owner: String,
    /// Name of the repository.
    pub name: String,
    /// `owner/name`, with the parts in between that the host uses.
    pub full_name: String,
    /// Branch, tag or commit; empty when the URL names none.
    pub reference: String,
    /// The file within the repository; empty when the URL names none.
    pub file: String,
    /// The path's word before the reference, such as `blob`.
    pub file_kind: String,
}

const WORDS: [&str; 7] = ["blob", "issues", "tree", "commit", "src", "raw", "edit"];

impl GitUrl {
    /// Takes a URL apart. Any URL with a host has some answer, useful or not.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let url = Url::parse(text).map_err(|_| Fault::type_error("Invalid URL"))?;
        let resource = url.host_str().unwrap_or_default().to_owned();
        let path = decode(url.path().trim_matches('/').trim_end_matches(".git"));
        let splits: Vec<&str> = path.split('/').collect();
        let mut parsed = match source(&resource) {
            "dev.azure.com" | "azure.com" => azure(&url, &splits),
            "visualstudio.com" => visual_studio(&splits),
            _ => generic(&splits),
        };
        bitbucket_server(&url, &mut parsed);
        if parsed.full_name.is_empty() {
            parsed.full_name = join(&[&parsed.owner, &parsed.name]);
        }
        parsed.resource = resource;
        Ok(parsed)
    }

    /// Like [`GitUrl::parse`], but refuses files whose path climbs, however often it is encoded.
    pub fn parse_safe(text: &str) -> Result<Self, Fault> {
        if climbs(path_of(text)) {
            return Err(Fault::error(
                "Invalid SCM URL: path traversal is not allowed in the URL",
            ));
        }
        Self::parse(text)
    }

    /// Whether both name a file, and in the same repository of the same host. URLs that name no file
    /// in a repository are not compared.
    pub fn may_refer_to(&self, other: &Self) -> bool {
        let names_file = |url: &Self| !url.owner.is_empty() && !url.name.is_empty() && !url.file.is_empty();
        !names_file(self)
            || !names_file(other)
            || (self.resource == other.resource && self.full_name == other.full_name)
    }
}

/// The part of a URL that names a path, as written; for Azure also the query.
fn path_of(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    rest.split_once('/').map_or("", |(_, path)| path)
}

/// Whether a path leads upwards for any server: however often it is encoded, and with parameters behind the dots.
pub(crate) fn climbs(path: &str) -> bool {
    let mut text = path.to_owned();
    for _ in 0..16 {
        let is_dots = |segment: &str| {
            let name = segment.split(';').next().unwrap_or_default();
            name == "." || name == ".."
        };
        if text.split(['/', '\\', '?', '&', '=']).any(is_dots) {
            return true;
        }
        let decoded = decode(&text);
        if decoded == text {
            return false;
        }
        text = decoded;
    }
    true
}

fn decode(text: &str) -> String {
    percent_decode_str(text)
        .decode_utf8()
        .map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

fn join(parts: &[&str]) -> String {
    parts
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join("/")
}

/// The host name without its first label, if three or more remain recognisable.
fn source(resource: &str) -> &str {
    match resource.split_once('.') {
        Some((_, rest)) if rest.contains('.') && rest != "azure.com" => rest,
        _ => resource,
    }
}

fn generic(splits: &[&str]) -> GitUrl {
    let mut parsed = GitUrl {
        name: splits.join("/"),
        ..GitUrl::default()
    };
    let mut at = splits.len() - 1;
    if splits.len() >= 2 {
        at = name_index(splits);
        parsed.owner = splits[..at].join("/");
        splits[at].clone_into(&mut parsed.name);
    }
    let dash = usize::from(splits.get(at + 1) == Some(&"-"));
    if let [_, kind, reference, file @ ..] = &splits[at + dash..]
        && ["raw", "src", "blob", "tree", "edit"].contains(kind)
    {
        (*kind).clone_into(&mut parsed.file_kind);
        (*reference).clone_into(&mut parsed.reference);
        parsed.file = file.join("/");
    }
    parsed
}

/// Where the name of the repository stands: before the first known word of highest rank.
fn name_index(splits: &[&str]) -> usize {
    let find = |word: &str| {
        splits
            .iter()
            .skip(2)
            .position(|split| *split == word)
            .map(|index| index + 2)
    };
    if let Some(dash) = find("-") {
        return dash - 1;
    }
    match (find("blob"), find("tree")) {
        (Some(blob), Some(tree)) => blob.min(tree) - 1,
        _ => WORDS
            .iter()
            .find_map(|word| find(word))
            .map_or(splits.len() - 1, |index| index - 1),
    }
}

fn azure(url: &Url, splits: &[&str]) -> GitUrl {
    let mut parsed = match splits {
        [_, owner, _, _, name] => named(owner, name, format!("_git/{name}")),
        splits => azure_project(splits),
    };
    for (key, value) in url.query_pairs() {
        match key.as_ref() {
            "path" => value.trim_start_matches('/').clone_into(&mut parsed.file),
            "version" => value
                .strip_prefix("GB")
                .unwrap_or(&value)
                .clone_into(&mut parsed.reference),
            _ => {}
        }
    }
    parsed
}

fn visual_studio(splits: &[&str]) -> GitUrl {
    match splits {
        [_, name] => named(name, name, format!("_git/{name}")),
        splits => azure_project(splits),
    }
}

/// The form that both of Microsoft's hosts share.
fn azure_project(splits: &[&str]) -> GitUrl {
    match splits {
        [collection @ "DefaultCollection", _, name] => named(name, name, format!("{collection}/_git/{name}")),
        [owner, _, name] => named(owner, name, format!("{owner}/_git/{name}")),
        [organization, owner, _, name] => named(owner, name, format!("{organization}/{owner}/_git/{name}")),
        _ => GitUrl {
            name: splits.join("/"),
            ..GitUrl::default()
        },
    }
}

fn named(owner: &str, name: &str, full_name: String) -> GitUrl {
    GitUrl {
        owner: owner.to_owned(),
        name: name.to_owned(),
        full_name,
        ..GitUrl::default()
    }
}

/// `projects/X/repos/Y/browse/file?at=ref` and `users/…`.
fn bitbucket_server(url: &Url, parsed: &mut GitUrl) {
    let path = decode(url.path());
    let splits: Vec<&str> = path.split('/').collect();
    let Some(at) = splits
        .windows(4)
        .position(|four| matches!(four, ["projects" | "users", _, "repos", _]))
    else {
        return;
    };
    let prefix = if splits[at] == "users" { "~" } else { "" };
    let reference = url
        .query_pairs()
        .find(|(key, _)| key == "at")
        .map(|(_, value)| value.into_owned());
    *parsed = GitUrl {
        owner: format!("{prefix}{}", splits[at + 1]),
        name: splits[at + 3].to_owned(),
        reference: reference.unwrap_or_default(),
        ..GitUrl::default()
    };
    if let [kind @ ("raw" | "browse"), file @ ..] = &splits[at + 4..] {
        (*kind).clone_into(&mut parsed.file_kind);
        parsed.file = file.join("/");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, owner: &str, name: &str, reference: &str, file: &str) {
        let parsed = GitUrl::parse(url).expect("a URL");
        let got = (&*parsed.owner, &*parsed.name, &*parsed.reference, &*parsed.file);
        assert_eq!(got, (owner, name, reference, file), "{url}");
    }

    #[test]
    fn repositories_and_files() {
        check("https://github.com/lumen/shop", "lumen", "shop", "", "");
        check("https://github.com/lumen/shop.git", "lumen", "shop", "", "");
        check("https://github.com/lumen", "", "lumen", "", "");
        check(
            "https://github.com/o/r/blob/main/a/b.yaml",
            "o",
            "r",
            "main",
            "a/b.yaml",
        );
        check("https://github.com/o/r/tree/main", "o", "r", "main", "");
        check("https://github.com/o/r/issues/4", "o", "r", "", "");
        check(
            "https://gitlab.com/g/s/r/-/blob/main/x.yaml",
            "g/s",
            "r",
            "main",
            "x.yaml",
        );
        check("https://gitlab.com/g/s/r", "g/s", "r", "", "");
        check(
            "https://bitbucket.org/o/r/src/main/x.yaml",
            "o",
            "r",
            "main",
            "x.yaml",
        );
        check(
            "https://gitea.example.com/o/r/src/branch/main/x.yaml",
            "o",
            "r",
            "branch",
            "main/x.yaml",
        );
        check(
            "https://bb.example.com/projects/P/repos/r/browse/d/x.yaml?at=dev",
            "P",
            "r",
            "dev",
            "d/x.yaml",
        );
        check("https://bb.example.com/users/u/repos/r", "~u", "r", "", "");
        check("https://dev.azure.com/org/proj/_git/repo", "proj", "repo", "", "");
        check(
            "https://dev.azure.com/org/proj/_git/repo?path=%2Fx.yaml&version=GBmain",
            "proj",
            "repo",
            "main",
            "x.yaml",
        );
        check("https://example.com/a.yaml", "", "a.yaml", "", "");
        check("https://example.com", "", "", "", "");
    }

    #[test]
    fn climbing_is_refused() {
        let check = |url: &str, fine: bool| assert_eq!(GitUrl::parse_safe(url).is_ok(), fine, "{url}");
        check("https://github.com/o/r/blob/main/a..b/.c.yaml", true);
        check("https://github.com/o/r/blob/main/../x", false);
        check("https://github.com/o/r/blob/main/./x", false);
        check("https://github.com/o/r/blob/main/%2e%2e/x", false);
        check("https://github.com/o/r/blob/main/%252e%252E%252fx", false);
        check("https://github.com/o/r/blob/main/a%2F..%2Fx", false);
        check("https://dev.azure.com/o/p/_git/r?path=/../x", false);
    }
}
