//! The section of the configuration.

use serde_json::json;

use super::*;

fn check(section: Value, problems: &[&str]) {
    let found: Vec<String> = Section
        .check(&section)
        .into_iter()
        .map(|one| one.fault.message)
        .collect();
    assert_eq!(found.len(), problems.len(), "{section}: {found:?}");
    for (found, part) in found.iter().zip(problems) {
        assert!(found.contains(part), "{part} in {found}");
    }
}

#[test]
fn mistakes_are_named() {
    check(
        json!({"domain": "https://g.example.com", "url": "http://g:3000", "token": "x", "unifiedAlerting": true}),
        &[],
    );
    check(json!({}), &["grafana.domain is missing"]);
    check(json!({"domain": "grafana"}), &["must be an address"]);
    check(
        json!({"domain": "https://g", "defaultHost": "c", "hosts": [{"id": "a", "domain": "https://a"}, {"id": "a", "domain": "https://b"}]}),
        &["the same id", "no effect beside", "names 'c'"],
    );
}

#[test]
fn the_proxy_endpoint_of_the_original_gives_address_and_token() {
    let proxy = json!({"endpoints": {"/grafana/api": {"target": "http://grafana:3000/", "headers": {"authorization": "Bearer t"}}}});
    let of = |section: Value, proxy: &Value| {
        Settings::read(&section, proxy, &|_, secret| secret)
            .unwrap()
            .hosts
            .remove(0)
    };
    let host = of(json!({"domain": "https://g.example.com/"}), &proxy);
    assert_eq!(
        (host.domain.as_str(), host.server.as_str()),
        ("https://g.example.com", "http://grafana:3000")
    );
    assert_eq!(host.authorization.unwrap().expose(), "Bearer t");
    let older = json!({"/grafana/api": "http://older"});
    assert_eq!(of(json!({"domain": "https://g"}), &older).server, "http://older");
    let own = of(
        json!({"domain": "https://g", "url": "http://own", "token": "mine"}),
        &proxy,
    );
    assert_eq!(
        (own.server.as_str(), own.authorization.unwrap().expose()),
        ("http://own", "Bearer mine")
    );
    assert_eq!(
        of(json!({"domain": "https://g"}), &Value::Null).server,
        "https://g"
    );
    assert!(Settings::read(&Value::Null, &proxy, &|_, secret| secret).is_none());
}

#[test]
fn links_lead_to_the_address_of_browsers() {
    let host = |domain: &str| {
        Settings::read(&json!({"domain": domain}), &Value::Null, &|_, secret| secret)
            .unwrap()
            .hosts
            .remove(0)
    };
    assert_eq!(host("https://g").link("/d/x"), "https://g/d/x");
    assert_eq!(
        host("https://g/grafana").link("/grafana/d/x"),
        "https://g/grafana/d/x"
    );
    assert_eq!(host("https://g/grafana").link("/d/x"), "https://g/grafana/d/x");
    assert_eq!(
        host("https://g/grafana").link("/grafanas"),
        "https://g/grafana/grafanas"
    );
    assert_eq!(
        host("https://g").rule_link(Some("a/b"), "x"),
        "https://g/alerting/grafana/a%2Fb/view"
    );
    assert_eq!(
        host("https://g").rule_link(None, "x y"),
        "https://g/alerting/list?search=rule%3A%22x%20y%22"
    );
}

#[test]
fn instances_are_found_by_their_id() {
    let section = json!({"hosts": [{"id": "a", "domain": "https://a"}, {"id": "b", "domain": "https://b"}], "defaultHost": "b", "alertsEvery": {"seconds": 1}});
    let settings = Settings::read(&section, &Value::Null, &|_, secret| secret).unwrap();
    assert_eq!((settings.default.as_str(), settings.every), ("b", SHORTEST));
    assert_eq!(settings.hosts.len(), 2);
}
