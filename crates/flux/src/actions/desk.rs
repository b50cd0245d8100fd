//! Finds what is to be acted upon, says what stands in the way, has Flux do it, and keeps in the audit who asked.

use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, Sight};
use jiff::Timestamp;
use kubernetes::engine::kinds::{EVENTS, OF_ENTITIES};
use kubernetes::engine::{Failure, Kind, Object, Question, Sort};
use kubernetes::{Kubernetes, RESOURCES_READ};
use model::{Actor, EntityRef, Fault, FaultKind, Viewer};
use plugin::{AuditEvent, AuditLog, AuditOutcome, Decision, Permission, PluginId};
use web::Permissions;

use super::{Action, Address, Allowed, FIELD_MANAGER};
use crate::OVERVIEW_READ;
use crate::engine::kinds::{ALL, APPLIERS, EVERY, HELM_CHARTS, source};
use crate::engine::{Display, find, source_name, state};

/// How long a source may take before what applies it is no longer asked.
const SOURCE_TIME: Duration = Duration::from_mins(2);
/// How often it is looked whether a source is done. The memory is looked at, not the cluster.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// What handlers need.
#[derive(Clone)]
pub(crate) struct Desk {
    pub kubernetes: Kubernetes,
    pub catalog: Catalog,
    pub allowed: Allowed,
    pub audit: Arc<dyn AuditLog>,
}

/// Who asks.
pub(crate) struct Caller {
    pub viewer: Viewer,
    pub permissions: Permissions,
    pub sight: Sight,
}

/// An object that can be acted upon.
#[derive(Clone)]
pub(crate) struct Found {
    pub action: Action,
    pub entity: Option<EntityRef>,
    pub address: Address,
    pub object: Object,
}

/// Why something is not done.
#[derive(Debug)]
pub(crate) struct Refused {
    /// The reason.
    pub fault: Fault,
    /// What helps, where that is known.
    pub way_out: Option<String>,
    /// The rule that the portal's account lacks.
    pub rule: Option<Box<str>>,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            way_out: None,
            rule: None,
        }
    }
}

impl Refused {
    fn because(fault: Fault, way_out: impl Into<String>) -> Self {
        Self {
            way_out: Some(way_out.into()),
            ..Self::from(fault)
        }
    }
}

impl Desk {
    /// What is on, with what the caller lacks the permission for. Where that cannot be found out the gate of each action decides.
    pub async fn allowed_for(&self, caller: &Caller) -> Allowed {
        let actions = self.allowed.actions();
        let plugin = crate::ID;
        let asked: Vec<_> = actions
            .iter()
            .map(|action| (&plugin, action.permission()))
            .collect();
        let decisions = caller.permissions.decide_all(&caller.viewer, &asked).await;
        let decisions = decisions.unwrap_or_default();
        let denied = actions
            .iter()
            .zip(decisions)
            .filter(|(_, decision)| *decision != Decision::Allow);
        self.allowed.denying(denied.map(|(action, _)| *action).collect())
    }

    /// The object that an address means, if the action may be asked of it. Without an entity it is any object of Flux.
    pub async fn find(
        &self,
        caller: &Caller,
        action: Action,
        entity: Option<EntityRef>,
        address: Address,
    ) -> Result<Found, Refused> {
        self.look_whether_on(action)?;
        if let Some(entity) = &entity {
            self.look_whether_delivered(caller, entity, &address).await?;
        } else {
            need(caller, &crate::ID, &OVERVIEW_READ).await?;
            self.kubernetes.watch(&EVERY).await;
        }
        let object =
            self.kubernetes
                .object(&address.cluster, address.kind, &address.namespace, &address.name);
        let object = object.ok_or_else(|| {
            Fault::not_found(format!(
                "There is no {address} as far as it is known; it may have been removed"
            ))
        })?;
        let what = format!("{} {}", object.kind().name, object.name());
        if !action.is_for(&object) {
            let message = format!("{} is no action for {what} as it is now", action.title());
            return Err(Refused::because(
                Fault::conflict(message),
                "Look how it is now; somebody may have been quicker.",
            ));
        }
        if let Some(obstacle) = action.obstacle(&object) {
            return Err(Fault::conflict(format!("{what}: {obstacle}")).into());
        }
        Ok(Found {
            action,
            entity,
            address,
            object,
        })
    }

