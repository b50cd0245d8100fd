//! Where the code of an entity lies, by the addresses that it names.

use std::path::Path;
use std::sync::Arc;

use model::SystemClock;
use outside::Settings;
use serde_json::json;

use super::*;

fn hosts() -> Hosts {
    let config = json!({"integrations": {
        "gitea": [{"host": "git.example.com"}, {"host": "code.example.com", "baseUrl": "http://gitea.svc:3000/git"}],
        "github": [{"host": "ghe.example.com"}],
    }});
    let config = Config::from_value(config, Path::new("/")).unwrap();
    Hosts::new(
        &config,
        &OutsideCalls::new(Settings::default(), Arc::new(SystemClock)),
    )
}

fn check(address: &str, expected: Option<(&str, Place)>) {
    let found = hosts().source(address);
    let found = found.map(|source| (source.repository(), source.place));
    let expected = expected.map(|(repository, place)| (repository.to_owned(), place));
    assert_eq!(found, expected, "{address}");
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn addresses_name_repository_branch_and_folder() {
    let orders = |place| Some(("git.example.com/shop/orders", place));
    let root = "https://git.example.com/shop/Orders";
    check(root, orders(Place::Root));
    check(&format!("{root}.git"), orders(Place::Root));
    check(
        &format!("{root}/src/branch/main/"),
        orders(Place::Branch(names(&["main"]))),
    );
    check(
        &format!("{root}/src/branch/main/apps/api/catalog-info.yaml"),
        orders(Place::Branch(names(&["main", "apps", "api"]))),
    );
    check(
        &format!("{root}/src/branch/feature%2Fx/apps"),
        orders(Place::Branch(names(&["feature", "x", "apps"]))),
    );
    check(&format!("{root}/src/tag/v1/"), orders(Place::Tag(names(&["v1"]))));
    check(
        &format!("{root}/raw/commit/abc/x.yaml"),
        orders(Place::Commit(names(&["abc"]))),
    );
    check(&format!("{root}/issues/3"), orders(Place::Root));
    check("https://git.example.com/shop", None);
}

#[test]
fn a_server_below_a_path_is_found_by_its_inner_and_its_public_address() {
    let found = Some(("code.example.com/shop/orders", Place::Root));
    check("https://code.example.com/git/shop/orders", found.clone());
    check("http://gitea.svc:3000/git/shop/orders", found);
    check("https://code.example.com/shop/orders", None);
}

#[test]
fn entities_at_a_gitea_without_integration_are_known_by_the_form_of_their_address() {
    let of = |annotations: Value| hosts().of(&json!({"metadata": {"name": "x", "annotations": annotations}}));
    let other = |host: &str| format!("url:https://{host}/o/r/src/branch/main/");
    assert_eq!(
        of(json!({entity::SOURCE_LOCATION: other("other.example.com:3000")})),
        Some(Lies::Unconnected("other.example.com:3000".to_owned()))
    );
    assert_eq!(
        of(json!({entity::SOURCE_LOCATION: other("ghe.example.com")})),
        None
    );
    let github = "url:https://github.com/o/r/tree/main/";
    assert_eq!(of(json!({entity::SOURCE_LOCATION: github})), None);
    assert_eq!(of(json!({})), None);
    let managed = "url:https://git.example.com/o/r/src/branch/main/catalog-info.yaml";
    let found = of(json!({entity::MANAGED_BY_LOCATION: managed, entity::SOURCE_LOCATION: "file:/x"}));
    assert!(matches!(found, Some(Lies::At(source)) if source.owner == "o"));
}
