//! The API tab of the entity page, and the navigation entry.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use maud::Markup;
use moka::sync::Cache;
use plugin::{
    Contributions, EntityPageContext, EntityTab, NavigationItem, NavigationSection, RenderError, RouteSet,
};
use serde_json::Value;
use ui::{Code, Language, code_block};

use crate::formats::{self, Format};
use crate::outline::Outline;
use crate::pages;

/// Outlines kept for the next viewer.
const CACHED: u64 = 128;

/// What this plugin adds to the portal.
pub fn contributions() -> Contributions {
    let pages = Router::new().route(
        "/api-docs",
        get(|| async { Redirect::temporary("/catalog?kind=api") }),
    );
    Contributions {
        routes: vec![RouteSet::new("api-docs").pages(pages)],
        navigation: vec![NavigationItem {
            title: "APIs",
            path: "/api-docs",
            icon: "api",
            section: NavigationSection::Main,
            order: 20,
        }],
        entity_tabs: vec![Arc::new(DefinitionTab {
            outlines: Cache::new(CACHED),
        })],
        ..Contributions::default()
    }
}

/// The tab; it keeps what it has read, by the text of the definition.
struct DefinitionTab {
    outlines: Cache<u64, Option<Arc<Outline>>>,
}

#[async_trait]
impl EntityTab for DefinitionTab {
    fn path(&self) -> &'static str {
        "api"
    }

    fn title(&self) -> &'static str {
        "API"
    }

    fn order(&self) -> i32 {
        20
    }

    fn applies_to(&self, entity: &Value) -> bool {
        entity["spec"]["definition"]
            .as_str()
            .is_some_and(|text| !text.trim().is_empty())
    }

    async fn render(&self, context: EntityPageContext<'_>) -> Result<Markup, RenderError> {
        let text = context.entity["spec"]["definition"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let declared = context.entity["spec"]["type"].as_str().unwrap_or_default();
        let format = Format::of(declared, &text);
        let Some(outline) = self.outline(format, text.clone()).await? else {
            return Ok(as_text(format, &text));
        };
        let at = context.reference;
        let path = format!("/catalog/{}/{}/{}/api", at.namespace(), at.kind(), at.name());
        Ok(pages::definition(format, &outline, &words(context.query), &path))
    }
}

impl DefinitionTab {
    /// Reads off the async threads: a large definition takes tens of milliseconds.
    async fn outline(&self, format: Format, text: String) -> Result<Option<Arc<Outline>>, RenderError> {
        let mut hasher = DefaultHasher::new();
        (format, &text).hash(&mut hasher);
        let key = hasher.finish();
        if let Some(known) = self.outlines.get(&key) {
            return Ok(known);
        }
        let read = tokio::task::spawn_blocking(move || formats::read(format, &text).map(Arc::new)).await;
        let outline = read.map_err(|_| RenderError {
            message: "This definition could not be read: the reader stopped unexpectedly.".to_owned(),
            hint: Some("See it on the YAML tab, and please report it with the definition.".to_owned()),
        })?;
        self.outlines.insert(key, outline.clone());
        Ok(outline)
    }
}

/// The `q` parameter of a query string.
fn words(query: &str) -> String {
    let uri = format!("/?{query}").parse().unwrap_or_default();
    let found = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri);
    let value = found
        .ok()
        .and_then(|pairs| pairs.0.into_iter().find(|(name, _)| name == "q"));
    value.map_or_else(String::new, |(_, value)| value.trim().to_owned())
}

fn as_text(format: Format, text: &str) -> Markup {
    let looks_like_json = text.trim_start().starts_with(['{', '[']);
    let language = match format {
        _ if looks_like_json => Language::Json,
        Format::OpenApi | Format::AsyncApi => Language::Yaml,
        _ => Language::Plain,
    };
    code_block(Code::new(text, language))
}