    fn look_whether_on(&self, action: Action) -> Result<(), Refused> {
        let word = action.word();
        if !self.allowed.has(action) {
            let fault = Fault::not_found(format!("The action {word} is off in this portal"));
            let way_out = format!("Add {word} to portal.flux.actions of the configuration.");
            return Err(Refused::because(fault, way_out));
        }
        if self.allowed.is_read_only() {
            let fault = Fault::not_allowed("Read-only mode is enabled");
            return Err(Refused::because(
                fault,
                "Take gitops.readOnly out of the configuration.",
            ));
        }
        Ok(())
    }

    /// Whether an object is one of those that an entity's tab shows to this caller.
    async fn look_whether_delivered(
        &self,
        caller: &Caller,
        entity: &EntityRef,
        address: &Address,
    ) -> Result<(), Refused> {
        need(caller, &kubernetes::ID, &RESOURCES_READ).await?;
        let seen = self.catalog.seen_by(&caller.sight).entity(entity).await?;
        let question = seen.as_ref().and_then(Question::of).ok_or_else(|| {
            Fault::not_found(format!("There is no entity {entity} with objects in clusters"))
        })?;
        let question = question.map_err(|error| Fault::input(error.to_string()))?;
        let workloads: Vec<&'static Kind> = OF_ENTITIES.into_iter().filter(|kind| **kind != EVENTS).collect();
        let watched: Vec<&'static Kind> = workloads.iter().copied().chain(ALL).collect();
        self.kubernetes.watch(&watched).await;
        let found = find(&self.kubernetes, &question, &workloads);
        let own = found.all.iter().any(|one| {
            let mut objects = [Some(&one.applier), one.source.as_ref(), one.chart.as_ref()]
                .into_iter()
                .flatten();
            objects.any(|object| address.is_of(&one.cluster, object))
        });
        let mut placed = found.sources.iter().chain(&found.images);
        if own || placed.any(|placed| address.is_of(&placed.cluster, &placed.object)) {
            return Ok(());
        }
        let message = format!("{entity} has no {address} as far as it is known; it may have been removed");
        Err(Fault::not_found(message).into())
    }

    /// Has Flux do it, and keeps that it was asked for. With the source, the applier is asked when the source is done.
    pub async fn act(
        &self,
        found: &Found,
        (actor, who): (&Actor, &str),
        (token, why): (&str, &str),
        now: Timestamp,
    ) -> Result<(), Refused> {
        let mut steps = if found.action == Action::WithSource {
            self.sources(found)
        } else {
            Vec::new()
        };
        steps.push(found.object.clone());
        let patch = found.action.patch(token, now, who, why);
        let cluster = found.address.cluster.clone();
        let first = steps.remove(0);
        let done = self
            .kubernetes
            .merge_patch(&cluster, &first, patch.clone(), FIELD_MANAGER)
            .await;
        let done = done.map_err(|failure| told(&failure, &cluster, &first));
        let outcome = match &done {
            Ok(()) => AuditOutcome::Done,
            Err(refused) => AuditOutcome::of(&Err::<(), Fault>(refused.fault.clone())),
        };
        let detail = if why.is_empty() {
            String::new()
        } else {
            format!(" because {why:?}")
        };
        self.keep(
            found.action,
            actor,
            (found.entity.as_ref(), &found.address),
            &detail,
            outcome,
        )
        .await;
        if done.is_ok() && !steps.is_empty() {
            let following = Following {
                desk: self.clone(),
                found: found.clone(),
                actor: actor.clone(),
                token: token.to_owned(),
                patch,
            };
            tokio::spawn(following.go(first, steps));
        }
        done
    }

    /// What is asked before an applier: its source, and the chart of a release. A repository of charts in a registry does nothing.
    fn sources(&self, found: &Found) -> Vec<Object> {
        sources_of(&self.kubernetes, &found.address.cluster, &found.object)
    }

    /// Keeps that something was refused before a cluster was asked.
    pub async fn refused(
        &self,
        action: Action,
        actor: &Actor,
        what: (Option<&EntityRef>, &Address),
        fault: &Fault,
    ) {
        let outcome = AuditOutcome::of(&Err::<(), Fault>(fault.clone()));
        self.keep(action, actor, what, "", outcome).await;
    }

    /// The change is made in the cluster, so that no transaction of the portal could hold both.
    async fn keep(
        &self,
        action: Action,
        actor: &Actor,
        (entity, address): (Option<&EntityRef>, &Address),
        detail: &str,
        outcome: AuditOutcome,
    ) {
        let of = entity.map(|entity| format!(" of {entity}")).unwrap_or_default();
        let event = AuditEvent {
            actor: actor.clone(),
            action: action.permission().name.into(),
            subject: format!("flux:{address}: {}{detail}{of}", action.word()),
            outcome,
        };
        self.audit.record_attempt(event).await;
    }
}

