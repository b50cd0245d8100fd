//! Removing an entity that is not right: one that was never valid, or that nobody declares any more.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use model::{EntityRef, Fault};
use serde::Deserialize;
use sight::{CurrentReach, CurrentSight};
use store::Node;
use ui::{Button, ButtonKind, Chrome, Crumb, PageHead, button};

use url::form_urlencoded;
use web::CurrentActor;

use super::Pages;
use super::failure::PageFailure;
use super::flash::with_flash;
use super::problems::state::ProblemsState;

#[derive(Deserialize)]
pub(super) struct Removal {
    uid: uuid::Uuid,
    #[serde(default)]
    show: String,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    entity: String,
    #[serde(default)]
    show: String,
}

/// Asks before an entity is removed.
pub(super) async fn confirm(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    Query(wanted): Query<Wanted>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let missing = || Fault::not_found(format!("There is no entity {}", wanted.entity));
    let reference: EntityRef = wanted.entity.parse().map_err(|_| missing())?;
    let node = pages.catalog.seen_by(&sight).node(&reference).await?;
    let node = node.ok_or_else(missing)?;
    let content = confirm_removal(&node, &tab(&wanted.show));
    let crumbs = vec![Crumb::to("Problems", "/unprocessed"), Crumb::here("Remove")];
    Ok(chrome
        .page(PageHead::new("Remove").crumbs(crumbs).narrow(), content)
        .into_response())
}

/// The tab of the list of problems with this word.
fn tab(word: &str) -> ProblemsState {
    let parsed = ProblemsState::parse(
        &form_urlencoded::Serializer::new(String::new())
            .append_pair("show", word)
            .finish(),
    );
    ProblemsState {
        tab: Some(parsed.tab()),
        ..ProblemsState::default()
    }
}

pub(crate) fn confirm_removal(node: &Node, list: &ProblemsState) -> Markup {
    let word = list.word();
    let list = list.href();
    html! {
        h1.page-title { "Remove this entity?" }
        p { code { (node.reference) } }
        @if node.orphan { p { "No source declares it any more, so it does not come back. Its history is kept." } }
        @else { p { "A source still declares it: it comes back with the next look at that source, unless the file changes or the location is unregistered." } }
        form.form-row.confirm action="/unprocessed/delete" method="post" {
            input type="hidden" name="uid" value=(node.uid);
            input type="hidden" name="show" value=(word);
            (button(Button { label: "Remove", icon: Some("trash"), kind: ButtonKind::Danger, ..Button::default() }))
            (button(Button { label: "Keep it", href: Some(&list), ..Button::default() }))
        }
    }
}

/// Removes an entity; it comes back if a source still declares it.
pub(super) async fn delete(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    CurrentReach(reach): CurrentReach,
    CurrentActor(actor): CurrentActor,
    Form(removal): Form<Removal>,
) -> Result<Redirect, PageFailure> {
    pages
        .catalog
        .seen_by(&sight)
        .delete_by_uid(&actor, &reach, removal.uid)
        .await?;
    Ok(Redirect::to(&with_flash(&tab(&removal.show).href(), "removed")))
}
