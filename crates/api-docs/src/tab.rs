//! The API tab of the entity page, and the navigation entry.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use async_trait::async_trait;
use axum::response::Redirect;
use maud::Markup;
use moka::sync::Cache;
use plugin::{
    Asset, AssetKind, Body, Contributions, EntityPage, EntityTab, NavigationItem, NavigationSection, Place,
    PluginId, RenderError, Routes, Rows, Rule, TabAnswer,
};
use serde_json::Value;

use crate::findable::Operations;
use crate::formats::{self, Format, Reading};
use crate::pages::{self, Asked};

/// Outlines kept for the next viewer.
const CACHED: u64 = 128;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("api-docs");
/// Where the tab stands.
static PLACE: Place = Place::new("api", "API", 20);

/// What this plugin adds to the portal.
pub fn contributions() -> Contributions {
    let pages = Rows::new().get("/api-docs", Rule::signed_in().prefetch(), async || {
        Redirect::temporary("/catalog?kind=api")
    });
    Contributions {
        routes: vec![Routes::new(ID).pages(pages)],
        navigation: vec![NavigationItem::new(
            "APIs",
            "/catalog?kind=api",
            "api",
            NavigationSection::Main,
            20,
        )],
        assets: vec![Asset {
            kind: AssetKind::Style,
            text: Cow::Borrowed(include_str!("../css/definition.css")),
        }],
        entity_tabs: vec![Arc::new(DefinitionTab {
            readings: Cache::new(CACHED),
        })],
        search_sources: vec![Arc::new(Operations)],
        ..Contributions::of(ID)
    }
}

/// The tab; it keeps what it has read, by the text of the definition.
struct DefinitionTab {
    readings: Cache<u64, Arc<Reading>>,
}

#[async_trait]
impl EntityTab for DefinitionTab {
    fn place(&self) -> &Place {
        &PLACE
    }

    fn applies_to(&self, entity: &Value) -> bool {
        entity["spec"]["definition"]
            .as_str()
            .is_some_and(|text| !text.trim().is_empty())
    }

    async fn show(&self, page: EntityPage) -> Result<TabAnswer, RenderError> {
        if !page.rest.is_empty() {
            return Ok(TabAnswer::NotFound);
        }
        let shown = self.definition(&page).await?;
        Ok(TabAnswer::Content(Body::Ours(shown)))
    }
}

impl DefinitionTab {
    async fn definition(&self, page: &EntityPage) -> Result<Markup, RenderError> {
        let text = page.entity["spec"]["definition"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let declared = page.entity["spec"]["type"].as_str().unwrap_or_default();
        let format = Format::of(declared, &text);
        let path = ui::href::entity_tab(&page.reference, &PLACE.path);
        let asked = asked(&page.query);
        Ok(match &*self.reading(format, text.clone()).await? {
            Reading::Outline(outline) if !asked.as_text => pages::definition(format, outline, &asked, &path),
            Reading::Broken(broken) => pages::text(format, &text, Some(broken), &Asked::default(), &path),
            Reading::Plain => pages::text(format, &text, None, &Asked::default(), &path),
            Reading::Outline(_) => pages::text(format, &text, None, &asked, &path),
        })
    }

    /// Reads off the async threads: a large definition takes tens of milliseconds.
    async fn reading(&self, format: Format, text: String) -> Result<Arc<Reading>, RenderError> {
        let mut hasher = DefaultHasher::new();
        (format, &text).hash(&mut hasher);
        let key = hasher.finish();
        if let Some(known) = self.readings.get(&key) {
            return Ok(known);
        }
        let read = tokio::task::spawn_blocking(move || Arc::new(formats::read(format, &text))).await;
        let reading = read.map_err(|_| RenderError {
            message: "This definition could not be read: the reader stopped unexpectedly.".to_owned(),
            hint: Some("See it on the YAML tab, and please report it with the definition.".to_owned()),
        })?;
        self.readings.insert(key, reading.clone());
        Ok(reading)
    }
}

/// The parameters of a query string that the tab knows.
fn asked(query: &str) -> Asked {
    let uri = format!("/?{query}").parse().unwrap_or_default();
    let found = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri);
    let pairs = found.map(|pairs| pairs.0).unwrap_or_default();
    let value = |wanted: &str| {
        let pair = pairs.iter().find(|(name, _)| name == wanted);
        pair.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    Asked {
        words: value("q"),
        as_text: value("view") == "text",
    }
}
