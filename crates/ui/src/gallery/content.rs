//! Samples of what stands inside pages.

use maud::html;
use model::{EntityRef, Fault, Place, Problem, Severity};
use serde_json::json;

use super::Sample;
use crate::{
    Badge, Button, ButtonKind, Card, Code, EmptyState, EntityHeader, EntityLine, Field, Language, Notice,
    PostForm, Tab, TimelineEntry, Tone, badge, button, card, checkbox, code_block, copy_button, count,
    definitions, definitions_wide, diff_view, empty_state, entity_header, entity_lines, entity_link,
    error_state, icon, icon_names, kind_badge, lifecycle_badge, no_permission, notice, person, post_form,
    problem_panel, problem_summary, search_field, segmented, select, star_button, tabs, tag, text_area,
    text_diff, text_input, timeline,
};

const YAML: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component # a service\nmetadata:\n  name: talentmesh-api\n  annotations:\n    backstage.io/kubernetes-id: talentmesh-api\nspec:\n  type: service\n  lifecycle: 'production'\n  dependsOn:\n    - resource:cnpg-database\n";

fn reference(text: &str) -> EntityRef {
    text.parse().expect("a reference")
}

pub(super) fn samples() -> Vec<Sample> {
    let mut samples = marks();
    samples.extend(actions());
    samples.extend(entity());
    samples.extend(explanations());
    samples.extend(states());
    samples
}

fn marks() -> Vec<Sample> {
    let tones = [
        "neutral", "blue", "green", "amber", "red", "violet", "teal", "pink",
    ];
    let all = [
        Tone::Neutral,
        Tone::Blue,
        Tone::Green,
        Tone::Amber,
        Tone::Red,
        Tone::Violet,
        Tone::Teal,
        Tone::Pink,
    ];
    vec![
        Sample::new(
            "Badges",
            html! {
                div.row { @for (text, tone) in tones.iter().zip(all) { (badge(Badge { text, tone, icon: None })) } }
                div.row { @for kind in ["Component", "API", "Resource", "System", "Domain", "Group", "User", "Location", "Template", "Cluster"] { (kind_badge(kind)) } }
                div.row { @for word in ["production", "experimental", "deprecated", "sunset"] { (lifecycle_badge(word)) } }
                div.row { (tag("java", Some("/catalog?tag=java"))) (tag("grpc", None)) (count(12)) (count(12_345)) }
            },
        ),
        Sample::new(
            "Icons",
            html! { div.row { @for name in icon_names() { span title=(name) { (icon(name)) } } } },
        ),
        Sample::new(
            "Avatars",
            html! {
                div.row { @for name in ["guest", "platform-team", "Ana Lopez", "talent", "orders", "data-science"] { (person(name, Some("/catalog"))) } }
            },
        ),
    ]
}

fn actions() -> Vec<Sample> {
    let kinds = [
        ButtonKind::Primary,
        ButtonKind::Secondary,
        ButtonKind::Ghost,
        ButtonKind::Danger,
    ];
    vec![
        Sample::new(
            "Buttons",
            html! {
                div.row {
                    @for kind in kinds { (button(Button { label: "Register", icon: Some("plus"), kind, href: Some("/catalog-import"), ..Button::default() })) }
                    (post_form(PostForm { action: "/-/gallery", values: &[("a", "b")], button: Button { label: "Refresh", icon: Some("refresh"), ..Button::default() } }))
                    (copy_button("text", "Copy"))
                    (star_button("component:default/a", true, "/")) (star_button("component:default/b", false, "/"))
                }
            },
        ),
        Sample::new(
            "Fields",
            html! {
                form.form {
                    (text_input(Field { name: "url", label: "URL", hint: Some("Of a descriptor file."), required: true, ..Field::default() }, "url", "", "https://…/catalog-info.yaml"))
                    (text_input(Field { name: "bad", label: "Name", error: Some("is not a URL"), ..Field::default() }, "text", "x y", ""))
                    (select(Field { name: "kind", label: "Kind", required: true, ..Field::default() }, &[("a", "API"), ("b", "Component")], "b"))
                    (text_area(Field { name: "text", label: "Text", ..Field::default() }, "one\ntwo", 3))
                    (checkbox("tick", "Owned by me", true))
                }
                (search_field("/catalog", "q", "tal", "Filter by name or title", &[("kind", "component")]))
            },
        ),
    ]
}

