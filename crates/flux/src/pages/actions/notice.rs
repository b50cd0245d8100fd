//! What was asked for a moment ago, and how it goes, up to its outcome. The page follows the objects, and the notice with it.

use kubernetes::Kubernetes;
use kubernetes::engine::Object;
use maud::{Markup, html};
use ui::{Notice, Tone};
use url::form_urlencoded;

use crate::actions::{Action, Address, sources_of};
use crate::engine::{Display, State, state};

/// What a page was asked for, with the objects as they are now.
pub(crate) struct Asked {
    action: Action,
    token: String,
    /// The cluster's name.
    cluster: String,
    /// What is asked before the object.
    sources: Vec<Object>,
    object: Object,
}

impl Asked {
    /// Reads what the query of a page says was asked for. Nothing of it is shown as it stands there: it is compared with what the
    /// cluster has.
    pub fn read(query: &str, kubernetes: &Kubernetes, shows: impl Fn(&Address) -> bool) -> Option<Self> {
        let of = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        let word = of("asked")?;
        let action = Action::ALL.into_iter().find(|action| action.word() == word)?;
        let address = Address::read(&of("object")?).filter(|address| shows(address))?;
        let object = kubernetes.object(&address.cluster, address.kind, &address.namespace, &address.name)?;
        let sources = match action {
            Action::WithSource => sources_of(kubernetes, &address.cluster, &object),
            _ => Vec::new(),
        };
        Some(Self {
            action,
            token: of("token")?,
            cluster: address.cluster,
            sources,
            object,
        })
    }

    /// The objects whose changes are waited for.
    pub fn followed(&self) -> Vec<(String, &'static str, String, String)> {
        let objects = self.sources.iter().chain([&self.object]);
        objects
            .map(|object| Address::of(&self.cluster, object).followed())
            .collect()
    }

    /// The same from plain objects, for tests.
    #[cfg(test)]
    fn of(action: Action, token: &str, sources: Vec<Object>, object: Object) -> Self {
        Self {
            action,
            token: token.to_owned(),
            cluster: String::new(),
            sources,
            object,
        }
    }
}

/// How it goes.
pub(crate) fn notice(asked: Option<&Asked>) -> Markup {
    let told = asked.map(told);
    html! { @if let Some((tone, text)) = &told { (ui::notice(Notice { tone: *tone, text })) } }
}

type Told = (Tone, String);

fn told(asked: &Asked) -> Told {
    let name = named(&asked.object);
    match asked.action {
        Action::Suspend if asked.action.is_handled(&asked.object, &asked.token) => {
            return (Tone::Green, format!("{name} is suspended."));
        }
        Action::Suspend => {
            let text = format!("{name} is to be suspended; the cluster does not show it yet.");
            return (Tone::Blue, text);
        }
        _ => {}
    }
    for source in &asked.sources {
        if let Some(told) = unfinished(source, &asked.token) {
            return told;
        }
    }
    let has_begun = asked.action.is_handled(&asked.object, &asked.token);
    if !has_begun {
        let text = format!("{name} was asked; its controller has not taken it up yet.");
        return (Tone::Blue, text);
    }
    outcome(&name, &state::of(&asked.object))
}

/// How far a source is that is looked at first; nothing where it is done.
fn unfinished(source: &Object, token: &str) -> Option<Told> {
    let name = named(source);
    if !Action::Reconcile.is_handled(source, token) {
        let text = format!("{name} was asked first; its controller has not taken it up yet.");
        return Some((Tone::Blue, text));
    }
    let state = state::of(source);
    match state.display {
        Display::Ready => None,
        Display::Reconciling => Some((Tone::Blue, format!("{name} is looked at first."))),
        _ => {
            let (tone, text) = outcome(&name, &state);
            Some((tone, format!("{text} What it brings was therefore not applied.")))
        }
    }
}

fn named(object: &Object) -> String {
    format!("{} {}/{}", object.kind().name, object.namespace(), object.name())
}

