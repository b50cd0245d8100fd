//! Controls show a value as their HTML type takes it, and give it back as the schema wants it.

use serde_json::json;

use super::*;

/// The form of one field, with a value.
fn one(field: &Value, value: &Value) -> String {
    drawn(
        &json!({"properties": {"x": field}}),
        &json!({ "x": value }),
        &Offers::new(),
    )
    .0
}

/// The schema of a text with further keys.
fn text(more: &Value) -> Value {
    let mut field = json!({"type": "string"});
    let fields = field.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    field
}

fn check(cases: &[(Value, Value, &str)]) {
    for (field, value, expected) in cases {
        let markup = one(field, value);
        assert!(markup.contains(expected), "{field}: {markup}");
    }
}

#[test]
fn every_format_has_its_input() {
    check(&[
        (
            text(&json!({"format": "email"})),
            json!("a@b"),
            "type=\"email\" value=\"a@b\"",
        ),
        (
            text(&json!({"format": "uri"})),
            json!("x"),
            "type=\"url\" value=\"x\"",
        ),
        (
            text(&json!({"ui:widget": "password"})),
            json!("x"),
            "type=\"password\" value=\"x\"",
        ),
        (
            text(&json!({"ui:options": {"inputType": "tel"}})),
            json!("1"),
            "type=\"tel\" value=\"1\"",
        ),
        (
            text(&json!({"format": "date"})),
            json!("2026-01-31"),
            "type=\"date\" value=\"2026-01-31\"",
        ),
        (
            text(&json!({"format": "date"})),
            json!("soon"),
            "type=\"text\" value=\"soon\"",
        ),
        (
            text(&json!({"format": "time"})),
            json!("09:30:00"),
            "type=\"time\" value=\"09:30\"",
        ),
        (
            text(&json!({"format": "date-time"})),
            json!("2026-01-31T09:30:00Z"),
            "type=\"datetime-local\" value=\"2026-01-31T09:30\"",
        ),
        (
            text(&json!({"format": "date-time"})),
            json!("2026-01-31T09:30:00+02:00"),
            "type=\"text\" value=\"2026-01-31T09:30:00+02:00\"",
        ),
        (
            text(&json!({"ui:widget": "color"})),
            json!("#00ff00"),
            "type=\"color\" value=\"#00ff00\"",
        ),
        (
            text(&json!({"ui:widget": "color"})),
            json!(null),
            "type=\"text\" value=\"\"",
        ),
    ]);
}

#[test]
fn every_widget_has_its_input() {
    let number =
        json!({"type": "integer", "minimum": 2, "maximum": 8, "multipleOf": 2, "ui:widget": "range"});
    check(&[
        (
            number.clone(),
            json!(4),
            "type=\"range\" value=\"4\" min=\"2\" max=\"8\" step=\"2\"",
        ),
        (number, json!(null), "type=\"range\" value=\"2\""),
        (
            json!({"type": "number", "ui:widget": "updown"}),
            json!(0.5),
            "value=\"0.5\" step=\"any\"",
        ),
        (text(&json!({"const": "this"})), json!(null), ">this</output>"),
        (
            text(&json!({"ui:readonly": true})),
            json!("x"),
            "value=\"x\" readonly",
        ),
        (
            text(&json!({"ui:disabled": true})),
            json!("x"),
            "value=\"x\" disabled",
        ),
        (
            text(&json!({"ui:label": false})),
            json!("x"),
            "<label class=\"visually-hidden\"",
        ),
        (
            json!({"enum": ["a", "b"], "ui:enumDisabled": ["b"]}),
            json!("a"),
            "<option value=\"b\" disabled>",
        ),
        (
            text(&json!({"ui:widget": "spaceship"})),
            json!("x"),
            "<code>spaceship</code>",
        ),
    ]);
}

#[test]
fn times_are_written_as_the_schema_wants_them() {
    let schema = json!({"properties": {
        "hour": {"type": "string", "format": "time"}, "moment": {"type": "string", "format": "date-time"},
    }});
    let (kept, _) = answer(&schema, &[("/hour", "09:30"), ("/moment", "2026-01-31T09:30")]);
    assert_eq!(
        kept,
        json!({"hour": "09:30:00", "moment": "2026-01-31T09:30:00Z"})
    );
    assert_eq!(
        told(
            &schema,
            &[("/hour", "09:30:00Z"), ("/moment", "2026-01-31T09:30:10")]
        ),
        []
    );
    for wrong in ["25:00", "soon", "09:30:00 later"] {
        assert_eq!(
            told(&schema, &[("/hour", wrong)])[0].1,
            "This is not a time, for example 09:30:00."
        );
    }
}

