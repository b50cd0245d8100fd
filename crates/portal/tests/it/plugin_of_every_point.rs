//! A plugin that contributes one of every point: the living documentation of the extension points.
//!
//! It is about teapots. `every_point.rs` shows the effect of each contribution from outside.

mod feeds;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::http::request::Parts;
use feeds::{Glaze, Section, Shelf, TeapotKind};
use jiff::Timestamp;
use maud::html;
use model::{EntityRef, Fault, Filter, Viewer};
use outside::HostPolicy;
use plugin::{
    Action, ActionContext, ActionSchema, Asset, AssetKind, Authenticator, Badge, BadgeTone, Body,
    Contributions, Declaration, EntityAction, EntityActions, EntityBadges, EntityCard, EntityMarker,
    EntityMarkers, EntityPage, EntityTab, Feeds, Form, Health, HealthCheck, HomeCard, LiveTopic,
    MarkerOutcome, MarkerQuestion, Moment, NavigationItem, NavigationSection, PaletteCommand, Permission,
    PermissionAction, Place, PluginId, RenderError, Routes, Rows, RowsOfEveryApi, Rule, SearchDocument,
    SearchSource, Seen, Services, SettingsSection, TabAnswer, TopBarPart,
};
use portal::AddedPlugin;
use serde_json::{Value, json};
use store::{Lane, Migration};
use work::{Job, JobFailure, JobHandler, Schedule, Subscription};

pub const ID: PluginId = PluginId::built_in("teapots");
pub static BREW: Permission = Permission::new("teapots.brew", PermissionAction::Use);

/// Find recipes.
pub static TASTE: Permission =
    Permission::new("teapots.recipe.read", PermissionAction::Read).for_administrators();

static PERMISSIONS: &[&Permission] = &[&BREW, &TASTE];

const BLENDS: [&str; 2] = ["Lapsang souchong", "First flush"];
/// A server that nobody runs.
const TEA_HOUSE: &str = "http://127.0.0.1:1/";

/// A table of the plugin's own; its name begins with the plugin's.
static TABLES: &[Migration] = &[Migration {
    version: 1,
    sql: "CREATE TABLE teapots_brews (teapot TEXT NOT NULL, minutes BIGINT NOT NULL)",
}];

/// The whole plugin.
pub fn teapots() -> AddedPlugin {
    let declaration = Declaration {
        config: Some(Arc::new(Section)),
        migrations: TABLES,
        permissions: PERMISSIONS,
        kinds: vec![Arc::new(TeapotKind)],
        ..Declaration::new(ID)
    };
    AddedPlugin::new(declaration, |services| {
        let feeds = Feeds {
            processors: vec![Arc::new(Glaze)],
            providers: vec![Arc::new(Shelf)],
        };
        Ok((feeds, contributions(services)?))
    })
}

