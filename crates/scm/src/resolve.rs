//! References within files, and the pages that show and edit a file.

use model::Fault;
use url::Url;

use crate::git_url::GitUrl;
use crate::integrations::Integrations;

impl Integrations {
    /// The absolute URL that `relative` means in the file at `base`: absolute URLs stay, a leading
    /// `/` is the root of the repository, anything else is relative to the file. The query of the
    /// base is kept.
    pub fn resolve_url(&self, base: &str, relative: &str) -> Result<String, Fault> {
        if Url::parse(relative).is_ok() {
            return Ok(relative.to_owned());
        }
        let base = Url::parse(base).map_err(|_| Fault::type_error("Invalid URL"))?;
        match self.by_url(&base) {
            Some(integration) => integration.resolve_url(&base, relative),
            None => in_repository(&base, relative),
        }
    }

    /// The page on which people edit the file at `url`; the URL itself when no integration knows better.
    pub fn edit_url(&self, url: &str) -> String {
        let integration = Url::parse(url).ok().and_then(|parsed| self.by_url(&parsed));
        integration.map_or_else(|| url.to_owned(), |integration| integration.edit_url(url))
    }

    /// Fails when both URLs name files and these are in different repositories.
    pub fn same_repository(&self, file: &str, referred: &str) -> Result<(), Fault> {
        match (GitUrl::parse(file), GitUrl::parse(referred)) {
            (Ok(file), Ok(referred)) if !file.may_refer_to(&referred) => Err(Fault::error(
                "Placeholder may only reference files from the same repository as the entity",
            )),
            _ => Ok(()),
        }
    }
}

/// The rule that most hosts share. A URL that names no file in a repository is resolved as on the web.
pub(crate) fn in_repository(base: &Url, relative: &str) -> Result<String, Fault> {
    let file = if relative.starts_with('/') {
        GitUrl::parse_safe(base.as_str())?.file
    } else {
        String::new()
    };
    let mut url = if file.is_empty() {
        base.join(relative)
            .map_err(|_| Fault::type_error("Invalid URL"))?
    } else {
        let segments: Vec<&str> = base.path().split('/').collect();
        let root = segments.len().saturating_sub(file.split('/').count());
        let mut url = base.clone();
        url.set_path(&format!("{}{relative}", segments[..root].join("/")));
        url.set_fragment(None);
        url
    };
    url.set_query(base.query());
    Ok(url.into())
}