fn entity() -> Vec<Sample> {
    let component = reference("component:default/talentmesh-api");
    let header = EntityHeader {
        reference: &component,
        title: "TalentMesh API",
        kind: "Component",
        description: Some("Matches people and work; the public API of the talent platform."),
        facts: vec![
            ("Type", html! { "service" }),
            ("Lifecycle", lifecycle_badge("production")),
            (
                "Owner",
                entity_link(&reference("group:default/platform-team"), None),
            ),
            (
                "System",
                entity_link(&reference("system:default/talentmesh"), Some("TalentMesh")),
            ),
        ],
        actions: html! { (problem_summary(2, Severity::Error, "#problems")) (star_button("component:default/talentmesh-api", true, "/")) },
    };
    let lines = vec![
        EntityLine {
            reference: reference("resource:default/cnpg-database"),
            title: None,
            note: Some("database".into()),
            missing: false,
        },
        EntityLine {
            reference: reference("api:payments/orders"),
            title: None,
            note: None,
            missing: true,
        },
    ];
    vec![
        Sample::new("Entity header", entity_header(&header)),
        Sample::new(
            "Tabs",
            html! {
                (tabs("Entity", &[Tab::new("Overview", "#", true), Tab { count: Some(3), ..Tab::new("Dependencies", "#", false) }, Tab::new("YAML", "#", false)]))
                (segmented("Scope", &[Tab::new("All", "#", false), Tab { count: Some(1_024), ..Tab::new("Owned", "#", true) }, Tab::new("Starred", "#", false)]))
            },
        ),
        Sample::new(
            "Cards",
            html! {
                div.card-grid {
                    (card(Card { title: "About", ..Card::default() }, definitions(&[("Owner", html! { "platform-team" }), ("Type", html! { "service" })])))
                    (card(Card { title: "Depends on", count: Some(2), flush: true, ..Card::default() }, entity_lines(&lines)))
                }
                (definitions_wide(&[("Uid", html! { code { "6a1f" } }), ("Etag", html! { code { "9c2e" } })]))
            },
        ),
    ]
}

fn explanations() -> Vec<Sample> {
    let place = Place {
        source: "examples/talentmesh.yaml".into(),
        commit: Some("7fd1a60b01f91b314f59955a4e4d4e80d8edf11d".into()),
        line: Some(14),
        column: Some(3),
        document: Some(2),
        path: Some("/spec/owner".into()),
    };
    let problems = [
        Problem::warning(Fault::error(
            "relation target resource:default/valkey-cache does not exist",
        ))
        .hint("Register the resource or correct the name."),
        Problem::error(
            Fault::input("/spec must have required property 'owner'")
                .caused_by(Fault::type_error("owner is not a string")),
        )
        .at(place)
        .hint("Add spec.owner with the name of a group."),
    ];
    let before = json!("experimental");
    let after = json!("production");
    let list = json!(["java", "grpc"]);
    let now = "2026-11-24T09:30:00Z".parse().expect("a time");
    let entries = vec![
        TimelineEntry {
            at: "2026-11-24T09:12:00Z".parse().expect("a time"),
            title: html! { "Changed by " code { "file:examples/all.yaml" } },
            tone: Tone::Blue,
            icon: "edit",
            body: diff_view(&[("/spec/lifecycle", Some(&before), Some(&after))]),
            key: "2".into(),
        },
        TimelineEntry {
            at: "2026-11-20T08:00:00Z".parse().expect("a time"),
            title: html! { "Created" },
            tone: Tone::Green,
            icon: "plus",
            body: html! {},
            key: "1".into(),
        },
    ];
    vec![
        Sample::new("Problems", problem_panel(&problems)),
        Sample::new(
            "Code",
            code_block(Code {
                title: Some("catalog-info.yaml"),
                marked_lines: &[4],
                ..Code::new(YAML, Language::Yaml)
            }),
        ),
        Sample::new(
            "Diff",
            diff_view(&[
                ("/spec/lifecycle", Some(&before), Some(&after)),
                ("/metadata/tags", None, Some(&list)),
            ]),
        ),
        Sample::new(
            "Diff of a text",
            text_diff("# orders\n\nA service.\n", "# orders\n\nA service with tests.\n"),
        ),
        Sample::new("Timeline", timeline(&entries, now)),
    ]
}

fn states() -> Vec<Sample> {
    let actions = button(Button {
        label: "Register a component",
        icon: Some("plus"),
        kind: ButtonKind::Primary,
        href: Some("/catalog-import"),
        ..Button::default()
    });
    vec![
        Sample::new(
            "Empty",
            empty_state(EmptyState {
                icon: "catalog",
                title: "Nothing here yet",
                text: "No entity matches these filters.",
                actions: Some(actions),
            }),
        ),
        Sample::new(
            "Failed",
            error_state(
                "The graph could not be drawn",
                "It did not finish in time.",
                Some("Reduce the depth."),
            ),
        ),
        Sample::new("No permission", no_permission("sources", "catalog.location.read")),
        Sample::new(
            "Notices",
            html! {
                (notice(Notice { tone: Tone::Green, text: "Refresh asked for; the page updates when it is done." }))
                (notice(Notice { tone: Tone::Red, text: "The location could not be removed." }))
                (notice(Notice { tone: Tone::Amber, text: "Read-only mode." }))
                (notice(Notice { tone: Tone::Blue, text: "Shown as of 09:30." }))
            },
        ),
    ]
}
