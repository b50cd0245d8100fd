//! The document around a page's body: head, navigation, top bar, main region.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::{EntityRef, Principal, Viewer};
use plugin::{NavigationItem, NavigationSection};

use crate::assets;
use crate::components::avatar::avatar;
use crate::components::badge::grouped;
use crate::icon::{icon, sprite};
use crate::shell::{Chrome, Theme};

/// A step of the way to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// Text of the step.
    pub title: String,
    /// Where it leads; the page itself has no address.
    pub href: Option<String>,
}

impl Crumb {
    /// A step that leads somewhere.
    pub fn to(title: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            href: Some(href.into()),
        }
    }

    /// The page itself.
    pub fn here(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            href: None,
        }
    }
}

/// What makes an open page fetch itself again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Live {
    /// None.
    #[default]
    Off,
    /// Any change of the catalog.
    Any,
    /// Any change of the catalog, and announcements of these topics of plugins.
    AnyAnd(Vec<String>),
    /// Changes of this entity.
    Entity(EntityRef),
    /// Changes of this entity, and announcements of these topics of plugins.
    EntityAnd(EntityRef, Vec<String>),
    /// Changes of entities whose reference starts with one of these, for example `api:`.
    Prefixes(Vec<String>),
    /// Announcements of these topics of plugins (`plugin::LiveTopic`), for example `work.job`.
    Topics(Vec<String>),
}

impl Live {
    fn attribute(&self) -> Option<String> {
        match self {
            Self::Off => None,
            Self::Any => Some("*".to_owned()),
            Self::AnyAnd(topics) => Some(format!("* {}", topics.join(" "))),
            Self::Entity(reference) => Some(reference.to_string()),
            Self::EntityAnd(reference, topics) => Some(format!("{reference} {}", topics.join(" "))),
            Self::Prefixes(topics) | Self::Topics(topics) => Some(topics.join(" ")),
        }
    }
}

/// What a page says about itself.
#[derive(Debug, Clone, Default)]
pub struct PageHead {
    /// Title of the document; the portal's name is added.
    pub title: String,
    /// The way here, shown above the content when not empty.
    pub crumbs: Vec<Crumb>,
    /// When the page fetches itself again.
    pub live: Live,
    /// The content uses the whole width (tables, graphs) rather than a readable measure.
    pub wide: bool,
    /// The content stands alone: without navigation, top bar and scripts, for who may not see the portal yet.
    pub alone: bool,
}

impl PageHead {
    /// A head with a title, without crumbs, not live, wide.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            crumbs: Vec::new(),
            live: Live::Off,
            wide: true,
            alone: false,
        }
    }

    /// With this way.
    pub fn crumbs(mut self, crumbs: Vec<Crumb>) -> Self {
        self.crumbs = crumbs;
        self
    }

    /// Fetches itself again on these changes.
    pub fn live(mut self, live: Live) -> Self {
        self.live = live;
        self
    }

    /// Without navigation, top bar and scripts.
    pub fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    /// With the content in a readable measure.
    pub fn narrow(mut self) -> Self {
        self.wide = false;
        self
    }
}

/// The whole document. Only symbols of icons that occur are sent.
pub(crate) fn document(chrome: &Chrome, head: &PageHead, body: &Markup) -> String {
    let frame = if head.alone {
        html! { main #main.main-alone { (body) } }
    } else {
        framed(chrome, head, body)
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" data-theme=(chrome.theme.as_str()) {
            (document_head(chrome, head))
            body { (frame) (sprite(&frame.0)) span #page-end hidden {} }
        }
    };
    page.0
}

/// The content with all that surrounds it.
fn framed(chrome: &Chrome, head: &PageHead, body: &Markup) -> Markup {
    let live = head.live.attribute().filter(|_| chrome.shell.is_live);
    // Parts of the bar follow topics of their own on every page.
    let follows = live.is_some() || (chrome.shell.is_live && !chrome.shell.top_bar.is_empty());
    html! {
        a.skip-link href="#main" { "Skip to content" }
        div.app {
            (side_navigation(chrome))
            (top_bar(chrome))
            main #main.main.main-wide[head.wide] tabindex="-1" data-live=[&live]
                data-change=[chrome.last_change.filter(|_| live.is_some())]
                data-at=[follows.then_some(chrome.now)] {
                (crumbs(&head.crumbs))
                (body)
            }
        }
        (overlays(chrome))
    }
}

fn document_head(chrome: &Chrome, head: &PageHead) -> Markup {
    let scheme = match chrome.theme {
        Theme::Auto => "light dark",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content=(scheme);
            title { (head.title) " · " (chrome.shell.title) }
            link rel="stylesheet" href=(assets::STYLE.href());
            (chrome.shell.plugin_files.styles())
            @if !head.alone { (chrome.shell.plugin_files.scripts(&chrome.nonce)) }
            // Nothing is painted before the page is there as a whole: a table would change its columns with every
            // row that comes in. Browsers that do not know this paint as they always did.
            link rel="expect" href="#page-end" blocking="render";
            link rel="icon" href=(assets::ICON.href()) type="image/svg+xml";
            @if !head.alone { script type="module" src=(assets::SCRIPT.href()) nonce=(chrome.nonce) {} }
            @if let Some(rules) = chrome.shell.speculation.as_ref().filter(|_| !head.alone) {
                script type="speculationrules" nonce=(chrome.nonce) { (PreEscaped(rules)) }
            }
        }
    }
}

