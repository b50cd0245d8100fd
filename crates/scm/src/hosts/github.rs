//! GitHub and GitHub Enterprise.

use model::Fault;

use super::{RawFile, incorrect, parse};
use crate::git_url::GitUrl;

/// Raw content comes from the API when there is a token, else from the raw host.
pub(super) fn raw_file(
    url: &str,
    parsed: &GitUrl,
    api: Option<&str>,
    raw: Option<&str>,
    has_token: bool,
) -> Result<RawFile, Fault> {
    let GitUrl {
        owner,
        name,
        reference,
        file,
        file_kind,
        ..
    } = parsed;
    let is_file = ["blob", "raw", "tree"].contains(&file_kind.as_str());
    if owner.is_empty() || name.is_empty() || reference.is_empty() || !is_file {
        return Err(incorrect(url, "Invalid GitHub URL or file path"));
    }
    let address = match (api, raw) {
        (Some(api), raw) if has_token || raw.is_none() => {
            format!("{api}/repos/{owner}/{name}/contents/{file}?ref={reference}")
        }
        (_, Some(raw)) => format!("{raw}/{owner}/{name}/{reference}/{file}"),
        _ => {
            return Err(incorrect(
                url,
                "The integration has neither apiBaseUrl nor rawBaseUrl",
            ));
        }
    };
    Ok(RawFile {
        url: parse(&address)?,
        accept: Some("application/vnd.github.v3.raw"),
    })
}

/// Exchanges the word between repository and reference: `blob`, `tree` or `edit`.
pub(super) fn with_word(url: &str, word: &str) -> String {
    let Some((scheme, rest)) = url.split_once("//") else {
        return url.to_owned();
    };
    let parts: Vec<&str> = rest.splitn(5, '/').collect();
    match parts[..] {
        [host, owner, name, "blob" | "tree" | "edit", file] => {
            format!("{scheme}//{host}/{owner}/{name}/{word}/{file}")
        }
        _ => url.to_owned(),
    }
}
