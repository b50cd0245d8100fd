//! What the editor looks like: text, form and result beside each other.

use maud::{Markup, html};
use ui::{Button, ButtonKind, Notice, Tone, button, icon, inline_code, notice};

use super::{Draft, Judged, Mistake, TrialView};
use crate::forms::check::Mistakes;
use crate::pages::editor::trial_view::trial;
use crate::template::Template;

/// Lines shown around a mistake.
const AROUND: usize = 1;

/// Everything that the page shows.
pub(in crate::pages) struct EditorView<'a> {
    pub draft: &'a Draft,
    pub judged: &'a Judged,
    /// The form; nothing where the text is no template.
    pub form: Option<FormPart<'a>>,
    pub trial: Option<&'a TrialView>,
    /// Reference and title of the templates to choose from.
    pub templates: Vec<(String, String)>,
    /// What travels with the form.
    pub state: String,
    pub secrets: Option<String>,
}

/// The form of the template that is edited.
pub(in crate::pages) struct FormPart<'a> {
    pub template: &'a Template,
    pub page: usize,
    pub fields: Markup,
    pub mistakes: &'a Mistakes,
}

/// The whole content of the page.
pub(in crate::pages) fn editor(view: &EditorView<'_>) -> Markup {
    html! {
        div.page-head {
            h1 { "Edit a template" }
            div.page-actions { (load(view)) }
        }
        p.page-lead { "The form follows the text. A try runs the steps in a folder that is thrown away; what would change something elsewhere is passed over." }
        form #editor.editor action="/create/edit" method="post" novalidate data-editor {
            // Enter sends the first button of a form.
            button.visually-hidden type="submit" name="go" value="update" tabindex="-1" aria-hidden="true" {}
            @if let Some(origin) = &view.draft.origin { input type="hidden" name="origin" value=(origin); }
            textarea name="files" hidden aria-label="Files beside the template" { (view.draft.files) }
            div.editor-parts {
                (text(view))
                (form(view))
                (result(view))
            }
        }
    }
}

/// The choice of a template of the catalog.
fn load(view: &EditorView<'_>) -> Markup {
    let chosen = view.draft.origin.as_ref().map(ToString::to_string);
    html! {
        @if !view.templates.is_empty() {
            form.editor-load action="/create/edit" method="get" {
                label.visually-hidden for="editor-template" { "Template of the catalog" }
                select.input #editor-template name="template" {
                    @for (reference, title) in &view.templates {
                        option value=(reference) selected[chosen.as_ref() == Some(reference)] { (title) }
                    }
                }
                (button(Button { label: "Load", icon: Some("template"), ..Button::default() }))
            }
        }
    }
}

fn text(view: &EditorView<'_>) -> Markup {
    html! {
        section.card.editor-text {
            header.card-head {
                h2 { "Template" }
                div.card-actions {
                    span.editor-files data-files-count {}
                    button.button type="button" data-folder hidden { (icon("template")) span { "Choose a folder" } }
                    input type="file" webkitdirectory multiple hidden data-folder-input aria-label="Folder of the template";
                    button.button type="submit" name="go" value="update" data-update { (icon("refresh")) span { "Update the form" } }
                }
            }
            div.editor-area {
                div.editor-gutter aria-hidden="true" data-gutter {}
                label.visually-hidden for="editor-text" { "Text of the template" }
                textarea #editor-text name="text" rows="28" wrap="off" spellcheck="false" autocapitalize="off" autocomplete="off"
                    aria-describedby="editor-problems" { "\n" (view.draft.text) }
            }
            (problems(view))
        }
    }
}

/// What is wrong in the text, each with its place and the lines around it.
fn problems(view: &EditorView<'_>) -> Markup {
    let mistakes = &view.judged.mistakes;
    html! {
        div #editor-problems.editor-problems role="status" {
            @if mistakes.is_empty() { p.muted.editor-fine { (icon("check")) "Nothing is wrong in the text." } }
            @for mistake in mistakes { (problem(&view.draft.text, mistake)) }
        }
    }
}

