//! Parts of plugins that fail, panic or never answer hurt nothing else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use maud::html;
use model::{Fault, Viewer};
use plugin::{
    Body, Contributions, EntityCard, EntityPage, EntityTab, HomeCard, Place, PluginId, RenderError,
    SearchDocument, SearchSource, Seen, TabAnswer,
};
use portal::AddedPlugin;
use serde_json::Value;

use crate::plugin_of_every_point::teapots;
use crate::world::World;

const TEAPOT: &str = "/catalog/default/teapot/brown-betty";

/// Ways of going wrong.
#[derive(Clone, Copy)]
enum Way {
    Error,
    Panic,
    Never,
}

struct Bad {
    place: Place,
    way: Way,
}

impl Bad {
    async fn go_wrong<T>(&self) -> Result<T, RenderError> {
        match self.way {
            Way::Error => Err(RenderError {
                message: "the kettle is cold".to_owned(),
                hint: None,
            }),
            Way::Panic => panic!("the handle came off"),
            Way::Never => std::future::pending().await,
        }
    }
}

#[async_trait]
impl EntityTab for Bad {
    fn place(&self) -> &Place {
        &self.place
    }

    fn applies_to(&self, _: &Value) -> bool {
        true
    }

    async fn show(&self, _: EntityPage) -> Result<TabAnswer, RenderError> {
        self.go_wrong().await
    }
}

#[async_trait]
impl EntityCard for Bad {
    fn place(&self) -> &Place {
        &self.place
    }

    fn applies_to(&self, _: &Value) -> bool {
        true
    }

    async fn show(&self, _: EntityPage) -> Result<Body, RenderError> {
        self.go_wrong().await
    }
}

#[async_trait]
impl HomeCard for Bad {
    fn place(&self) -> &Place {
        &self.place
    }

    async fn show(&self, _: Viewer, _: Seen, _: Instant) -> Result<Option<Body>, RenderError> {
        self.go_wrong().await
    }
}

#[async_trait]
impl SearchSource for Bad {
    fn document_type(&self) -> &str {
        &self.place.path
    }

    fn title(&self) -> &str {
        &self.place.title
    }

    async fn documents(&self, _: &Value) -> Result<Vec<SearchDocument>, Fault> {
        panic!("no recipe")
    }
}

/// A tab whose question whether it applies panics.
struct Undecided(Place);

#[async_trait]
impl EntityTab for Undecided {
    fn place(&self) -> &Place {
        &self.0
    }

    fn applies_to(&self, _: &Value) -> bool {
        panic!("who knows")
    }

    async fn show(&self, _: EntityPage) -> Result<TabAnswer, RenderError> {
        Ok(TabAnswer::Content(Body::Ours(html! {})))
    }
}

fn broken_teapots() -> AddedPlugin {
    let id = PluginId::built_in("broken-teapots");
    let bad = |path: &'static str, way| {
        Arc::new(Bad {
            place: Place::new(path, path, 50),
            way,
        })
    };
    let (error, panic, never) = (
        bad("cold", Way::Error),
        bad("loose", Way::Panic),
        bad("endless", Way::Never),
    );
    let contributions = Contributions {
        entity_tabs: vec![
            error.clone(),
            panic.clone(),
            never.clone(),
            Arc::new(Undecided(Place::new("undecided", "Undecided", 60))),
        ],
        entity_cards: vec![error.clone(), panic.clone(), never.clone()],
        home_cards: vec![error, panic.clone(), never],
        search_sources: vec![panic],
        ..Contributions::of(id.clone())
    };
    AddedPlugin::new(plugin::Declaration::new(id), |_| {
        Ok((plugin::Feeds::default(), contributions))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_shown_in_its_place() {
    let world = World::with(vec![broken_teapots(), teapots()]).await.unwrap();
    world.until(TEAPOT, "Brew").await;
    let begun = Instant::now();
    let page = world.get(TEAPOT).await.1;
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "no card holds up the page"
    );
    for part in [
        "the kettle is cold",
        "The plugin broken-teapots stopped unexpectedly",
        "The plugin broken-teapots did not answer within 300 ms",
        "Steam",
    ] {
        assert!(page.contains(part), "{part} on the entity page");
    }
    assert!(
        !page.contains("Undecided"),
        "a tab that cannot say whether it applies does not"
    );
    for (tab, text) in [
        ("cold", "the kettle is cold"),
        ("loose", "stopped unexpectedly"),
        ("endless", "did not answer within 1500 ms"),
    ] {
        let (status, page) = world.get(&format!("{TEAPOT}/{tab}")).await;
        assert_eq!(status, 200, "{tab}");
        assert!(page.contains(text), "{text} on {tab}");
    }
    let home = world.get("/").await.1;
    assert!(home.contains("the kettle is cold") && home.contains("Tea is ready"));
    world
        .until("/api/search/query?term=lapsang", "/teapots#lapsang")
        .await;
}