fn crumbs(crumbs: &[Crumb]) -> Markup {
    html! {
        @if !crumbs.is_empty() {
            nav.breadcrumbs aria-label="Breadcrumbs" {
                ol {
                    @for crumb in crumbs {
                        li {
                            @match &crumb.href {
                                Some(href) => { a href=(href) { (crumb.title) } }
                                None => { span aria-current="page" { (crumb.title) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn side_navigation(chrome: &Chrome) -> Markup {
    let sections = [
        (NavigationSection::Main, None),
        (NavigationSection::Plugins, Some("Plugins")),
        (NavigationSection::Administration, Some("Administration")),
        (NavigationSection::Footer, None),
    ];
    html! {
        nav id="app:navigation" class="side-nav" popover="auto" aria-label="Main" {
            a.brand href="/" {
                span.brand-mark { (icon("logo")) }
                span.brand-text {
                    span.brand-title { (chrome.shell.title) }
                    @if let Some(organization) = &chrome.shell.organization {
                        span.brand-organization { (organization) }
                    }
                }
            }
            @for (section, title) in sections {
                (navigation_section(chrome, section, title))
            }
            (viewer(chrome))
        }
    }
}

fn navigation_section(chrome: &Chrome, section: NavigationSection, title: Option<&str>) -> Markup {
    let mut items = chrome
        .shell
        .navigation
        .iter()
        .filter(|item| item.section == section)
        .peekable();
    html! {
        @if items.peek().is_some() {
            div.nav-section.nav-footer[section == NavigationSection::Footer] {
                @if let Some(title) = title { div.nav-title { (title) } }
                ul {
                    @for item in items { (navigation_link(chrome, item)) }
                }
            }
        }
    }
}

fn navigation_link(chrome: &Chrome, item: &NavigationItem) -> Markup {
    let current = current_entry(chrome) == Some(&item.path);
    let count = chrome.shell.counts.iter().find(|(path, ..)| *path == *item.path);
    html! {
        li {
            a.nav-link href=(item.path) aria-current=[current.then_some("page")] {
                (icon(&item.icon))
                span { (item.title) }
                @if let Some((_, count, noun)) = count { span.nav-count { (grouped(*count)) span.visually-hidden { " " (noun) } } }
            }
        }
    }
}

/// The navigation entry a page belongs to: the most exact one that fits.
fn current_entry(chrome: &Chrome) -> Option<&str> {
    let entries = chrome.shell.navigation.iter().map(|item| &*item.path);
    entries
        .filter(|entry| is_within(&chrome.path, &chrome.query, entry))
        .max_by_key(|entry| entry.len())
}

/// Whether a page stands below a navigation entry's path. Home is only itself; an entry with a query
/// wants its parameters in the page's address.
fn is_within(path: &str, query: &str, entry: &str) -> bool {
    if let Some((entry, wanted)) = entry.split_once('?') {
        let has = |pair: &str| query.split('&').any(|given| given == pair);
        return path == entry && wanted.split('&').all(has);
    }
    match path.strip_prefix(entry) {
        Some("") => true,
        Some(rest) => entry != "/" && rest.starts_with('/'),
        None => false,
    }
}

/// Who looks, and the way in or out.
fn viewer(chrome: &Chrome) -> Markup {
    let account = |viewer: &Viewer| {
        let name = viewer.reference().name();
        html! { a.nav-viewer href="/settings" { (avatar(name)) span.nav-viewer-name { (name) } } }
    };
    html! {
        @if let Some(viewer) = &chrome.viewer {
            @match way(chrome, viewer) {
                Some(way) => { div.nav-account { (account(viewer)) (way) } }
                None => { (account(viewer)) }
            }
        }
    }
}

/// A person with a session of the pages can sign out, the guest can sign in where that is possible.
fn way(chrome: &Chrome, viewer: &Viewer) -> Option<Markup> {
    match &viewer.who {
        Principal::Person { session: Some(_), .. } => Some(html! {
            form.inline-form action="/sign-out" method="post" {
                button.icon-button type="submit" title="Sign out" aria-label="Sign out" data-command="Sign out" { (icon("sign-out")) }
            }
        }),
        Principal::Guest if chrome.shell.signs_people_in => {
            let here = chrome.here();
            let href = crate::href::with_query("/sign-in", [("return", here.as_str())]);
            Some(
                html! { a.icon-button href=(href) title="Sign in" aria-label="Sign in" data-command="Sign in" { (icon("sign-in")) } },
            )
        }
        _ => None,
    }
}

fn top_bar(chrome: &Chrome) -> Markup {
    html! {
        header.top-bar {
            button.icon-button.menu-button type="button" popovertarget="app:navigation" aria-label="Menu" { (icon("menu")) }
            search.top-search {
                form action="/search" method="get" {
                    span.search-icon { (icon("search")) }
                    input #top-search-input.js-open-palette type="search" name="query" value=[searched_text(chrome)]
                        placeholder="Search" aria-label="Search" autocomplete="off" spellcheck="false" aria-keyshortcuts="/ Control+K";
                    kbd.search-key aria-hidden="true" { "/" }
                }
            }
            div.top-tools {
                span #live-status.live-status data-state="static" role="status" {
                    span.live-dot {}
                    span.live-text { time datetime=(chrome.now) { "As of " (clock_text(chrome)) } }
                }
                @for part in &chrome.shell.top_bar { (part) }
                (theme_switch(chrome))
            }
        }
    }
}

/// What the page of results was asked for, to be changed where it was typed.
fn searched_text(chrome: &Chrome) -> Option<String> {
    let pairs = (chrome.path == "/search").then_some(chrome.query.split('&'))?;
    let typed = pairs.into_iter().find_map(|pair| pair.strip_prefix("query="))?;
    let spaced = typed.replace('+', " ");
    Some(
        percent_encoding::percent_decode_str(&spaced)
            .decode_utf8_lossy()
            .into_owned(),
    )
}

fn clock_text(chrome: &Chrome) -> String {
    chrome
        .now
        .to_string()
        .get(11..16)
        .map(|text| format!("{text} UTC"))
        .unwrap_or_default()
}

/// Two buttons, of which the styles show the one that changes something.
fn theme_switch(chrome: &Chrome) -> Markup {
    html! {
        form.theme-switch.js-theme action="/-/theme" method="post" {
            input type="hidden" name="return" value=(chrome.here());
            button.icon-button.to-dark name="theme" value="dark" title="Dark theme" aria-label="Dark theme" data-command="Switch to the dark theme" { (icon("moon")) }
            button.icon-button.to-light name="theme" value="light" title="Light theme" aria-label="Light theme" data-command="Switch to the light theme" { (icon("sun")) }
        }
    }
}

fn overlays(chrome: &Chrome) -> Markup {
    html! {
        dialog #palette.palette aria-label="Go to" {
            form.palette-form action="/search" method="get" {
                (icon("search"))
                input #palette-input type="search" name="query" placeholder="Find anything, go anywhere, or > for commands" role="combobox"
                    aria-label="Find anything, go anywhere, or do something" aria-expanded="true" aria-controls="palette-list"
                    aria-autocomplete="list" autocomplete="off" spellcheck="false";
                kbd aria-hidden="true" { "Esc" }
            }
            div #palette-list.palette-list role="listbox" aria-label="Results" {}
            p #palette-status.palette-status role="status" {}
        }
        @if !chrome.shell.commands.is_empty() {
            div #palette-commands hidden {
                @for command in &chrome.shell.commands {
                    a href=(command.path) data-words=(command.words) { (icon(&command.icon)) (command.title) }
                }
            }
        }
        div #toasts.toasts role="status" aria-live="polite" {}
    }
}

#[cfg(test)]
mod tests {
    use super::{is_within, searched_text};
    use crate::shell::{Chrome, Shell};

    #[test]
    fn the_top_field_holds_what_was_searched() {
        let check = |path: &str, query: &str, expected: Option<&str>| {
            let mut chrome = Chrome::sample(Shell::default(), path);
            query.clone_into(&mut chrome.query);
            assert_eq!(searched_text(&chrome).as_deref(), expected, "{path}?{query}");
        };
        check("/search", "type=api&query=a+b%2Bc%C3%A9", Some("a b+cé"));
        check("/search", "", None);
        check("/catalog", "query=a", None);
    }

    #[test]
    fn current_entry() {
        let check = |address: &str, entry, expected| {
            let (path, query) = address.split_once('?').unwrap_or((address, ""));
            assert_eq!(is_within(path, query, entry), expected, "{address} in {entry}");
        };
        check("/", "/", true);
        check("/catalog", "/", false);
        check("/catalog", "/catalog", true);
        check("/catalog/default/component/a", "/catalog", true);
        check("/catalog-graph", "/catalog", false);
        check("/catalog?q=a&kind=api", "/catalog?kind=api", true);
        check("/catalog?kind=apis", "/catalog?kind=api", false);
        check("/catalog", "/catalog?kind=api", false);
    }
}