/// What became of it, with the controller's own words.
fn outcome(name: &str, state: &State) -> Told {
    let message = state
        .message
        .as_deref()
        .map(|message| message.trim_end_matches('.'));
    let said = message.map(|message| format!(": {message}")).unwrap_or_default();
    match state.display {
        Display::Ready => (Tone::Green, format!("{name} is done{said}.")),
        Display::Reconciling => (Tone::Blue, format!("{name} is being worked on{said}.")),
        Display::Failed | Display::Stalled => (Tone::Red, format!("{name} failed{said}.")),
        Display::Waiting => (Tone::Amber, format!("{name} waits{said}.")),
        other => (Tone::Amber, format!("{name}: {}{said}.", other.word())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::kinds::{GIT_REPOSITORIES, HELM_RELEASES, KUSTOMIZATIONS};
    use kubernetes::engine::Kind;
    use serde_json::{Value, json};

    fn object(kind: &'static Kind, handled: &str, status: &str, message: &str) -> Object {
        let ready = json!({"type": "Ready", "status": status, "reason": "X", "message": message});
        let value = json!({
            "metadata": {"name": "api", "namespace": "flux-system"},
            "status": {"conditions": [ready], "lastHandledReconcileAt": handled},
        });
        Object::sample(kind, value)
    }

    #[test]
    fn a_request_is_followed_to_its_outcome() {
        let of = |action, sources: &[(&str, &str)], handled: &str, status: &str| {
            let sources = sources
                .iter()
                .map(|(handled, status)| object(&GIT_REPOSITORIES, handled, status, "source"))
                .collect();
            let asked = Asked::of(
                action,
                "t1",
                sources,
                object(&KUSTOMIZATIONS, handled, status, "applied."),
            );
            told(&asked)
        };
        let (plain, with_source) = (Action::Reconcile, Action::WithSource);
        for (told, tone, words) in [
            (of(plain, &[], "t0", "True"), Tone::Blue, "has not taken it up"),
            (of(plain, &[], "t1", "Unknown"), Tone::Blue, "is being worked on"),
            (of(plain, &[], "t1", "True"), Tone::Green, "is done: applied."),
            (of(plain, &[], "t1", "False"), Tone::Red, "failed: applied."),
            (
                of(with_source, &[("t0", "True")], "t0", "True"),
                Tone::Blue,
                "GitRepository flux-system/api was asked first",
            ),
            (
                of(with_source, &[("t1", "Unknown")], "t0", "True"),
                Tone::Blue,
                "is looked at first",
            ),
            (
                of(with_source, &[("t1", "False")], "t0", "True"),
                Tone::Red,
                "therefore not applied",
            ),
            (
                of(with_source, &[("t1", "True")], "t0", "True"),
                Tone::Blue,
                "Kustomization flux-system/api was asked",
            ),
            (
                of(with_source, &[("t1", "True")], "t1", "True"),
                Tone::Green,
                "is done",
            ),
        ] {
            assert_eq!(told.0, tone, "{}", told.1);
            assert!(told.1.contains(words), "{} has no {words:?}", told.1);
        }
    }

    #[test]
    fn what_is_forced_is_done_when_that_was_handled() {
        let mut value: Value = object(&HELM_RELEASES, "t1", "True", "upgraded").value;
        let told = |value: &Value| {
            let object = Object::sample(&HELM_RELEASES, value.clone());
            super::told(&Asked::of(Action::Force, "t1", Vec::new(), object)).0
        };
        assert_eq!(told(&value), Tone::Blue, "an ordinary look is not yet it");
        value["status"]["lastHandledForceAt"] = "t1".into();
        assert_eq!(told(&value), Tone::Green);
    }

    #[test]
    fn a_suspension_is_done_when_the_cluster_shows_it() {
        let told = |suspend: bool| {
            let value = json!({"metadata": {"name": "api"}, "spec": {"suspend": suspend}});
            let object = Object::sample(&KUSTOMIZATIONS, value);
            super::told(&Asked::of(Action::Suspend, "t1", Vec::new(), object)).0
        };
        assert_eq!([told(false), told(true)], [Tone::Blue, Tone::Green]);
    }
}
