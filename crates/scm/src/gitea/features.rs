//! What a server can do, by its version and its settings.

use std::time::{Duration, Instant};

use model::Fault;
use parking_lot::Mutex;
use serde::Deserialize;

use super::Gitea;
use super::call::Call;

/// How long a server is taken to be the same: an upgrade is noticed after that.
const KNOWN_FOR: Duration = Duration::from_mins(10);
/// Most entries of a page where the server does not say (Gitea's default of `MAX_RESPONSE_ITEMS`).
const USUAL_PAGE: usize = 50;
/// Largest page that is asked for, whatever the server offers.
const LARGEST_PAGE: usize = 100;

/// A version, as far as features depend on it. Forgejo counts by the version of Gitea that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
}

/// What a server is and can do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Features {
    /// The version as the server writes it; empty where it does not say.
    pub named: String,
    /// The version of Gitea; zero where it is unknown.
    pub version: Version,
    /// It is a Forgejo.
    pub is_forgejo: bool,
    /// Most entries that one page has.
    pub page: usize,
}

/// Features that were asked for, and when.
#[derive(Default)]
pub(super) struct Known(Mutex<Option<(Instant, Features)>>);

#[derive(Deserialize)]
struct ServerVersion {
    version: String,
}

#[derive(Deserialize)]
struct ApiSettings {
    max_response_items: usize,
}

impl Version {
    /// A version of two numbers.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// The version in a text such as `1.25.0+dev-7-g1a2b`, or behind `gitea-` in a Forgejo's `11.0.1+gitea-1.22.0`.
    fn read(text: &str) -> Self {
        let text = text.split_once("gitea-").map_or(text, |(_, gitea)| gitea);
        let mut numbers = text
            .trim_start_matches('v')
            .split(|sign: char| !sign.is_ascii_digit())
            .map_while(|digits| digits.parse().ok());
        Self::new(
            numbers.next().unwrap_or_default(),
            numbers.next().unwrap_or_default(),
        )
    }
}

impl Features {
    /// Whether the server is of this version or a later one. An unknown version is taken for new: a call that it lacks is
    /// answered by 404 or 405, which is no harm.
    pub fn since(&self, version: Version) -> bool {
        self.version == Version::default() || self.version >= version
    }

    fn of(named: String, page: Option<usize>) -> Self {
        Self {
            version: Version::read(&named),
            is_forgejo: named.contains("+gitea-") || named.to_ascii_lowercase().contains("forgejo"),
            page: page.unwrap_or(USUAL_PAGE).clamp(1, LARGEST_PAGE),
            named,
        }
    }
}

impl Gitea {
    /// What the server is and can do; asked for once in a while.
    pub async fn features(&self) -> Result<Features, Fault> {
        if let Some((at, known)) = self.features.0.lock().as_ref()
            && at.elapsed() < KNOWN_FOR
        {
            return Ok(known.clone());
        }
        let doing = "The version of the server cannot be read";
        let version: Option<ServerVersion> = self.find(Call::new(&["version"], doing)).await?;
        let doing = "The settings of the server cannot be read";
        let settings: Option<ApiSettings> = self.find(Call::new(&["settings", "api"], doing)).await?;
        let features = Features::of(
            version.map(|answer| answer.version).unwrap_or_default(),
            settings.map(|settings| settings.max_response_items),
        );
        *self.features.0.lock() = Some((Instant::now(), features.clone()));
        Ok(features)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (named, version, is_forgejo) in [
            ("1.24.6", Version::new(1, 24), false),
            ("1.25.0+dev-120-g1a2b3c", Version::new(1, 25), false),
            ("11.0.1+gitea-1.22.0", Version::new(1, 22), true),
            ("v1.21.11", Version::new(1, 21), false),
            ("", Version::default(), false),
            ("next", Version::default(), false),
        ] {
            let features = Features::of(named.to_owned(), None);
            assert_eq!(
                (features.version, features.is_forgejo),
                (version, is_forgejo),
                "{named}"
            );
        }
    }

    #[test]
    fn an_unknown_version_is_new() {
        let of = |named: &str| Features::of(named.to_owned(), Some(5000));
        assert!(of("").since(Version::new(1, 25)));
        assert!(of("1.25.1").since(Version::new(1, 25)));
        assert!(!of("1.24.6").since(Version::new(1, 25)));
        assert_eq!(of("").page, LARGEST_PAGE);
    }
}
