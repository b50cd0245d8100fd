//! What registering looks like: the question, the preview, the outcome.

use maud::{Markup, html};
use model::{EntityRef, Severity, entity};
use serde_json::Value;
use ui::{
    Badge, Button, ButtonKind, Card, Code, Column, Field, Language, Notice, Row, Table, Tone, badge, button,
    card, code_block, data_table, entity_link, href, kind_badge, notice, problem_panel, text_input,
};

use crate::pages::prose::plain;
use catalog::browse::shown_title;
use catalog::{Fate, Preview};

use super::RegisterAnswer;

const EXAMPLE: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: my-service\n  description: What it does, in one sentence.\nspec:\n  type: service\n  lifecycle: production\n  owner: my-team\n";

/// The whole content of the page.
pub(crate) fn register(url: &str, answer: &RegisterAnswer, is_readonly: bool) -> Markup {
    let error = match answer {
        RegisterAnswer::NoAddress(error) => Some(error.as_str()),
        _ => None,
    };
    let is_asking = matches!(answer, RegisterAnswer::Question | RegisterAnswer::NoAddress(_));
    let kind = if is_asking {
        ButtonKind::Primary
    } else {
        ButtonKind::Secondary
    };
    html! {
        h1.page-title { "Register an existing component" }
        p.page-lead { "Give the address of a repository, or of a descriptor file in it. You see what it would bring before anything is stored." }
        @if is_readonly {
            (notice(Notice { tone: Tone::Amber, text: "The catalog is read-only (catalog.readonly). You can look, but not register." }))
        }
        form.ask action="/catalog-import" method="get" {
            (text_input(
                Field { name: "url", label: "Address", hint: Some("A repository, a catalog-info.yaml, or several with a * in the name."), error, required: true, ..Field::default() },
                "url", url, "https://gitea.example.com/team/service",
            ))
            (button(Button { label: "Preview", icon: Some("search"), kind, ..Button::default() }))
        }
        (content(url, answer, is_readonly))
    }
}

fn content(url: &str, answer: &RegisterAnswer, is_readonly: bool) -> Markup {
    match answer {
        RegisterAnswer::Question | RegisterAnswer::NoAddress(_) => {
            example("No descriptor yet?", EXAMPLE, None)
        }
        RegisterAnswer::Refused(problem) => html! {
            section.section { h2 { "Preview" } (problem_panel(std::slice::from_ref(problem))) }
        },
        RegisterAnswer::Preview(preview) => outcome(url, preview, is_readonly),
        RegisterAnswer::Found(found, preview) => html! {
            p { "Found in the repository: " code.prewrap { (found) } }
            (content(found, preview, is_readonly))
        },
        RegisterAnswer::Repository(descriptors) if descriptors.found.is_empty() => html! {
            section.section {
                h2 { "No descriptor in this repository" }
                p { "No folder of its default branch has a " code { "catalog-info.yaml" } "." }
            }
            (example("Add this one", &descriptors.proposal, Some(&descriptors.usual)))
        },
        RegisterAnswer::Repository(descriptors) => several(&descriptors.found),
    }
}

fn several(found: &[String]) -> Markup {
    html! {
        section.section {
            h2 { (found.len()) " descriptors in this repository" }
            p.muted { "Choose the one to look at." }
            ul.link-list {
                @for address in found {
                    li { a href=(href::with_query("/catalog-import", [("url", address.as_str())])) { (address) } }
                }
            }
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
            @if !is_readonly { (confirmation(url, preview)) }
        }
    }
}

fn confirmation(url: &str, preview: &Preview) -> Markup {
    let has_errors = preview
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Error);
    html! {
        form.form-row.confirm action="/catalog-import" method="post" {
            input type="hidden" name="url" value=(url);
            @if has_errors {
                (button(Button { label: "Register all the same", icon: Some("plus"), ..Button::default() }))
                span.muted { "What is valid is shown; the problems stay visible on the sources page until they are fixed." }
            } @else {
                (button(Button { label: "Register", icon: Some("plus"), kind: ButtonKind::Primary, ..Button::default() }))
            }
        }
    }
}

fn table(entities: &[(Value, Fate)]) -> Table<'static> {
    let row = |(value, fate): &(Value, Fate)| {
        let reference = EntityRef::of(value)?;
        Some(Row::new(vec![
            entity_link(&reference, shown_title(value)),
            html! { @if let Some(kind) = entity::kind(value) { (kind_badge(kind)) } },
            fate_badge(*fate),
            html! { (entity::owner(value).unwrap_or_default()) },
            html! { (entity::spec_type(value).unwrap_or_default()) },
            html! { (entity::description(value).map(plain).unwrap_or_default()) },
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

/// A descriptor to begin with; `place` is where it belongs.
fn example(title: &str, text: &str, place: Option<&str>) -> Markup {
    html! {
        section.section {
            (card(Card { title, ..Card::default() }, html! {
                @match place {
                    Some(place) => p { "Commit it as " code.prewrap { (place) } ", then look again." },
                    None => p { "Put a file like this into the repository as " code { "catalog-info.yaml" } ":" },
                }
                (code_block(Code { title: Some("catalog-info.yaml"), ..Code::new(text, Language::Yaml) }))
            }))
        }
    }
}
