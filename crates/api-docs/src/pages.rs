//! How a definition looks: its head, a filter box, the operations by group, then the types.

use std::cell::Cell;

use maud::{Markup, html};
use ui::{
    Badge, Code, Language, Notice, Tab, Tone, badge, code_block, count, href, icon, inline_code, notice,
    search_field, segmented,
};

use crate::formats::{Broken, Format};
use crate::outline::{Field, Group, Operation, Outline, Section, TypeDefinition};

/// Operations and types on one page; beyond that one searches.
pub(crate) const MAX_ENTRIES: usize = 500;
/// Fields on one page; what comes later shows its fields when it is searched for.
const MAX_FIELDS: usize = 4_000;
/// Lines of a definition shown as text.
const MAX_LINES: usize = 5_000;

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Asked {
    /// Words to look for.
    pub(crate) words: String,
    /// The definition as it is written.
    pub(crate) as_text: bool,
}

/// The definition taken apart. `asked.words` filters, and stays in the box.
pub(crate) fn definition(format: Format, outline: &Outline, asked: &Asked, path: &str) -> Markup {
    let shown = outline.search(&asked.words);
    let page = Page {
        open: !asked.words.is_empty() && shown.operation_count() + shown.types.len() <= 12,
        fields_left: Cell::new(MAX_FIELDS),
        entries_left: Cell::new(MAX_ENTRIES),
    };
    html! {
        (head(format, Some(outline), asked, path))
        @for problem in &outline.problems { (notice(Notice { tone: Tone::Amber, text: problem })) }
        (prose(&outline.description))
        @if !outline.servers.is_empty() {
            ul.api-servers aria-label="Servers" { @for server in &outline.servers { li { code { (server) } } } }
        }
        div data-results {
            @if shown.groups.is_empty() && shown.types.is_empty() { (nothing(&asked.words, path)) }
            @for each in &shown.groups { (page.group(each)) }
            @if !shown.types.is_empty() { (page.types(&shown.types)) }
            @if page.entries_left.get() == 0 {
                p.api-none { "The definition goes on. Search inside it to see the rest." }
            }
        }
    }
}

/// The definition as it is written, with what is wrong with it.
pub(crate) fn text(format: Format, text: &str, broken: Option<&Broken>, asked: &Asked, path: &str) -> Markup {
    let shown: String = text.split_inclusive('\n').take(MAX_LINES).collect();
    let is_cut = shown.len() < text.len();
    // What is missing at the end is marked on the last line there is.
    let last = u32::try_from(shown.lines().count()).unwrap_or(u32::MAX);
    let marked = broken.and_then(|broken| broken.line).map(|line| line.min(last));
    let code = Code {
        title: Some("Definition"),
        marked_lines: marked.as_slice(),
        ..Code::new(&shown, language(format, text))
    };
    html! {
        (head(format, None, asked, path))
        @if let Some(broken) = broken { (notice(Notice { tone: Tone::Red, text: &broken.to_string() })) }
        (code_block(code))
        @if is_cut { p.api-none { "The first " (MAX_LINES) " lines. The whole definition is on the YAML tab and in the API." } }
    }
}

fn language(format: Format, text: &str) -> Language {
    match format {
        Format::GraphQl => Language::GraphQl,
        Format::Protobuf => Language::Proto,
        _ if text.trim_start().starts_with(['{', '[']) => Language::Json,
        Format::OpenApi | Format::AsyncApi => Language::Yaml,
        Format::Text if text.trim_start().starts_with('<') => Language::Xml,
        Format::Text => Language::Plain,
    }
}

fn head(format: Format, outline: Option<&Outline>, asked: &Asked, path: &str) -> Markup {
    let views = [
        Tab::new("Outline", path, !asked.as_text),
        Tab::new("Text", href::with_query(path, [("view", "text")]), asked.as_text),
    ];
    html! {
        div.api-head {
            @if let Some(outline) = outline {
                div {
                    h2.api-title { (if outline.title.is_empty() { format.name() } else { &outline.title }) }
                    p.api-facts { (facts(format, outline)) }
                }
            } @else {
                h2.api-title { (format.name()) }
            }
            @if outline.is_some() || asked.as_text {
                div.api-tools {
                    @if outline.is_some() { (search_field(path, "q", &asked.words, "Search inside the definition", &[])) }
                    (segmented("How to show the definition", &views))
                }
            }
        }
    }
}

fn facts(format: Format, outline: &Outline) -> String {
    let counted =
        |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    let mut facts = vec![format.name().to_owned()];
    if !outline.version.is_empty() {
        facts.push(format!("version {}", outline.version));
    }
    facts.push(counted(outline.operation_count(), "operation"));
    facts.push(counted(outline.types.len(), "type"));
    facts.join(" · ")
}

fn nothing(words: &str, path: &str) -> Markup {
    html! {
        @if words.is_empty() { p.api-none { "The definition describes no operations and no types." } }
        @else { p.api-none { "Nothing in this definition mentions “" (words) "”. " a href=(path) { "Show everything" } } }
    }
}

