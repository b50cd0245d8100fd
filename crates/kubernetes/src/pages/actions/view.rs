//! Links to actions, the page that asks whether one is meant, and the one that says why it is not done.

use maud::{Markup, html};
use model::EntityRef;
use ui::{
    Button, ButtonKind, Code, Field, Language, Notice, Tone, button, code_block, definitions, href, icon,
};

use crate::actions::{Action, MOST_REPLICAS, Refused};
use crate::engine::kinds::{DAEMON_SETS, STATEFUL_SETS};
use crate::engine::{ClusterAnswer, Object};
use crate::pages::commands;
use crate::pages::object::{self, ObjectAddress};
use crate::pages::scene::Scene;

/// What can be asked of an object, as links with this class, and words where the viewer may not ask.
pub(crate) fn links(scene: &Scene, one: &ClusterAnswer, object: &Object, class: &str) -> Markup {
    html! {
        @for action in scene.actions.on(object) {
            @match scene.actions.obstacle(action) {
                Some(obstacle) => {
                    span.k8s-action.is-off title=(obstacle) {
                        (icon(icon_of(action))) span { (action.title()) } span.visually-hidden { ": " (obstacle) }
                    }
                }
                None => {
                    a class=(class) href=(super::address(action, &scene.reference, &one.cluster, object))
                        aria-label=(format_args!("{} {}", action.title(), object.name())) {
                        (icon(icon_of(action))) span { (action.title()) }
                    }
                }
            }
        }
    }
}

fn icon_of(action: Action) -> &'static str {
    match action {
        Action::Restart => "refresh",
        Action::Scale => "columns",
        Action::DeletePod => "trash",
        Action::RunCronJob => "clock",
    }
}

/// What will be, in a few sentences.
fn consequences(action: Action, object: &Object) -> String {
    match action {
        Action::Restart if *object.kind() == DAEMON_SETS || *object.kind() == STATEFUL_SETS => {
            let waits = object.text("/spec/updateStrategy/type") == Some("OnDelete");
            if waits {
                "Its updateStrategy is OnDelete: a pod is made anew only when somebody deletes it.".to_owned()
            } else {
                "Its pods are made anew, one after the other, as its updateStrategy says.".to_owned()
            }
        }
        Action::Restart if object.text("/spec/strategy/type") == Some("Recreate") => {
            "All its pods are ended before new ones begin: it does not answer meanwhile.".to_owned()
        }
        Action::Restart => "New pods begin before old ones are ended, as its strategy says.".to_owned(),
        Action::Scale => {
            "Pods are made or ended until there are as many. With 0 it does not answer.".to_owned()
        }
        Action::DeletePod if object.owners().next().is_none() => {
            "Nothing owns this pod, so that nothing makes it anew: it is gone for good.".to_owned()
        }
        Action::DeletePod => {
            "It gets time to end, and what it belongs to makes another one in its place.".to_owned()
        }
        Action::RunCronJob => {
            let is_suspended = object.value["spec"]["suspend"] == true;
            let also = if is_suspended {
                " It stays suspended otherwise."
            } else {
                ""
            };
            format!("A job begins now, beside those that its clock begins.{also}")
        }
    }
}

fn command(action: Action, object: &Object, replicas: u64) -> String {
    let (named, place) = (commands::named(object), commands::place(object));
    match action {
        Action::Restart => format!("kubectl rollout restart {named}{place}"),
        Action::Scale => format!("kubectl scale {named}{place} --current-replicas={replicas} --replicas=…"),
        Action::DeletePod => format!("kubectl delete {named}{place}"),
        Action::RunCronJob => {
            let name = object.name();
            format!("kubectl create job {name}-manual --from={named}{place}")
        }
    }
}

/// Asks whether it is meant.
pub(crate) fn confirmation(
    action: Action,
    entity: &EntityRef,
    one: &ClusterAnswer,
    object: &Object,
) -> Markup {
    let replicas = object.value["spec"]["replicas"].as_u64().unwrap_or(1);
    let kind = if action == Action::DeletePod {
        ButtonKind::Danger
    } else {
        ButtonKind::Primary
    };
    let back = object::address(entity, &one.cluster, object);
    let facts = [
        ("Object", html! { (object.kind().name) " " (object.name()) }),
        ("Namespace", html! { (object.namespace()) }),
        ("Cluster", html! { (one.title) }),
        (
            "The same with kubectl",
            html! { code.inline { (command(action, object, replicas)) } },
        ),
    ];
    html! {
        h1.page-title { (question(action, object)) }
        div.stack {
            p { (consequences(action, object)) }
            (definitions(&facts))
        }
        form.k8s-ask action=(super::path(action)) method="post" {
            input type="hidden" name="entity" value=(entity);
            input type="hidden" name="object" value=(ObjectAddress::of(&one.cluster, object));
            @if action == Action::Scale { (size(replicas)) }
            div.form-row.confirm {
                (button(Button { label: action.title(), kind, ..Button::default() }))
                (button(Button { label: "Leave it", href: Some(&back), ..Button::default() }))
            }
        }
    }
}

fn question(action: Action, object: &Object) -> String {
    let name = object.name();
    match action {
        Action::Restart => format!("Restart {name}?"),
        Action::Scale => format!("How many pods of {name}?"),
        Action::DeletePod => format!("Delete the pod {name}?"),
        Action::RunCronJob => format!("Run {name} now?"),
    }
}

/// The number of pods, beside that which the person sees.
fn size(replicas: u64) -> Markup {
    let hint = format!("It is to have {replicas} now. Between 0 and {MOST_REPLICAS}.");
    let field = Field {
        name: "replicas",
        label: "Pods",
        hint: Some(&hint),
        required: true,
        ..Field::default()
    };
    let control = html! {
        input.input id="replicas" name="replicas" type="number" min="0" max=(MOST_REPLICAS) step="1" value=(replicas)
            required aria-describedby="replicas-hint";
    };
    html! {
        input type="hidden" name="from" value=(replicas);
        (ui::field(field, control))
    }
}

/// Why it is not done.
pub(crate) fn refusal(action: Action, entity: &EntityRef, refused: &Refused) -> Markup {
    let reason = format!("{}.", refused.fault.describe().trim_end_matches('.'));
    let back = href::entity_tab(entity, "kubernetes");
    html! {
        h1.page-title { "Not done: " (action.title().to_lowercase()) }
        div.stack {
            (ui::notice(Notice { tone: Tone::Red, text: &reason }))
            @if let Some(way_out) = &refused.way_out { p { (way_out) } }
            @if let Some(rule) = refused.rule {
                (code_block(Code { title: Some("The rule"), ..Code::new(&format!("rules:\n  - {rule}\n"), Language::Yaml) }))
            }
            div.form-row.confirm { (button(Button { label: "Back to Kubernetes", href: Some(&back), ..Button::default() })) }
        }
    }
}
