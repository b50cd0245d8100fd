//! The pages of a definition: what is on them, where they lead, how large they may be.

use std::fmt::Write;

use api_docs::{Definition, Place};

use crate::outlines::{fixture, outline};
use crate::whole;

fn page(definition: &Definition, rest: &str, query: &str) -> String {
    let place = Place {
        path: "/d".to_owned(),
        raw: "/raw".to_owned(),
        origin: "https://git.example/catalog-info.yaml".to_owned(),
    };
    let page = definition.page(&place, rest, query);
    page.unwrap_or_else(|| panic!("no page at {rest}?{query}"))
        .into_string()
}

/// The text of a page without its tags.
fn text(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        let said = piece.split_once('>').map_or(piece, |(_, said)| said);
        text.push_str(said);
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn openapi(paths: &str) -> Definition {
    let text = format!("openapi: 3.1.0\ninfo: {{ title: T }}\n{paths}");
    Definition::read("openapi", &text)
}

#[test]
fn what_says_yes_or_no_is_said_in_words() {
    let of_schema = |setting: &str| {
        let definition = openapi(&format!(
            "components: {{ schemas: {{ A: {{ type: object, properties: {{ p: {{ type: integer, minimum: 5, {setting} }} }} }} }} }}"
        ));
        text(&page(&definition, "entry/type-a", ""))
    };
    for (setting, words) in [
        ("readOnly: true", "read only"),
        ("writeOnly: true", "write only"),
        ("deprecated: true", "deprecated"),
        ("uniqueItems: true", "unique items"),
        ("nullable: true", "| null"),
        ("exclusiveMinimum: true", "without the least itself"),
        ("additionalProperties: false", "other properties not allowed"),
        ("additionalProperties: true", "other properties allowed"),
        ("default: false", "default false"),
        ("const: true", "always true"),
        ("example: false", "example false"),
        ("x-nullable: true", "or null"),
        ("x-odd: true", "x-odd : true"),
    ] {
        let shown = of_schema(setting);
        assert!(shown.contains(words), "{setting}: {shown}");
        assert!(!of_schema("maximum: 9").contains(words), "{words}");
    }
}

#[test]
fn an_operation_says_who_may_call_it_and_how() {
    let definition = openapi(
        "servers: [{ url: https://api.example/v1 }]\nsecurity: [{ bearer: [] }]\n\
         paths: { /a: { get: { summary: Read }, post: { security: [{ key: [], oauth: [write] }, {}] }, put: { security: [] } } }\n\
         components: { securitySchemes: { bearer: { type: http, scheme: bearer, bearerFormat: JWT }, key: { type: apiKey, in: query, name: k }, oauth: { type: oauth2 } } }",
    );
    let shown = page(&definition, "entry/get-a", "");
    assert!(shown.contains("href=\"/d/entry/scheme-bearer\""), "{shown}");
    assert!(text(&shown).contains("https://api.example/v1/a"), "{shown}");
    assert!(text(&shown).contains("Authorization: Bearer $TOKEN"), "{shown}");
    let shown = text(&page(&definition, "entry/post-a", ""));
    assert!(shown.contains("key and oauth with write or nothing"), "{shown}");
    let shown = text(&page(&definition, "entry/put-a", ""));
    assert!(shown.contains("everybody may call"), "{shown}");
    assert!(text(&page(&definition, "entry/scheme-bearer", "")).contains("JWT"));
}

#[test]
fn types_are_links_to_where_they_stand() {
    let definition = fixture("openapi30.yaml");
    // On the page of the whole definition within the page, elsewhere to a page.
    assert!(page(&definition, "", "").contains("href=\"#type-order\""));
    assert!(page(&definition, "entry/get-orders", "").contains("href=\"/d/entry/type-order\""));
    let definition = fixture("schema.graphql");
    assert!(page(&definition, "", "").contains("href=\"#type-neworder\""));
    let definition = fixture("orders.proto");
    assert!(page(&definition, "", "").contains("href=\"#type-order-line\""));
    let definition = fixture("asyncapi2.yaml");
    assert!(page(&definition, "", "").contains("href=\"#message-placed\""));
}

#[test]
fn references_that_lead_nowhere_are_told() {
    let definition = openapi(
        "paths:\n  /self: { $ref: '#/paths/~1self' }\n  /gone: { $ref: '#/nowhere' }\n  /a:\n    get:\n      parameters: [{ $ref: 'p.yaml#/P' }]\n      \
         responses: { '200': { $ref: './r.yaml' } }\n",
    );
    let problems = outline(&definition).problems.join("\n");
    assert!(
        problems.contains("/self refers to itself in a circle"),
        "{problems}"
    );
    assert!(
        problems.contains("/gone refers to #/nowhere, which is not in the definition"),
        "{problems}"
    );
    assert!(problems.contains("`./r.yaml`, `p.yaml`"), "{problems}");
    let shown = text(&page(&definition, "entry/get-a", ""));
    assert!(
        shown.contains("p.yaml#/P") && shown.contains("./r.yaml"),
        "{shown}"
    );
    assert!(shown.contains("$openapi"), "{shown}");
}

#[test]
fn a_search_finds_in_every_view() {
    let definition = fixture("openapi30.yaml");
    let count = |query: &str| {
        page(&definition, "", query)
            .matches("class=\"api-operation")
            .count()
    };
    assert_eq!(count(""), 6);
    assert_eq!(count("q=ORDERS+list"), 1);
    assert_eq!(count("q=price"), 1);
    assert_eq!(count("q=sku"), 1);
    assert_eq!(count("q=zebra"), 0);
    assert!(page(&definition, "", "q=zebra").contains("Nothing in this definition mentions"));
    let lines = page(&definition, "", "view=text&q=price");
    assert!(
        lines.contains("data-line=\"37\"") && !lines.contains("data-line=\"1\""),
        "{lines}"
    );
    let other = Definition::read("webhook", "first line\nsecond Line\n");
    assert!(page(&other, "", "q=second").contains("data-line=\"2\""));
}

#[test]
fn everything_unfolds_without_scripts() {
    let definition = fixture("openapi30.yaml");
    assert!(!page(&definition, "", "").contains("open data-key"));
    let all = page(&definition, "", "open=all");
    assert_eq!(all.matches("open data-key").count(), 6, "{all}");
}

#[test]
fn text_for_people_is_read_as_such() {
    let definition = Definition::read(
        "webhook",
        "# Alerts\n\nWe **post** to [you](https://a.example/).\n",
    );
    let shown = page(&definition, "", "");
    assert!(
        shown.contains("<strong>post</strong>") && shown.contains("https://a.example/"),
        "{shown}"
    );
}

#[test]
fn a_broken_definition_shows_the_place_and_the_text() {
    let many: String = (0..30_000).map(|number| format!("  a{number}: b\n")).collect();
    let definition = Definition::read(
        "openapi",
        &format!("openapi: 3.0.0\ninfo:\n{many}  title: [unclosed\nx: 1\n"),
    );
    let shown = page(&definition, "", "");
    assert!(
        text(&shown).contains("could not be read, line 30004, column"),
        "{}",
        &text(&shown)[..400]
    );
    assert!(shown.contains("line-marked") && shown.contains("data-line=\"30004\""));
    assert!(shown.contains("https://git.example/catalog-info.yaml"));
    assert!(page(&definition, "", "page=1").contains("data-line=\"1\""));
}

/// A definition of about 3 MB: 3,000 operations and as many types, or one type of 12,000 properties.
fn large() -> [String; 2] {
    let mut many = "openapi: 3.0.0\ninfo: { title: many }\npaths:\n".to_owned();
    let said =
        "Says at length what this is about, so that the definition is as long as those of large systems. ";
    for number in 0..3_000 {
        writeln!(
            many,
            "  /things/{number}/parts:\n    get:\n      tags: [group{}]\n      summary: Reads part {number}\n      description: {}\n      \
             parameters: [{{ name: id, in: query, description: {said}, schema: {{ type: string, maxLength: 12 }} }}]\n      \
             responses: {{ '200': {{ description: Well, content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/T{number}' }} }} }} }} }}",
            number / 50,
            said.repeat(4)
        )
        .unwrap();
    }
    many.push_str("components:\n  schemas:\n");
    for number in 0..3_000 {
        writeln!(
            many,
            "    T{number}: {{ type: object, description: {said}, properties: {{ a: {{ type: string }} }} }}"
        )
        .unwrap();
    }
    let mut wide = "openapi: 3.0.0\ninfo: { title: wide }\ncomponents:\n  schemas:\n    A:\n      type: object\n      properties:\n".to_owned();
    for number in 0..12_000 {
        writeln!(
            wide,
            "        p{number}: {{ type: string, description: {said}{said} }}"
        )
        .unwrap();
    }
    [many, wide]
}

#[test]
fn every_page_of_a_large_definition_is_bounded() {
    for text in large() {
        assert!(text.len() > 2_500_000, "{}", text.len());
        let definition = Definition::read("openapi", &text);
        let outline = outline(&definition);
        let last = outline
            .entries()
            .last()
            .map(|(_, entry)| format!("entry/{}", entry.anchor))
            .unwrap();
        let group = format!("group/{}", outline.groups[0].anchor);
        for (rest, query) in [
            ("", ""),
            ("", "page=7"),
            ("", "q=things"),
            ("", "open=all"),
            ("", "open=all&from=60"),
            ("", "view=text"),
            ("", "view=text&page=9"),
            ("", "view=text&q=e"),
            (group.as_str(), ""),
            (group.as_str(), "open=all"),
            (last.as_str(), ""),
        ] {
            let page = page(&definition, rest, query);
            assert!(page.len() < 1_000_000, "{rest}?{query}: {}", page.len());
        }
    }
}

#[test]
fn a_wide_type_goes_on_where_its_page_ends() {
    let [_, wide] = large();
    let definition = Definition::read("openapi", &wide);
    let known = whole::words_of_pages(&whole::pages(&definition));
    for name in ["p0", "p599", "p600", "p11999"] {
        assert!(known.contains(name), "{name}");
    }
}

#[test]
fn long_introductions_leave_the_page_bounded() {
    let said = "words and more words\\n\\n".repeat(30_000);
    let mut text = format!("openapi: 3.0.0\ninfo: {{ title: wordy, description: \"{said}\" }}\ntags:\n");
    for number in 0..60 {
        writeln!(
            text,
            "  - {{ name: g{number}, description: \"{}\" }}",
            &said[..20_000]
        )
        .unwrap();
    }
    text.push_str("paths:\n");
    for number in 0..60 {
        writeln!(
            text,
            "  /a{number}: {{ get: {{ tags: [g{number}], description: \"{}\" }} }}",
            &said[..9_000]
        )
        .unwrap();
    }
    let definition = Definition::read("openapi", &text);
    for query in ["", "open=all", "q=words"] {
        let page = page(&definition, "", query);
        assert!(page.len() < 1_000_000, "{query}: {}", page.len());
    }
}
