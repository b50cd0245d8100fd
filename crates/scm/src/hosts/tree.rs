//! Where GitHub and GitLab say which commit a branch has, and where they serve all files of a commit as one archive. Gitea is
//! asked in its own way.

use model::Fault;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::gitlab::InProject;
use super::{Host, parse};
use crate::git_url::GitUrl;
use crate::integrations::Integration;

/// A folder of a repository at a branch, tag or commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreePlace {
    /// Where the newest commit stands.
    pub commit: Url,
    /// Where the newest commit that changed the folder or file stands.
    pub history: Url,
    /// The `Accept` header of the newest commit, where the host needs one.
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
            _ => Err(Fault::input(format!(
                "Folders of {} cannot be read, only single files: {url}. Folders are read from gitea, github and gitlab",
                self.kind()
            ))),
        }
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn with_query(address: &str, query: &[(&str, &str)]) -> Result<Url, Fault> {
    let mut url = parse(address)?;
    let given = query.iter().filter(|(_, value)| !value.is_empty());
    url.query_pairs_mut().extend_pairs(given);
    Ok(url)
}

/// The answer to a URL that names no folder of a host.
pub(crate) fn no_folder(url: &str, expected: &str) -> Fault {
    Fault::input(format!(
        "Unable to read {url}, it names no folder of a repository; expected {expected}"
    ))
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
    let path = file.trim_matches('/');
    let query = [("sha", reference.as_str()), ("path", path), ("per_page", "1")];
    let reference = if reference.is_empty() { "HEAD" } else { reference };
    let repository = format!("{api}/repos/{owner}/{name}");
    Ok(TreePlace {
        history: with_query(&format!("{repository}/commits"), &query)?,
        commit: parse(&format!("{repository}/commits/{}", encoded(reference)))?,
        accept: Some("application/vnd.github.sha"),
        archive: (format!("{repository}/tarball/"), ""),
        path: path.to_owned(),
    })
}

fn gitlab(url: &str, relative: &str) -> Result<TreePlace, Fault> {
    let expected = "<group>/<project>/-/tree/<branch>/<folder>";
    let parsed = parse(url)?;
    let folder = InProject::read(parsed.path(), relative).ok_or_else(|| no_folder(url, expected))?;
    let named = folder.reference.as_str();
    let reference = if named.is_empty() { "HEAD" } else { named };
    let origin = parsed.origin().ascii_serialization();
    let api = format!(
        "{origin}{relative}/api/v4/projects/{}/repository",
        encoded(&folder.project)
    );
    let query = [("ref_name", named), ("path", &folder.path), ("per_page", "1")];
    Ok(TreePlace {
        history: with_query(&format!("{api}/commits"), &query)?,
        commit: parse(&format!("{api}/commits/{}", encoded(reference)))?,
        accept: None,
        archive: (format!("{api}/archive.tar.gz?sha="), ""),
        path: folder.path,
    })
}
