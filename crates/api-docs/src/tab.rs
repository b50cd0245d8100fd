//! The API tab of the entity page, and the navigation entry.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use async_trait::async_trait;
use axum::response::Redirect;
use catalog::Catalog;
use maud::Markup;
use moka::sync::Cache;
use plugin::{
    Asset, AssetKind, Body, Contributions, EntityPage, EntityTab, NavigationItem, NavigationSection,
    Place as TabPlace, PluginId, RenderError, Routes, Rows, Rule, TabAnswer,
};
use serde_json::Value;

use crate::findable::Operations;
use crate::pages::{Definition, Place};
use crate::raw;

/// Bytes of text of the definitions that are kept, taken apart, for the next viewer. What is kept of one takes
/// several times its text.
const CACHED_BYTES: u64 = 24 << 20;
/// The annotation that names where an entity comes from.
const ORIGIN: &str = "backstage.io/managed-by-location";

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("api-docs");
/// Where the tab stands.
static PLACE: TabPlace = TabPlace::new("api", "API", 20);

/// What this plugin adds to the portal.
pub fn contributions(catalog: &Catalog) -> Contributions {
    let pages = Rows::new().get("/api-docs", Rule::signed_in().prefetch(), async || {
        Redirect::temporary("/catalog?kind=api")
    });
    let cache = Cache::builder().max_capacity(CACHED_BYTES).weigher(weigh).build();
    Contributions {
        routes: vec![Routes::new(ID).pages(pages.and(raw::rows(catalog)))],
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
        entity_tabs: vec![Arc::new(DefinitionTab { definitions: cache })],
        search_sources: vec![Arc::new(Operations)],
        ..Contributions::of(ID)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the cache calls it so")]
fn weigh(_key: &u64, definition: &Arc<Definition>) -> u32 {
    u32::try_from(definition.text.len()).unwrap_or(u32::MAX)
}

/// The tab; it keeps what it has read, by the text of the definition.
struct DefinitionTab {
    definitions: Cache<u64, Arc<Definition>>,
}

#[async_trait]
impl EntityTab for DefinitionTab {
    fn place(&self) -> &TabPlace {
        &PLACE
    }

    fn applies_to(&self, entity: &Value) -> bool {
        entity["spec"]["definition"]
            .as_str()
            .is_some_and(|text| !text.trim().is_empty())
    }

    async fn show(&self, page: EntityPage) -> Result<TabAnswer, RenderError> {
        Ok(match self.shown(page).await? {
            Some(shown) => TabAnswer::Content(Body::Ours(shown)),
            None => TabAnswer::NotFound,
        })
    }
}

impl DefinitionTab {
    /// Reads and writes off the async threads: a large definition takes tens of milliseconds.
    async fn shown(&self, page: EntityPage) -> Result<Option<Markup>, RenderError> {
        let definitions = self.definitions.clone();
        let shown = tokio::task::spawn_blocking(move || {
            let text = page.entity["spec"]["definition"].as_str().unwrap_or_default();
            let declared = page.entity["spec"]["type"].as_str().unwrap_or_default();
            let mut hasher = DefaultHasher::new();
            (declared, text).hash(&mut hasher);
            let definition =
                definitions.get_with(hasher.finish(), || Arc::new(Definition::read(declared, text)));
            definition.page(&place(&page), &page.rest, &page.query)
        });
        shown.await.map_err(|_| RenderError {
            message: "This definition could not be read: the reader stopped unexpectedly.".to_owned(),
            hint: Some("See it on the YAML tab, and please report it with the definition.".to_owned()),
        })
    }
}

fn place(page: &EntityPage) -> Place {
    let origin = page.entity["metadata"]["annotations"][ORIGIN]
        .as_str()
        .unwrap_or_default();
    Place {
        path: ui::href::entity_tab(&page.reference, &PLACE.path),
        raw: raw::address(&page.reference),
        // Paths of files are the server's own affair.
        origin: origin.strip_prefix("url:").unwrap_or_default().to_owned(),
    }
}
