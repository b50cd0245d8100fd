//! Buttons, links that look like buttons, and forms of one button.

use maud::{Markup, html};

use crate::icon::icon;

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    /// The one thing to do on a page.
    Primary,
    /// An ordinary action.
    #[default]
    Secondary,
    /// Without a frame, inside dense lists.
    Ghost,
    /// Destroys something.
    Danger,
}

impl ButtonKind {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button",
            Self::Ghost => "button button-ghost",
            Self::Danger => "button button-danger",
        }
    }
}

/// A button or a link that looks like one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Button<'a> {
    /// Text of the button.
    pub label: &'a str,
    /// Icon before the text.
    pub icon: Option<&'a str>,
    /// How much it asks for attention.
    pub kind: ButtonKind,
    /// Where it leads. Without, it submits the form it stands in.
    pub href: Option<&'a str>,
    /// Name and value sent with the form.
    pub value: Option<(&'a str, &'a str)>,
    /// What the palette calls it, where the text says too little on its own.
    pub command: Option<&'a str>,
}

/// A button or a link that looks like one.
pub fn button(button: Button<'_>) -> Markup {
    let content = html! {
        @if let Some(name) = button.icon { (icon(name)) }
        span { (button.label) }
    };
    html! {
        @match button.href {
            Some(href) => { a class=(button.kind.class()) href=(href) data-command=[button.command] { (content) } }
            None => {
                button class=(button.kind.class()) type="submit" name=[button.value.map(|value| value.0)]
                    value=[button.value.map(|value| value.1)] data-command=[button.command] { (content) }
            }
        }
    }
}

/// A form that consists of one button and hidden values.
#[derive(Debug, Clone, Copy)]
pub struct PostForm<'a> {
    /// Where the form is posted.
    pub action: &'a str,
    /// Hidden names and values.
    pub values: &'a [(&'a str, &'a str)],
    /// The button.
    pub button: Button<'a>,
}

/// A form that consists of one button and hidden values. Works without JavaScript.
pub fn post_form(form: PostForm<'_>) -> Markup {
    html! {
        form.inline-form action=(form.action) method="post" {
            @for (name, value) in form.values { input type="hidden" name=(name) value=(value); }
            (button(form.button))
        }
    }
}

/// Copies a text. Hidden until the script that can do it has started.
pub fn copy_button(text: &str, label: &str) -> Markup {
    html! {
        button.icon-button.copy-button.js-copy type="button" data-copy=(text) title=(label) aria-label=(label) hidden {
            (icon("copy"))
        }
    }
}

/// Stars an entity or takes the star away; comes back to `return_to`.
pub fn star_button(reference: &str, starred: bool, return_to: &str) -> Markup {
    let label = if starred { "Remove star" } else { "Star" };
    html! {
        form.inline-form.js-star action="/starred" method="post" {
            input type="hidden" name="entityRef" value=(reference);
            input type="hidden" name="starred" value=(!starred);
            input type="hidden" name="return" value=(return_to);
            button.icon-button.star-button type="submit" aria-pressed=(starred) title=(label)
                aria-label=(format_args!("Star {reference}")) { (icon("star")) }
        }
    }
}
