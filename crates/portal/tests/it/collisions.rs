//! Two plugins that claim the same name are refused at the start, and both are named.

use crate::plugin_of_every_point::{self, teapots};
use crate::world::World;
use plugin::{Contributions, Declaration, Feeds, PluginId};
use portal::AddedPlugin;

#[tokio::test(flavor = "multi_thread")]
async fn names_that_two_plugins_claim_are_refused() {
    let copy = AddedPlugin::new(Declaration::new(PluginId::built_in("copy")), |services| {
        let contributions = Contributions {
            plugin: PluginId::built_in("copy"),
            ..plugin_of_every_point::contributions(services)?
        };
        Ok((Feeds::default(), contributions))
    });
    let error = World::with(vec![teapots(), copy])
        .await
        .err()
        .unwrap()
        .to_string();
    for claimed in [
        "API mount \"teapots\"",
        "entity tab \"brew\"",
        "entity card \"steam\"",
        "home card \"tea-time\"",
        "settings section \"sugar\"",
        "navigation entry \"/teapots\"",
        "palette command \"Brew tea\"",
        "type of search document \"tea-recipe\"",
        "action \"teapots:pour\"",
        "kind of job \"teapots.descale\"",
        "schedule \"teapots.monthly\"",
        "live topic \"teapots.harvest\"",
        "health check \"kettle\"",
        "route of every API \"GET /saucer\"",
    ] {
        let sentence = format!("the {claimed} is claimed by teapots and by copy");
        assert!(error.contains(&sentence), "{sentence} in {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_cannot_come_twice_or_take_a_built_in_name() {
    let error = World::with(vec![teapots(), teapots()])
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("the plugin id \"teapots\" is claimed"), "{error}");
    assert!(
        error.contains("entity kind \"teapots.example/v1 Teapot\""),
        "{error}"
    );
    let mut other = teapots();
    other.declaration.id = PluginId::built_in("search");
    let error = World::with(vec![other]).await.err().unwrap().to_string();
    assert!(error.contains("the plugin id \"search\" is claimed"), "{error}");
}