/// What the plugin shows, serves and runs. It calls its tea house through the client that the portal lends.
pub fn contributions(services: &Services) -> Result<Contributions, Fault> {
    let tea_house = services.outside.host("tea-house", &HostPolicy::default());
    let tea_house = tea_house.map_err(|error| Fault::error(error.to_string()))?;
    let blend = Arc::new(AtomicUsize::new(0));
    let (store, search, harvested) = (services.store.clone(), services.search.clone(), blend.clone());
    // What is found changes, and pages that follow the topic hear of it: both together, or neither.
    let harvest = async move || {
        harvested.fetch_add(1, Ordering::SeqCst);
        let betty = EntityRef::new("teapot", "default", "brown-betty");
        let mut tx = store.write_unordered(Lane::Person).await.unwrap();
        search.changed_in(&mut tx, &[betty]).await.unwrap();
        tx.announce("teapots.harvest.first-flush");
        tx.commit().await.unwrap();
        "Harvested"
    };
    let ask = async move || match tea_house.get(TEA_HOUSE.parse().unwrap()).send().await {
        Ok(_) => "Open".to_owned(),
        Err(error) => error.to_string(),
    };
    let routes = Routes::new(ID)
        .api(Rows::new().get("/brew", Rule::signed_in(), async || "I'm a teapot"))
        .pages(
            Rows::new()
                .get("/teapots", Rule::signed_in().prefetch(), async || "All teapots")
                .get("/teapots/tea-house", Rule::signed_in(), ask)
                .get("/teapots/harvest", Rule::signed_in(), harvest),
        );
    let month = Duration::from_hours(24 * 30);
    let monthly = Schedule::every("teapots.monthly", month, "teapots.descale").payload(json!("kettle"));
    Ok(Contributions {
        routes: vec![routes],
        rows_of_every_api: vec![Arc::new(Saucer)],
        navigation: vec![NavigationItem::new(
            "Teapots",
            "/teapots",
            "entity",
            NavigationSection::Plugins,
            10,
        )],
        assets: vec![Asset {
            kind: AssetKind::Style,
            text: Cow::Borrowed(".teapot { color: teal }"),
        }],
        entity_tabs: vec![Arc::new(BrewTab), Arc::new(SlowTab)],
        entity_cards: vec![Arc::new(SteamCard)],
        entity_badges: vec![Arc::new(HotBadge)],
        entity_actions: vec![Arc::new(PourAction)],
        entity_markers: vec![Arc::new(Boiled)],
        home_cards: vec![Arc::new(TeaTime)],
        settings_sections: vec![Arc::new(Sugar)],
        top_bar_parts: vec![Arc::new(Whistle)],
        palette_commands: vec![PaletteCommand {
            title: "Brew tea".into(),
            words: "kettle".into(),
            icon: "entity".into(),
            path: "/teapots".into(),
        }],
        search_sources: vec![Arc::new(Recipes(blend))],
        actions: vec![Arc::new(Pour)],
        jobs: vec![Arc::new(Descale)],
        schedules: vec![monthly],
        subscriptions: vec![Subscription::new("teapots.limed", "teapots.descale")],
        live_topics: vec![LiveTopic {
            name: "teapots.harvest".into(),
            needs: Some(&BREW),
            only_parts: false,
        }],
        authenticators: vec![Arc::new(Spout)],
        health_checks: vec![Arc::new(Kettle)],
        ..Contributions::of(ID)
    })
}

/// A row of every API.
struct Saucer;

impl RowsOfEveryApi for Saucer {
    fn rows(&self) -> Rows {
        Rows::new().get("/saucer", Rule::signed_in(), async || "Mind the saucer")
    }
}

fn is_teapot(entity: &Value) -> bool {
    entity["kind"] == "Teapot"
}

static BREW_PLACE: Place = Place::new("brew", "Brew", 30);
static SLOW_PLACE: Place = Place::new("steep", "Steep", 31);
static STEAM_PLACE: Place = Place::new("steam", "Steam", 10);
static TEA_TIME_PLACE: Place = Place::new("tea-time", "Tea time", 10);
static SUGAR_PLACE: Place = Place::new("sugar", "Sugar", 10);

/// A tab with an address below it, and a form. It needs a permission, and follows the harvest while it is open.
struct BrewTab;

#[async_trait]
impl EntityTab for BrewTab {
    fn place(&self) -> &Place {
        &BREW_PLACE
    }

    fn applies_to(&self, entity: &Value) -> bool {
        is_teapot(entity)
    }

