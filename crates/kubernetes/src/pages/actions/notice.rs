//! What was asked for a moment ago, and how it goes. The page follows the cluster, and the notice with it.

use maud::{Markup, html};
use ui::{Notice, Tone};
use url::form_urlencoded;

use crate::actions::Action;
use crate::engine::kinds::JOBS;
use crate::engine::{ClusterAnswer, Object, RESTARTED_AT};
use crate::health::{Health, Verdict};
use crate::pages::object;
use crate::pages::scene::Scene;

/// What the query of a page says was asked for. Nothing of it is shown as it stands there: names and numbers are compared with
/// what the cluster has.
pub(crate) fn notice(query: &str, scene: &Scene, shown: Option<(&ClusterAnswer, &Object)>) -> Markup {
    let of = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    let action = of("asked").and_then(|word| Action::ALL.into_iter().find(|action| action.word() == word));
    let told = match (action, shown) {
        (Some(Action::Restart), Some((one, object))) => of("at").map(|at| restarted(&at, scene, one, object)),
        (Some(Action::Scale), Some((one, object))) => {
            let to = of("to").and_then(|to| to.parse().ok());
            to.map(|to| scaled(to, scene, one, object))
        }
        (Some(Action::RunCronJob), Some((one, object))) => {
            of("job").map(|job| begun(&job, scene, one, object))
        }
        (Some(Action::DeletePod), shown) => of("pod").map(|pod| deleted(&pod, scene, shown)),
        _ => None,
    };
    html! { @if let Some((tone, text)) = &told { (ui::notice(Notice { tone: *tone, text })) } }
}

type Told = (Tone, String);

/// How an object is now, behind what was asked.
fn now(begin: &str, verdict: Option<&Verdict>) -> Told {
    let Some(verdict) = verdict else {
        return (Tone::Blue, format!("{begin}."));
    };
    let reason = verdict
        .reason
        .as_ref()
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    let tone = match verdict.health {
        Health::Idle => Tone::Green,
        other => other.tone(),
    };
    (tone, format!("{begin}. Now: {}{reason}.", verdict.words))
}

fn restarted(at: &str, scene: &Scene, one: &ClusterAnswer, object: &Object) -> Told {
    let seen = object.value["spec"]["template"]["metadata"]["annotations"][RESTARTED_AT].as_str();
    if seen != Some(at) {
        return (
            Tone::Blue,
            "A restart was asked for; the cluster does not show it yet.".to_owned(),
        );
    }
    now(
        "A restart was asked for",
        object::verdict(scene, one, object).as_ref(),
    )
}

fn scaled(to: u64, scene: &Scene, one: &ClusterAnswer, object: &Object) -> Told {
    let wanted = object.value["spec"]["replicas"].as_u64().unwrap_or(1);
    if wanted != to {
        let text = format!("Another size was asked for; the cluster still says {wanted}.");
        return (Tone::Blue, text);
    }
    now(
        &format!("{to} pods were asked for"),
        object::verdict(scene, one, object).as_ref(),
    )
}

fn begun(job: &str, scene: &Scene, one: &ClusterAnswer, object: &Object) -> Told {
    let found = one
        .owned(object)
        .find(|below| *below.kind() == JOBS && below.name() == job);
    match found {
        Some(found) => now(
            &format!("The job {job} was made"),
            object::verdict(scene, one, found).as_ref(),
        ),
        None => (
            Tone::Blue,
            "A job was made; the cluster does not show it yet.".to_owned(),
        ),
    }
}

fn deleted(uid: &str, scene: &Scene, shown: Option<(&ClusterAnswer, &Object)>) -> Told {
    let mut all = scene.answer.clusters.iter().flat_map(|one| &one.objects);
    if let Some(pod) = all.find(|object| object.uid() == uid) {
        return (Tone::Blue, format!("The pod {} is being ended.", pod.name()));
    }
    let verdict = shown.and_then(|(one, object)| object::verdict(scene, one, object));
    now("The pod is gone", verdict.as_ref())
}
