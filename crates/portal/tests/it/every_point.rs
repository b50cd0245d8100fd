//! Each contribution of the plugin of every point has its effect, seen from outside.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::Request;
use model::{Fault, Viewer};
use plugin::{Decision, Permission, Policy};
use serde_json::{Value, json};
use store::Lane;

use crate::plugin_of_every_point::teapots;
use crate::served::sign_in;
use crate::tables;
use crate::world::World;

const TEAPOT: &str = "/catalog/default/teapot/brown-betty";

#[tokio::test(flavor = "multi_thread")]
async fn every_contribution_has_its_effect() {
    let world = World::with(vec![teapots()]).await.unwrap();
    feeds(&world).await;
    routes_and_frame(&world).await;
    entity_page(&world).await;
    tabs(&world).await;
    personal_pages(&world).await;
    callers(&world).await;
    own_table(&world).await;
    outside_calls(&world).await;
    work(&world).await;
    world
        .until(
            "/api/search/query?term=lapsang&types%5B0%5D=tea-recipe",
            "/teapots#lapsang",
        )
        .await;
    search_feed(&world).await;
}

/// Documents that change without a change of the catalog are found anew.
async fn search_feed(world: &World) {
    let question = |term: &str| format!("/api/search/query?term={term}&types%5B0%5D=tea-recipe");
    assert_eq!(world.get("/teapots/harvest").await.1, "Harvested");
    world.until(&question("flush"), "First flush").await;
    let before = world.get(&question("lapsang")).await.1;
    assert!(!before.contains("Lapsang"), "{before}");
}

/// Kind, provider and processor: the teapot is served, with what the processor added.
async fn feeds(world: &World) {
    world
        .until(
            "/api/catalog/entities/by-name/teapot/default/brown-betty",
            "celadon",
        )
        .await;
    // The row of the provider on the sources page opens, with the one entity that was refused and what it made of the report.
    world
        .until(
            "/sources?open=provider:teapots:shelf",
            "1 accepted, refused: entity 2 of the delivery",
        )
        .await;
    let sources = world.get("/sources?open=provider:teapots:shelf").await.1;
    for part in ["teapots:shelf", "Malformed entity envelope"] {
        assert!(sources.contains(part), "{part} in {sources}");
    }
}

async fn routes_and_frame(world: &World) {
    assert_eq!(
        world.get("/api/teapots/brew").await,
        (200, "I'm a teapot".to_owned())
    );
    for api in ["teapots", "catalog"] {
        let saucer = world.get(&format!("/api/{api}/saucer")).await;
        assert_eq!(saucer, (200, "Mind the saucer".to_owned()), "{api}");
    }
    assert_eq!(world.get("/teapots").await, (200, "All teapots".to_owned()));
    let page = world.get("/catalog").await.1;
    for part in [
        "href=\"/teapots\"",
        "Teapots",
        "Brew tea",
        "data-words=\"kettle\"",
        "The kettle whistles for guest",
        "/-/plugins/plugins.",
    ] {
        assert!(page.contains(part), "{part} on every page");
    }
    let at = page.find("/-/plugins/plugins.").unwrap();
    let address: String = page[at..].chars().take_while(|letter| *letter != '"').collect();
    let (status, style) = world.get(&address).await;
    assert_eq!(status, 200);
    assert!(style.contains(".teapot { color: teal }"));
    let ready = world.get("/.backstage/health/v1/readiness").await;
    assert_eq!(
        ready.0, 200,
        "a plugin's check that is degraded does not take the portal down"
    );
}

async fn entity_page(world: &World) {
    let page = world.get(TEAPOT).await.1;
    for part in [
        "Brew",
        "Steep",
        ">Hot<",
        "href=\"/teapots?pour\"",
        "Loading…",
        "Steam",
    ] {
        assert!(page.contains(part), "{part} on the entity page");
    }
    assert!(
        !page.contains("spill()"),
        "a target that is no address is left out"
    );
    assert!(!page.contains("Steam rises"), "a deferred card comes later");
    for wish in ["steam", "all"] {
        let page = world.get(&format!("{TEAPOT}?part={wish}")).await.1;
        assert!(page.contains("Steam rises from brown-betty"), "part={wish}");
        assert!(page.contains("The water boiled"), "part={wish}");
    }
}

