//! Schema and sent form give values or messages.

use maud::Markup;
use serde_json::json;

use super::draw::{Drawing, focus};
use super::pickers::{Offer, Offers, condition, questions};
use super::*;
use model::Filter;

mod controls;
mod fields;
mod folder;
mod rows;

fn sent(pairs: &[(&str, &str)]) -> Sent {
    Sent::new(
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    )
}

fn fill(schema: &Value, before: &Value, pairs: &[(&str, &str)]) -> Filled {
    let before = Filled {
        values: before.clone(),
        ..Filled::default()
    };
    Form::new(schema, &Branches::new(), &[]).fill(&sent(pairs), &before)
}

/// Values and messages of a form that was sent with these pairs.
fn answer(schema: &Value, pairs: &[(&str, &str)]) -> (Value, Vec<(String, String)>) {
    let filled = fill(schema, &json!({}), pairs);
    let branches = Branches::new();
    let form = Form::new(schema, &branches, &[]);
    let mistakes = form.check(&filled.values);
    (
        Value::Object(form.result(&filled.values)),
        mistakes.into_iter().collect(),
    )
}

fn values(schema: &Value, pairs: &[(&str, &str)]) -> Value {
    let (values, mistakes) = answer(schema, pairs);
    assert_eq!(mistakes, [], "{values}");
    values
}

fn told(schema: &Value, pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    answer(schema, pairs).1
}

fn drawn(schema: &Value, values: &Value, offers: &Offers) -> Markup {
    let branches = Branches::new();
    let form = Form::new(schema, &branches, &[]);
    let effective = form.effective(values);
    let mistakes = check::Mistakes::new();
    let drawing = Drawing {
        branches: &branches,
        offers,
        mistakes: &mistakes,
        triggers: &form.triggers(),
        hosts: &[],
        focus: focus(&effective, &mistakes),
    };
    drawing.fields(&effective, "", values)
}

