//! The same with `kubectl`.

use maud::{Markup, html};
use ui::copy_button;

use crate::engine::kinds::{CRON_JOBS, DEPLOYMENTS, EVENTS, PODS, WORKLOADS};
use crate::engine::{Kind, Object};

/// Kinds of which `kubectl logs` follows the pods.
const WITH_LOGS: [&str; 5] = ["deployments", "statefulsets", "daemonsets", "jobs", "replicasets"];
/// Kinds of which `kubectl rollout` knows.
const WITH_ROLLOUT: [&str; 3] = ["deployments", "statefulsets", "daemonsets"];

/// What a command says, and the command.
pub(crate) type Command = (&'static str, String);

/// Commands that show an object.
pub(crate) fn of(object: &Object) -> Vec<Command> {
    let kind = object.kind();
    let (name, place) = (named(object), place(object));
    let mut all = vec![
        ("The object", format!("kubectl get {name}{place} -o yaml")),
        ("Described", format!("kubectl describe {name}{place}")),
    ];
    if *kind == PODS {
        all.push((
            "Log",
            format!(
                "kubectl logs {}{place} --all-containers --tail=500 -f",
                object.name()
            ),
        ));
        all.push((
            "Use",
            format!("kubectl top pod {}{place} --containers", object.name()),
        ));
    }
    if WITH_LOGS.contains(&kind.plural) {
        let log = format!("kubectl logs {name}{place} --all-pods --all-containers --prefix --tail=100 -f");
        all.push(("Logs of its pods", log));
    }
    if WITH_ROLLOUT.contains(&kind.plural) {
        all.push((
            "How far a change is",
            format!("kubectl rollout status {name}{place}"),
        ));
    }
    if *kind == DEPLOYMENTS {
        all.push(("Its changes", format!("kubectl rollout history {name}{place}")));
    }
    if *kind == CRON_JOBS {
        all.push((
            "Its jobs",
            format!("kubectl get jobs{place} --sort-by=.metadata.creationTimestamp"),
        ));
    }
    if *kind != EVENTS && WORKLOADS.contains(&kind) {
        all.push(("Its events", format!("kubectl events{place} --for={name}")));
    }
    all
}

/// `deployment/web`, and for kinds that are not the cluster's own `rollouts.argoproj.io/web`.
pub(super) fn named(object: &Object) -> String {
    format!("{}/{}", word(object.kind()), object.name())
}

fn word(kind: &Kind) -> String {
    let is_own = matches!(
        kind.group,
        "" | "apps" | "batch" | "autoscaling" | "policy" | "networking.k8s.io"
    );
    if is_own {
        kind.name.to_lowercase()
    } else {
        format!("{}.{}", kind.plural, kind.group)
    }
}

pub(super) fn place(object: &Object) -> String {
    match object.namespace() {
        "" => String::new(),
        namespace => format!(" -n {namespace}"),
    }
}

/// Commands as a list, each to be copied.
pub(crate) fn list(commands: &[Command]) -> Markup {
    html! {
        dl.k8s-commands {
            @for (title, command) in commands {
                div { dt { (title) } dd { code { (command) } (copy_button(command, &format!("Copy the command: {title}"))) } }
            }
        }
    }
}
