//! Gitea and Forgejo.

use model::Fault;
use percent_encoding::percent_decode_str;
use url::Url;

use super::incorrect;

/// `<base>/<owner>/<repo>/src/<branch|tag|commit>/<reference>/<path>`, taken apart.
struct File<'a> {
    repository: String,
    reference: &'a str,
    path: &'a str,
}

fn file<'a>(url: &'a str, base: &str) -> Result<File<'a>, Fault> {
    let rest = url.strip_prefix(base).unwrap_or(url).trim_start_matches('/');
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    match rest.splitn(6, '/').collect::<Vec<_>>()[..] {
        [owner, name, _word, _kind, reference, path] if !path.is_empty() => Ok(File {
            repository: format!("{owner}/{name}"),
            reference,
            path,
        }),
        _ => Err(incorrect(
            url,
            "expected <owner>/<repository>/src/branch/<branch>/<file>",
        )),
    }
}

/// The path of a file, without the reference before it.
pub(super) fn path_in_repository(url: &str, base: &str) -> Result<String, Fault> {
    crate::git_url::GitUrl::parse_safe(url)?;
    let path = percent_decode_str(file(url, base)?.path);
    Ok(path.decode_utf8_lossy().into_owned())
}

/// The API's address of a raw file. It carries an entity tag, unlike `contents`.
pub(super) fn raw_file(url: &str, base: &str) -> Result<String, Fault> {
    let File {
        repository,
        reference,
        path,
    } = file(url, base)?;
    Ok(format!(
        "{base}/api/v1/repos/{repository}/raw/{path}?ref={reference}"
    ))
}

/// The edit page of a file.
pub(super) fn edit_url(url: &str, base: &str) -> Result<String, Fault> {
    let File {
        repository,
        reference,
        path,
    } = file(url, base)?;
    Ok(format!("{base}/{repository}/_edit/{reference}/{path}"))
}

/// Like everywhere, but the root of the repository begins after `src/branch/<branch>`.
pub(super) fn resolve_url(base: &Url, relative: &str) -> Result<String, Fault> {
    let Some(from_root) = relative.strip_prefix('/') else {
        return crate::resolve::in_repository(base, relative);
    };
    let segments: Vec<&str> = base.path().split('/').collect();
    let Some(at) = segments
        .iter()
        .position(|segment| matches!(*segment, "src" | "raw"))
    else {
        return crate::resolve::in_repository(base, relative);
    };
    let root = segments[..segments.len().min(at + 3)].join("/");
    let mut url = base.clone();
    url.set_path(&format!("{root}/{from_root}"));
    Ok(url.into())
}
