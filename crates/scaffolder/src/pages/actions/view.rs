//! What the reference of actions looks like.

use maud::{Markup, html};
use serde_json::Value;
use ui::{
    Badge, Button, Code, EmptyState, Language, Tone, badge, button, code_block, count, empty_state, icon,
    inline_code, search_field,
};

use super::fields::{given, names, taken};

/// An action as people read of it.
#[derive(Debug, Clone)]
pub(in crate::pages) struct ActionDocs {
    pub id: String,
    /// The plugin that brings it.
    pub plugin: String,
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
        let text = [
            &action.id,
            &action.description,
            &action.plugin,
            &names(&action.input),
        ];
        text.iter().any(|text| text.to_lowercase().contains(&wanted))
    };
    let found: Vec<&ActionDocs> = all.iter().filter(fits).collect();
    html! {
        div.page-head {
            h1 { "Actions" } (count(found.len()))
            div.page-actions {
                (button(Button { label: "Filters and functions", icon: Some("code"), href: Some("/create/filters"), ..Button::default() }))
            }
        }
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
        text: "No action has this in its name, its description or the keys of its input.",
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
                p.muted.action-plugin {
                    "From the plugin " code { (action.plugin) } ". "
                    @if action.has_dry_run { "A dry run does it, too, and changes nothing outside of the workspace." }
                    @else { "A dry run passes it over." }
                }
                (taken(&action.input))
                (given(&action.output))
                @for (description, input) in &action.examples { (example(&action.id, description, input)) }
            }
        }
    }
}

/// An example as the step of a template, to be copied.
fn example(action: &str, description: &str, input: &Value) -> Markup {
    let id = action.replace(':', "-");
    let step = serde_json::json!([{"id": id, "name": description, "action": action, "input": input}]);
    let text = yaml::to_string(&step);
    code_block(Code {
        title: Some(description),
        first_line: None,
        ..Code::new(&text, Language::Yaml)
    })
}