/// What is asked before an applier, in this order. What is suspended or has no state is left out.
pub(crate) fn sources_of(kubernetes: &Kubernetes, cluster: &str, applier: &Object) -> Vec<Object> {
    if !APPLIERS.contains(&applier.kind()) {
        return Vec::new();
    }
    let object = |kind, namespace: &str, name: &str| kubernetes.object(cluster, kind, namespace, name);
    let own =
        source_name(applier).and_then(|(kind, namespace, name)| object(source(&kind)?, &namespace, &name));
    let chart = applier
        .text("/status/helmChart")
        .and_then(|chart| chart.split_once('/'));
    let chart = chart.and_then(|(namespace, name)| object(&HELM_CHARTS, namespace, name));
    let mut all: Vec<Object> = own.into_iter().chain(chart).collect();
    all.retain(|object| Action::Reconcile.is_for(object) && Action::Reconcile.obstacle(object).is_none());
    all
}

/// Goes on with an applier when its sources are done. What becomes of it is seen in the objects.
struct Following {
    desk: Desk,
    found: Found,
    actor: Actor,
    token: String,
    patch: serde_json::Value,
}

impl Following {
    async fn go(self, mut before: Object, steps: Vec<Object>) {
        let cluster = &self.found.address.cluster;
        for step in steps {
            if !self.is_done(&before).await {
                return;
            }
            let kubernetes = &self.desk.kubernetes;
            let done = kubernetes
                .merge_patch(cluster, &step, self.patch.clone(), FIELD_MANAGER)
                .await;
            if let Err(failure) = done {
                let refused = told(&failure, cluster, &step);
                let what = (self.found.entity.as_ref(), &self.found.address);
                self.desk
                    .refused(self.found.action, &self.actor, what, &refused.fault)
                    .await;
                return;
            }
            before = step;
        }
    }

    /// Waits until a source has looked again, and says whether it went well.
    async fn is_done(&self, source: &Object) -> bool {
        let look = async {
            loop {
                let now = self.desk.kubernetes.object(
                    &self.found.address.cluster,
                    source.kind(),
                    source.namespace(),
                    source.name(),
                );
                let Some(now) = now else {
                    return false;
                };
                if Action::Reconcile.is_handled(&now, &self.token) {
                    match state::of(&now).display {
                        Display::Reconciling => {}
                        display => return display == Display::Ready,
                    }
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::time::timeout(SOURCE_TIME, look).await.unwrap_or(false)
    }
}

async fn need(caller: &Caller, plugin: &PluginId, permission: &'static Permission) -> Result<(), Fault> {
    let decisions = caller
        .permissions
        .decide_all(&caller.viewer, &[(plugin, permission)])
        .await?;
    if decisions == [Decision::Allow] {
        return Ok(());
    }
    let message = format!("This needs the permission {}, too", permission.name);
    Err(Fault::not_allowed(message))
}

/// The rule of a `ClusterRole` without which the portal's account may not ask for it.
fn rule(object: &Object) -> String {
    let kind = object.kind();
    format!(
        "{{apiGroups: [{}], resources: [{}], verbs: [patch]}}",
        kind.group, kind.plural
    )
}

/// What a cluster's refusal means for people.
fn told(failure: &Failure, cluster: &str, object: &Object) -> Refused {
    let what = format!("{} {}", object.kind().name, object.name());
    let message = &failure.message;
    match (failure.status, failure.sort) {
        (_, Sort::Forbidden) => Refused {
            rule: Some(rule(object).into()),
            ..Refused::because(
                Fault::not_allowed(format!("{cluster} refuses it to the portal's account: {message}")),
                "Add the rule to the ClusterRole of the portal's account, if it is missing there.",
            )
        },
        (Some(404), _) => Refused::because(
            Fault::not_found(format!("{cluster} has no {what} any more: {message}")),
            "It was removed meanwhile; look what is there now.",
        ),
        (None, Sort::Away) => Refused::because(
            Fault::new(
                FaultKind::Unavailable,
                format!("{cluster} did not answer: {message}"),
            ),
            "Whether it was done is not known. Look how it is before you ask again.",
        ),
        _ => Refused {
            way_out: failure.way_out().map(str::to_owned),
            ..Refused::from(Fault::error(format!("{cluster} did not do it: {message}")))
        },
    }
}