fn problem(text: &str, mistake: &Mistake) -> Markup {
    html! {
        div.editor-problem {
            span.problem-icon { (icon("problem")) }
            div {
                p {
                    @if let Some(place) = mistake.place { (place_link(place)) " " }
                    (inline_code(&mistake.message))
                }
                @if let Some(place) = mistake.place { (excerpt(text, place)) }
            }
        }
    }
}

/// The way to a place in the text.
pub(super) fn place_link((line, column): (usize, usize)) -> Markup {
    html! {
        a.editor-place href="#editor-text" data-line=(line) data-column=(column) { "Line " (line) ", column " (column) }
    }
}

/// The lines around a place, which is pointed at.
fn excerpt(text: &str, (line, column): (usize, usize)) -> Markup {
    let first = line.saturating_sub(AROUND).max(1);
    let lines = text.lines().enumerate().skip(first - 1).take(line - first + 1);
    let pointer = format!("{:>4} │ {}↑", "", " ".repeat(column.saturating_sub(1).min(200)));
    html! {
        pre.editor-excerpt tabindex="0" role="group" aria-label=(format_args!("Text at line {line}")) {
            @for (at, written) in lines { (format!("{:>4} │ {written}\n", at + 1)) }
            (pointer)
        }
    }
}

fn form(view: &EditorView<'_>) -> Markup {
    html! {
        section #editor-form.card.editor-form data-unreadable[view.form.is_none()] {
            input type="hidden" name="state" value=(view.state);
            @if let Some(secrets) = &view.secrets { input type="hidden" name="secrets" value=(secrets); }
            header.card-head {
                h2 { "Form" }
                div.card-actions {
                    @if view.form.is_some() {
                        button.button type="submit" name="go" value="sample" { (icon("edit")) span { "Fill in samples" } }
                    }
                }
            }
            @match &view.form {
                Some(form) => { (form_body(form)) }
                None => { div.card-body { p.muted { "The form appears when the text can be read as a template." } } }
            }
        }
    }
}

fn form_body(form: &FormPart<'_>) -> Markup {
    let pages = &form.template.pages;
    let Some(page) = pages.get(form.page) else {
        return html! { div.card-body { p.muted { "This template asks for nothing." } } };
    };
    html! {
        div.card-body {
            @if pages.len() > 1 {
                ol.wizard-steps aria-label="Pages of the form" {
                    @for (at, page) in pages.iter().enumerate() {
                        li aria-current=[(at == form.page).then_some("step")] {
                            span.wizard-number { (at + 1) }
                            button.link-button type="submit" name="go" value=(format_args!("page:{at}")) { (page.title) }
                        }
                    }
                }
            } @else { h3.editor-page { (page.title) } }
            @if let Some(text) = &page.description { p.wizard-lead.prewrap { (inline_code(text.trim())) } }
            @if !form.mistakes.is_empty() { (notice(Notice { tone: Tone::Red, text: &refusal(form.mistakes) })) }
            div.form { (form.fields) }
        }
    }
}

/// Why the form does not lead to a try.
fn refusal(mistakes: &Mistakes) -> String {
    let fields = mistakes.keys().filter(|pointer| !pointer.is_empty()).count();
    match mistakes.get("") {
        Some(general) => format!("Before it can be tried: {general}"),
        None if fields == 1 => "One field needs another look before it can be tried.".to_owned(),
        None => format!("{fields} fields need another look before it can be tried."),
    }
}

fn result(view: &EditorView<'_>) -> Markup {
    let run = button(Button {
        label: "Try it",
        icon: Some("create"),
        kind: ButtonKind::Primary,
        value: Some(("go", "run")),
        ..Button::default()
    });
    html! {
        section.card.editor-result {
            header.card-head {
                h2 { "Result" }
                div.card-actions {
                    button.button type="button" data-cancel hidden { (icon("close")) span { "Cancel" } }
                    (run)
                }
            }
            div #editor-result aria-live="polite" {
                @match view.trial {
                    Some(result) => { (trial(result, view)) }
                    None if view.form.is_none() => { div.card-body { p.muted { "Nothing can be tried as long as the text is no template." } } }
                    None => { div.card-body { p.muted { "Nothing was tried yet. Steps, log, files and output appear here." } } }
                }
            }
        }
    }
}
