//! What people may have Flux do: look again, with the source, whatever it says (force), from its first try (reset), pause and go
//! on. Each is off unless `portal.flux.actions` names it, has a permission of its own, is asked for on a page, and is in the audit.

mod address;
mod desk;
mod section;

pub(crate) use address::Address;
pub(crate) use desk::{Caller, Desk, Found, Refused, sources_of};

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use kubernetes::engine::{Kind, Object};
use plugin::{Declaration, Denied, Permission, PermissionAction, PluginId};
use serde_json::{Map, Value, json};

use crate::engine::kinds::{
    ALERTS, APPLIERS, EXTERNAL_ARTIFACTS, HELM_RELEASES, IMAGE_POLICIES, PROVIDERS, RECEIVERS,
};
use crate::engine::{Display, state, suspension};

/// The name of the part that acts.
pub const ID: PluginId = PluginId::built_in("flux-actions");

/// Have an object looked at again.
pub static RECONCILE: Permission = Permission::new("flux.objects.reconcile", PermissionAction::Update);
/// Have a release installed or upgraded though nothing changed.
pub static FORCE: Permission = Permission::new("flux.releases.force", PermissionAction::Update);
/// Have the failures of a release forgotten.
pub static RESET: Permission = Permission::new("flux.releases.reset", PermissionAction::Update);
/// Have an object left alone.
pub static SUSPEND: Permission = Permission::new("flux.objects.suspend", PermissionAction::Update);
/// Have an object looked after again.
pub static RESUME: Permission = Permission::new("flux.objects.resume", PermissionAction::Update);

static PERMISSIONS: [&Permission; 5] = [&RECONCILE, &FORCE, &RESET, &SUSPEND, &RESUME];

/// The manager of fields that the command of Flux uses. With another one the next apply of the parent would fight over the fields.
pub(crate) const FIELD_MANAGER: &str = "flux-client-side-apply";
/// The annotation with which an object is asked to be looked at.
const REQUESTED_AT: &str = "reconcile.fluxcd.io/requestedAt";
/// With the same value: whatever changed.
const FORCE_AT: &str = "reconcile.fluxcd.io/forceAt";
/// With the same value: failures are forgotten.
const RESET_AT: &str = "reconcile.fluxcd.io/resetAt";

/// What people may have Flux do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Look again, as `flux reconcile`.
    Reconcile,
    /// The source first, then what it is applied by, as `flux reconcile --with-source`.
    WithSource,
    /// Install or upgrade a release though nothing changed, as `flux reconcile helmrelease --force`.
    Force,
    /// Forget the failures of a release, as `flux reconcile helmrelease --reset`.
    Reset,
    /// Leave it alone, as `flux suspend`.
    Suspend,
    /// Look after it again, as `flux resume`.
    Resume,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Reconcile,
        Self::WithSource,
        Self::Force,
        Self::Reset,
        Self::Suspend,
        Self::Resume,
    ];

    /// The word in the configuration and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reconcile => "reconcile",
            Self::WithSource => "reconcileWithSource",
            Self::Force => "force",
            Self::Reset => "reset",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
        }
    }

    /// The words of its button.
    pub fn title(self) -> &'static str {
        match self {
            Self::Reconcile => "Reconcile",
            Self::WithSource => "Reconcile with source",
            Self::Force => "Force",
            Self::Reset => "Reset",
            Self::Suspend => "Suspend",
            Self::Resume => "Resume",
        }
    }

    /// The permission that it needs.
    pub fn permission(self) -> &'static Permission {
        match self {
            Self::Reconcile | Self::WithSource => &RECONCILE,
            Self::Force => &FORCE,
            Self::Reset => &RESET,
            Self::Suspend => &SUSPEND,
            Self::Resume => &RESUME,
        }
    }

    /// Whether it can be asked of an object as it is.
    pub fn is_for(self, object: &Object) -> bool {
        let is = |kinds: &[&Kind]| kinds.contains(&object.kind());
        let has_state = state::of(object).display != Display::Static;
        // Of a policy the original offers to look again only; the others have no such field.
        let can_rest = has_state
            && !is(&[
                &EXTERNAL_ARTIFACTS,
                &IMAGE_POLICIES,
                &RECEIVERS,
                &ALERTS,
                &PROVIDERS,
            ]);
        let is_suspended = suspension::of(object).is_some();
        match self {
            Self::Reconcile => has_state,
            Self::WithSource => is(&APPLIERS),
            Self::Force | Self::Reset => is(&[&HELM_RELEASES]),
            Self::Suspend => can_rest && !is_suspended,
            Self::Resume => can_rest && is_suspended,
        }
    }

    /// What of the object stands in its way.
    pub fn obstacle(self, object: &Object) -> Option<&'static str> {
        if object.text("/metadata/deletionTimestamp").is_some() {
            return Some("It is being removed");
        }
        let needs_life = !matches!(self, Self::Suspend | Self::Resume);
        (needs_life && suspension::of(object).is_some())
            .then_some("It is suspended, and does nothing until it is resumed")
    }

    /// Whether somebody is asked before it is done: it changes more than the moment.
    pub fn is_asked(self) -> bool {
        matches!(self, Self::Force | Self::Reset | Self::Suspend)
    }

    /// The patch of an object. `token` is a text that no request had before; `who` and `why` say who suspends it.
    pub(crate) fn patch(self, token: &str, now: Timestamp, who: &str, why: &str) -> Value {
        let annotations = |keys: &[&str]| {
            let pairs = keys.iter().map(|key| ((*key).to_owned(), token.into()));
            Value::Object(pairs.collect::<Map<String, Value>>())
        };
        match self {
            Self::Reconcile | Self::WithSource => {
                json!({"metadata": {"annotations": annotations(&[REQUESTED_AT])}})
            }
            Self::Force => json!({"metadata": {"annotations": annotations(&[REQUESTED_AT, FORCE_AT])}}),
            Self::Reset => json!({"metadata": {"annotations": annotations(&[REQUESTED_AT, RESET_AT])}}),
            Self::Suspend => json!({
                "metadata": {"annotations": {
                    suspension::BY: who, suspension::AT: now.to_string(),
                    suspension::REASON: if why.is_empty() { Value::Null } else { why.into() },
                }},
                "spec": {"suspend": true},
            }),
            Self::Resume => json!({
                "metadata": {"annotations": {
                    REQUESTED_AT: token, suspension::BY: null, suspension::AT: null, suspension::REASON: null,
                }},
                "spec": {"suspend": false},
            }),
        }
    }

    /// Whether the controller has taken up a request with this token.
    pub(crate) fn is_handled(self, object: &Object, token: &str) -> bool {
        let status = match self {
            Self::Force => "/status/lastHandledForceAt",
            Self::Reset => "/status/lastHandledResetAt",
            _ => "/status/lastHandledReconcileAt",
        };
        match self {
            Self::Suspend => suspension::of(object).is_some(),
            _ => object.text(status) == Some(token),
        }
    }
}

