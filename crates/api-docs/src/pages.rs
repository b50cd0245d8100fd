//! How an outline looks: a filter box, the operations by group, then the types.

use maud::{Markup, html};
use ui::{Badge, Tone, badge};

use crate::formats::Format;
use crate::outline::{Field, Operation, Outline, Section, TypeDefinition};

/// The definition as a page part. `words` filters, and stays in the box.
pub(crate) fn definition(format: Format, outline: &Outline, words: &str, path: &str) -> Markup {
    let shown = outline.search(words);
    html! {
        div.api-head {
            div {
                h2.api-title { (heading(outline)) }
                p.api-facts {
                    (format.name())
                    @if !outline.version.is_empty() { " · version " (outline.version) }
                    " · " (counted(outline.operation_count(), "operation")) " · " (counted(outline.types.len(), "type"))
                }
            }
            form.api-filter method="get" action=(path) role="search" {
                label.visually-hidden for="api-filter" { "Search inside the definition" }
                input #api-filter type="search" name="q" value=(words) placeholder="Search inside the definition";
                button.button type="submit" { "Search" }
            }
        }
        @for problem in &outline.problems { p.api-problem role="note" { (problem) } }
        @if !outline.description.is_empty() { p.api-description { (outline.description) } }
        @if !outline.servers.is_empty() {
            ul.api-servers aria-label="Servers" { @for server in &outline.servers { li { code { (server) } } } }
        }
        @if shown.groups.is_empty() && shown.types.is_empty() {
            p.api-none { "Nothing in this definition mentions “" (words) "”. " a href=(path) { "Show everything" } }
        }
        @for group in &shown.groups {
            section.api-group {
                h3 { (group.name) " " span.api-count { (group.operations.len()) } }
                @if !group.description.is_empty() { p { (group.description) } }
                @for each in &group.operations { (operation(each, !words.is_empty())) }
            }
        }
        @if !shown.types.is_empty() {
            section.api-group {
                h3 { "Types " span.api-count { (shown.types.len()) } }
                @for each in &shown.types { (type_definition(each, !words.is_empty())) }
            }
        }
    }
}

fn heading(outline: &Outline) -> &str {
    if outline.title.is_empty() {
        "Definition"
    } else {
        &outline.title
    }
}

fn counted(number: usize, word: &str) -> String {
    if number == 1 {
        format!("1 {word}")
    } else {
        format!("{number} {word}s")
    }
}

fn operation(operation: &Operation, open: bool) -> Markup {
    html! {
        details.api-operation id=(operation.anchor()) open[open] {
            summary {
                (badge(Badge { text: &operation.verb, tone: tone(&operation.verb), icon: None }))
                code.api-signature { (operation.signature) }
                span.api-summary { (operation.summary) }
                @if operation.deprecated { (badge(Badge { text: "deprecated", tone: Tone::Amber, icon: None })) }
            }
            div.api-body {
                @if !operation.description.is_empty() { p { (operation.description) } }
                @for each in &operation.sections { (section(each)) }
                @if operation.sections.is_empty() && operation.description.is_empty() {
                    p.api-none { "The definition says nothing more about this operation." }
                }
            }
        }
    }
}

fn section(section: &Section) -> Markup {
    html! {
        h4 { (section.heading) }
        @if !section.description.is_empty() { p { (section.description) } }
        @if !section.fields.is_empty() { (fields(&section.fields)) }
    }
}

fn type_definition(kind: &TypeDefinition, open: bool) -> Markup {
    html! {
        details.api-operation id=(kind.anchor()) open[open] {
            summary {
                (badge(Badge { text: &kind.kind, tone: Tone::Neutral, icon: None }))
                code.api-signature { (kind.name) }
                span.api-summary { (first_line(&kind.description)) }
            }
            div.api-body {
                @if !kind.description.is_empty() { p { (kind.description) } }
                @if kind.fields.is_empty() { p.api-none { "No fields." } } @else { (fields(&kind.fields)) }
            }
        }
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn fields(fields: &[Field]) -> Markup {
    html! {
        div.api-fields tabindex="0" role="region" aria-label="Fields" {
            table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Type" } th scope="col" { "Description" } } }
                tbody {
                    @for field in fields {
                        tr {
                            td class=(format_args!("api-depth-{}", field.depth)) {
                                code { (field.name) }
                                @if field.required { span.api-required { "required" } }
                            }
                            td { (field.kind) }
                            td { (field.description) }
                        }
                    }
                }
            }
        }
    }
}

/// Reading is blue, creating green, changing amber, removing red, everything else neutral or violet.
fn tone(verb: &str) -> Tone {
    match verb {
        "GET" | "HEAD" | "QUERY" | "SUBSCRIBE" | "RECEIVE" => Tone::Blue,
        "POST" | "PUBLISH" | "SEND" => Tone::Green,
        "PUT" | "PATCH" | "MUTATION" => Tone::Amber,
        "DELETE" => Tone::Red,
        "RPC" | "SUBSCRIPTION" => Tone::Violet,
        _ => Tone::Neutral,
    }
}
