//! How the form looks, and what follows it.

use maud::{Markup, html};
use model::Problem;
use ui::{
    Button, ButtonKind, Field, Notice, Tone, button, icon, notice, problem_panel, select, text_area,
    text_input,
};

use crate::proposal::Fields;

/// Types that are proposed beside what the field has.
const TYPES: [&str; 4] = ["service", "website", "library", "documentation"];
/// The same for lifecycles.
const LIFECYCLES: [&str; 3] = ["production", "experimental", "deprecated"];

/// The form with what was filled in.
pub(in crate::pages) struct Proposal<'a> {
    pub repository: &'a str,
    pub page: &'a str,
    pub action: &'a str,
    pub path: &'a str,
    pub fields: &'a Fields,
    pub problems: &'a [Problem],
    /// Why the pull request could not be opened.
    pub failed: Option<&'a str>,
}

/// A pull request that is open.
pub(in crate::pages) struct Opened {
    pub number: i64,
    pub href: String,
}

/// The form.
pub(in crate::pages) fn form(proposal: &Proposal<'_>) -> Markup {
    html! {
        h1.page-title { "Make a descriptor" }
        p.page-lead {
            "Proposed from what " a href=(proposal.page) { (proposal.repository) } " shows. Opening it makes a branch with the file "
            code { (proposal.path) } " and a pull request; nothing else changes."
        }
        @if let Some(text) = proposal.failed { (notice(Notice { tone: Tone::Red, text })) }
        form.proposal action=(proposal.action) method="post" {
            (fields(proposal.fields))
            div {
                (text_area(Field { name: "yaml", label: proposal.path, required: true, ..Field::default() }, &proposal.fields.yaml, lines(&proposal.fields.yaml)))
                div.stack {
                    (problem_panel(proposal.problems))
                }
                div.form-row {
                    (button(Button { label: "Open pull request", icon: Some("create"), kind: ButtonKind::Primary, value: Some(("go", "open")), ..Button::default() }))
                    (button(Button { label: "Check", icon: Some("check"), value: Some(("go", "check")), ..Button::default() }))
                    @if proposal.problems.is_empty() { span.muted { "The catalog would take it as it is." } }
                }
            }
        }
    }
}

fn lines(text: &str) -> u32 {
    u32::try_from(text.lines().count() + 2)
        .unwrap_or(u32::MAX)
        .clamp(16, 40)
}

fn fields(fields: &Fields) -> Markup {
    let text = |name, label, hint, required, value: &str| {
        let field = Field {
            name,
            label,
            hint,
            required,
            ..Field::default()
        };
        text_input(field, "text", value, "")
    };
    html! {
        div.form {
            (text("name", "Name", None, true, &fields.name))
            (text("title", "Title", None, false, &fields.title))
            (text("description", "Description", None, false, &fields.description))
            (text("owner", "Owner", Some("A group or user of the catalog, from CODEOWNERS where there is one."), true, &fields.owner))
            (select(Field { name: "type", label: "Type", required: true, ..Field::default() }, &choices(&TYPES, &fields.kind), &fields.kind))
            (select(Field { name: "lifecycle", label: "Lifecycle", required: true, ..Field::default() }, &choices(&LIFECYCLES, &fields.lifecycle), &fields.lifecycle))
            (text("system", "System", None, false, &fields.system))
            (text("tags", "Tags", Some("With commas between."), false, &fields.tags))
            div {
                (button(Button { label: "Write the file from these fields", icon: Some("edit"), value: Some(("go", "write")), ..Button::default() }))
                p.field-hint { "What you changed in the file by hand is replaced." }
            }
        }
    }
}

/// The usual choices, and what is chosen where that is another one.
fn choices<'a>(usual: &[&'a str], chosen: &'a str) -> Vec<(&'a str, &'a str)> {
    let other = (!chosen.is_empty() && !usual.contains(&chosen)).then_some(chosen);
    usual.iter().copied().chain(other).map(|one| (one, one)).collect()
}

/// The pull request that is open.
pub(in crate::pages) fn opened(repository: &str, opened: &Opened) -> Markup {
    let label = format!("Pull request #{} of {repository}", opened.number);
    html! {
        div.state {
            span.state-icon { (icon("check")) }
            h2 { "The descriptor is proposed" }
            p { "Once the pull request is merged, the catalog reads the descriptor by itself." }
            div.state-actions {
                (button(Button { label: &label, icon: Some("external"), kind: ButtonKind::Primary, href: Some(&opened.href), ..Button::default() }))
                (button(Button { label: "All repositories", href: Some("/gitea"), ..Button::default() }))
            }
        }
    }
}
