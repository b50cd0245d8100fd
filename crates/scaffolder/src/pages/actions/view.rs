//! What the reference of actions looks like.

use maud::{Markup, html};
use serde_json::Value;
use ui::{
    Badge, Button, Code, EmptyState, Language, Tone, badge, button, code_block, count, empty_state, icon,
    inline_code, search_field,
};

use crate::forms::schema::is_required;

/// An action as people read of it.
#[derive(Debug, Clone)]
pub(in crate::pages) struct ActionDocs {
    pub id: String,
    pub description: String,
    pub input: Value,
    pub output: Value,
    /// What each shows, and its input.
    pub examples: Vec<(String, Value)>,
    pub has_dry_run: bool,
}

/// The whole content of the page.
pub(in crate::pages) fn actions(all: &[ActionDocs], text: &str) -> Markup {
    let wanted = text.to_lowercase();
    let fits = |action: &&ActionDocs| {
        action.id.to_lowercase().contains(&wanted) || action.description.to_lowercase().contains(&wanted)
    };
    let found: Vec<&ActionDocs> = all.iter().filter(fits).collect();
    html! {
        div.page-head { h1 { "Actions" } (count(found.len())) }
        p.page-lead { "The steps that a template can be made of in this portal: what each takes, what it gives, and an example to copy." }
        div.toolbar { (search_field("/create/actions", "q", text, "Filter actions", &[])) }
        div data-results {
            @if found.is_empty() { (nothing(all.is_empty())) }
            div.action-list { @for action in found { (one(action, all.len() == 1 || !wanted.is_empty())) } }
        }
    }
}

fn nothing(is_none_at_all: bool) -> Markup {
    if is_none_at_all {
        return empty_state(EmptyState {
            icon: "code",
            title: "No action",
            text: "No plugin of this portal brings an action.",
            actions: None,
        });
    }
    empty_state(EmptyState {
        icon: "filter",
        title: "No action matches",
        text: "No action has this in its name or description.",
        actions: Some(button(Button {
            label: "Show all actions",
            href: Some("/create/actions"),
            ..Button::default()
        })),
    })
}

fn one(action: &ActionDocs, is_open: bool) -> Markup {
    html! {
        details.card.action id=(action.id) data-key=(action.id) open[is_open] {
            summary {
                h2 { code { (action.id) } }
                span.action-lead { (inline_code(&action.description)) }
                @if action.has_dry_run { (badge(Badge { text: "dry run", tone: Tone::Teal, ..Badge::default() })) }
                span.chevron { (icon("chevron-right")) }
            }
            div.action-body {
                (fields("Input", &action.input))
                (fields("Output", &action.output))
                @for (description, input) in &action.examples { (example(&action.id, description, input)) }
            }
        }
    }
}

fn fields(title: &str, schema: &Value) -> Markup {
    let empty = serde_json::Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    html! {
        h3 { (title) }
        @if properties.is_empty() { p.muted { "Nothing." } } @else {
            dl.field-list {
                @for (name, field) in properties {
                    div {
                        dt {
                            code { (name) }
                            span.muted { (type_word(field)) }
                            @if is_required(schema, name) { (badge(Badge { text: "required", tone: Tone::Amber, ..Badge::default() })) }
                        }
                        dd { (about(field)) }
                    }
                }
            }
        }
    }
}

fn about(field: &Value) -> Markup {
    let text = field["description"].as_str().or(field["title"].as_str());
    html! {
        (inline_code(text.unwrap_or_default()))
        @if let Some(usual) = field.get("default") { span.muted { " Usually " code { (usual) } "." } }
    }
}

/// The type of a field in words.
fn type_word(field: &Value) -> String {
    if let Some(values) = field["enum"].as_array() {
        let words: Vec<String> = values.iter().map(crate::forms::options::text_of).collect();
        return words.join(" | ");
    }
    match &field["type"] {
        Value::Array(types) => {
            let words: Vec<&str> = types.iter().filter_map(Value::as_str).collect();
            words.join(" | ")
        }
        Value::String(word) if word == "array" => match field["items"]["type"].as_str() {
            Some(item) => format!("{item}[]"),
            None => "array".to_owned(),
        },
        Value::String(word) => word.clone(),
        _ => "any".to_owned(),
    }
}

fn example(action: &str, description: &str, input: &Value) -> Markup {
    let step = serde_json::json!([{"id": "step", "name": description, "action": action, "input": input}]);
    let text = yaml::to_string(&step);
    code_block(Code {
        title: Some(description),
        first_line: None,
        ..Code::new(&text, Language::Yaml)
    })
}