async fn tabs(world: &World) {
    let page = world.get(&format!("{TEAPOT}/brew")).await.1;
    assert!(page.contains("Brewing in brown-betty"));
    assert!(
        !page.contains("You may not taste"),
        "the guest of this machine administers it"
    );
    assert!(
        page.contains("data-live=\"teapot:default/brown-betty teapots.harvest\""),
        "{page}"
    );
    let page = world.get(&format!("{TEAPOT}/brew/leaves/assam")).await.1;
    assert!(page.contains("<b>Assam</b>"));
    assert!(!page.contains("boil()"), "foreign HTML is sanitised");
    assert_eq!(world.get(&format!("{TEAPOT}/brew/nothing")).await.0, 404);
    let page = world.get(&format!("{TEAPOT}/steep")).await.1;
    assert!(page.contains("Loading…") && !page.contains("Steeped"));
    let page = world.get(&format!("{TEAPOT}/steep?part=steep")).await.1;
    assert!(page.contains("Steeped for four minutes"));
    let form = |text: &'static str| {
        Request::post(format!("{TEAPOT}/brew"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "http://localhost")
            .body(Body::from(text))
            .unwrap()
    };
    let (status, to) = world.send(form("minutes=4")).await;
    assert_eq!((status, to), (303, format!("{TEAPOT}/brew?brewed=4")));
    let (_, page) = world.send(form("")).await;
    assert!(page.contains("minutes are missing"));
}

/// The schedule and the event are done by jobs, and the action is offered.
async fn work(world: &World) {
    let done = |payload: &str| format!("\"state\":\"done\",\"key\":null,\"payload\":{payload}");
    let jobs = "/api/work/jobs?kind=teapots.descale";
    world.until(jobs, &done("\"kettle\"")).await;
    let mut tx = world.store.write_unordered(store::Lane::Person).await.unwrap();
    let actor = model::Actor::system("test");
    work::Events
        .publish(&mut tx, "teapots.limed", &"pot", &actor)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.until(jobs, &done("\"pot\"")).await;
    world.until("/work/schedules", "teapots.monthly").await;
    world.until("/api/work/actions", "teapots:pour").await;
}

async fn personal_pages(world: &World) {
    let home = world.get("/").await.1;
    assert!(home.contains("Tea is ready, guest") && home.contains("Tea time"));
    assert!(world.get("/settings").await.1.contains("One lump or two"));
}

/// Section of the configuration and kind: the commands ask the declarations.
#[test]
fn a_declaration_is_read_without_a_portal() {
    let declarations = [teapots().declaration];
    let check = |section: Value| -> Vec<String> {
        let config = config::Config::from_value(json!({"teapots": section}), Path::new("/")).unwrap();
        assert_eq!(config.check().len(), 1, "without the plugin the key is unknown");
        let problems = portal::check_configuration(&config, &declarations);
        problems.into_iter().map(|one| one.fault.message).collect()
    };
    assert_eq!(check(json!({"spout": "left"})), [""; 0]);
    assert_eq!(
        check(json!({"spout": "left", "handle": "left"})),
        ["teapots.spout and teapots.handle are on the same side"]
    );
    assert_eq!(
        check(json!({"spout": 7, "handle": 7, "lid": true})),
        [
            "Invalid type in config for key 'teapots.spout' in 'mock-config', got number, wanted string",
            "Invalid type in config for key 'teapots.handle' in 'mock-config', got number, wanted string",
            "'teapots.lid' has no effect here",
        ]
    );
    let kinds = portal::kinds(&declarations).unwrap();
    assert!(kinds.names().contains(&"Teapot"));
}

/// Authenticators are asked before a caller counts as the guest.
async fn callers(world: &World) {
    let with = |spout: &'static str| {
        Request::get("/api/teapots/brew")
            .header("x-spout", spout)
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(world.send(with("short-and-stout")).await.0, 200);
    let (status, answer) = world.send(with("long")).await;
    assert_eq!(status, 401);
    assert!(answer.contains("This spout is unknown"), "{answer}");
}

