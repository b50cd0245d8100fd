//! The settings page: how the portal looks, and who one is to it.

use super::Pages;
use super::parts::settings_sections;
use axum::extract::State;
use catalog::browse::{Named, title_of};
use maud::{Markup, html};
use model::EntityRef;
use model::Viewer;
use sight::CurrentSight;
use ui::{
    Button, ButtonKind, Card, Chrome, Page, PageHead, Theme, button, card, definitions, entity_link, person,
};
use web::ApiError;

pub(super) async fn show(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    chrome: Chrome,
) -> Result<Page, ApiError> {
    let seen = pages.catalog.seen_by(&sight);
    let owners = match &chrome.viewer {
        Some(viewer) => seen.ownership(viewer).await?,
        None => Vec::new(),
    };
    let known = seen.known(&owners);
    let sections = match &chrome.viewer {
        Some(viewer) => settings_sections(&pages.parts, viewer).await,
        None => Vec::new(),
    };
    let content = settings(chrome.theme, chrome.viewer.as_ref(), (&owners, &known), &sections);
    Ok(chrome.page(PageHead::new("Settings").narrow(), content))
}

/// The content: `owners` are the references by which the viewer owns things, `sections` those of plugins.
pub(super) fn settings(
    theme: Theme,
    viewer: Option<&Viewer>,
    (owners, known): (&[EntityRef], &Named),
    sections: &[Markup],
) -> Markup {
    html! {
        h1.page-title { "Settings" }
        (card(Card { title: "Appearance", ..Card::default() }, appearance(theme)))
        (card(Card { title: "Identity", ..Card::default() }, identity(viewer, owners, known)))
        @for section in sections { (section) }
        (card(Card { title: "Keyboard", ..Card::default() }, keyboard()))
    }
}

fn appearance(theme: Theme) -> Markup {
    let choices = [
        (Theme::Auto, "As the system"),
        (Theme::Light, "Light"),
        (Theme::Dark, "Dark"),
    ];
    html! {
        form.form action="/-/theme" method="post" {
            input type="hidden" name="return" value="/settings";
            fieldset.choices {
                legend.visually-hidden { "Theme" }
                @for (choice, title) in choices {
                    label.choice { input type="radio" name="theme" value=(choice.as_str()) checked[choice == theme]; span { (title) } }
                }
            }
            div { (button(Button { label: "Apply", kind: ButtonKind::Primary, ..Button::default() })) }
        }
    }
}

fn identity(viewer: Option<&Viewer>, owners: &[EntityRef], known: &Named) -> Markup {
    let Some(viewer) = viewer else {
        return html! { p.muted { "Nobody is signed in." } };
    };
    definitions(&[
        (
            "You are",
            person(
                viewer.reference().name(),
                Some(&ui::href::entity(viewer.reference())),
            ),
        ),
        ("Reference", html! { code { (viewer.reference()) } }),
        (
            "You own as",
            html! { div.row { @for owner in owners { (entity_link(owner, title_of(known, owner))) } } },
        ),
    ])
}

fn keyboard() -> Markup {
    let keys: [(&[&str], &str); 5] = [
        (&["/"], "Go to an entity or page"),
        (&["Ctrl", "K"], "The same, also while typing"),
        (&["j", "k"], "Next and previous row"),
        (&["Enter"], "Open the row"),
        (&["g", "c"], "Go to the page that begins with c"),
    ];
    html! {
        dl.definitions { @for (keys, what) in keys { div { dt { @for key in keys { kbd { (key) } " " } } dd { (what) } } } }
    }
}
