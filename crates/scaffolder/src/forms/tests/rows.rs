//! Rows come, go and change places; entries have names that people give.

use serde_json::json;

use super::super::edit::Edit;
use super::*;

#[test]
fn rows_come_and_go() {
    let schema = json!({"properties": {"list": {"type": "array", "items": {
        "type": "object", "properties": {"name": {"type": "string", "default": "new"}},
    }}}});
    let branches = Branches::new();
    let form = Form::new(&schema, &branches, &[]);
    let filled = fill(
        &schema,
        &json!({}),
        &[("/list[]", ""), ("/list/0/name", "a"), ("/list/1/name", "b")],
    );
    let edited = |word: &str, filled: Filled| form.edited(&Edit::parse(word).unwrap(), filled);
    let (more, focus) = edited("add:/list", filled);
    assert_eq!(focus.as_deref(), Some("/list/2"));
    assert_eq!(
        more.values,
        json!({"list": [{"name": "a"}, {"name": "b"}, {"name": "new"}]})
    );
    let (fewer, focus) = edited("remove:/list/0", more);
    assert_eq!(focus.as_deref(), Some("/list"));
    assert_eq!(fewer.values, json!({"list": [{"name": "b"}, {"name": "new"}]}));
    for word in [
        "remove:/list/9",
        "remove:",
        "add:/none",
        "remove:/list/x",
        "up:/list/0",
        "down:/list/1",
    ] {
        let (same, _) = edited(word, fewer.clone());
        assert_eq!(same, fewer, "{word}");
    }
}

#[test]
fn rows_change_places_with_the_parts_that_were_chosen_in_them() {
    let schema = json!({"properties": {"list": {"type": "array", "items": {"anyOf": [
        {"type": "string"}, {"type": "integer"},
    ]}}}});
    let mut branches = Branches::from([("/list/0".to_owned(), 1), ("/other/0".to_owned(), 1)]);
    let filled = fill(&schema, &json!({"list": [7, "a", "b"]}), &[]);
    let down = Edit::parse("down:/list/0").unwrap();
    let form = Form::new(&schema, &branches, &[]);
    let (moved, focus) = form.edited(&down, filled);
    assert_eq!(moved.values, json!({"list": ["a", 7, "b"]}));
    assert_eq!(focus.as_deref(), Some("/list/1"));
    down.move_branches(&mut branches);
    assert_eq!(
        branches,
        Branches::from([("/list/1".to_owned(), 1), ("/other/0".to_owned(), 1)])
    );
    Edit::parse("remove:/list/0")
        .unwrap()
        .move_branches(&mut branches);
    assert_eq!(
        branches,
        Branches::from([("/list/0".to_owned(), 1), ("/other/0".to_owned(), 1)])
    );
    Edit::parse("remove:/list/0")
        .unwrap()
        .move_branches(&mut branches);
    assert_eq!(branches, Branches::from([("/other/0".to_owned(), 1)]));
}

#[test]
fn fixed_rows_keep_their_place_and_further_ones_have_a_schema_of_their_own() {
    let schema = json!({"properties": {"pair": {
        "type": "array", "items": [{"type": "string", "title": "From"}, {"type": "integer"}], "additionalItems": {"type": "boolean"},
    }}});
    let fresh = fill(&schema, &json!({}), &[]);
    assert_eq!(fresh.values, json!({"pair": [null, null]}));
    let pairs = [
        ("/pair[]", ""),
        ("/pair/0", ""),
        ("/pair/1", "7"),
        ("/pair/2", "true"),
    ];
    let (kept, mistakes) = answer(&schema, &pairs);
    assert_eq!(kept, json!({"pair": [null, 7, true]}));
    assert_eq!(mistakes, [("/pair/0".to_owned(), "This is missing.".to_owned())]);
    let markup = drawn(&schema, &json!({"pair": ["a", 1, true]}), &Offers::new()).0;
    assert!(
        !markup.contains("remove:/pair/1") && markup.contains("remove:/pair/2"),
        "{markup}"
    );
    assert!(
        markup.contains(">From<") && markup.contains("add:/pair"),
        "{markup}"
    );
}

#[test]
fn entries_have_names_that_people_give() {
    let schema = json!({"properties": {"labels": {
        "type": "object", "additionalProperties": {"type": "string", "maxLength": 3}, "properties": {"own": {"type": "string"}},
    }}});
    let branches = Branches::new();
    let form = Form::new(&schema, &branches, &[]);
    let pairs = [
        ("/labels/own", "x"),
        ("/labels#more[]", ""),
        ("/labels#more/0#name", "tier"),
        ("/labels#more/0", "long"),
        ("/labels#more/1#name", "team"),
        ("/labels#more/1", "a"),
        ("/labels#more/2#name", "tier"),
        ("/labels#more/2", "2"),
    ];
    let filled = fill(&schema, &json!({}), &pairs);
    let labels = json!({"labels": {"own": "x", "tier": "long", "team": "a", "tier-1": "2"}});
    assert_eq!(Value::Object(form.result(&filled.values)), labels);
    let mistakes = form.check(&filled.values);
    assert_eq!(
        mistakes["/labels#more/0"],
        "Too long: 4, and at most 3 characters fit."
    );
    let edited = |word: &str, filled: Filled| form.edited(&Edit::parse(word).unwrap(), filled);
    let (fewer, _) = edited("remove:/labels#more/1", filled);
    assert_eq!(
        fewer.values,
        json!({"labels": {"own": "x", "tier": "long", "tier-1": "2"}})
    );
    let (more, focus) = edited("add:/labels#more", fewer);
    assert_eq!(focus.as_deref(), Some("/labels#more/2"));
    let markup = drawn(&schema, &more.values, &Offers::new()).0;
    assert!(
        markup.contains("name=\"/labels#more/2#name\"") && markup.contains("value=\"tier-1\""),
        "{markup}"
    );
    let unnamed = fill(
        &schema,
        &more.values,
        &[
            ("/labels#more[]", ""),
            ("/labels#more/0#name", ""),
            ("/labels#more/0", "x"),
        ],
    );
    assert_eq!(
        form.check(&unnamed.values)["/labels#more/0"],
        "This needs a name."
    );
    let gone = fill(&schema, &unnamed.values, &[("/labels#more[]", "")]);
    assert_eq!(gone.values, json!({"labels": {"own": "x"}}));
}

#[test]
fn rows_decide_their_own_conditions() {
    let schema = json!({"properties": {"people": {"type": "array", "items": {
        "type": "object",
        "properties": {"role": {"type": "string", "enum": ["reader", "writer"]}},
        "if": {"properties": {"role": {"const": "writer"}}, "required": ["role"]},
        "then": {"properties": {"until": {"type": "string", "format": "date"}}},
    }}}});
    let pairs = [
        ("/people[]", ""),
        ("/people/0/role", "writer"),
        ("/people/0/until", "2026-01-31"),
        ("/people/1/role", "reader"),
    ];
    assert_eq!(
        values(&schema, &pairs),
        json!({"people": [{"role": "writer", "until": "2026-01-31"}, {"role": "reader"}]})
    );
    let markup = drawn(&schema, &json!({"people": [{"role": "reader"}]}), &Offers::new()).0;
    assert!(
        markup.contains("name=\"/people/0/role\" data-updates"),
        "{markup}"
    );
    let told = told(
        &schema,
        &[
            ("/people[]", ""),
            ("/people/0/role", "writer"),
            ("/people/0/until", "soon"),
        ],
    );
    assert_eq!(
        told,
        [(
            "/people/0/until".to_owned(),
            "This is not a date, for example 2026-01-31.".to_owned()
        )]
    );
}
