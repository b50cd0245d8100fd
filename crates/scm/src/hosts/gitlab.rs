//! GitLab.

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

/// The API's address of a raw file.
pub(super) fn raw_file(text: &str, relative: &str) -> Result<String, Fault> {
    let mut url = super::parse(text)?;
    let path = url.path().to_owned();
    let project = project(&path, relative)?;
    let (_, rest) = path.split_once("/blob/").unwrap_or_default();
    let (branch, file) = rest.split_once('/').unwrap_or((rest, ""));
    let encode = |text: &str| utf8_percent_encode(&decode(text), COMPONENT).to_string();
    url.set_path(&format!(
        "{relative}/api/v4/projects/{}/repository/files/{}/raw",
        encode(project),
        encode(file)
    ));
    url.query_pairs_mut().clear().append_pair("ref", &decode(branch));
    Ok(url.into())
}

fn project<'a>(path: &'a str, relative: &str) -> Result<&'a str, Fault> {
    let failed = |what: &str| {
        Fault::error(format!(
            "Failed extracting project path from {path}. Url path must {what}."
        ))
    };
    let (before, _) = path
        .split_once("/blob/")
        .ok_or_else(|| failed("include /blob/"))?;
    let repository = before.strip_suffix("/-").unwrap_or(before);
    let repository = match relative {
        "" => repository,
        _ => repository
            .strip_prefix(relative)
            .filter(|rest| rest.starts_with('/'))
            .ok_or_else(|| failed(&format!("start with {relative}/")))?,
    };
    Ok(repository.trim_start_matches('/'))
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