#[test]
fn values_that_nobody_touched_stay_as_they_are_written() {
    let schema = json!({"properties": {
        "empty": {"type": "string", "default": ""},
        "odd": {"type": "string", "default": {}},
        "owner": {"type": "string", "ui:field": "EntityPicker", "default": "user:guest"},
        "loud": {"type": "boolean", "default": true},
    }});
    let fresh = fill(&schema, &json!({}), &[]);
    let sent = [
        ("/empty", ""),
        ("/odd", "{}"),
        ("/owner", "user:guest"),
        ("/loud", "true"),
    ];
    let same = fill(&schema, &fresh.values, &sent);
    assert_eq!(
        same.values,
        json!({"empty": "", "odd": {}, "owner": "user:guest", "loud": true})
    );
    let changed = fill(
        &schema,
        &fresh.values,
        &[("/owner", "user:mei"), ("/loud", "false")],
    );
    assert_eq!(
        (&changed.values["owner"], &changed.values["loud"]),
        (&json!("user:default/mei"), &json!(false))
    );
}

#[test]
fn a_type_is_chosen_among_several_and_nothing_is_the_empty_field() {
    let schema = json!({"properties": {
        "mixed": {"title": "Mixed", "anyOf": [{"type": "string"}, {"type": "integer", "title": "A number"}]},
        "maybe": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    }});
    let markup = drawn(&schema, &json!({"mixed": 7}), &Offers::new()).0;
    assert!(
        markup.contains("<option value=\"1\" selected>A number</option>"),
        "{markup}"
    );
    assert_eq!(markup.matches("<select").count(), 1, "{markup}");
    let branches = Branches::from([("/mixed".to_owned(), 1)]);
    let form = Form::new(&schema, &branches, &[]);
    let filled = form.fill(&sent(&[("/mixed", "8"), ("/maybe", "")]), &Filled::default());
    assert_eq!(Value::Object(form.result(&filled.values)), json!({"mixed": 8}));
}

#[test]
fn patterns_are_those_of_ecmascript() {
    for (pattern, fits, fits_not) in [
        (r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "a-b", "a-"),
        (r"^(?!-)[a-z-]+(?<!-)$", "a-b", "-a"),
        (r"^\d{3}$", "123", "١٢٣"),
        (r"^[\w.\-]+\/[\w.\-]+$", "a.b/c-d", "a"),
        (r"^[^\[\]&&]+$", "ab", "a&b"),
        (r"^\u00e4+$", "ää", "a"),
    ] {
        let schema = json!({"properties": {"x": {"type": "string", "pattern": pattern}}});
        assert_eq!(told(&schema, &[("/x", fits)]), [], "{pattern}");
        assert_eq!(told(&schema, &[("/x", fits_not)]).len(), 1, "{pattern}");
    }
}

#[test]
fn a_template_words_its_own_mistakes() {
    let schema = json!({
        "required": ["a", "b"], "errorMessage": {"required": {"a": "Name it."}},
        "properties": {
            "a": {"type": "string"},
            "b": {"type": "string", "minLength": 2, "pattern": "^[a-z]+$", "errorMessage": {"pattern": "Small letters."}},
            "c": {"type": "string", "maxLength": 1, "errorMessage": "One sign."},
        },
    });
    let told = told(&schema, &[("/b", "A"), ("/c", "ab")]);
    let texts: Vec<&str> = told.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts[0], "Name it.");
    assert!(
        ["Small letters.", "Too short: 1 of at least 2 characters."].contains(&texts[1]),
        "{texts:?}"
    );
    assert_eq!(texts[2], "One sign.");
}

#[test]
fn what_a_template_piles_up_is_bounded() {
    let mut row = json!({"type": "string", "default": "x"});
    for _ in 0..12 {
        row = json!({"type": "array", "minItems": 100, "items": row});
    }
    let filled = fill(&json!({"properties": {"x": row}}), &json!({}), &[]);
    assert!(filled.values.to_string().len() < 2_000_000);
}
