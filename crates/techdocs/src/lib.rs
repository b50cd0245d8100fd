//! Documentation of entities: Markdown in their repositories, rendered natively.
//!
//! An entity says where its documentation lies (`source`). Where the configuration says that another program builds the sites,
//! they are read from where it publishes them (`published`). Else the files are read as one tree and kept until the repository
//! has a new commit (`library`); a `site` is made of them, whose pages are rendered when they are first looked at. People
//! read it at `/docs` and on the Docs tab (`pages`), clients of the original at `/api/techdocs` (`api`), and each heading
//! can be found (`findable`).

mod allowed;
mod api;
mod badge;
mod checkout;
mod confined;
mod documented;
mod findable;
mod library;
mod pages;
mod preview;
mod published;
mod pushes;
mod republished;
mod section;
mod site;
mod source;
mod versions;

pub use confined::{ConfinedFolder, Lies, Obstacle};
pub use pages::page_samples;
pub use preview::Preview;
pub use published::{PublishedFiles, PublishedSites, Publisher, ShownPage};
pub use section::Section;
pub use site::build::{Build, BuildOptions};
pub use site::{Findings, Problem, Rendered, Rule, Site};
pub use source::Source;

use std::borrow::Cow;
use std::sync::Arc;

use catalog::Catalog;
use config::Config;
use plugin::{
    Asset, AssetKind, Contributions, Declaration, NavigationItem, NavigationSection, PluginId, Routes,
    Services,
};
use scm::UrlReader;
use work::Subscription;

use allowed::Allowed;
use library::Library;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("techdocs");
/// Says where the documentation of an entity lies.
pub const REF: &str = "backstage.io/techdocs-ref";
/// Says whose documentation is shown for an entity.
pub const OTHER: &str = "backstage.io/techdocs-entity";
/// Says which page of that.
pub const OTHER_PATH: &str = "backstage.io/techdocs-entity-path";
/// The topic of pushes to a Git host.
const PUSHES: &str = "events.push";

/// What the plugin is.
pub fn declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(Section)),
        ..Declaration::new(ID)
    }
}

/// What handlers need.
#[derive(Clone)]
pub(crate) struct Docs {
    pub catalog: Catalog,
    pub store: store::Store,
    pub library: Arc<Library>,
    pub versions: Arc<versions::Shelf>,
    pub changes: Changes,
}

/// Who changed the file at an address last, by the address and the version of its site.
pub(crate) type Changes = moka::sync::Cache<(String, String), Option<scm::Commit>>;

/// Most changes that are kept, and how long: a branch may move without changing the site.
const MOST_CHANGES: u64 = 2_000;
const CHANGES_TIME: std::time::Duration = std::time::Duration::from_mins(10);

fn changes() -> Changes {
    moka::sync::Cache::builder()
        .max_capacity(MOST_CHANGES)
        .time_to_live(CHANGES_TIME)
        .build()
}

/// The plugin.
pub fn contributions(config: &Config, catalog: &Catalog, services: &Services) -> Contributions {
    // The portal does not start where the same reader cannot be made for the catalog.
    let reader =
        UrlReader::new(config, services.outside.clone()).unwrap_or_else(|_| UrlReader::offline(config));
    let versions = versions::Shelf::new(reader.clone(), services.outside.clone());
    let (allowed, _) = Allowed::read(&config.value()["techdocs"]);
    let frame_hosts = allowed.frame_hosts.clone();
    let published = PublishedSites::open(config, &services.outside);
    let library = Arc::new(Library::new(reader, published, allowed, services.search.clone()));
    let docs = Docs {
        catalog: catalog.clone(),
        store: services.store.clone(),
        library: library.clone(),
        versions: Arc::new(versions),
        changes: changes(),
    };
    let schedules = if library.published().is_some() {
        vec![republished::schedule()]
    } else {
        Vec::new()
    };
    let style = Asset {
        kind: AssetKind::Style,
        text: Cow::Borrowed(include_str!("../css/docs.css")),
    };
    let script = Asset {
        kind: AssetKind::Script,
        text: Cow::Borrowed(include_str!("../js/docs.js")),
    };
    Contributions {
        routes: vec![Routes::new(ID).api(api::rows(&docs)).pages(pages::rows(&docs))],
        navigation: vec![NavigationItem::new(
            "Docs",
            "/docs",
            "docs",
            NavigationSection::Main,
            30,
        )],
        assets: vec![style, script],
        entity_tabs: vec![Arc::new(pages::DocsTab::new(docs.clone()))],
        entity_badges: vec![Arc::new(badge::HealthBadge(library.clone()))],
        search_sources: vec![Arc::new(findable::Headings(library))],
        jobs: vec![
            Arc::new(pushes::Refresh(docs.clone())),
            Arc::new(republished::Republished(docs)),
        ],
        schedules,
        frame_hosts,
        subscriptions: vec![Subscription::new(PUSHES, pushes::KIND)],
        ..Contributions::of(ID)
    }
}
