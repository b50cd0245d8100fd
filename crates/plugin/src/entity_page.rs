//! Tabs and cards that plugins put on the entity page.

use std::time::Instant;

use async_trait::async_trait;
use maud::Markup;
use model::{EntityRef, Viewer};
use serde_json::Value;

/// What a tab or card gets to render.
#[derive(Clone, Copy)]
pub struct EntityPageContext<'a> {
    /// The served entity.
    pub entity: &'a Value,
    /// Its reference.
    pub reference: &'a EntityRef,
    /// Who looks at it.
    pub viewer: &'a Viewer,
    /// Query string of the request, undecoded and without `?`.
    pub query: &'a str,
    /// When the page is sent without this part.
    pub deadline: Instant,
}

/// Why a part of a page could not be rendered. The page shows it in the part's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderError {
    /// What failed and why, one sentence for the viewer.
    pub message: String,
    /// What the viewer can do about it.
    pub hint: Option<String>,
}

/// A tab of the entity page.
#[async_trait]
pub trait EntityTab: Send + Sync {
    /// Last segment of the tab's path, for example `definition`.
    fn path(&self) -> &'static str;
    /// Text of the tab.
    fn title(&self) -> &'static str;
    /// Place among the tabs, low first; Overview is 0, History 80, YAML 90.
    fn order(&self) -> i32;
    /// Whether the tab has something to say about this entity. Must be quick and without IO.
    fn applies_to(&self, entity: &Value) -> bool;
    /// The tab's content.
    async fn render(&self, context: EntityPageContext<'_>) -> Result<Markup, RenderError>;
}

/// A card on the overview tab.
#[async_trait]
pub trait EntityCard: Send + Sync {
    /// Heading of the card.
    fn title(&self) -> &'static str;
    /// Place among the cards, low first.
    fn order(&self) -> i32;
    /// Whether the card has something to say about this entity. Must be quick and without IO.
    fn applies_to(&self, entity: &Value) -> bool;
    /// The card's content, without the heading.
    async fn render(&self, context: EntityPageContext<'_>) -> Result<Markup, RenderError>;
}
