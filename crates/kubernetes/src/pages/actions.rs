//! `/kubernetes/restart`, `…/scale`, `…/delete-pod` and `…/run-cron-job`: asking before a cluster does something, and having it done.
//! All of it works without a script.

mod notice;
mod view;

pub(super) use notice::notice;
pub(super) use view::{confirmation, links, refusal};

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

use super::object::{self, ObjectAddress};
use crate::actions::{Action, Caller, Desk, Found, MOST_REPLICAS, Refused};
use crate::engine::kinds::WORKLOADS;
use crate::engine::{ClusterAnswer, Deed, Object, restarted_at};

/// Pairs of an address or a form.
type Pairs = Vec<(String, String)>;

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
        Action::Restart => "/kubernetes/restart",
        Action::Scale => "/kubernetes/scale",
        Action::DeletePod => "/kubernetes/delete-pod",
        Action::RunCronJob => "/kubernetes/run-cron-job",
    }
}

/// The address that asks whether an action is meant.
pub(super) fn address(action: Action, entity: &EntityRef, cluster: &str, object: &Object) -> String {
    let (entity, object) = (entity.to_string(), ObjectAddress::of(cluster, object).to_string());
    href::with_query(
        path(action),
        [("entity", entity.as_str()), ("object", object.as_str())],
    )
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

/// Whose object and which one.
fn asked(pairs: &Pairs) -> Result<(EntityRef, ObjectAddress), Fault> {
    let entity = text(pairs, "entity");
    let entity = entity.parse().map_err(|_| {
        Fault::input(format!(
            "entity: {entity:?} is no reference such as component:default/web"
        ))
    })?;
    let object = text(pairs, "object");
    let object = ObjectAddress::read(object).ok_or_else(|| {
        Fault::input(format!(
            "object: {object:?} is not cluster/kind/namespace/name, such as production/deployments.apps/shop/web"
        ))
    })?;
    Ok((entity, object))
}

async fn confirm(State(asking): State<Asking>, caller: Caller, chrome: Chrome) -> Result<Response, ApiError> {
    let pairs: Pairs = form_urlencoded::parse(chrome.query.as_bytes())
        .into_owned()
        .collect();
    let (entity, address) = asked(&pairs)?;
    match asking
        .desk
        .find(&caller, asking.action, entity.clone(), address)
        .await
    {
        Ok(found) => {
            let (one, object) = found.object()?;
            let content = confirmation(asking.action, &entity, one, object);
            Ok(chrome.page(head(asking.action, &entity), content).into_response())
        }
        Err(refused) => Ok(refused_page(chrome, asking.action, &entity, refused)),
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
    match asking
        .done(&caller, &actor, (&entity, address), &pairs, &chrome)
        .await
    {
        Ok(shown) => Ok(Redirect::to(&shown).into_response()),
        Err(refused) => Ok(refused_page(chrome, asking.action, &entity, refused)),
    }
}

impl Asking {
    /// Has it done; returns the page on which its outcome is followed.
    async fn done(
        &self,
        caller: &Caller,
        actor: &Actor,
        (entity, address): (&EntityRef, ObjectAddress),
        pairs: &Pairs,
        chrome: &Chrome,
    ) -> Result<String, Refused> {
        let ready = async {
            let deed = deed(self.action, pairs)?;
            let found = self
                .desk
                .find(caller, self.action, entity.clone(), address.clone());
            Ok::<(Deed, Found), Refused>((deed, found.await?))
        };
        let (deed, found) = match ready.await {
            Ok(ready) => ready,
            Err(refused) => {
                let what = (entity, &address);
                self.desk.refused(self.action, actor, what, &refused.fault).await;
                return Err(refused);
            }
        };
        let job = self.desk.act(&found, deed, actor, chrome.now).await?;
        let (one, object) = found.object()?;
        let said = match deed {
            Deed::Restart => ("at", restarted_at(chrome.now)),
            Deed::Scale { to, .. } => ("to", to.to_string()),
            Deed::DeletePod => ("pod", object.uid().to_owned()),
            Deed::RunCronJob => ("job", job.unwrap_or_default()),
        };
        let page = followed_at(entity, one, object);
        let said = [("asked", self.action.word()), (said.0, said.1.as_str())];
        Ok(href::with_query(&page, said))
    }
}

/// What the form asks for.
fn deed(action: Action, pairs: &Pairs) -> Result<Deed, Fault> {
    let number = |name: &str| {
        let given = text(pairs, name);
        let number = given.parse().ok().filter(|number| *number <= MOST_REPLICAS);
        number.ok_or_else(|| {
            Fault::input(format!(
                "{name}: a number of pods between 0 and {MOST_REPLICAS} is needed, not {given:?}"
            ))
        })
    };
    Ok(match action {
        Action::Restart => Deed::Restart,
        Action::Scale => Deed::Scale {
            from: number("from")?,
            to: number("replicas")?,
        },
        Action::DeletePod => Deed::DeletePod,
        Action::RunCronJob => Deed::RunCronJob,
    })
}

/// The page of the object; for a pod, which goes away, that of its workload.
fn followed_at(entity: &EntityRef, one: &ClusterAnswer, object: &Object) -> String {
    match workload_of(one, object) {
        Some(workload) => object::address(entity, &one.cluster, workload),
        None => href::entity_tab(entity, "kubernetes"),
    }
}

/// What a pod belongs to in the end; other objects stand for themselves.
fn workload_of<'a>(one: &'a ClusterAnswer, object: &'a Object) -> Option<&'a Object> {
    if !Action::DeletePod.is_for(object) {
        return Some(object);
    }
    let owner = |of: &Object| {
        let mut all = one.objects.iter();
        all.find(|owner| of.owners().any(|uid| uid == owner.uid()))
    };
    let first = owner(object)?;
    let workload = owner(first).filter(|above| WORKLOADS.contains(&above.kind()));
    Some(workload.unwrap_or(first))
}

fn head(action: Action, entity: &EntityRef) -> PageHead {
    let crumbs = vec![
        Crumb::to(entity.name(), href::entity(entity)),
        Crumb::to("Kubernetes", href::entity_tab(entity, "kubernetes")),
        Crumb::here(action.title()),
    ];
    PageHead::new(action.title()).crumbs(crumbs).narrow()
}

fn refused_page(chrome: Chrome, action: Action, entity: &EntityRef, refused: Refused) -> Response {
    let content = refusal(action, entity, &refused);
    let status = ApiError::new(refused.fault).status();
    let page = chrome.page(head(action, entity), content);
    page.status(status).into_response()
}
