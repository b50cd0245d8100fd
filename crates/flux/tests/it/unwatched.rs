//! Objects of an inventory whose kinds are not watched: their cluster is asked when somebody looks.

use serde_json::{Value, json};

use crate::world::{World, cluster, object, ready};

fn apps(ids: &[&str]) -> Value {
    let entries: Vec<Value> = ids.iter().map(|id| json!({"id": id, "v": "v1"})).collect();
    let labels = json!({"kustomize.toolkit.fluxcd.io/name": "cluster", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"});
    let more = json!({"spec": {}, "status": {"inventory": {"entries": entries}}});
    object("flux-system", "apps", labels, more)
}

#[tokio::test]
async fn what_is_not_watched_is_asked_for_when_somebody_looks() {
    let server = cluster().await;
    let condition =
        |status: &str, message: &str| json!({"status": {"conditions": [ready(status, "Issued", message)]}});
    server.put(
        "widgets",
        object("shop", "good", json!({}), condition("True", "it is there")),
    );
    server.put(
        "widgets",
        object("shop", "bad", json!({}), condition("False", "no issuer is there")),
    );
    server.put("gadgets", object("shop", "hidden", json!({}), json!({})));
    server.forbid("gadgets");
    server.put(
        "kustomizations",
        apps(&[
            "shop_good_example.com_Widget",
            "shop_bad_example.com_Widget",
            "shop_lost_example.com_Widget",
            "shop_hidden_example.com_Gadget",
            "shop_key__Secret",
            "shop_odd_other.example_Oddity",
        ]),
    );
    let world = World::of(&server, json!({})).await;
    let page = world.tab_with("", "no issuer is there").await;
    for words in [
        "the portal's account may not see it",
        "the portal reads no secrets",
        "the cluster has no kind Oddity",
        "1 missing",
        "1 not well",
    ] {
        let escaped = words.replace('\'', "&#39;");
        assert!(
            page.contains(words) || page.contains(&escaped),
            "{words:?} is missing in {page}"
        );
    }
    let asked = |name: &str| {
        let path = format!("/{name}?list");
        server
            .requests()
            .iter()
            .filter(|(asked, _)| asked.ends_with(&path))
            .count()
    };
    world.tab("").await;
    assert_eq!(
        (asked("good"), asked("hidden")),
        (1, 1),
        "an answer counts for a moment"
    );
    assert_eq!(asked("key"), 0, "secrets are not asked for");
}

#[tokio::test]
async fn of_many_only_the_first_are_asked_for() {
    let server = cluster().await;
    let ids: Vec<String> = (0..80)
        .map(|number| format!("shop_w{number}_example.com_Widget"))
        .collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    server.put("kustomizations", apps(&ids));
    let world = World::of(&server, json!({})).await;
    let page = world.tab_with("", "60 missing").await;
    assert!(
        page.contains("not watched, and only 60 such objects are asked for"),
        "{page}"
    );
    let asked = server.requests();
    let asked = asked
        .iter()
        .filter(|(path, _)| path.contains("/widgets/"))
        .count();
    assert_eq!(asked, 60);
}
