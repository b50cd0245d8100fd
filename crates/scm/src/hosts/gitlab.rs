//! GitLab: what its addresses name, and where files are read and edited.

use model::Fault;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What JavaScript's `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The kinds of pages that follow a project without `/-/` in old addresses.
const OLD: [&str; 2] = ["blob", "tree"];
/// The kinds of pages that name a branch and a file or folder.
const CONTENTS: [&str; 4] = ["blob", "tree", "raw", "edit"];

/// What the path of an address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InProject {
    /// The whole path of the project, with the groups that it lies in.
    pub project: String,
    /// The kind of page within the project, such as `blob` for a file; nothing for the project's own page.
    pub kind: Option<String>,
    /// The branch, tag or commit; empty where none is named. One with slashes cannot be told from folders, and is cut at the first.
    pub reference: String,
    /// The path in the repository, without slashes at its ends; empty for the whole.
    pub path: String,
}

impl InProject {
    /// Reads the path of an address, as it is encoded there; `relative` is the path of the server before all projects. Nothing for an
    /// address that is not below it, and for that of a person or group.
    pub(crate) fn read(path: &str, relative: &str) -> Option<Self> {
        let below = path
            .strip_prefix(relative)
            .filter(|below| below.starts_with('/'))?;
        let (project, page) = Self::apart(below);
        let page = page.map(|page| page.split_once('/').unwrap_or((page, "")));
        let rest = page
            .filter(|(kind, _)| CONTENTS.contains(kind))
            .map_or("", |(_, rest)| rest);
        let (reference, path) = rest.split_once('/').unwrap_or((rest, ""));
        let project = decode(project.trim_matches('/'));
        let project = project.strip_suffix(".git").unwrap_or(&project).to_owned();
        project.contains('/').then(|| Self {
            project,
            kind: page.map(|(kind, _)| kind.to_owned()),
            reference: decode(reference),
            path: decode(path.trim_matches('/')),
        })
    }

    /// The project, and what follows it: behind `/-/`, and in old addresses from the kind of page on.
    fn apart(below: &str) -> (&str, Option<&str>) {
        if let Some((project, page)) = below.split_once("/-/") {
            return (project, Some(page));
        }
        let starts = OLD.iter().filter_map(|kind| below.find(&format!("/{kind}/")));
        starts
            .min()
            .map_or((below, None), |at| (&below[..at], Some(&below[at + 1..])))
    }
}

/// The API's address of a raw file.
pub(super) fn raw_file(text: &str, relative: &str) -> Result<String, Fault> {
    let mut url = super::parse(text)?;
    let path = url.path().to_owned();
    let failed = |what: &str| {
        Fault::error(format!(
            "Failed extracting project path from {path}. Url path must {what}."
        ))
    };
    if !path.starts_with(&format!("{relative}/")) {
        return Err(failed(&format!("start with {relative}/")));
    }
    let file = InProject::read(&path, relative).filter(|found| found.kind.as_deref() == Some("blob"));
    let file = file.ok_or_else(|| failed("include /blob/"))?;
    let encode = |text: &str| utf8_percent_encode(text, COMPONENT).to_string();
    url.set_path(&format!(
        "{relative}/api/v4/projects/{}/repository/files/{}/raw",
        encode(&file.project),
        encode(&file.path)
    ));
    url.query_pairs_mut().clear().append_pair("ref", &file.reference);
    Ok(url.into())
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The edit page of a file.
pub(super) fn edit_url(url: &str) -> String {
    for word in ["blob", "tree", "edit"] {
        let found = format!("/-/{word}/");
        if url.contains(&found) {
            return url.replacen(&found, "/-/edit/", 1);
        }
    }
    url.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, relative: &str, expected: Option<[&str; 4]>) {
        let found = InProject::read(path, relative);
        let found = found.as_ref().map(|found| {
            let kind = found.kind.as_deref().unwrap_or_default();
            [found.project.as_str(), kind, &found.reference, &found.path]
        });
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn projects_lie_as_deep_as_their_groups() {
        check(
            "/g/s/p/-/blob/main/a/x.md",
            "",
            Some(["g/s/p", "blob", "main", "a/x.md"]),
        );
        check("/g/p/blob/main/x.md", "", Some(["g/p", "blob", "main", "x.md"]));
        check("/g/p/tree/main", "", Some(["g/p", "tree", "main", ""]));
        check("/g/p/-/tree/main/a/", "", Some(["g/p", "tree", "main", "a"]));
        check("/g/p.git", "", Some(["g/p", "", "", ""]));
        check("/g/p%20q/", "", Some(["g/p q", "", "", ""]));
        check(
            "/g/p/-/merge_requests/12",
            "",
            Some(["g/p", "merge_requests", "", ""]),
        );
    }

    #[test]
    fn folders_of_a_page_are_no_part_of_the_project() {
        check(
            "/g/p/-/tree/main/blob/x",
            "",
            Some(["g/p", "tree", "main", "blob/x"]),
        );
        check(
            "/g/p/-/blob/main/docs/-/x",
            "",
            Some(["g/p", "blob", "main", "docs/-/x"]),
        );
        check(
            "/g/p/tree/main/blob/x",
            "",
            Some(["g/p", "tree", "main", "blob/x"]),
        );
    }

    #[test]
    fn the_path_of_the_server_is_no_group() {
        check(
            "/code/g/p/-/tree/main",
            "/code",
            Some(["g/p", "tree", "main", ""]),
        );
        check("/code/g", "/code", None);
        check("/codes/g/p", "/code", None);
        check("/g", "", None);
    }
}