/// What is left of the page's bounds while it is written.
struct Page {
    open: bool,
    fields_left: Cell<usize>,
    entries_left: Cell<usize>,
}

impl Page {
    fn take_entry(&self) -> bool {
        let left = self.entries_left.get();
        self.entries_left.set(left.saturating_sub(1));
        left > 0
    }

    fn group(&self, group: &Group) -> Markup {
        let shown = group.operations.iter().take_while(|_| self.take_entry());
        html! {
            section.api-group {
                header {
                    h3 { (group.name) }
                    (count(group.operations.len()))
                    @if !group.description.is_empty() { p { (inline_code(first_paragraph(&group.description))) } }
                }
                div.api-list { @for each in shown { (self.operation(each)) } }
            }
        }
    }

    fn types(&self, types: &[TypeDefinition]) -> Markup {
        let shown = types.iter().take_while(|_| self.take_entry());
        html! {
            section.api-group {
                header { h3 { "Types" } (count(types.len())) }
                div.api-list { @for each in shown { (self.type_definition(each)) } }
            }
        }
    }

    fn operation(&self, operation: &Operation) -> Markup {
        let head = Head {
            anchor: &operation.anchor,
            verb: &operation.verb,
            tone: tone(&operation.verb),
            name: &operation.signature,
            summary: &operation.summary,
            is_deprecated: operation.deprecated,
        };
        self.entry(
            &head,
            html! {
                (prose(&operation.description))
                @for each in &operation.sections { (self.section(each)) }
                @if operation.sections.is_empty() && operation.description.is_empty() {
                    p.api-none { "The definition says nothing more about this operation." }
                }
            },
        )
    }

    fn type_definition(&self, kind: &TypeDefinition) -> Markup {
        let head = Head {
            anchor: &kind.anchor,
            verb: &kind.kind,
            tone: Tone::Neutral,
            name: &kind.name,
            summary: first_paragraph(&kind.description),
            is_deprecated: false,
        };
        self.entry(&head, html! {
            (prose(&kind.description))
            @if kind.fields.is_empty() { p.api-none { "No fields." } } @else { (self.fields(&kind.fields)) }
        })
    }

    /// The anchor is what is folded, not the disclosure: browsers unfold what they scroll to.
    fn entry(&self, head: &Head<'_>, body: Markup) -> Markup {
        html! {
            details.api-operation open[self.open] data-key=(head.anchor) {
                summary {
                    (badge(Badge { text: head.verb, tone: head.tone, icon: None }))
                    code.api-signature { (head.name) }
                    span.api-summary { (inline_code(head.summary)) }
                    span.api-marks {
                        @if head.is_deprecated { (badge(Badge { text: "deprecated", tone: Tone::Amber, icon: None })) }
                        (icon("chevron-right"))
                    }
                }
                div.api-body id=(head.anchor) { (body) }
            }
        }
    }

    fn section(&self, section: &Section) -> Markup {
        html! {
            h4 { (section.heading) }
            (prose(&section.description))
            @if !section.fields.is_empty() { (self.fields(&section.fields)) }
        }
    }

    fn fields(&self, fields: &[Field]) -> Markup {
        let Some(left) = self.fields_left.get().checked_sub(fields.len()) else {
            return html! { p.api-none { (fields.len()) " fields. Search for the name above to see them." } };
        };
        self.fields_left.set(left);
        html! {
            div.api-fields tabindex="0" role="group" aria-label="Fields" {
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
                                td { (inline_code(&field.description)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The line of an operation or type.
struct Head<'a> {
    anchor: &'a str,
    verb: &'a str,
    tone: Tone,
    name: &'a str,
    summary: &'a str,
    is_deprecated: bool,
}

/// Paragraphs of a description. Definitions are written in Markdown; what stands between backticks
/// is shown as code, the rest as it is.
fn prose(text: &str) -> Markup {
    html! {
        @for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
            p.api-prose { (inline_code(paragraph)) }
        }
    }
}

fn first_paragraph(text: &str) -> &str {
    text.split("\n\n").next().unwrap_or_default().trim()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_a_huge_definition_is_bounded() {
        let field = Field {
            name: "a-field-with-a-name".to_owned(),
            ..Field::default()
        };
        let operation = |number: usize| Operation {
            verb: "GET".to_owned(),
            signature: format!("/things/{number}"),
            sections: vec![Section {
                fields: vec![field.clone(); 100],
                ..Section::default()
            }],
            ..Operation::default()
        };
        let outline = Outline {
            groups: vec![Group {
                operations: (0..5_000).map(operation).collect(),
                ..Group::default()
            }],
            ..Outline::default()
        };
        let page = definition(Format::OpenApi, &outline, &Asked::default(), "/x").0;
        assert_eq!(page.matches("<details").count(), MAX_ENTRIES);
        assert_eq!(page.matches("a-field-with-a-name").count(), MAX_FIELDS);
        assert!(page.contains("Search inside it to see the rest"));
    }
}
