//! Where each kind of Git host says which commit a branch has, and where it serves all files of a commit as one archive.

use model::Fault;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use super::{Host, parse};
use crate::git_url::GitUrl;
use crate::integrations::Integration;

/// A folder of a repository at a branch, tag or commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreePlace {
    /// Where the newest commit stands.
    pub commit: Url,
    /// The `Accept` header for that, where the host needs one.
    pub accept: Option<&'static str>,
    /// Address of the archive, before and behind the commit.
    archive: (String, &'static str),
    /// The folder in the repository, without slashes at its ends; empty for the whole repository.
    pub path: String,
}

impl TreePlace {
    /// Where the archive of a commit is.
    pub(crate) fn archive(&self, commit: &str) -> Result<Url, Fault> {
        let (before, behind) = &self.archive;
        parse(&format!("{before}{commit}{behind}"))
    }
}

impl Integration {
    /// The place of a folder. Fails where the URL names none of this host, and for hosts that are read file by file only.
    pub(crate) fn tree(&self, url: &str) -> Result<TreePlace, Fault> {
        let parsed = GitUrl::parse_safe(url)?;
        match &self.kind {
            Host::Github { api, .. } => github(url, &parsed, api.as_deref()),
            Host::Gitlab { relative } => gitlab(url, relative),
            Host::Gitea { base } => gitea(url, base),
            _ => Err(Fault::input(format!(
                "Folders of {} cannot be read, only single files: {url}. Folders are read from gitea, github and gitlab",
                self.kind()
            ))),
        }
    }
}

impl Integration {
    /// Where the commits of a single file stand, for hosts that do not say the commit with the file.
    pub(crate) fn file_history(&self, url: &str) -> Option<TreePlace> {
        let Host::Gitea { base } = &self.kind else {
            return None;
        };
        let mut place = gitea(url, base).ok().filter(|place| !place.path.is_empty())?;
        let path = place.path.clone();
        place.commit.query_pairs_mut().append_pair("path", &path);
        Some(place)
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn no_folder(url: &str, expected: &str) -> Fault {
    Fault::input(format!(
        "Unable to read {url}, it names no folder of a repository; expected {expected}"
    ))
}

fn gitea(url: &str, base: &str) -> Result<TreePlace, Fault> {
    let (parsed, own) = (parse(url)?, parse(base)?);
    let path = parsed.path();
    let rest = path
        .strip_prefix(own.path().trim_end_matches('/'))
        .unwrap_or(path)
        .trim_matches('/');
    let (owner, name, reference, path) = match rest.splitn(6, '/').collect::<Vec<_>>()[..] {
        [owner, name] => (owner, name, None, ""),
        [owner, name, "src" | "raw", "branch" | "tag" | "commit", reference] => {
            (owner, name, Some(reference), "")
        }
        [
            owner,
            name,
            "src" | "raw",
            "branch" | "tag" | "commit",
            reference,
            path,
        ] => (owner, name, Some(reference), path),
        _ => {
            return Err(no_folder(
                url,
                "<owner>/<repository>/src/branch/<branch>/<folder>",
            ));
        }
    };
    let repository = format!("{base}/api/v1/repos/{owner}/{}", name.trim_end_matches(".git"));
    let of_reference = reference.map(|reference| format!("&sha={}", encoded(&decoded(reference))));
    let commit = format!(
        "{repository}/commits?limit=1&stat=false&verification=false&files=false{}",
        of_reference.unwrap_or_default()
    );
    Ok(TreePlace {
        commit: parse(&commit)?,
        accept: None,
        archive: (format!("{repository}/archive/"), ".tar.gz"),
        path: decoded(path).trim_matches('/').to_owned(),
    })
}

fn github(url: &str, parsed: &GitUrl, api: Option<&str>) -> Result<TreePlace, Fault> {
    let GitUrl {
        owner,
        name,
        reference,
        file,
        ..
    } = parsed;
    if owner.is_empty() || name.is_empty() {
        return Err(no_folder(url, "<owner>/<repository>/tree/<branch>/<folder>"));
    }
    let Some(api) = api else {
        return Err(Fault::input(format!(
            "Unable to read {url}, the integration of its host has no apiBaseUrl, which folders need"
        )));
    };
    let reference = if reference.is_empty() { "HEAD" } else { reference };
    let repository = format!("{api}/repos/{owner}/{name}");
    Ok(TreePlace {
        commit: parse(&format!("{repository}/commits/{}", encoded(reference)))?,
        accept: Some("application/vnd.github.sha"),
        archive: (format!("{repository}/tarball/"), ""),
        path: file.trim_matches('/').to_owned(),
    })
}

fn gitlab(url: &str, relative: &str) -> Result<TreePlace, Fault> {
    let expected = "<group>/<project>/-/tree/<branch>/<folder>";
    let parsed = parse(url)?;
    let path = decoded(parsed.path());
    let path = path.strip_prefix(relative).unwrap_or(&path).trim_matches('/');
    let words = ["/-/tree/", "/-/blob/", "/tree/", "/blob/"];
    let (project, rest) = words
        .iter()
        .find_map(|word| path.split_once(word))
        .unwrap_or((path, ""));
    if !project.contains('/') {
        return Err(no_folder(url, expected));
    }
    let (reference, folder) = rest.split_once('/').unwrap_or((rest, ""));
    let reference = if reference.is_empty() { "HEAD" } else { reference };
    let origin = parsed.origin().ascii_serialization();
    let api = format!(
        "{origin}{relative}/api/v4/projects/{}/repository",
        encoded(project.trim_end_matches(".git"))
    );
    Ok(TreePlace {
        commit: parse(&format!("{api}/commits/{}", encoded(reference)))?,
        accept: None,
        archive: (format!("{api}/archive.tar.gz?sha="), ""),
        path: folder.trim_matches('/').to_owned(),
    })
}
