//! Bitbucket Cloud and Bitbucket Server.

use model::Fault;
use url::Url;

use super::incorrect;
use crate::git_url::GitUrl;

const CLOUD_API: &str = "https://api.bitbucket.org/2.0";

/// Bitbucket Cloud's address of a raw file.
pub(super) fn cloud_file(url: &str, parsed: &GitUrl) -> Result<String, Fault> {
    let GitUrl {
        owner,
        name,
        reference,
        file,
        file_kind,
        ..
    } = parsed;
    let is_file = matches!(file_kind.as_str(), "src" | "raw") && !reference.is_empty();
    if owner.is_empty() || name.is_empty() || !is_file {
        return Err(incorrect(url, "Invalid Bitbucket Cloud URL or file path"));
    }
    Ok(format!(
        "{CLOUD_API}/repositories/{owner}/{name}/src/{reference}/{file}"
    ))
}

/// Bitbucket Server's address of a raw file.
pub(super) fn server_file(url: &str, parsed: &GitUrl, api: &str) -> Result<String, Fault> {
    let GitUrl {
        owner,
        name,
        reference,
        file,
        file_kind,
        ..
    } = parsed;
    if owner.is_empty() || name.is_empty() || !matches!(file_kind.as_str(), "browse" | "raw" | "src") {
        return Err(incorrect(url, "Invalid Bitbucket Server URL or file path"));
    }
    let mut address = super::parse(&format!("{api}/projects/{owner}/repos/{name}/raw/{file}"))?;
    if !reference.is_empty() {
        address.query_pairs_mut().append_pair("at", reference);
    }
    Ok(address.into())
}

/// Bitbucket Cloud's edit page.
pub(super) fn cloud_edit_url(url: &str) -> String {
    let (Ok(mut edit), Ok(parsed)) = (Url::parse(url), GitUrl::parse(url)) else {
        return url.to_owned();
    };
    edit.query_pairs_mut()
        .append_pair("mode", "edit")
        .append_pair("at", &parsed.reference);
    edit.into()
}
