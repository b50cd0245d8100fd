//! Fields that are about the catalog and Git hosts, with their options, and the review.

use serde_json::json;

use super::*;
use crate::forms::pickers::{Question, named};

#[test]
fn a_filter_is_taken_in_every_form_in_which_templates_write_it() {
    let of = |key: &str, values: &[&str]| Filter::In {
        key: key.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    let exists = |key: &str| Filter::Exists { key: key.to_owned() };
    for (filter, expected) in [
        (
            json!({"kind": "System"}),
            Filter::All(vec![of("kind", &["system"])]),
        ),
        (
            json!({"kind": ["Group", "User"]}),
            Filter::All(vec![of("kind", &["group", "user"])]),
        ),
        (
            json!({"spec.type": {"exists": true}}),
            Filter::All(vec![exists("spec.type")]),
        ),
        (
            json!({"spec.type": {"exists": false}}),
            Filter::All(vec![Filter::Not(Box::new(exists("spec.type")))]),
        ),
        (
            json!([{"kind": "API"}, {"kind": "System"}]),
            Filter::Any(vec![
                Filter::All(vec![of("kind", &["api"])]),
                Filter::All(vec![of("kind", &["system"])]),
            ]),
        ),
        (
            json!({"spec.type": {"$in": ["a", "B"]}}),
            of("spec.type", &["a", "b"]),
        ),
        (
            json!({"$not": {"kind": "User"}}),
            Filter::Not(Box::new(of("kind", &["user"]))),
        ),
        (json!({"$any": "nonsense"}), Filter::Any(Vec::new())),
        (json!({}), Filter::All(Vec::new())),
    ] {
        assert_eq!(condition(&filter.to_string()), expected, "{filter}");
    }
}

#[test]
fn a_question_is_asked_by_its_address() {
    let schema =
        json!({"type": "string", "ui:field": "OwnedEntityPicker", "ui:options": {"allowedKinds": ["API"]}});
    let question = pickers::question(&schema).unwrap();
    let address = question.address().unwrap();
    assert_eq!(
        address,
        "/create/choices?field=OwnedEntityPicker&filter=%7B%22kind%22:%5B%22API%22%5D%7D"
    );
    assert_eq!(
        Question::read("OwnedEntityPicker", r#"{"kind":["API"]}"#),
        question
    );
    let tags = Question::Tags {
        kinds: vec!["Component".to_owned()],
    };
    assert_eq!(Question::read("EntityTagsPicker", r#"["Component"]"#), tags);
    let long = json!({"type": "string", "ui:field": "EntityPicker", "ui:options": {"catalogFilter": {"kind": "x".repeat(3_000)}}});
    assert_eq!(pickers::question(&long).unwrap().address(), None);
}

#[test]
fn references_are_looked_up_where_not_just_anything_is_taken() {
    let schema = json!({"properties": {
        "any": {"type": "string", "ui:field": "EntityPicker"},
        "owner": {"type": "string", "ui:field": "OwnerPicker"},
        "fixed": {"type": "string", "ui:field": "OwnerPicker", "ui:disabled": true},
        "uses": {"type": "array", "ui:field": "MultiEntityPicker", "ui:options": {"allowArbitraryValues": false}},
        "by": {"type": "object", "additionalProperties": {"type": "string", "ui:field": "OwnerPicker"}},
    }});
    let values = json!({"any": "a", "owner": "group:default/b", "fixed": "group:default/gone", "uses": ["api:default/c", null], "by": {"x": "group:default/d"}});
    let found: Vec<(String, String)> = named(&schema, &values)
        .into_iter()
        .map(|(pointer, _, reference)| (pointer, reference))
        .collect();
    let expected = [
        ("/owner", "group:default/b"),
        ("/uses/0", "api:default/c"),
        ("/by/x", "group:default/d"),
    ];
    let expected = expected.map(|(pointer, reference)| (pointer.to_owned(), reference.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn branches_and_owners_are_checked() {
    let schema = json!({"properties": {
        "branch": {"type": "string", "ui:field": "RepoBranchPicker"},
        "owner": {"type": "string", "ui:field": "RepoOwnerPicker", "ui:options": {"excludedOwners": ["evil"]}},
    }});
    assert_eq!(
        told(&schema, &[("/branch", "feature/a.b"), ("/owner", "acme")]),
        []
    );
    let told = told(&schema, &[("/branch", "a..b"), ("/owner", "evil")]);
    assert_eq!(told[0].1, "a..b cannot be the name of a branch.");
    assert_eq!(told[1].1, "This template may not be used for evil.");
}

#[test]
fn parts_of_a_repository_say_what_the_template_says_of_them() {
    let schema = json!({"properties": {"repoUrl": {"type": "string", "ui:field": "RepoUrlPicker", "ui:options": {
        "allowedHosts": ["github.com"], "allowedOwners": ["acme"], "ownerLabel": "Organisation", "repoDescription": "Small letters.",
        "requestUserCredentials": {"secretsKey": "TOKEN"},
    }}}});
    let markup = drawn(&schema, &json!({}), &Offers::new()).0;
    for part in [
        ">Organisation</label>",
        "Small letters.",
        "<option value=\"acme\" selected>",
        "This portal uses its own",
    ] {
        assert!(markup.contains(part), "{part}: {markup}");
    }
    // Nothing was chosen by a person yet.
    let untouched = [
        ("/repoUrl#host", "github.com"),
        ("/repoUrl#owner", "acme"),
        ("/repoUrl#repo", ""),
    ];
    assert_eq!(values(&schema, &untouched), json!({}));
    let named = [
        ("/repoUrl#host", "github.com"),
        ("/repoUrl#owner", "acme"),
        ("/repoUrl#repo", "x"),
    ];
    assert_eq!(
        values(&schema, &named),
        json!({"repoUrl": "github.com?owner=acme&repo=x"})
    );
}

#[test]
fn the_review_shows_what_the_template_wants_shown() {
    let schema = json!({"properties": {
        "hidden": {"type": "string", "ui:backstage": {"review": {"show": false}}},
        "masked": {"type": "string", "ui:backstage": {"review": {"mask": "<secret>"}}},
        "named": {"type": "string", "ui:backstage": {"review": {"name": "Another name"}}},
        "group": {"title": "Group", "type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "integer"}},
        "joined": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "ui:backstage": {"review": {"explode": false}}},
        "rows": {"type": "array", "items": {"type": "string", "enum": ["x"]}},
    }});
    let values = json!({
        "hidden": "1", "masked": "2", "named": "3", "group": {"a": "4", "more": 5}, "joined": {"a": "6", "b": "7"}, "rows": ["x"],
    });
    let lines = review::lines(&schema, &values);
    let told: Vec<String> = lines
        .iter()
        .map(|line| format!("{}{}={}", " ".repeat(line.depth), line.title, line.text))
        .collect();
    assert_eq!(
        told,
        [
            "masked=<secret>",
            "Another name=3",
            "Group=",
            " a=4",
            " more=5",
            "joined=a: 6, b: 7",
            "rows=x"
        ]
    );
}

#[test]
fn the_focus_goes_to_the_first_mistake_inside_groups_and_entries() {
    let schema = json!({"properties": {
        "group": {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "string"}},
        "z": {"type": "string", "ui:autofocus": true},
    }});
    let at = |wrong: &[&str]| {
        let mistakes = wrong
            .iter()
            .map(|name| ((*name).to_owned(), String::new()))
            .collect();
        focus(&schema, &mistakes)
    };
    assert_eq!(at(&["/z", "/group#more/1"]).as_deref(), Some("/group#more/1"));
    assert_eq!(at(&["/group/a", "/group#more/1"]).as_deref(), Some("/group/a"));
    assert_eq!(at(&[]).as_deref(), Some("/z"));
}