/// What the configuration lets people do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    actions: Vec<Action>,
    is_read_only: bool,
    /// Those that the viewer lacks the permission for, where that is known.
    denied: Vec<Action>,
}

impl Allowed {
    /// Reads `portal.flux` and `gitops`.
    pub fn read(section: Option<&Value>, gitops: Option<&Value>) -> Self {
        let named = section.and_then(|section| section["actions"].as_array());
        let is_named = |action: &Action| {
            let mut words = named.into_iter().flatten();
            words.any(|word| word == action.word())
        };
        Self {
            actions: Action::ALL.into_iter().filter(is_named).collect(),
            is_read_only: gitops.is_some_and(|gitops| gitops["readOnly"] == true),
            denied: Vec::new(),
        }
    }

    /// All actions, for samples.
    pub(crate) fn all() -> Self {
        Self {
            actions: Action::ALL.to_vec(),
            ..Self::default()
        }
    }

    /// All actions, and none of them now; for samples.
    pub(crate) fn read_only() -> Self {
        Self {
            is_read_only: true,
            ..Self::all()
        }
    }

    /// Whether an action is on.
    pub fn has(&self, action: Action) -> bool {
        self.actions.contains(&action)
    }

    /// Whether nothing is done because of `gitops.readOnly`.
    pub fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// The same for somebody who lacks the permissions of some.
    pub(crate) fn denying(&self, denied: Vec<Action>) -> Self {
        Self {
            denied,
            ..self.clone()
        }
    }

    /// The permissions of the actions that are on.
    pub(crate) fn permissions(&self) -> impl Iterator<Item = &'static Permission> {
        self.actions.iter().map(|action| action.permission())
    }

    /// The same for somebody who lacks these permissions.
    pub(crate) fn without(&self, denied: &Denied) -> Self {
        let lacking = self.actions.iter().copied();
        self.denying(lacking.filter(|action| denied.has(action.permission())).collect())
    }

    /// The actions that are on.
    pub(crate) fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// The actions that are on and can be asked of an object, each with what stands in its way.
    pub fn on<'a>(
        &'a self,
        object: &'a Object,
    ) -> impl Iterator<Item = (Action, Option<Cow<'static, str>>)> + 'a {
        let actions = self.actions.iter().copied();
        actions
            .filter(|action| action.is_for(object))
            .map(|action| (action, self.obstacle(action, object)))
    }

    fn obstacle(&self, action: Action, object: &Object) -> Option<Cow<'static, str>> {
        if self.is_read_only {
            return Some("Read-only mode is enabled (gitops.readOnly)".into());
        }
        if self.denied.contains(&action) {
            let permission = action.permission().name;
            return Some(format!("You lack the permission {permission}").into());
        }
        action.obstacle(object).map(Cow::Borrowed)
    }
}

