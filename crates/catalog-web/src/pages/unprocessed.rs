//! Entities that a source declares but that are not right: failed, not done yet, orphaned.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use catalog::query::Unhealthy;
use jiff::Timestamp;
use maud::{Markup, html};
use model::{EntityRef, Fault};
use serde::Deserialize;
use sight::{CurrentReach, CurrentSight};
use store::Node;
use ui::{
    Button, ButtonKind, Chrome, Crumb, EmptyState, Live, PageHead, Pagination, PostForm, Tab, button,
    empty_state, entity_link, href, pagination, post_form, problem_panel, segmented, time,
};

use web::CurrentActor;

use super::Pages;
use super::failure::PageFailure;
use super::flash::{flash, with_flash};

/// Entities on a page.
const SHOWN: usize = 50;

#[derive(Deserialize)]
pub(super) struct ProblemsParams {
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: String,
}

pub(super) async fn show(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    Query(asked): Query<ProblemsParams>,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let group = Group::parse(&asked.show);
    let limit = SHOWN + 1;
    let which = match group {
        Group::Failed => Unhealthy::Failed,
        Group::Pending => Unhealthy::Pending,
        Group::Orphaned => Unhealthy::Orphaned,
    };
    let seen = pages.catalog.seen_by(&sight);
    let mut nodes = seen.unhealthy(which, &asked.after, limit).await?;
    let more = nodes.len() > SHOWN;
    nodes.truncate(SHOWN);
    let after = nodes.last().filter(|_| more).map(|node| node.reference.as_str());
    let next =
        after.map(|after| href::with_query("/unprocessed", [("show", group.word()), ("after", after)]));
    let list = unprocessed(group, &nodes, next, chrome.now);
    let content = html! { (flash(&chrome.query)) (list) };
    Ok(chrome
        .page(PageHead::new("Problems").live(Live::Any), content)
        .into_response())
}

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
    let content = confirm_removal(&node, Group::parse(&wanted.show));
    let crumbs = vec![Crumb::to("Problems", "/unprocessed"), Crumb::here("Remove")];
    Ok(chrome
        .page(PageHead::new("Remove").crumbs(crumbs).narrow(), content)
        .into_response())
}

fn confirm_removal(node: &Node, group: Group) -> Markup {
    let list = format!("/unprocessed?show={}", group.word());
    html! {
        h1.page-title { "Remove this entity?" }
        p { code { (node.reference) } }
        @if group == Group::Orphaned { p { "No source declares it any more, so it does not come back. Its history is kept." } }
        @else { p { "A source still declares it: it comes back with the next look at that source, unless the file changes or the location is unregistered." } }
        form.form-row.confirm action="/unprocessed/delete" method="post" {
            input type="hidden" name="uid" value=(node.uid);
            input type="hidden" name="show" value=(group.word());
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
    let list = format!("/unprocessed?show={}", Group::parse(&removal.show).word());
    Ok(Redirect::to(&with_flash(&list, "removed")))
}

/// Which entities the page lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// With problems.
    Failed,
    /// Never served yet.
    Pending,
    /// Declared by nobody any more.
    Orphaned,
}

impl Group {
    /// All groups with the words for the address and for people.
    pub(crate) const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Failed, "failed", "Failed"),
        (Self::Pending, "pending", "Never valid"),
        (Self::Orphaned, "orphaned", "Orphaned"),
    ];

    /// The group of that word; failed entities without one.
    pub(crate) fn parse(word: &str) -> Self {
        Self::ALL
            .iter()
            .find(|(_, known, _)| *known == word)
            .map_or(Self::Failed, |(group, ..)| *group)
    }

    fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(group, ..)| *group == self)
            .map_or("failed", |(_, word, _)| word)
    }

    fn lead(self) -> &'static str {
        match self {
            Self::Failed => {
                "Entities with problems. The last good form of an entity stays in the catalog until its descriptor is right again."
            }
            Self::Pending => {
                "Entities that a source declares but that were never valid, so the catalog does not show them."
            }
            Self::Orphaned => {
                "Entities that no source declares any more. Remove them, or declare them again."
            }
        }
    }
}

/// The whole content of the page.
pub(crate) fn unprocessed(group: Group, nodes: &[Node], next: Option<String>, now: Timestamp) -> Markup {
    let tabs: Vec<Tab> = Group::ALL
        .iter()
        .map(|(known, word, title)| Tab::new(*title, format!("/unprocessed?show={word}"), *known == group))
        .collect();
    html! {
        div.page-head { h1 { "Problems" } (segmented("Which entities", &tabs)) }
        p.page-lead { (group.lead()) }
        @if nodes.is_empty() { (nothing(group)) }
        @for node in nodes { (one(group, node, now)) }
        (pagination(&Pagination { label: "Pages", next, ..Pagination::default() }))
    }
}

fn nothing(group: Group) -> Markup {
    let (title, text) = match group {
        Group::Failed => ("No problems", "Every entity that a source declares is valid."),
        Group::Pending => ("Nothing is missing", "Every declared entity is in the catalog."),
        Group::Orphaned => ("No orphans", "Every entity is declared by a source."),
    };
    empty_state(EmptyState {
        icon: "check",
        title,
        text,
        actions: None,
    })
}

fn one(group: Group, node: &Node, now: Timestamp) -> Markup {
    let reference = node.reference.parse::<EntityRef>().ok();
    // A location without a name of its own is known by where it leads.
    let is_generated = reference
        .as_ref()
        .is_some_and(|reference| reference.name().starts_with("generated-"));
    let title = node.location_key.as_deref().filter(|_| is_generated);
    html! {
        article.problem-entity data-key=(node.reference) {
            header {
                h2 { @match &reference { Some(reference) => { (entity_link(reference, title)) } None => { (node.reference) } } }
                @if let Some(key) = node.location_key.as_deref().filter(|key| title != Some(key)) { code { (key) } }
                span.muted { "changed " (time(node.updated_at, now)) }
                div.card-actions {
                    (post_form(PostForm {
                        action: "/catalog/refresh",
                        values: &[("entityRef", &node.reference), ("return", &format!("/unprocessed?show={}", group.word()))],
                        button: Button { label: "Refresh", icon: Some("refresh"), kind: ButtonKind::Ghost, ..Button::default() },
                    }))
                    @if group != Group::Failed {
                        (button(Button {
                            label: "Remove",
                            icon: Some("trash"),
                            kind: ButtonKind::Ghost,
                            href: Some(&href::with_query("/unprocessed/delete", [("entity", node.reference.as_str()), ("show", group.word())])),
                            ..Button::default()
                        }))
                    }
                }
            }
            (problem_panel(&node.problems))
            @if node.problems.is_empty() && group == Group::Pending { p.muted { "Not processed yet." } }
        }
    }
}
