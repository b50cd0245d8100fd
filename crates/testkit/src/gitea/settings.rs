//! How the server is set up, and which routes its version has.

use std::time::Duration;

/// Settings of the server. All may be changed while it runs ([`crate::FakeGitea::set`]), but for `sub_path`.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What `/version` says: `1.21.11`, `1.25.3`, `11.0.1+gitea-1.22.0` for Forgejo. Routes that came later answer 404.
    pub version: String,
    /// Largest page; larger limits are cut without a word.
    pub max_response_items: usize,
    /// Page without `limit`.
    pub default_paging_num: usize,
    /// Entries of a page of `git/trees`.
    pub trees_per_page: usize,
    /// Bytes from which on `contents` leaves the content out.
    pub max_blob_size: usize,
    /// Where links point to, without a slash at the end: behind a proxy this is the public address. Without one, the address of the server.
    pub root_url: Option<String>,
    /// The path below which everything lies, such as `/git`.
    pub sub_path: String,
    /// Nobody sees anything without signing in.
    pub require_sign_in: bool,
    /// Where archives are, if they lie in object storage: requests are sent to this address with the path of the archive behind it.
    pub archives_at: Option<String>,
    /// Where large files are, in the same way.
    pub large_files_at: Option<String>,
    /// How long every answer takes.
    pub latency: Duration,
    /// `git/trees` says `truncated`, whatever the page.
    pub trees_truncated: bool,
}

impl Default for Settings {
    /// Gitea 1.25 at the root of its address, as it is installed.
    fn default() -> Self {
        Self {
            version: "1.25.3".to_owned(),
            max_response_items: 50,
            default_paging_num: 30,
            trees_per_page: 1000,
            max_blob_size: 10_485_760,
            root_url: None,
            sub_path: String::new(),
            require_sign_in: false,
            archives_at: None,
            large_files_at: None,
            latency: Duration::ZERO,
            trees_truncated: false,
        }
    }
}

impl Settings {
    /// The default with another version.
    pub fn version(version: &str) -> Self {
        let version = version.to_owned();
        Self {
            version,
            ..Self::default()
        }
    }

    /// Forgejo writes `11.0.1+gitea-1.22.0`.
    pub fn is_forgejo(&self) -> bool {
        self.version.contains("+gitea-")
    }

    /// The second number of the version of Gitea, for Forgejo of the one that it descends from.
    pub(super) fn minor(&self) -> u32 {
        let gitea = self.version.split("+gitea-").nth(1).unwrap_or(&self.version);
        let minor = gitea.split('.').nth(1).unwrap_or_default();
        minor.parse().unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn the_version_of_forgejo_is_that_of_its_ancestor() {
        assert_eq!(Settings::version("1.21.11").minor(), 21);
        assert_eq!(Settings::version("1.25.0+dev-12-gabc").minor(), 25);
        let forgejo = Settings::version("11.0.1+gitea-1.22.0");
        assert_eq!((forgejo.minor(), forgejo.is_forgejo()), (22, true));
    }
}