#[test]
fn values_have_the_types_of_the_schema() {
    let schema = json!({"properties": {
        "name": {"type": "string"},
        "port": {"type": "integer"},
        "share": {"type": "number"},
        "public": {"type": "boolean"},
        "size": {"type": "integer", "enum": [1, 2], "enumNames": ["Small", "Large"]},
        "way": {"type": "string", "oneOf": [{"const": "a", "title": "First"}, {"const": "b"}]},
        "regions": {"type": "array", "items": {"type": "string", "enum": ["fsn", "hel", "nbg"]}},
        "hosts": {"type": "array", "items": {"type": "string"}},
        "labels": {"type": "object"},
        "nested": {"type": "object", "properties": {"deep/er": {"type": "integer"}}},
    }});
    let pairs = [
        ("/name", " x "),
        ("/port", "8080"),
        ("/share", "0.5"),
        ("/public", "false"),
        ("/public", "true"),
        ("/size", "2"),
        ("/way", "b"),
        ("/regions", ""),
        ("/regions", "nbg"),
        ("/regions", "fsn"),
        ("/hosts[]", ""),
        ("/hosts/0", "a"),
        ("/hosts/1", ""),
        ("/hosts/2", "b"),
        ("/labels", r#"{"a": "b"}"#),
        ("/nested/deep~1er", "7"),
    ];
    assert_eq!(
        values(&schema, &pairs),
        json!({
            "name": " x ", "port": 8080, "share": 0.5, "public": true, "size": 2, "way": "b",
            "regions": ["fsn", "nbg"], "hosts": ["a", "b"], "labels": {"a": "b"}, "nested": {"deep/er": 7},
        })
    );
}

#[test]
fn mistakes_are_told_in_human_words_at_their_field() {
    let schema = json!({
        "required": ["name", "kind", "agreed"],
        "properties": {
            "name": {"type": "string", "minLength": 3, "maxLength": 5, "pattern": "^[a-z]+$"},
            "kind": {"type": "string", "enum": ["a", "b"]},
            "agreed": {"type": "boolean", "const": true},
            "port": {"type": "integer", "minimum": 1, "maximum": 10},
            "mail": {"type": "string", "format": "email"},
            "hosts": {"type": "array", "minItems": 1, "items": {"type": "string", "maxLength": 2}},
        },
    });
    for (pairs, expected) in [
        (vec![("/name", "")], ("/name", "This is missing.")),
        (vec![("/name", "")], ("/kind", "Choose one.")),
        (
            vec![("/name", "ab")],
            ("/name", "Too short: 2 of at least 3 characters."),
        ),
        (
            vec![("/name", "abcdef")],
            ("/name", "Too long: 6, and at most 5 characters fit."),
        ),
        (
            vec![("/name", "ABC")],
            ("/name", "“A” is not allowed here, only lower-case letters."),
        ),
        (vec![("/kind", "c")], ("/kind", "Choose one of the values.")),
        (vec![("/agreed", "false")], ("/agreed", "Tick the box.")),
        (vec![("/port", "eight")], ("/port", "This is not a whole number.")),
        (vec![("/port", "1.5")], ("/port", "This is not a whole number.")),
        (vec![("/port", "11")], ("/port", "At most 10.")),
        (vec![("/mail", "x")], ("/mail", "This is not an e-mail address.")),
        (vec![("/hosts[]", "")], ("/hosts", "At least 1 entry.")),
        (
            vec![("/hosts[]", ""), ("/hosts/4", "abc")],
            ("/hosts/0", "Too long: 3, and at most 2 characters fit."),
        ),
    ] {
        let told = told(&schema, &pairs);
        let expected = (expected.0.to_owned(), expected.1.to_owned());
        assert!(told.contains(&expected), "{pairs:?}: {told:?}");
    }
}

#[test]
fn a_text_that_is_no_number_is_shown_again() {
    let schema = json!({"properties": {"port": {"type": "integer"}}});
    let filled = fill(&schema, &json!({}), &[("/port", "eight")]);
    let markup = drawn(&schema, &filled.values, &Offers::new()).0;
    assert!(markup.contains("value=\"eight\""), "{markup}");
}

#[test]
fn defaults_fill_a_new_form_and_not_a_field_that_was_emptied() {
    let schema = json!({"properties": {
        "name": {"type": "string", "default": "x"},
        "hosts": {"type": "array", "items": {"type": "string"}, "minItems": 2},
        "nested": {"type": "object", "properties": {"port": {"type": "integer", "default": 80}}},
    }});
    let fresh = fill(&schema, &json!({}), &[]);
    assert_eq!(
        fresh.values,
        json!({"name": "x", "hosts": [null, null], "nested": {"port": 80}})
    );
    let emptied = fill(&schema, &fresh.values, &[("/name", "")]);
    assert_eq!(emptied.values["name"], Value::Null);
    let again = fill(&schema, &emptied.values, &[]);
    assert_eq!(again.values["name"], Value::Null);
    assert_eq!(
        without_blanks(&again.values),
        json!({"hosts": [], "nested": {"port": 80}})
    );
}

/// As several templates of the wild write it.
fn conditional() -> Value {
    json!({
        "required": ["ci"],
        "properties": {"ci": {"type": "string", "title": "CI", "enum": ["github", "tekton"], "default": "github"}},
        "dependencies": {"ci": {"oneOf": [
            {"properties": {"ci": {"const": "github"}}},
            {"required": ["namespace"], "properties": {
                "ci": {"const": "tekton"},
                "namespace": {"type": "string", "default": "ci"},
                "image": {"type": "string"},
            }},
        ]}},
    })
}

#[test]
fn conditional_fields_appear_and_remember_their_input() {
    let schema = conditional();
    assert_eq!(values(&schema, &[("/ci", "github")]), json!({"ci": "github"}));
    let shown = fill(&schema, &json!({}), &[("/ci", "tekton")]);
    assert_eq!(shown.values["namespace"], "ci");
    let typed = fill(
        &schema,
        &shown.values,
        &[("/ci", "tekton"), ("/namespace", "x"), ("/image", "y")],
    );
    let away = fill(&schema, &typed.values, &[("/ci", "github")]);
    let branches = Branches::new();
    let form = Form::new(&schema, &branches, &[]);
    assert_eq!(Value::Object(form.result(&away.values)), json!({"ci": "github"}));
    let back = fill(&schema, &away.values, &[("/ci", "tekton")]);
    assert_eq!(
        Value::Object(form.result(&back.values)),
        json!({"ci": "tekton", "namespace": "x", "image": "y"})
    );
    let emptied = fill(&schema, &back.values, &[("/ci", "tekton"), ("/namespace", "")]);
    assert_eq!(form.check(&emptied.values)["/namespace"], "This is missing.");
    let markup = drawn(&schema, &shown.values, &Offers::new()).0;
    assert!(markup.contains("name=\"/ci\" required data-updates"), "{markup}");
    assert!(markup.contains("value=\"update\""), "{markup}");
}

#[test]
fn conditions_of_every_sort_are_decided() {
    let schema = json!({
        "properties": {
            "kind": {"type": "string"},
            "card": {"type": "string"},
            "more": {"type": "boolean"},
        },
        "dependencies": {
            "card": ["address"],
            "more": {"allOf": [{"if": {"properties": {"more": {"const": true}}}, "then": {"properties": {"extra": {"type": "string"}}}}]},
        },
        "allOf": [{"properties": {"always": {"$ref": "#/definitions/word"}}}],
        "if": {"required": ["kind"], "properties": {"kind": {"const": "x"}}},
        "then": {"properties": {"kind": {"title": "The X"}, "port": {"type": "integer"}}, "required": ["port"]},
        "else": {"properties": {"other": {"type": "string"}}},
        "definitions": {"word": {"type": "string", "title": "Word"}},
    });
    let branches = Branches::new();
    let form = Form::new(&schema, &branches, &[]);
    let names = |values: Value| -> Vec<String> {
        let effective = form.effective(&values);
        effective["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(names(json!({})), ["kind", "card", "more", "always", "other"]);
    assert_eq!(
        names(json!({"kind": "x"})),
        ["kind", "card", "more", "always", "port"]
    );
    assert_eq!(
        names(json!({"more": true})),
        ["kind", "card", "more", "always", "other", "extra"]
    );
    assert_eq!(
        names(json!({"more": false})),
        ["kind", "card", "more", "always", "other"]
    );
    let decided = form.effective(&json!({"kind": "x", "card": "1"}));
    assert_eq!(decided["required"], json!(["port", "address"]));
    assert_eq!(decided["properties"]["kind"]["title"], "The X");
    assert_eq!(decided["properties"]["always"]["title"], "Word");
    assert_eq!(
        form.triggers().into_iter().collect::<Vec<_>>(),
        ["/card", "/kind", "/more"]
    );
}

#[test]
fn one_of_several_parts_is_chosen() {
    let schema = json!({"type": "object", "oneOf": [
        {"title": "Lorem", "properties": {"lorem": {"type": "string"}}, "required": ["lorem"]},
        {"title": "Ipsum", "properties": {"ipsum": {"type": "string"}}, "required": ["ipsum"]},
    ]});
    let first = drawn(&schema, &json!({}), &Offers::new()).0;
    assert!(
        first.contains("name=\"/lorem\"") && first.contains(">Ipsum</option>"),
        "{first}"
    );
    let branches = Branches::from([(String::new(), 1)]);
    let form = Form::new(&schema, &branches, &[]);
    let filled = form.fill(&sent(&[("/ipsum", "x")]), &Filled::default());
    assert_eq!(Value::Object(form.result(&filled.values)), json!({"ipsum": "x"}));
    assert!(form.check(&filled.values).is_empty());
}

#[test]
fn secrets_are_kept_apart_and_never_drawn() {
    let schema =
        json!({"required": ["token"], "properties": {"token": {"type": "string", "ui:field": "Secret"}}});
    let filled = fill(&schema, &json!({}), &[("/token", "hush")]);
    assert_eq!(filled.values, json!({"token": "****"}));
    assert_eq!(filled.secrets["token"], "hush");
    let branches = Branches::new();
    let form = Form::new(&schema, &branches, &[]);
    let kept = form.fill(&sent(&[("/token", "")]), &filled);
    assert_eq!(kept, filled);
    let markup = drawn(&schema, &filled.values, &Offers::new()).0;
    assert!(!markup.contains("hush") && !markup.contains("****"), "{markup}");
    let lines = review::lines(&form.effective(&filled.values), &filled.values);
    assert_eq!(lines[0].text, "••••••••");
    assert_eq!(told(&schema, &[("/token", "")])[0].1, "This is missing.");
}

#[test]
fn fields_of_the_catalog_ask_and_complete() {
    let schema = json!({"properties": {
        "owner": {"type": "string", "ui:field": "OwnerPicker"},
        "system": {"type": "string", "ui:field": "EntityPicker", "ui:options": {
            "catalogFilter": [{"kind": "System", "metadata.annotations.x": {"exists": true}}], "defaultKind": "System",
        }},
        "tags": {"type": "array", "ui:field": "EntityTagsPicker"},
        "name": {"type": "string", "ui:field": "EntityNamePicker"},
        "uses": {"type": "array", "ui:field": "MultiEntityPicker", "items": {"type": "string"}},
    }});
    assert_eq!(questions(&schema).len(), 4);
    let pairs = [
        ("/owner", "platform-team"),
        ("/system", "Billing"),
        ("/tags", "go, web  go"),
        ("/name", "a-b"),
        ("/uses[]", ""),
        ("/uses/0", "component:default/x"),
    ];
    assert_eq!(
        values(&schema, &pairs),
        json!({
            "owner": "group:default/platform-team", "system": "system:default/billing",
            "tags": ["go", "web"], "name": "a-b", "uses": ["component:default/x"],
        })
    );
    let told = told(&schema, &[("/tags", "go Not_A_Tag"), ("/name", "-a")]);
    assert!(
        told[0].1.starts_with("A name has") && told[1].1.starts_with("Not_A_Tag is no tag."),
        "{told:?}"
    );
    let filter = condition(r#"[{"kind": "System", "metadata.annotations.X": {"exists": true}}]"#);
    let one = Filter::In {
        key: "kind".into(),
        values: vec!["system".into()],
    };
    let other = Filter::Exists {
        key: "metadata.annotations.x".into(),
    };
    assert_eq!(filter, Filter::Any(vec![Filter::All(vec![one, other])]));
}

#[test]
fn what_is_not_in_the_catalog_any_more_stays_chosen_and_says_so() {
    let schema = json!({"properties": {"owner": {"type": "string", "ui:field": "OwnerPicker"}}});
    let question = questions(&schema).into_iter().next().unwrap();
    let offer = Offer {
        choices: vec![("group:default/a".into(), "Team A".into())],
        is_cut: false,
    };
    let offers = Offers::from([(question, offer)]);
    let markup = drawn(&schema, &json!({"owner": "group:default/gone"}), &offers).0;
    assert!(
        markup.contains("group:default/gone (not in the catalog)"),
        "{markup}"
    );
}

#[test]
fn places_of_repositories_are_written_part_by_part() {
    let schema = json!({"required": ["repoUrl"], "properties": {"repoUrl": {
        "type": "string", "ui:field": "RepoUrlPicker",
        "ui:options": {"allowedHosts": ["gitea.example.com", "github.com"], "allowedOwners": ["acme"]},
    }}});
    let pairs = [
        ("/repoUrl#host", "github.com"),
        ("/repoUrl#owner", "acme"),
        ("/repoUrl#repo", "a b"),
    ];
    assert_eq!(
        values(&schema, &pairs),
        json!({"repoUrl": "github.com?owner=acme&repo=a+b"})
    );
    let pairs = [
        ("/repoUrl#host", "gitea.example.com"),
        ("/repoUrl#owner", ""),
        ("/repoUrl#repo", "x"),
    ];
    assert_eq!(
        values(&schema, &pairs),
        json!({"repoUrl": "gitea.example.com?repo=x"})
    );
    for (pairs, expected) in [
        (
            vec![("/repoUrl#host", "github.com"), ("/repoUrl#repo", "x")],
            "Owner is missing.",
        ),
        (
            vec![("/repoUrl#host", "github.com"), ("/repoUrl#repo", "")],
            "This is missing.",
        ),
        (
            vec![("/repoUrl#host", "gitlab.com"), ("/repoUrl#repo", "x")],
            "This template may not write to gitlab.com. It allows: gitea.example.com, github.com.",
        ),
        (
            vec![
                ("/repoUrl#host", "github.com"),
                ("/repoUrl#owner", "evil"),
                ("/repoUrl#repo", "x"),
            ],
            "Owner has to be one of: acme.",
        ),
    ] {
        assert_eq!(told(&schema, &pairs)[0].1, expected, "{pairs:?}");
    }
}

#[test]
fn an_unknown_field_is_plain_and_says_so() {
    let schema = json!({"properties": {"chart": {"type": "string", "ui:field": "GSChartPicker"}}});
    let markup = drawn(&schema, &json!({}), &Offers::new()).0;
    assert!(
        markup.contains("<code>GSChartPicker</code>, which this portal does not have"),
        "{markup}"
    );
    assert_eq!(values(&schema, &[("/chart", "x")]), json!({"chart": "x"}));
}

#[test]
fn fields_that_may_not_be_changed_keep_their_value() {
    let schema = json!({"properties": {
        "fixed": {"type": "string", "default": "x", "ui:disabled": true},
        "quiet": {"type": "integer", "default": 7, "ui:widget": "hidden"},
    }});
    assert_eq!(
        values(&schema, &[("/fixed", "changed"), ("/quiet", "8")]),
        json!({"fixed": "x", "quiet": 8})
    );
}

#[test]
fn the_first_mistake_in_the_order_of_the_fields_has_the_focus() {
    let schema = json!({
        "ui:order": ["b", "*"],
        "properties": {"a": {"type": "string"}, "b": {"type": "string", "ui:autofocus": true}, "c": {"type": "array"}},
    });
    let at = |names: &[&str]| {
        let mistakes = names
            .iter()
            .map(|name| ((*name).to_owned(), String::new()))
            .collect();
        focus(&schema, &mistakes).unwrap()
    };
    assert_eq!(at(&[]), "/b");
    assert_eq!(at(&["/a", "/b"]), "/b");
    assert_eq!(at(&["/a", "/c/1"]), "/a");
    assert_eq!(at(&["/c/1"]), "/c/1");
}

#[test]
fn patterns_that_nobody_can_fulfil_and_schemas_that_are_none_do_no_harm() {
    let schema = json!({"properties": {"name": {"type": "string", "pattern": "(["}}});
    assert_eq!(values(&schema, &[("/name", "x")]), json!({"name": "x"}));
    assert_eq!(
        crate::validation::of_input(&schema, &json!({"name": "x"})),
        Vec::<String>::new()
    );
    let wrong = json!({"properties": {"name": {"type": "sting"}}});
    let told = told(&wrong, &[("/name", "x")]);
    assert!(told[0].1.contains("Tell the template's owner"), "{told:?}");
    let endless = json!({"properties": {"a": {"$ref": "#"}}});
    assert!(values(&endless, &[])["a"]["a"].is_object());
    let wide = json!({"properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}, "c": {"$ref": "#"}}});
    let branches = Branches::new();
    let form = Form::new(&wide, &branches, &[]);
    assert!(form.effective(&json!({})).to_string().len() < 2_000_000);
}
