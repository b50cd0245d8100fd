//! What the form of a template looks like.

use maud::{Markup, html};
use model::{EntityRef, Fault};
use ui::{
    Button, ButtonKind, Card, Notice, Tone, button, card, definitions, entity_link, error_state, icon,
    notice, tag,
};

use crate::forms::check::Mistakes;
use crate::forms::prose::prose;
use crate::forms::review::Line;
use crate::pages::address;
use crate::template::{ParameterPage, Template};

/// What all pages of a form have.
pub(in crate::pages) struct Frame<'a> {
    pub template: &'a Template,
    /// The page shown.
    pub page: usize,
    /// What travels with the form.
    pub state: String,
    pub secrets: Option<String>,
    /// Actions that the portal does not have.
    pub missing: Vec<&'a str>,
}

/// One page of the form.
pub(in crate::pages) struct FormView<'a> {
    pub frame: Frame<'a>,
    pub page: &'a ParameterPage,
    pub fields: Markup,
    pub mistakes: &'a Mistakes,
}

/// The review.
pub(in crate::pages) struct ReviewView<'a> {
    pub frame: Frame<'a>,
    /// Lines by page.
    pub lines: Vec<(&'a str, Vec<Line>)>,
    /// What the check at the end found.
    pub told: &'a [String],
}

/// A page of the form.
pub(in crate::pages) fn form(view: &FormView<'_>) -> Markup {
    let general = view.mistakes.get("");
    let content = html! {
        @if let Some(text) = &view.page.description { p.wizard-lead.prewrap { (prose(text.trim())) } }
        @match (general, view.mistakes.len()) {
            (Some(text), _) => { (notice(Notice { tone: Tone::Red, text })) }
            (None, 0) => {}
            (None, 1) => { (notice(Notice { tone: Tone::Red, text: "One field needs another look." })) }
            (None, more) => { (notice(Notice { tone: Tone::Red, text: &format!("{more} fields need another look.") })) }
        }
        div.form { (view.fields) }
    };
    frame(
        &view.frame,
        &view.page.title,
        &content,
        &next_buttons(&view.frame),
    )
}

fn next_buttons(frame: &Frame<'_>) -> Markup {
    let is_last = frame.page + 1 == frame.template.pages.len();
    let next = if is_last {
        word(frame.template, "reviewButtonText", "Review")
    } else {
        "Next"
    };
    html! {
        @if frame.page > 0 { (back_button(frame.template)) }
        (button(Button { label: next, kind: ButtonKind::Primary, value: Some(("go", "next")), ..Button::default() }))
    }
}

fn back_button(template: &Template) -> Markup {
    let label = word(template, "backButtonText", "Back");
    button(Button {
        label,
        value: Some(("go", "back")),
        ..Button::default()
    })
}

/// The text of a button, as the template words it.
fn word<'a>(template: &'a Template, name: &str, usual: &'a str) -> &'a str {
    let words = template
        .presentation
        .as_ref()
        .map(|all| &all["buttonLabels"][name]);
    words.and_then(|word| word.as_str()).unwrap_or(usual)
}

/// The review.
pub(in crate::pages) fn review(view: &ReviewView<'_>) -> Markup {
    let is_empty = view.lines.iter().all(|(_, lines)| lines.is_empty());
    let content = html! {
        @for text in view.told { (notice(Notice { tone: Tone::Red, text })) }
        @if is_empty { p.muted { "This template asks for nothing." } }
        @for (title, lines) in view.lines.iter().filter(|(_, lines)| !lines.is_empty()) {
            section.review-part {
                h3 { (title) }
                dl.definitions.review-values {
                    @for line in lines { div.review-nested[line.depth > 0] { dt { (line.title) } dd.prewrap { (line.text) } } }
                }
            }
        }
    };
    let create = word(view.frame.template, "createButtonText", "Create");
    let buttons = html! {
        @if view.frame.page > 0 { (back_button(view.frame.template)) }
        (button(Button { label: create, icon: Some("create"), kind: ButtonKind::Primary, value: Some(("go", "create")), ..Button::default() }))
    };
    frame(&view.frame, "Review", &content, &buttons)
}

fn frame(frame: &Frame<'_>, title: &str, content: &Markup, buttons: &Markup) -> Markup {
    let template = frame.template;
    let action = address::wizard(&template.reference);
    let is_review = frame.page == template.pages.len();
    html! {
        div.page-head { h1 { (template.title) } }
        @if !frame.missing.is_empty() {
            (notice(Notice { tone: Tone::Amber, text: &format!("This portal does not have: {}. The template will fail at that step.", frame.missing.join(", ")) }))
        }
        div.with-side {
            form #wizard.wizard action=(action) method="post" novalidate data-wizard {
                // Enter sends the first button of a form.
                button.visually-hidden type="submit" name="go" value=(if is_review { "create" } else { "next" }) tabindex="-1" aria-hidden="true" {}
                input type="hidden" name="state" value=(frame.state);
                @if let Some(secrets) = &frame.secrets { input type="hidden" name="secrets" value=(secrets); }
                (steps(frame))
                section.card {
                    header.card-head { h2 { (title) } }
                    div.card-body { (content) }
                    footer.wizard-buttons { (buttons) }
                }
            }
            (about(template))
        }
    }
}

/// The pages of the form: where one is, and the way back.
fn steps(frame: &Frame<'_>) -> Markup {
    let titles = frame.template.pages.iter().map(|page| page.title.as_str());
    let titles: Vec<&str> = titles.chain(std::iter::once("Review")).collect();
    html! {
        @if titles.len() > 1 {
            ol.wizard-steps aria-label="Pages of the form" {
                @for (at, title) in titles.iter().enumerate() {
                    li aria-current=[(at == frame.page).then_some("step")] data-done[at < frame.page] {
                        span.wizard-number { @if at < frame.page { (icon("check")) } @else { (at + 1) } }
                        @if at < frame.page {
                            button.link-button type="submit" name="go" value=(format_args!("page:{at}")) { (title) }
                        } @else { span { (title) } }
                    }
                }
            }
        }
    }
}

/// What the template is, and what it will do.
fn about(template: &Template) -> Markup {
    let mut facts = vec![(
        "Template",
        entity_link(&template.reference, Some(&template.title)),
    )];
    if !template.kind.is_empty() {
        facts.push(("Type", html! { (template.kind) }));
    }
    let owner = template.owner.as_deref();
    let owner =
        owner.and_then(|owner| EntityRef::parse(owner, Some("Group"), template.reference.namespace()).ok());
    if let Some(owner) = &owner {
        facts.push(("Owner", entity_link(owner, None)));
    }
    html! {
        aside.wizard-about aria-label="About this template" {
            (card(Card { title: "About", ..Card::default() }, html! {
                @if let Some(text) = &template.description { p.card-lead { (prose(text.trim())) } }
                (definitions(&facts))
                @if !template.tags.is_empty() { div.tags { @for word in &template.tags { (tag(word, Some(&ui::href::with_query("/create", [("tag", word.as_str())])))) " " } } }
            }))
            (card(Card { title: "What it will do", count: Some(template.steps.len()), ..Card::default() }, html! {
                ol.plan { @for step in &template.steps { li { span { (step.name) } code { (step.action) } } } }
            }))
        }
    }
}

/// An entity that is no template which can be used.
pub(in crate::pages) fn unusable(reference: &EntityRef, fault: &Fault) -> Markup {
    html! {
        h1.page-title { (reference.name()) }
        (error_state("This template cannot be used", &fault.message, Some("The people who own it can repair its file; the page of the template says where that is.")))
        p.state-link { (entity_link(reference, None)) }
    }
}
