//! Whether Grafana has a renderer, and what comes of asking it for a picture.

use serde_json::json;

use crate::fake::Mode;
use crate::world::World;

const SETTINGS: &str = "/api/frontend/settings";
const RENDERED: &str = "/render/d-solo/orders/panel";

async fn world() -> World {
    let section = |address: &str| json!({"domain": "https://grafana.example.com", "url": address, "token": "geheim", "pictures": true});
    World::configured("grafana/dashboard-selector: app=orders", section).await
}

#[tokio::test]
async fn grafana_is_asked_once_whether_it_has_a_renderer() {
    let world = world().await;
    world.grafana.set(Mode::NoPictures);
    for _ in 0..3 {
        let panel = world.tab("chart/orders/2", "").await.unwrap();
        assert!(
            panel.contains("no image renderer") && panel.contains("grafana.pictures"),
            "{panel}"
        );
    }
    let calls = [SETTINGS, RENDERED].map(|path| world.grafana.calls(path));
    assert_eq!(calls, [1, 0], "a renderer that is not there is not asked");
}

#[tokio::test]
async fn a_probe_that_fails_is_told_and_asked_again() {
    for (mode, words) in [
        (Mode::Unauthorized, "401 Unauthorized"),
        (Mode::Forbidden, "403 Forbidden"),
        (Mode::SignIn, "sign-in page"),
        (Mode::Html, "sent no JSON"),
    ] {
        let world = world().await;
        // The list and the dashboard are known before Grafana refuses.
        world.tab("", "").await;
        world.grafana.set(mode);
        let panel = world.tab("chart/orders/2", "").await.unwrap();
        assert!(
            panel.contains(words) && !panel.contains("<img"),
            "{mode:?}: {panel}"
        );
        assert_eq!(world.grafana.calls(RENDERED), 0, "{mode:?}");
        world.grafana.set(Mode::Well);
        let panel = world.tab("chart/orders/2", "").await.unwrap();
        assert!(panel.contains("<img"), "{mode:?}: {panel}");
    }
}

#[tokio::test]
async fn a_renderer_that_fails_leaves_no_broken_picture() {
    for (mode, words) in [
        (Mode::BrokenRenderer, "500 Internal Server Error"),
        (Mode::NoPng, "no picture"),
    ] {
        let world = world().await;
        world.grafana.set(mode);
        let panel = world.tab("chart/orders/2", "").await.unwrap();
        assert!(
            panel.contains(words) && !panel.contains("<img"),
            "{mode:?}: {panel}"
        );
        world.grafana.set(Mode::Well);
        let panel = world.tab("chart/orders/2", "").await.unwrap();
        assert!(panel.contains("<img"), "a failure is not kept: {panel}");
    }
}