/// What the part is.
pub fn declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(section::Actions)),
        permissions: &PERMISSIONS,
        ..Declaration::new(ID)
    }
}

/// The section `gitops`, which the original's plugin reads, too.
pub(crate) fn gitops() -> Arc<dyn plugin::ConfigSection> {
    Arc::new(section::GitOps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::kinds::{GIT_REPOSITORIES, HELM_REPOSITORIES, KUSTOMIZATIONS};

    fn object(kind: &'static Kind, spec: Value) -> Object {
        Object::sample(kind, json!({"metadata": {"name": "x"}, "spec": spec}))
    }

    fn words(allowed: &Allowed, object: &Object) -> Vec<(&'static str, bool)> {
        let all = allowed.on(object);
        all.map(|(action, obstacle)| (action.word(), obstacle.is_none()))
            .collect()
    }

    #[test]
    fn what_can_be_asked_depends_on_the_object() {
        let all = Allowed::all();
        for (object, expected) in [
            (
                object(&KUSTOMIZATIONS, json!({})),
                vec![
                    ("reconcile", true),
                    ("reconcileWithSource", true),
                    ("suspend", true),
                ],
            ),
            (
                object(&KUSTOMIZATIONS, json!({"suspend": true})),
                vec![
                    ("reconcile", false),
                    ("reconcileWithSource", false),
                    ("resume", true),
                ],
            ),
            (
                object(&HELM_RELEASES, json!({})),
                vec![
                    ("reconcile", true),
                    ("reconcileWithSource", true),
                    ("force", true),
                    ("reset", true),
                    ("suspend", true),
                ],
            ),
            (
                object(&GIT_REPOSITORIES, json!({})),
                vec![("reconcile", true), ("suspend", true)],
            ),
            (object(&IMAGE_POLICIES, json!({})), vec![("reconcile", true)]),
            (object(&HELM_REPOSITORIES, json!({"type": "oci"})), vec![]),
            (object(&ALERTS, json!({})), vec![]),
        ] {
            assert_eq!(words(&all, &object), expected, "{}", object.kind().name);
        }
    }

    #[test]
    fn nothing_is_on_that_is_not_named_and_nothing_works_read_only() {
        let one = object(&KUSTOMIZATIONS, json!({}));
        assert_eq!(words(&Allowed::read(None, None), &one), []);
        let section = json!({"actions": ["suspend", "resume", "explode"]});
        assert_eq!(
            words(&Allowed::read(Some(&section), None), &one),
            [("suspend", true)]
        );
        let gitops = json!({"readOnly": true});
        let read_only = Allowed::read(Some(&section), Some(&gitops));
        assert_eq!(words(&read_only, &one), [("suspend", false)]);
        assert!(read_only.is_read_only());
        let denied = Allowed::all().denying(vec![Action::Suspend]);
        let told: Vec<String> = denied
            .on(&one)
            .filter_map(|(_, obstacle)| Some(obstacle?.into_owned()))
            .collect();
        assert_eq!(told, ["You lack the permission flux.objects.suspend"]);
    }

    #[test]
    fn patches_are_those_of_the_command_of_flux() {
        let now: Timestamp = "2026-11-24T09:30:00Z".parse().unwrap();
        let patch = |action: Action, why: &str| action.patch("t1", now, "user:default/ada", why);
        let requested = json!({"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "t1"}}});
        assert_eq!(patch(Action::Reconcile, ""), requested);
        let forced = patch(Action::Force, "");
        assert_eq!(
            forced["metadata"]["annotations"]["reconcile.fluxcd.io/forceAt"],
            "t1"
        );
        assert_eq!(
            forced["metadata"]["annotations"]["reconcile.fluxcd.io/requestedAt"],
            "t1"
        );
        let suspended = patch(Action::Suspend, "freeze");
        assert_eq!(suspended["spec"], json!({"suspend": true}));
        assert_eq!(
            suspended["metadata"]["annotations"],
            json!({
                "fluxcd.controlplane.io/suspendedBy": "user:default/ada", "backstage.io/suspended-at": "2026-11-24T09:30:00Z",
                "backstage.io/suspend-reason": "freeze",
            })
        );
        // An older reason goes away where none is given.
        let silent = patch(Action::Suspend, "");
        assert!(silent["metadata"]["annotations"]["backstage.io/suspend-reason"].is_null());
        let resumed = patch(Action::Resume, "");
        assert_eq!(resumed["spec"], json!({"suspend": false}));
        assert_eq!(
            resumed["metadata"]["annotations"]["reconcile.fluxcd.io/requestedAt"],
            "t1"
        );
        assert!(resumed["metadata"]["annotations"]["fluxcd.controlplane.io/suspendedBy"].is_null());
    }
}
