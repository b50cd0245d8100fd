//! Selectors: the original's verdict on many expressions, and what each form of annotation means here.

use serde_json::{Map, Value, json};

use super::*;

fn dashboard(tags: &[&str]) -> Map<String, Value> {
    let dashboard = json!({
        "title": "Orders", "tags": tags, "url": "https://g/d/x", "folderTitle": "Services", "folderUrl": "https://g/f",
        "uid": "x", "type": "dash-db", "id": 1, "isStarred": false,
    });
    dashboard.as_object().cloned().unwrap()
}

/// The verdicts were given by jsep 1.4.0 and the rules of the original's evaluator.
#[test]
fn expressions_are_judged_as_the_original_does() {
    let cases: Vec<(String, Value)> =
        serde_json::from_str(include_str!("../fixtures/expressions.json")).unwrap();
    assert!(cases.len() > 60);
    let dashboard = dashboard(&["orders", "slo"]);
    for (text, expected) in cases {
        let found = match parse::parse(&text) {
            Err(error) => json!({"syntax": error.message, "at": error.at}),
            Ok(node) => match evaluate::passes(&node, &dashboard) {
                Ok(value) => json!({"value": value}),
                Err(message) => json!({"error": message}),
            },
        };
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn every_form_of_selector_means_something() {
    let pair = |label: &str, value: &str| Pair::equal(label, value);
    let labels = |pairs: &[Pair]| Ok(Selector::Labels(pairs.to_vec()));
    let not = Pair {
        is_not: true,
        ..pair("tier", "test")
    };
    let either = Pair {
        values: vec!["a".to_owned(), "b".to_owned()],
        ..pair("app", "a")
    };
    for (text, expected) in [
        ("orders", Ok(Selector::Tag("orders".to_owned()))),
        ("  orders \n", Ok(Selector::Tag("orders".to_owned()))),
        ("-_9", Ok(Selector::Tag("-_9".to_owned()))),
        // The original refuses all of these.
        ("team:foo", Ok(Selector::Tag("team:foo".to_owned()))),
        ("my tag", Ok(Selector::Tag("my tag".to_owned()))),
        ("a.b", Ok(Selector::Tag("a.b".to_owned()))),
        ("backend,foo", Ok(Selector::Tag("backend,foo".to_owned()))),
        ("übersicht", Ok(Selector::Tag("übersicht".to_owned()))),
        ("app=talentmesh-api", labels(&[pair("app", "talentmesh-api")])),
        ("app == talentmesh-api", labels(&[pair("app", "talentmesh-api")])),
        ("app=a, tier!=test", labels(&[pair("app", "a"), not])),
        ("app in (a, b)", labels(&[either])),
        ("k8s.io/name=a:1", labels(&[pair("k8s.io/name", "a:1")])),
        ("title=Orders", labels(&[pair("title", "Orders")])),
    ] {
        assert_eq!(Selector::parse(text), expected, "{text}");
    }
    assert!(matches!(
        Selector::parse("tags @> 'a.b'"),
        Ok(Selector::Expression(_))
    ));
}

#[test]
fn what_is_broken_says_what_to_write_instead() {
    for (text, message, at, instead) in [
        (
            "title = 'x'",
            "Unexpected \"=\" at character 6",
            Some(6),
            "title == 'x'",
        ),
        (
            "tags @> backend",
            "identifier backend does not exist",
            None,
            "tags @> 'backend'",
        ),
        (
            "nope == 'x'",
            "identifier nope does not exist",
            None,
            "Dashboards have: title",
        ),
        (
            "title == foo",
            "identifier foo does not exist",
            None,
            "title == 'foo'",
        ),
        (
            "title < 'x'",
            "unknown binary operator <",
            None,
            "The operators are",
        ),
        (
            "-title == 'x'",
            "unknown unary operator -",
            None,
            "The operators are",
        ),
        (
            "tags @> 'a' tags @> 'b'",
            "unknown node type Compound",
            None,
            "Join conditions",
        ),
        (
            "['a'] @> 'b'",
            "unknown node type ArrayExpression",
            None,
            "Write a tag",
        ),
        (
            "tags @> 'my-service",
            "Unclosed quote after \"my-service\" at character 19",
            Some(19),
            "Close the quote",
        ),
        (
            "(title == 'x'",
            "Unclosed ( at character 13",
            Some(13),
            "Close the parenthesis",
        ),
    ] {
        let broken = Selector::parse(text).unwrap_err();
        assert_eq!((broken.message.as_str(), broken.at), (message, at), "{text}");
        assert!(broken.instead.contains(instead), "{text}: {}", broken.instead);
    }
    // Where there are no dashboards, nothing is evaluated in the original, and the mistake looks like an empty list.
    let list = Selector::parse("title @> 'x'").unwrap();
    assert_eq!(
        list.try_out().unwrap_err(),
        "@> operator can only be used on an array"
    );
    assert!(Selector::parse(&"(".repeat(3_000)).is_err());
    assert!(Selector::parse(&"!".repeat(3_999)).is_err());
    assert!(Selector::parse(&"x == ".repeat(2_000)).is_err());
}

#[test]
fn labels_are_found_in_tags() {
    let passes = |selector: &str, tags: &[&str]| {
        Selector::parse(selector)
            .unwrap()
            .passes(&dashboard(tags))
            .unwrap()
    };
    for tag in ["app=orders", "app:orders", "orders"] {
        assert!(passes("app=orders", &[tag]), "{tag}");
    }
    for tag in ["app=orders2", "team=orders", "Orders"] {
        assert!(!passes("app=orders", &[tag]), "{tag}");
    }
    let pair = Pair::equal("app", "orders");
    assert!(pair.is_contradicted_by(&["app=billing"]) && pair.is_contradicted_by(&["app:billing", "x"]));
    assert!(
        !pair.is_contradicted_by(&["app=billing", "app=orders"])
            && !pair.is_contradicted_by(&["apps=billing"])
    );
    assert!(passes("app=orders,tier!=test", &["orders"]));
    assert!(!passes("app=orders,tier!=test", &["orders", "tier:test"]));
    assert!(passes("tags @> 'a b'", &["a b"]) && passes("a b", &["a b"]));
    let labelled = |selector: &str, labels: Value| {
        let mut dashboard = dashboard(&[]);
        dashboard.insert("labels".to_owned(), labels);
        Selector::parse(selector).unwrap().passes(&dashboard).unwrap()
    };
    assert!(
        labelled("app=orders", json!({"app": "orders"}))
            && !labelled("app=orders", json!({"app": "billing"}))
    );
    assert!(
        !labelled("tier!=test,app=a", json!({"tier": "test", "app": "a"}))
            && labelled("tier!=test,app=a", json!({"app": "a"}))
    );
    assert!(!labelled("app=orders", json!(["orders"])));
    // A dashboard at the top has no folder; that is no error.
    let mut at_the_top = dashboard(&[]);
    at_the_top.remove("folderTitle");
    assert_eq!(
        Selector::parse("folderTitle == 'X'").unwrap().passes(&at_the_top),
        Ok(false)
    );
}

#[test]
fn alerts_are_selected_by_any_label_or_by_all_of_the_dashboards() {
    let any = AlertSelector::parse("app=a, team=b=c").unwrap();
    assert_eq!(any.any, [[Pair::equal("app", "a")], [Pair::equal("team", "b=c")]]);
    for text in ["orders", "=x", "app=", ","] {
        assert!(AlertSelector::parse(text).is_err(), "{text}");
    }
    let of = |text: &str| AlertSelector::of_dashboards(&Selector::parse(text).unwrap());
    assert_eq!(of("app=a,tier=b").unwrap().any[0].len(), 2);
    assert_eq!(of("orders"), None);
    assert_eq!(of("app!=a"), None);
}