    fn needs(&self) -> Option<&'static Permission> {
        Some(&BREW)
    }

    fn offers(&self) -> Vec<(PluginId, &'static Permission)> {
        vec![(ID, &TASTE)]
    }

    fn topics(&self, _: &EntityRef) -> Vec<String> {
        vec!["teapots.harvest".to_owned()]
    }

    async fn show(&self, page: EntityPage) -> Result<TabAnswer, RenderError> {
        match page.rest.as_str() {
            "" => Ok(TabAnswer::Content(Body::Ours(html! {
                p { "Brewing in " (page.reference.name()) }
                @if page.denied.has(&TASTE) { p { "You may not taste" } }
            }))),
            "leaves/assam" => Ok(TabAnswer::Content(Body::Foreign(
                "<b>Assam</b><script>boil()</script>".to_owned(),
            ))),
            _ => Ok(TabAnswer::NotFound),
        }
    }

    async fn act(&self, page: EntityPage, form: Form) -> Result<TabAnswer, RenderError> {
        let minutes = form.iter().find(|(name, _)| name == "minutes");
        let Some((_, minutes)) = minutes else {
            return Err(RenderError {
                message: "minutes are missing".to_owned(),
                hint: None,
            });
        };
        let to = format!(
            "{}?brewed={minutes}",
            ui::href::entity_tab(&page.reference, "brew")
        );
        Ok(TabAnswer::Redirect(to))
    }
}

/// A tab that asks somewhere else, so it is made after the page.
struct SlowTab;

#[async_trait]
impl EntityTab for SlowTab {
    fn place(&self) -> &Place {
        &SLOW_PLACE
    }

    fn applies_to(&self, entity: &Value) -> bool {
        is_teapot(entity)
    }

    fn moment(&self) -> Moment {
        Moment::Deferred
    }

    async fn show(&self, _: EntityPage) -> Result<TabAnswer, RenderError> {
        Ok(TabAnswer::Content(Body::Ours(
            html! { p { "Steeped for four minutes" } },
        )))
    }
}

/// A card of the overview, made after the page.
struct SteamCard;

#[async_trait]
impl EntityCard for SteamCard {
    fn place(&self) -> &Place {
        &STEAM_PLACE
    }

    fn applies_to(&self, entity: &Value) -> bool {
        is_teapot(entity)
    }

    fn moment(&self) -> Moment {
        Moment::Deferred
    }

    /// The teapot itself is among what its viewer sees.
    fn is_for(&self, page: &EntityPage) -> bool {
        let teapots = Filter::In {
            key: "kind".to_owned(),
            values: vec!["teapot".to_owned()],
        };
        page.seen.count(&teapots) > 0
    }

    async fn show(&self, page: EntityPage) -> Result<Body, RenderError> {
        let question = MarkerQuestion {
            entity: page.entity.clone(),
            reference: page.reference.clone(),
            from: Timestamp::UNIX_EPOCH,
            to: Timestamp::MAX,
        };
        let happened = page.markers.between(&question, Duration::from_secs(5)).await;
        Ok(Body::Ours(html! {
            p { "Steam rises from " (page.reference.name()) }
            @for marker in happened { p { (marker.text) } }
        }))
    }
}

/// Tells when the water boiled, to those who may brew.
struct Boiled;

#[async_trait]
impl EntityMarkers for Boiled {
    fn needs(&self) -> Option<&'static Permission> {
        Some(&BREW)
    }

    fn applies_to(&self, entity: &Value) -> bool {
        is_teapot(entity)
    }

    async fn between(&self, asked: MarkerQuestion) -> Result<Vec<EntityMarker>, RenderError> {
        Ok(vec![EntityMarker {
            at: asked.from,
            text: "The water boiled".to_owned(),
            path: None,
            outcome: MarkerOutcome::Done,
        }])
    }
}

struct HotBadge;

impl EntityBadges for HotBadge {
    fn badges(&self, _: &EntityRef, entity: &Value, _: &Viewer) -> Vec<Badge> {
        let hot = Badge {
            text: "Hot".to_owned(),
            tone: BadgeTone::Warning,
            path: Some("/teapots".to_owned()),
        };
        if is_teapot(entity) { vec![hot] } else { Vec::new() }
    }
}

struct PourAction;

impl EntityActions for PourAction {
    fn actions(&self, _: &EntityRef, entity: &Value, _: &Viewer) -> Vec<EntityAction> {
        let action = |title: &str, target: &str| EntityAction {
            title: title.to_owned(),
            icon: "link".into(),
            target: target.to_owned(),
        };
        if is_teapot(entity) {
            vec![
                action("Pour", "/teapots?pour"),
                action("Spill", "javascript:spill()"),
            ]
        } else {
            Vec::new()
        }
    }
}

