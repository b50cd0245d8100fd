//! What people may have clusters do: restart a roll-out, scale, delete a pod, run a cron job now. Each is off unless
//! `portal.kubernetes.actions` names it, has a permission of its own, is asked for on a page, and is in the audit.

mod desk;
mod section;

pub(crate) use desk::{Caller, Desk, Found, Refused};

use std::sync::Arc;

use catalog::Catalog;
use plugin::{AuditLog, Contributions, Declaration, Denied, Permission, PermissionAction, PluginId, Routes};
use serde_json::Value;

use crate::Kubernetes;
use crate::engine::kinds::{CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, PODS, STATEFUL_SETS};
use crate::engine::{Kind, Object};

/// The name of the part that acts.
pub const ID: PluginId = PluginId::built_in("kubernetes-actions");

/// Have the pods of a workload made anew.
pub static RESTART: Permission = Permission::new("kubernetes.workloads.restart", PermissionAction::Update);
/// Give a workload another number of pods.
pub static SCALE: Permission = Permission::new("kubernetes.workloads.scale", PermissionAction::Update);
/// Delete a pod.
pub static DELETE_POD: Permission = Permission::new("kubernetes.pods.delete", PermissionAction::Delete);
/// Run a cron job now.
pub static RUN_CRON_JOB: Permission = Permission::new("kubernetes.cronjobs.run", PermissionAction::Create);

static PERMISSIONS: [&Permission; 4] = [&RESTART, &SCALE, &DELETE_POD, &RUN_CRON_JOB];

/// Most pods that a workload may be given.
pub(crate) const MOST_REPLICAS: u32 = 1_000;

/// What people may have a cluster do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Have the pods of a workload made anew, as `kubectl rollout restart`.
    Restart,
    /// Give a workload another number of pods, as `kubectl scale`.
    Scale,
    /// Delete a pod, as `kubectl delete pod`.
    DeletePod,
    /// Run a cron job now, as `kubectl create job --from`.
    RunCronJob,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Restart, Self::Scale, Self::DeletePod, Self::RunCronJob];

    /// The word in the configuration and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::Scale => "scale",
            Self::DeletePod => "deletePod",
            Self::RunCronJob => "runCronJob",
        }
    }

    /// The words of its button.
    pub fn title(self) -> &'static str {
        match self {
            Self::Restart => "Restart",
            Self::Scale => "Scale",
            Self::DeletePod => "Delete pod",
            Self::RunCronJob => "Run now",
        }
    }

    /// The permission that it needs.
    pub fn permission(self) -> &'static Permission {
        match self {
            Self::Restart => &RESTART,
            Self::Scale => &SCALE,
            Self::DeletePod => &DELETE_POD,
            Self::RunCronJob => &RUN_CRON_JOB,
        }
    }

    /// Whether it can be asked of an object.
    pub fn is_for(self, object: &Object) -> bool {
        let is = |kinds: &[&Kind]| kinds.contains(&object.kind());
        match self {
            Self::Restart => is(&[&DEPLOYMENTS, &STATEFUL_SETS, &DAEMON_SETS]),
            Self::Scale => is(&[&DEPLOYMENTS, &STATEFUL_SETS]),
            Self::DeletePod => is(&[&PODS]),
            Self::RunCronJob => is(&[&CRON_JOBS]),
        }
    }
}

/// The actions that the configuration names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    actions: Vec<Action>,
    /// Those that the viewer lacks the permission for, where that is known.
    denied: Vec<Action>,
}

impl Allowed {
    /// Reads the section `portal.kubernetes`.
    pub fn read(section: Option<&Value>) -> Self {
        let named = section.and_then(|section| section["actions"].as_array());
        let is_named = |action: &Action| {
            let mut words = named.into_iter().flatten();
            words.any(|word| word == action.word())
        };
        Self {
            actions: Action::ALL.into_iter().filter(is_named).collect(),
            denied: Vec::new(),
        }
    }

    /// All actions, for samples.
    pub(crate) fn all() -> Self {
        Self {
            actions: Action::ALL.to_vec(),
            denied: Vec::new(),
        }
    }

    /// Whether an action is on.
    pub fn has(&self, action: Action) -> bool {
        self.actions.contains(&action)
    }

    /// The actions that are on and can be asked of an object.
    pub fn on<'a>(&'a self, object: &'a Object) -> impl Iterator<Item = Action> + 'a {
        self.actions
            .iter()
            .copied()
            .filter(|action| action.is_for(object))
    }

    /// The permissions of the actions that are on.
    pub(crate) fn permissions(&self) -> impl Iterator<Item = &'static Permission> {
        self.actions.iter().map(|action| action.permission())
    }

    /// The same for somebody who lacks these permissions.
    pub(crate) fn without(mut self, denied: &Denied) -> Self {
        let lacking = self.actions.iter().copied();
        self.denied = lacking.filter(|action| denied.has(action.permission())).collect();
        self
    }

    /// Why an action that is on cannot be asked for.
    pub(crate) fn obstacle(&self, action: Action) -> Option<String> {
        let permission = action.permission().name;
        self.denied
            .contains(&action)
            .then(|| format!("You lack the permission {permission}"))
    }
}

/// What the part is.
pub fn declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(section::Section)),
        permissions: &PERMISSIONS,
        ..Declaration::new(ID)
    }
}

/// What the part serves. `section` is `portal.kubernetes`; `audit` keeps who asked for what.
pub fn contributions(
    section: Option<&Value>,
    kubernetes: &Kubernetes,
    catalog: &Catalog,
    audit: Arc<dyn AuditLog>,
) -> Contributions {
    kubernetes.allow(Allowed::read(section));
    let desk = Desk::new(kubernetes, catalog, audit);
    Contributions {
        routes: vec![Routes::new(ID).pages(crate::pages::action_rows(&desk))],
        ..Contributions::of(ID)
    }
}
