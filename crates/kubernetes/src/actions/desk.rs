//! Finds what is to be acted upon, says what stands in the way, has the cluster do it, and keeps in the audit who asked.

use std::fmt::Write as _;
use std::sync::Arc;

use catalog::{Catalog, Sight};
use jiff::Timestamp;
use model::{Actor, EntityRef, Fault, FaultKind, Viewer};
use plugin::{AuditEvent, AuditLog, AuditOutcome, Decision};
use web::Permissions;

use super::Action;
use crate::RESOURCES_READ;
use crate::engine::kinds::AUTOSCALERS;
use crate::engine::surroundings::kinds_of_tab;
use crate::engine::{Answer, ClusterAnswer, Deed, Kubernetes, Object, Question, Sort, Undone};
use crate::health::autoscaler;
use crate::pages::ObjectAddress;

/// What handlers need.
#[derive(Clone)]
pub(crate) struct Desk {
    kubernetes: Kubernetes,
    catalog: Catalog,
    audit: Arc<dyn AuditLog>,
}

/// Who asks.
pub(crate) struct Caller {
    pub viewer: Viewer,
    pub permissions: Permissions,
    pub sight: Sight,
}

/// An object of an entity that can be acted upon.
pub(crate) struct Found {
    action: Action,
    entity: EntityRef,
    address: ObjectAddress,
    answer: Answer,
}

/// Why something is not done.
#[derive(Debug)]
pub(crate) struct Refused {
    /// The reason.
    pub fault: Fault,
    /// What helps, where that is known.
    pub way_out: Option<String>,
    /// The rule that the portal's account lacks.
    pub rule: Option<&'static str>,
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
    /// With what helps.
    pub fn because(fault: Fault, way_out: impl Into<String>) -> Self {
        Self {
            way_out: Some(way_out.into()),
            ..Self::from(fault)
        }
    }
}

impl Found {
    /// The object with the cluster that it is in.
    pub fn object(&self) -> Result<(&ClusterAnswer, &Object), Fault> {
        let found = self.address.find_in(&self.answer);
        found.ok_or_else(|| {
            Fault::not_found(format!(
                "{} has no {} as far as it is known; it may have been replaced",
                self.entity, self.address
            ))
        })
    }
}

impl Desk {
    pub fn new(kubernetes: &Kubernetes, catalog: &Catalog, audit: Arc<dyn AuditLog>) -> Self {
        Self {
            kubernetes: kubernetes.clone(),
            catalog: catalog.clone(),
            audit,
        }
    }

    /// The object that an address means, if the action may be asked of it.
    pub async fn find(
        &self,
        caller: &Caller,
        action: Action,
        entity: EntityRef,
        address: ObjectAddress,
    ) -> Result<Found, Refused> {
        if !self.kubernetes.allowed().has(action) {
            let word = action.word();
            let fault = Fault::not_found(format!("The action {word} is off in this portal"));
            let way_out = format!("Add {word} to portal.kubernetes.actions of the configuration.");
            return Err(Refused::because(fault, way_out));
        }
        let question = self.question(caller, &entity).await?;
        self.look_for_cluster(&question, &address)?;
        self.kubernetes.watch(&kinds_of_tab()).await;
        let mut answer = self.kubernetes.ask(&question, &kinds_of_tab());
        self.kubernetes.surround(&mut answer);
        let found = Found {
            action,
            entity,
            address,
            answer,
        };
        let (one, object) = found.object()?;
        match obstacle(action, one, object) {
            Some(refused) => Err(refused),
            None => Ok(found),
        }
    }

    /// What belongs to an entity that the caller sees.
    async fn question(&self, caller: &Caller, entity: &EntityRef) -> Result<Question, Fault> {
        let needed = [(&crate::ID, &RESOURCES_READ)];
        let decisions = caller.permissions.decide_all(&caller.viewer, &needed).await?;
        if decisions != [Decision::Allow] {
            let message = format!("This needs the permission {}, too", RESOURCES_READ.name);
            return Err(Fault::not_allowed(message));
        }
        let seen = self.catalog.seen_by(&caller.sight).entity(entity).await?;
        let question = seen.as_ref().and_then(Question::of).ok_or_else(|| {
            Fault::not_found(format!("There is no entity {entity} with objects in clusters"))
        })?;
        question.map_err(|error| Fault::input(error.to_string()))
    }

    fn look_for_cluster(&self, question: &Question, address: &ObjectAddress) -> Result<(), Refused> {
        let name = address.cluster();
        let asked = self.kubernetes.asked(question);
        let Some(cluster) = asked.iter().find(|cluster| cluster.name() == name) else {
            let message = format!("The entity does not run in a cluster {name:?}");
            return Err(Fault::not_found(message).into());
        };
        if let Some(provider) = cluster.viewer_provider() {
            let message = format!(
                "{} is asked with the viewer's own token (oidc.{provider})",
                cluster.title()
            );
            let fault = Fault::new(FaultKind::NotImplemented, message);
            return Err(Refused::because(
                fault,
                "The portal changes nothing there; use kubectl.",
            ));
        }
        Ok(())
    }

