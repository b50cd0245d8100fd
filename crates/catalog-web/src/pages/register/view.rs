//! What registering looks like: the question, the preview, the outcome.

use maud::{Markup, html};
use model::{EntityRef, Severity, entity};
use serde_json::Value;
use ui::{
    Badge, Button, ButtonKind, Card, Code, Column, Field, Language, Notice, Row, Table, Tone, badge, button,
    card, code_block, data_table, entity_link, kind_badge, notice, problem_panel, text_input,
};

use catalog::{Fate, Preview};

const EXAMPLE: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: my-service\n  description: What it does, in one sentence.\nspec:\n  type: service\n  lifecycle: production\n  owner: my-team\n";

/// The whole content of the page.
pub(crate) fn register(
    url: &str,
    error: Option<&str>,
    preview: Option<&Preview>,
    is_readonly: bool,
) -> Markup {
    html! {
        h1.page-title { "Register an existing component" }
        p.page-lead { "Give the address of a descriptor file in a repository. You see what it would bring before anything is stored." }
        @if is_readonly {
            (notice(Notice { tone: Tone::Amber, text: "The catalog is read-only (catalog.readonly). You can look, but not register." }))
        }
        form.ask action="/catalog-import" method="get" {
            (text_input(
                Field { name: "url", label: "Address of the descriptor", hint: Some("A catalog-info.yaml, or several with a * in the name."), error, required: true, ..Field::default() },
                "url", url, "https://gitea.example.com/team/service/src/branch/main/catalog-info.yaml",
            ))
            (button(Button { label: "Preview", icon: Some("search"), kind: if preview.is_some() { ButtonKind::Secondary } else { ButtonKind::Primary }, ..Button::default() }))
        }
        @match preview {
            Some(preview) => { (outcome(url, preview, is_readonly)) }
            None => { (example()) }
        }
    }
}

fn outcome(url: &str, preview: &Preview, is_readonly: bool) -> Markup {
    let count = preview.entities.len();
    html! {
        section.section {
            h2 { "Preview" }
            @if preview.exists { (notice(Notice { tone: Tone::Blue, text: "This location is registered already. Registering again reads it again." })) }
            (problem_panel(&preview.problems))
            @if count > 0 { (data_table(&table(&preview.entities))) }
            @else if preview.problems.is_empty() { p.muted { "The file declares no entity." } }
            @if !is_readonly {
                form.form-row.confirm action="/catalog-import" method="post" {
                    input type="hidden" name="url" value=(url);
                    @if !preview.problems.iter().any(|problem| problem.severity == Severity::Error) {
                        (button(Button { label: "Register", icon: Some("plus"), kind: ButtonKind::Primary, ..Button::default() }))
                    } @else {
                        (button(Button { label: "Register all the same", icon: Some("plus"), ..Button::default() }))
                        span.muted { "What is valid is shown; the problems stay visible on the sources page until they are fixed." }
                    }
                }
            }
        }
    }
}

fn table(entities: &[(Value, Fate)]) -> Table<'static> {
    let row = |(value, fate): &(Value, Fate)| {
        let reference = EntityRef::of(value)?;
        Some(Row::new(vec![
            entity_link(&reference, entity::title(value)),
            html! { @if let Some(kind) = entity::kind(value) { (kind_badge(kind)) } },
            fate_badge(*fate),
            html! { (entity::owner(value).unwrap_or_default()) },
            html! { (entity::spec_type(value).unwrap_or_default()) },
            html! { (entity::description(value).unwrap_or_default()) },
        ]))
    };
    Table {
        caption: "What would come of it",
        columns: vec![
            Column::new("Name"),
            Column::new("Kind"),
            Column::new("Outcome"),
            Column::optional("Owner"),
            Column::optional("Type"),
            Column::growing("Description"),
        ],
        rows: entities.iter().filter_map(row).collect(),
    }
}

fn fate_badge(fate: Fate) -> Markup {
    let (text, tone) = match fate {
        Fate::New => ("new", Tone::Green),
        Fate::Known => ("there already", Tone::Blue),
        Fate::Taken => ("not taken: another file has it", Tone::Amber),
    };
    badge(Badge {
        text,
        tone,
        icon: None,
    })
}

fn example() -> Markup {
    html! {
        section.section {
            (card(Card { title: "No descriptor yet?", ..Card::default() }, html! {
                p { "Put a file like this into the repository as " code { "catalog-info.yaml" } ":" }
                (code_block(Code { title: Some("catalog-info.yaml"), ..Code::new(EXAMPLE, Language::Yaml) }))
            }))
        }
    }
}
