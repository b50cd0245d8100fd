//! `/flux/reconcile`, `…/reconcile-with-source`, `…/force`, `…/reset`, `…/suspend` and `…/resume`: asking before Flux does something,
//! and having it done. All of it works without a script.

mod notice;
mod view;

pub(crate) use notice::{Asked, notice};
pub(crate) use view::links;

use axum::Form;
use axum::extract::{Extension, FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use model::{Actor, EntityRef, Fault};
use plugin::{Rows, Rule};
use sight::CurrentSight;
use ui::{Chrome, Crumb, PageHead, href};
use url::form_urlencoded;
use web::{ApiError, CurrentActor, CurrentViewer, Permissions};

use super::overview;
use crate::actions::{Action, Address, Caller, Desk, Found, Refused};

/// Pairs of an address or a form.
type Pairs = Vec<(String, String)>;
/// Letters of a reason.
const MOST_REASON: usize = 500;

/// One action, as its handlers see it.
#[derive(Clone)]
struct Asking {
    desk: Desk,
    action: Action,
}

/// The pages with their full paths.
pub(crate) fn rows(desk: &Desk) -> Rows {
    Action::ALL.into_iter().fold(Rows::new(), |rows, action| {
        let rule = Rule::signed_in().needs(action.permission());
        let asking = Asking {
            desk: desk.clone(),
            action,
        };
        let own = Rows::new()
            .get(path(action), rule, confirm)
            .post(path(action), rule, act);
        rows.and(own.with_state(&asking))
    })
}

/// The address of an action.
fn path(action: Action) -> &'static str {
    match action {
        Action::Reconcile => "/flux/reconcile",
        Action::WithSource => "/flux/reconcile-with-source",
        Action::Force => "/flux/force",
        Action::Reset => "/flux/reset",
        Action::Suspend => "/flux/suspend",
        Action::Resume => "/flux/resume",
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let CurrentViewer(viewer) = CurrentViewer::from_request_parts(parts, state).await?;
        let CurrentSight(sight) = CurrentSight::from_request_parts(parts, state).await?;
        let permissions = Extension::<Permissions>::from_request_parts(parts, state).await;
        let Extension(permissions) = permissions.map_err(IntoResponse::into_response)?;
        Ok(Self {
            viewer,
            permissions,
            sight,
        })
    }
}

fn text<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    let found = pairs.iter().find(|(key, _)| key == name);
    found.map_or("", |(_, value)| value.trim())
}

/// Whose object, if it is asked for from an entity, and which one.
fn asked(pairs: &Pairs) -> Result<(Option<EntityRef>, Address), Fault> {
    let entity = text(pairs, "entity");
    let entity = if entity.is_empty() {
        None
    } else {
        let read = entity.parse().map_err(|_| {
            Fault::input(format!(
                "entity: {entity:?} is no reference such as component:default/web"
            ))
        });
        Some(read?)
    };
    let object = text(pairs, "object");
    let object = Address::read(object).ok_or_else(|| {
        Fault::input(format!(
            "object: {object:?} is not cluster/kind/namespace/name, such as production/Kustomization/flux-system/apps"
        ))
    })?;
    Ok((entity, object))
}

async fn confirm(State(asking): State<Asking>, caller: Caller, chrome: Chrome) -> Result<Response, ApiError> {
    let pairs: Pairs = form_urlencoded::parse(chrome.query.as_bytes())
        .into_owned()
        .collect();
    let (entity, address) = asked(&pairs)?;
    let found = asking
        .desk
        .find(&caller, asking.action, entity.clone(), address)
        .await;
    match found {
        Ok(found) => {
            let content = view::confirmation(&found);
            Ok(chrome
                .page(head(asking.action, entity.as_ref()), content)
                .into_response())
        }
        Err(refused) => Ok(refused_page(chrome, asking.action, entity.as_ref(), refused)),
    }
}

async fn act(
    State(asking): State<Asking>,
    caller: Caller,
    CurrentActor(actor): CurrentActor,
    chrome: Chrome,
    Form(pairs): Form<Pairs>,
) -> Result<Response, ApiError> {
    let (entity, address) = asked(&pairs)?;
    let why: String = text(&pairs, "reason").chars().take(MOST_REASON).collect();
    let what = (entity.clone(), address);
    match asking.done(&caller, &actor, what, &why, &chrome).await {
        Ok(shown) => Ok(Redirect::to(&shown).into_response()),
        Err(refused) => Ok(refused_page(chrome, asking.action, entity.as_ref(), refused)),
    }
}

impl Asking {
    /// Has it done; returns the page on which its outcome is followed.
    async fn done(
        &self,
        caller: &Caller,
        actor: &Actor,
        (entity, address): (Option<EntityRef>, Address),
        why: &str,
        chrome: &Chrome,
    ) -> Result<String, Refused> {
        let found = self
            .desk
            .find(caller, self.action, entity.clone(), address.clone())
            .await;
        let found = match found {
            Ok(found) => found,
            Err(refused) => {
                let what = (entity.as_ref(), &address);
                self.desk.refused(self.action, actor, what, &refused.fault).await;
                return Err(refused);
            }
        };
        // No request had it before: moments of requests differ.
        let token = chrome.now.to_string();
        let who = actor.name();
        let asked = (token.as_str(), why);
        self.desk.act(&found, (actor, &who), asked, chrome.now).await?;
        Ok(followed_at(&found, &token))
    }
}

/// The page that shows how it goes.
fn followed_at(found: &Found, token: &str) -> String {
    let object = found.address.to_string();
    let said = [
        ("asked", found.action.word()),
        ("object", object.as_str()),
        ("token", token),
    ];
    match &found.entity {
        Some(entity) => href::with_query(&href::entity_tab(entity, "deployments"), said),
        None => href::with_query(overview::PATH, said),
    }
}

/// Where one comes from.
fn back(entity: Option<&EntityRef>) -> String {
    entity.map_or_else(
        || overview::PATH.to_owned(),
        |entity| href::entity_tab(entity, "deployments"),
    )
}

fn head(action: Action, entity: Option<&EntityRef>) -> PageHead {
    let mut crumbs = Vec::new();
    if let Some(entity) = entity {
        crumbs.push(Crumb::to(entity.name(), href::entity(entity)));
        crumbs.push(Crumb::to("Deployments", back(Some(entity))));
    } else {
        crumbs.push(Crumb::to("Flux", back(None)));
    }
    crumbs.push(Crumb::here(action.title()));
    PageHead::new(action.title()).crumbs(crumbs).narrow()
}

fn refused_page(chrome: Chrome, action: Action, entity: Option<&EntityRef>, refused: Refused) -> Response {
    let content = view::refusal(action, entity, &refused);
    let status = ApiError::new(refused.fault).status();
    let page = chrome.page(head(action, entity), content);
    page.status(status).into_response()
}
