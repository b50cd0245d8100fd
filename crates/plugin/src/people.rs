//! What plugins put on the pages of a person: home cards, settings, parts of the bar above every page, commands of the palette.

use std::borrow::Cow;
use std::time::Instant;

use async_trait::async_trait;
use model::Viewer;

use crate::{Body, Place, RenderError, Seen};

/// A card on the home page.
#[async_trait]
pub trait HomeCard: Send + Sync + 'static {
    /// Where it stands; the title is its heading.
    fn place(&self) -> &Place;
    /// The card's content for a viewer who sees this much of the catalog; nothing where there is nothing to say.
    async fn show(&self, viewer: Viewer, seen: Seen, deadline: Instant) -> Result<Option<Body>, RenderError>;
}

/// A section of the settings page.
#[async_trait]
pub trait SettingsSection: Send + Sync + 'static {
    /// Where it stands; the title is its heading.
    fn place(&self) -> &Place;
    /// The section's content for a viewer. Forms in it are sent to routes of the plugin.
    async fn show(&self, viewer: Viewer, deadline: Instant) -> Result<Body, RenderError>;
}

/// A part of the bar above every page.
///
/// A part that follows topics of its own has an `id`, their names in `data-topics` and a path in `data-source`, under which
/// it is fetched alone: open pages put it in the place of the old one when a topic is announced.
#[async_trait]
pub trait TopBarPart: Send + Sync + 'static {
    /// Its place among the parts, low first.
    fn order(&self) -> i32;
    /// The part for a viewer; nothing where there is nothing to say. Every page waits for it.
    async fn show(&self, viewer: Viewer) -> Result<Option<Body>, RenderError>;
}

/// A command of the palette: a name under which a page of the portal is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaletteCommand {
    /// What is typed and shown.
    pub title: Cow<'static, str>,
    /// Other words by which it is found.
    pub words: Cow<'static, str>,
    /// Name of an icon of the `ui` crate.
    pub icon: Cow<'static, str>,
    /// The page, a path of this portal.
    pub path: Cow<'static, str>,
}
