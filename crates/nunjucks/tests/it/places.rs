//! Errors with their places, blanks, and the forms of templates that files use.

use nunjucks::{Extensions, Options, Template, render};
use serde_json::json;

#[test]
fn errors_say_where_they_are() {
    for (text, expected) in [
        (
            "a\nb ${{ x | nope }}",
            "Template error at line 2, column 11: Unknown template filter \"nope\"",
        ),
        (
            "${{ nofn() }}",
            "Template error at line 1, column 5: Template value \"nofn\" resolved to undefined and cannot be called",
        ),
        (
            "${{ a.b.replaceAll(1) }}",
            "Template error at line 1, column 9: Template value \"a.b.replaceAll\" resolved to undefined and cannot be called",
        ),
        (
            "${{ }}",
            "Template error at line 1, column 5: Unexpected expression token at end of input",
        ),
        (
            "{% if x %}never ends",
            "Template error at line 1, column 1: Missing endif tag",
        ),
        (
            "{% include \"x\" %}",
            "Template error at line 1, column 1: Unsupported template-loading tag \"include\"",
        ),
    ] {
        let error = render(text, &json!({}), &Extensions::default()).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

fn rendered(text: &str, options: &Options) -> String {
    let context = json!({"values": {"name": "shop", "on": true}, "cookiecutter": {"name": "shop"}});
    let template = Template::parse(text, options).expect("a template");
    template
        .render_text(&context, &Extensions::default())
        .expect("it renders")
}

#[test]
fn blanks_around_statements_can_be_left_out() {
    let text = "a\n  {% if values.on %}\n  b ${{ values.name }}\n  {% endif %}\nc\n";
    let both = Options {
        trim_blocks: true,
        lstrip_blocks: true,
        ..Options::default()
    };
    assert_eq!(rendered(text, &both), "a\n  b shop\nc\n");
    assert_eq!(rendered(text, &Options::default()), "a\n  \n  b shop\n  \nc\n");
}

#[test]
fn cookiecutter_templates_have_words_and_signs_of_python() {
    let options = Options {
        variable_start: "{{",
        has_python_words: true,
        ..Options::default()
    };
    assert_eq!(
        rendered("{{ cookiecutter.name if True else None }}", &options),
        "shop"
    );
}

#[test]
fn extensions_are_called_with_plain_values() {
    let extensions = Extensions::default()
        .filter("shout", |values| {
            let text = values.first().cloned().flatten().ok_or("nothing to shout")?;
            Ok(Some(json!(format!("{}!", text.as_str().unwrap_or_default()))))
        })
        .function("always", |_| Ok(Some(json!(true))));
    let given = |text: &str| render(text, &json!({"a": "hey"}), &extensions);
    assert_eq!(given("${{ a | shout }}"), Ok(Some(json!("hey!"))));
    assert_eq!(given("${{ always() and a }}"), Ok(Some(json!("hey"))));
    let error = given("${{ b | shout }}").unwrap_err();
    assert_eq!(error.text, "Template filter \"shout\" failed: nothing to shout");
    let template = Template::parse("${{ not failure() and always() }}", &Options::default()).unwrap();
    assert!(
        template.calls_any(&["failure"])
            && template.calls_any(&["always"])
            && !template.calls_any(&["range"])
    );
}