    /// Has the cluster do it, and keeps that it was asked for. Returns the name of the job that was made, if one was.
    pub async fn act(
        &self,
        found: &Found,
        deed: Deed,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<String>, Refused> {
        let done = self.done(found, deed, now).await;
        let outcome = match &done {
            Ok(_) => AuditOutcome::Done,
            Err(refused) => AuditOutcome::of(&Err::<(), Fault>(refused.fault.clone())),
        };
        let detail = match (deed, &done) {
            (Deed::Scale { from, to }, _) => format!(" from {from} to {to} pods"),
            (_, Ok(Some(job))) => format!(" as {job}"),
            _ => String::new(),
        };
        self.keep(
            found.action,
            actor,
            &found.entity,
            &found.address,
            &detail,
            outcome,
        )
        .await;
        done
    }

    /// Keeps that something was refused before a cluster was asked.
    pub async fn refused(
        &self,
        action: Action,
        actor: &Actor,
        (entity, address): (&EntityRef, &ObjectAddress),
        fault: &Fault,
    ) {
        let outcome = AuditOutcome::of(&Err::<(), Fault>(fault.clone()));
        self.keep(action, actor, entity, address, "", outcome).await;
    }

    /// The change is made in the cluster, so that no transaction of the portal could hold both.
    async fn keep(
        &self,
        action: Action,
        actor: &Actor,
        entity: &EntityRef,
        address: &ObjectAddress,
        detail: &str,
        outcome: AuditOutcome,
    ) {
        let event = AuditEvent {
            actor: actor.clone(),
            action: action.permission().name.into(),
            subject: format!("kubernetes:{address}{detail} of {entity}"),
            outcome,
        };
        self.audit.record_attempt(event).await;
    }

    async fn done(&self, found: &Found, deed: Deed, now: Timestamp) -> Result<Option<String>, Refused> {
        let (one, object) = found.object()?;
        let cluster = self.kubernetes.cluster(&one.cluster);
        let cluster = cluster.ok_or_else(|| Fault::not_found("The cluster is gone"))?;
        let done = cluster.act(object, deed, now).await;
        done.map_err(|undone| told(undone, &one.title, object))
    }
}

/// What the cluster would refuse, or what would not last.
fn obstacle(action: Action, one: &ClusterAnswer, object: &Object) -> Option<Refused> {
    let what = format!("{} {}", object.kind().name, object.name());
    if !action.is_for(object) {
        let message = format!("{} is no action for {what}", action.title());
        return Some(Fault::input(message).into());
    }
    if object.text("/metadata/deletionTimestamp").is_some() {
        return Some(Fault::conflict(format!("{what} is being removed already")).into());
    }
    if action == Action::Restart && object.value["spec"]["paused"] == true {
        let fault = Fault::conflict(format!(
            "The roll-out of {what} is paused, so a restart would not begin"
        ));
        return Some(Refused::because(
            fault,
            format!("Resume it first: {}", resume(object)),
        ));
    }
    if action == Action::Scale
        && let Some(autoscaler) = driver(one, object)
    {
        let (least, most) = autoscaler::bounds(&autoscaler.value["spec"]);
        let name = autoscaler.name();
        let fault = Fault::conflict(format!(
            "The autoscaler {name} sizes {what}, between {least} and {most} pods, and would undo it"
        ));
        return Some(Refused::because(
            fault,
            format!("Change minReplicas and maxReplicas of {name}."),
        ));
    }
    None
}

fn resume(object: &Object) -> String {
    let mut text = "kubectl rollout resume ".to_owned();
    // Writing to a text does not fail.
    let _ = write!(
        text,
        "{}/{} -n {}",
        object.kind().name.to_lowercase(),
        object.name(),
        object.namespace()
    );
    text
}

/// The autoscaler that sizes a workload.
fn driver<'a>(one: &'a ClusterAnswer, object: &Object) -> Option<&'a Object> {
    one.of(&AUTOSCALERS).find(|autoscaler| {
        let target = &autoscaler.value["spec"]["scaleTargetRef"];
        autoscaler.namespace() == object.namespace()
            && target["kind"] == object.kind().name
            && target["name"] == object.name()
    })
}

/// What a cluster's refusal means for people.
fn told(undone: Undone, cluster: &str, object: &Object) -> Refused {
    let what = format!("{} {}", object.kind().name, object.name());
    let Undone { failure, rule } = undone;
    let message = failure.message.trim_end_matches('.');
    match (failure.status, failure.sort) {
        (Some(403), _) => Refused {
            rule: Some(rule),
            ..Refused::because(
                Fault::not_allowed(format!("{cluster} refuses it to the portal's account: {message}")),
                "Add the rule to the ClusterRole of the portal's account, if it is missing there.",
            )
        },
        (Some(404), _) => Refused::because(
            Fault::not_found(format!("{cluster} has no {what} any more: {message}")),
            "It was removed meanwhile; look what runs now.",
        ),
        (Some(409), _) => Refused::because(
            Fault::conflict(format!("{what} changed in {cluster} meanwhile: {message}")),
            "Nothing was done. Look how it is now, and ask again.",
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