/// The one client: what the plugin called is seen with all that others call.
async fn outside_calls(world: &World) {
    let told = world.get("/teapots/tea-house").await.1;
    assert!(told.contains("is away: nothing listens at its address"), "{told}");
    let status = world.outside.status();
    let tea_house = status.iter().find(|one| one.host == "tea-house").unwrap();
    assert_eq!((tea_house.calls, tea_house.failures), (1, 1));
    let page = world.get("/connections").await.1;
    assert!(page.contains("tea-house") && page.contains("Failing"), "{page}");
    assert!(
        page.contains("redirects of Git hosts"),
        "the catalog shares the client: {page}"
    );
    let hosts = world.get("/api/connections/hosts").await.1;
    assert!(hosts.contains("\"failingSince\":\"2"), "{hosts}");
}

async fn own_table(world: &World) {
    let brew = vec!["brown-betty".into(), 4_i64.into()];
    let written = world
        .store
        .write_one(Lane::Person, tables::INSERT_BREW, brew)
        .await
        .unwrap();
    assert_eq!(written, 1);
}

/// A caller without the permission of a type of documents finds none of them, and no hint of them.
#[tokio::test(flavor = "multi_thread")]
async fn documents_are_found_by_those_who_have_the_permission_of_their_type() {
    let world = World::with(vec![teapots(), sign_in()]).await.unwrap();
    world
        .until("/api/search/query?term=lapsang", "/teapots#lapsang")
        .await;
    let as_person = async |path: &str| {
        let request = Request::get(path).header("x-person", "user:default/ines");
        world.send(request.body(Body::empty()).unwrap()).await.1
    };
    for (path, found) in [
        ("/api/search/query?term=lapsang", "Lapsang souchong"),
        (
            "/api/search/query?term=lapsang&types%5B0%5D=tea-recipe",
            "Lapsang souchong",
        ),
        ("/api/search/query?term=*", "Lapsang souchong"),
        ("/search?query=lapsang", "Tea recipes"),
        ("/search?query=*", "Tea recipes"),
        ("/-/palette?query=lapsang", "Lapsang souchong"),
        ("/-/palette?query=lapsnag", "\"suggestion\":\"lapsang\""),
    ] {
        let guest = world.get(path).await.1;
        assert!(guest.contains(found), "{path}: {guest}");
        let person = as_person(path).await;
        assert!(
            !person.contains(found) && !person.contains("#lapsang"),
            "{path}: {person}"
        );
    }
    let count = as_person("/api/search/query?term=lapsang").await;
    assert!(count.contains("\"numberOfResults\":0"), "{count}");
}

/// Keeps one permission from everybody.
struct Without(&'static str);

#[async_trait]
impl Policy for Without {
    async fn decide(&self, _: &Viewer, asked: &[&'static Permission]) -> Result<Vec<Decision>, Fault> {
        let decide = |permission: &&'static Permission| {
            if permission.name == self.0 {
                Decision::Deny
            } else {
                Decision::Allow
            }
        };
        Ok(asked.iter().map(decide).collect())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_whose_permission_is_missing_says_which() {
    let policy: Arc<dyn Policy> = Arc::new(Without("teapots.brew"));
    let world = World::governed(vec![teapots()], json!({}), Some(policy))
        .await
        .unwrap();
    let page = world.until(&format!("{TEAPOT}/brew"), "teapots.brew").await;
    assert!(page.contains("You may not see Brew"), "{page}");
    assert!(
        !page.contains("Brewing in") && !page.contains("teapots.harvest"),
        "{page}"
    );
    // What happened is told to others under the same permission.
    let page = world.get(&format!("{TEAPOT}?part=steam")).await.1;
    assert!(
        page.contains("Steam rises") && !page.contains("The water boiled"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_is_told_what_of_its_offers_the_viewer_may_not_do() {
    let policy: Arc<dyn Policy> = Arc::new(Without("teapots.recipe.read"));
    let world = World::governed(vec![teapots()], json!({}), Some(policy))
        .await
        .unwrap();
    let page = world.until(&format!("{TEAPOT}/brew"), "Brewing in").await;
    assert!(page.contains("You may not taste"), "{page}");
}