struct TeaTime;

#[async_trait]
impl HomeCard for TeaTime {
    fn place(&self) -> &Place {
        &TEA_TIME_PLACE
    }

    async fn show(&self, viewer: Viewer, _: Seen, _: Instant) -> Result<Option<Body>, RenderError> {
        let name = viewer.reference().name().to_owned();
        Ok(Some(Body::Ours(html! { p { "Tea is ready, " (name) } })))
    }
}

struct Sugar;

#[async_trait]
impl SettingsSection for Sugar {
    fn place(&self) -> &Place {
        &SUGAR_PLACE
    }

    async fn show(&self, _: Viewer, _: Instant) -> Result<Body, RenderError> {
        Ok(Body::Ours(html! { p { "One lump or two" } }))
    }
}

/// Whistles above every page.
struct Whistle;

#[async_trait]
impl TopBarPart for Whistle {
    fn order(&self) -> i32 {
        20
    }

    async fn show(&self, viewer: Viewer) -> Result<Option<Body>, RenderError> {
        let name = viewer.reference().name();
        Ok(Some(Body::Ours(
            html! { span.whistle { "The kettle whistles for " (name) } },
        )))
    }
}

/// Makes recipes findable: of the first blend, until there is a harvest.
struct Recipes(Arc<AtomicUsize>);

#[async_trait]
impl SearchSource for Recipes {
    fn document_type(&self) -> &'static str {
        "tea-recipe"
    }

    fn title(&self) -> &'static str {
        "Tea recipes"
    }

    fn permission(&self) -> Option<&'static Permission> {
        Some(&TASTE)
    }

    async fn documents(&self, entity: &Value) -> Result<Vec<SearchDocument>, Fault> {
        if !is_teapot(entity) {
            return Ok(Vec::new());
        }
        Ok(vec![SearchDocument {
            title: BLENDS[self.0.load(Ordering::SeqCst).min(1)].to_owned(),
            location: "/teapots#lapsang".to_owned(),
            weight: 100,
            ..SearchDocument::default()
        }])
    }
}

/// A step that templates, the command line and agents can run.
struct Pour;

#[async_trait]
impl Action for Pour {
    fn id(&self) -> &'static str {
        "teapots:pour"
    }

    fn description(&self) -> &'static str {
        "Pours tea."
    }

    fn schema(&self) -> ActionSchema {
        ActionSchema {
            input: json!({"type": "object", "properties": {"cups": {"type": "integer"}}}),
            output: json!({"type": "object", "properties": {"poured": {"type": "integer"}}}),
        }
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        context.log.info("pouring");
        Ok(json!({"poured": context.input["cups"]}))
    }
}

/// Jobs of the kind `teapots.descale`: those of the schedule, and one for each event of the topic `teapots.limed`.
struct Descale;

#[async_trait]
impl JobHandler for Descale {
    fn kind(&self) -> &'static str {
        "teapots.descale"
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        job.log.info(format!("descaling the {}", job.payload));
        Ok(())
    }
}

/// Knows its callers by a header.
struct Spout;

#[async_trait]
impl Authenticator for Spout {
    fn name(&self) -> &'static str {
        "spout"
    }

    async fn authenticate(&self, request: &Parts) -> Result<Option<Viewer>, Fault> {
        match request
            .headers
            .get("x-spout")
            .map(axum::http::HeaderValue::as_bytes)
        {
            None => Ok(None),
            Some(b"short-and-stout") => Ok(Some(Viewer::service("teapot", Vec::new()))),
            Some(_) => Err(Fault::new("AuthenticationError", "This spout is unknown")),
        }
    }
}

struct Kettle;

#[async_trait]
impl HealthCheck for Kettle {
    fn name(&self) -> &'static str {
        "kettle"
    }

    async fn check(&self) -> Health {
        Health::Degraded("lime scale".to_owned())
    }
}
