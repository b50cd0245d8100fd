//! Gitea and Forgejo: the addresses of files, and of the pages about them.

use model::Fault;
use url::Url;

use super::{incorrect, parse};
use crate::git_url::GitUrl;
use crate::gitea::address::{Address, Kind};
use crate::gitea::place::Place;
use crate::gitea::references::References;

/// What a server serves of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The bytes in the repository, with an entity tag, unlike `contents`.
    Raw,
    /// The content in LFS, where what is in the repository only stands for it.
    Media,
}

/// The address of a file, or of files for which there is a pattern, taken apart.
pub(crate) fn file(url: &str, base: &str) -> Result<Address, Fault> {
    GitUrl::parse_safe(url)?;
    let address = Address::parse(url, base).filter(Address::has_path);
    address.ok_or_else(|| incorrect(url, "expected <owner>/<repository>/src/branch/<branch>/<file>"))
}

/// The API's address of the content of a file.
pub(crate) fn content(place: &Place, base: &str, form: Form) -> Result<Url, Fault> {
    let word = match form {
        Form::Raw => "raw",
        Form::Media => "media",
    };
    let parts = [place.owner.as_str(), &place.name, word];
    let mut url = below(
        &format!("{base}/api/v1/repos"),
        parts.into_iter().chain(place.parts()),
    )?;
    if let Some(reference) = &place.reference {
        url.query_pairs_mut().append_pair("ref", reference);
    }
    Ok(url)
}

/// The API's address of all files of a commit.
pub(crate) fn archive(place: &Place, base: &str, commit: &str) -> Result<Url, Fault> {
    let file = format!("{commit}.tar.gz");
    let parts = [place.owner.as_str(), &place.name, "archive", &file];
    below(&format!("{base}/api/v1/repos"), parts)
}

/// The page on which people edit a file: of branches only.
pub(super) fn edit_url(url: &str, base: &str, web: &str) -> Option<String> {
    let place = file(url, base).ok()?.place();
    if matches!(place.kind, Kind::Tag | Kind::Commit) {
        return None;
    }
    // Where the branch ends does not matter here.
    let reference = place.reference.as_deref().unwrap_or_default().split('/');
    let parts = [place.owner.as_str(), &place.name, "_edit"].into_iter();
    let edit = below(web, parts.chain(reference).chain(place.parts()));
    edit.ok().map(String::from)
}

/// Like everywhere, but the root of the repository begins after `src/branch/<branch>`.
pub(super) fn resolve_url(
    base: &Url,
    relative: &str,
    own: &str,
    references: &References,
) -> Result<String, Fault> {
    let in_repository = || crate::resolve::in_repository(base, relative);
    let Some(from_root) = relative.strip_prefix('/') else {
        return in_repository();
    };
    let Some(address) = Address::parse(base.as_str(), own).filter(|address| address.kind != Kind::Default)
    else {
        return in_repository();
    };
    let Some(root) = references.place(&address).beside(base, "") else {
        return in_repository();
    };
    let mut url = base.clone();
    url.set_path(&format!("{}/{from_root}", root.path().trim_end_matches('/')));
    url.set_fragment(None);
    Ok(url.into())
}

/// An address with these parts below another.
pub(super) fn below<'a>(address: &str, parts: impl IntoIterator<Item = &'a str>) -> Result<Url, Fault> {
    let mut url = parse(address)?;
    let invalid = |()| Fault::type_error("Invalid URL");
    url.path_segments_mut().map_err(invalid)?.extend(parts);
    Ok(url)
}
