//! What surrounds every page: the portal's name, its navigation, and what is known of the request.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, HeaderMap};
use axum::http::request::Parts;
use jiff::Timestamp;
use maud::Markup;
use model::{Clock, Principal, SystemClock, Viewer};
use plugin::{NavigationItem, PaletteCommand};
use uuid::Uuid;

use crate::layout::PageHead;
use crate::page::Page;
use crate::plugin_files::PluginFiles;
use crate::speculation;

/// What is the same for every page of a process. Given to the page routes as an axum `Extension`
/// of `Arc<Shell>`.
#[derive(Clone)]
pub struct Shell {
    /// Name of the portal, from `app.title`.
    pub title: String,
    /// Name of the organisation, from `organization.name`; shown under the title when set.
    pub organization: Option<String>,
    /// Entries of the left navigation, in order of section and place.
    pub navigation: Vec<NavigationItem>,
    /// Numbers beside entries of the navigation for the viewer of the page, by path, each with what it counts.
    pub counts: Vec<(String, usize, &'static str)>,
    /// Commands of the palette beside the navigation.
    pub commands: Vec<PaletteCommand>,
    /// Parts of plugins in the bar above the page, made for its viewer.
    pub top_bar: Vec<Markup>,
    /// Files of plugins that every page links.
    pub plugin_files: Arc<PluginFiles>,
    /// Where the current time comes from.
    pub clock: Arc<dyn Clock>,
    /// Number of the last change that pages show, so that a page can tell what it missed before it
    /// began to listen.
    pub last_change: Option<Arc<dyn Fn() -> i64 + Send + Sync>>,
    /// Whether open pages follow changes.
    pub is_live: bool,
    /// Whether people can sign in, at `/sign-in`.
    pub signs_people_in: bool,
    /// Hosts whose pages may be shown in a frame of a page.
    pub frame_hosts: Vec<String>,
    pub(crate) speculation: Option<String>,
}

impl Shell {
    /// A shell with the navigation sorted by section, place and title.
    pub fn new(title: impl Into<String>, mut navigation: Vec<NavigationItem>) -> Self {
        navigation.sort_by(|left, right| {
            let place = |item: &NavigationItem| (item.section, item.order);
            place(left)
                .cmp(&place(right))
                .then_with(|| left.title.cmp(&right.title))
        });
        Self {
            title: title.into(),
            organization: None,
            navigation,
            counts: Vec::new(),
            commands: Vec::new(),
            top_bar: Vec::new(),
            plugin_files: Arc::default(),
            clock: Arc::new(SystemClock),
            last_change: None,
            is_live: true,
            signs_people_in: false,
            frame_hosts: Vec::new(),
            speculation: None,
        }
    }

    /// Lets browsers fetch these pages before a person follows the link; paths as routes write them.
    pub fn prefetching<'a>(mut self, paths: impl IntoIterator<Item = &'a str>) -> Self {
        self.speculation = speculation::rules(paths);
        self
    }
}

impl Default for Shell {
    fn default() -> Self {
        Self::new("Backstage", Vec::new())
    }
}

/// The colour scheme the viewer chose, kept in the cookie `theme`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Follow the system.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The word used in the cookie, the form and the `data-theme` attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Auto, Self::Light, Self::Dark]
            .into_iter()
            .find(|theme| theme.as_str() == text)
    }

    fn of(headers: &HeaderMap) -> Self {
        let cookies = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().strip_prefix("theme="))
            .find_map(Self::parse)
            .unwrap_or_default()
    }
}

/// The frame of one answer: the shell and what the request says. An axum extractor.
#[derive(Clone)]
pub struct Chrome {
    /// What is the same for every page.
    pub shell: Arc<Shell>,
    /// Path of the request.
    pub path: String,
    /// Query string of the request, undecoded and without `?`.
    pub query: String,
    /// The viewer's colour scheme.
    pub theme: Theme,
    /// Who looks, when the request went through identification.
    pub viewer: Option<Viewer>,
    /// When the request arrived.
    pub now: Timestamp,
    /// The browser fetches the page ahead of a possible visit; nothing should be recorded.
    pub prefetch: bool,
    /// An open page fetches itself again; that is no visit.
    pub is_refetch: bool,
    /// Number of the last change known when the request arrived.
    pub last_change: Option<i64>,
    pub(crate) nonce: String,
}

impl Chrome {
    /// A page of this frame.
    pub fn page(self, head: PageHead, body: Markup) -> Page {
        Page::new(self, head, body)
    }

    /// A chrome for samples and tests: fixed time, no request.
    pub fn sample(shell: Shell, path: &str) -> Self {
        Self {
            shell: Arc::new(shell),
            path: path.to_owned(),
            query: String::new(),
            theme: Theme::Auto,
            viewer: None,
            now: "2026-11-24T09:30:00Z".parse().expect("a valid time"),
            prefetch: false,
            is_refetch: false,
            last_change: None,
            nonce: "sample".to_owned(),
        }
    }

    /// Path and query of the request, to come back to after a form was sent.
    pub fn here(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    fn of(parts: &Parts) -> Self {
        let shell = parts.extensions.get::<Arc<Shell>>().cloned().unwrap_or_default();
        let viewer = parts.extensions.get::<Viewer>();
        let purpose = parts
            .headers
            .get("sec-purpose")
            .and_then(|value| value.to_str().ok());
        Self {
            now: shell.clock.now(),
            last_change: shell.last_change.as_ref().map(|last| last()),
            shell,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            theme: Theme::of(&parts.headers),
            viewer: viewer.filter(|viewer| viewer.who != Principal::Nobody).cloned(),
            is_refetch: parts.headers.contains_key("x-refetch"),
            prefetch: purpose.is_some_and(|purpose| purpose.contains("prefetch")),
            nonce: Uuid::new_v4().simple().to_string(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Chrome {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cookie: &str, expected: Theme) {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, cookie.parse().unwrap());
        assert_eq!(Theme::of(&headers), expected, "{cookie}");
    }

    #[test]
    fn theme_cookie() {
        check("theme=dark", Theme::Dark);
        check("a=b; theme=light; c=d", Theme::Light);
        check("theme=pink", Theme::Auto);
        check("mytheme=dark", Theme::Auto);
    }
}
