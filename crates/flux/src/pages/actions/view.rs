//! Buttons of actions, the page that asks whether one is meant, and the one that says why it is not done.

use kubernetes::engine::Object;
use maud::{Markup, html};
use model::EntityRef;
use ui::{
    Button, ButtonKind, Code, Field, Language, Notice, Tone, button, code_block, definitions, icon, text_area,
};

use super::{back, path};
use crate::actions::{Action, Address, Allowed, Found, Refused};
use crate::engine::kinds::{HELM_RELEASES, KUSTOMIZATIONS};

/// What can be asked of an object: buttons, and words where it cannot be done.
pub(crate) fn links(allowed: &Allowed, entity: Option<&EntityRef>, cluster: &str, object: &Object) -> Markup {
    let address = Address::of(cluster, object).to_string();
    let entity = entity.map(ToString::to_string).unwrap_or_default();
    html! {
        @for (action, obstacle) in allowed.on(object) {
            @let label = format!("{} {} {}", action.title(), object.kind().name, object.name());
            @match obstacle {
                Some(obstacle) => {
                    span.flux-action.is-off title=(obstacle) {
                        (icon(icon_of(action))) span { (words(action)) } span.visually-hidden { ": " (obstacle) }
                    }
                }
                // A form also where one is asked first: the first link of a row is where Enter leads.
                None => {
                    form.inline-form action=(path(action)) method=(if action.is_asked() { "get" } else { "post" }) {
                        input type="hidden" name="entity" value=(entity);
                        input type="hidden" name="object" value=(address);
                        button.flux-action type="submit" aria-label=(label) { (icon(icon_of(action))) span { (words(action)) } }
                    }
                }
            }
        }
    }
}

/// The words of a button among others; what it is called stands in its label.
fn words(action: Action) -> &'static str {
    match action {
        Action::WithSource => "With source",
        other => other.title(),
    }
}

fn icon_of(action: Action) -> &'static str {
    match action {
        Action::Reconcile => "refresh",
        Action::WithSource => "branch",
        Action::Force => "warning",
        Action::Reset => "history",
        Action::Suspend => "minus",
        Action::Resume => "plus",
    }
}

/// What will be, in a few sentences.
fn consequences(action: Action, object: &Object) -> &'static str {
    match action {
        Action::Reconcile => "Its controller looks at once, instead of at its next turn.",
        Action::WithSource => "The source is looked at first; when it is done, what it brings is applied.",
        Action::Force => {
            "The release is installed or upgraded once more though nothing changed. What others changed by hand may be lost."
        }
        Action::Reset => {
            "Failures are no longer counted, so that a release that was given up is tried again."
        }
        Action::Suspend if is_from_git(object) => {
            "Changes are not applied until somebody resumes it. It is applied from Git itself: where its manifest says \
             suspend: false, the next apply takes this back."
        }
        Action::Suspend => "Changes are not applied until somebody resumes it.",
        Action::Resume => "It is looked after again, at once.",
    }
}

/// Whether an object is itself applied by a Kustomization.
fn is_from_git(object: &Object) -> bool {
    object.labels().get("kustomize.toolkit.fluxcd.io/name").is_some()
}

fn command(action: Action, object: &Object) -> Option<String> {
    let kind = match object.kind() {
        kind if *kind == KUSTOMIZATIONS => "kustomization".to_owned(),
        kind if *kind == HELM_RELEASES => "helmrelease".to_owned(),
        kind => {
            let (_, short) = COMMANDS.iter().find(|(name, _)| *name == kind.name)?;
            (*short).to_owned()
        }
    };
    let (verb, option) = match action {
        Action::Reconcile => ("reconcile", ""),
        Action::WithSource => ("reconcile", " --with-source"),
        Action::Force => ("reconcile", " --force"),
        Action::Reset => ("reconcile", " --reset"),
        Action::Suspend => ("suspend", ""),
        Action::Resume => ("resume", ""),
    };
    Some(format!(
        "flux {verb} {kind} {} -n {}{option}",
        object.name(),
        object.namespace()
    ))
}

/// Kinds with the words of the command of Flux.
const COMMANDS: [(&str, &str); 8] = [
    ("GitRepository", "source git"),
    ("OCIRepository", "source oci"),
    ("HelmRepository", "source helm"),
    ("HelmChart", "source chart"),
    ("Bucket", "source bucket"),
    ("ImageRepository", "image repository"),
    ("ImageUpdateAutomation", "image update"),
    ("Receiver", "receiver"),
];

/// Asks whether it is meant.
pub(super) fn confirmation(found: &Found) -> Markup {
    let (action, object) = (found.action, &found.object);
    let entity = found.entity.as_ref().map(ToString::to_string).unwrap_or_default();
    let kind = if action == Action::Force {
        ButtonKind::Danger
    } else {
        ButtonKind::Primary
    };
    let back = back(found.entity.as_ref());
    let mut facts = vec![
        ("Object", html! { (object.kind().name) " " (object.name()) }),
        ("Namespace", html! { (object.namespace()) }),
        ("Cluster", html! { (found.address.cluster) }),
    ];
    if let Some(command) = command(action, object) {
        facts.push(("The same with flux", html! { code.inline { (command) } }));
    }
    let reason = Field {
        name: "reason",
        label: "Why",
        hint: Some("It is shown to everybody who sees the object, and kept in its annotations."),
        ..Field::default()
    };
    html! {
        h1.page-title { (action.title()) " " (object.name()) "?" }
        div.stack {
            p { (consequences(action, object)) }
            (definitions(&facts))
        }
        form.flux-ask action=(path(action)) method="post" {
            input type="hidden" name="entity" value=(entity);
            input type="hidden" name="object" value=(found.address);
            @if action == Action::Suspend { (text_area(reason, "", 3)) }
            div.form-row.confirm {
                (button(Button { label: action.title(), kind, ..Button::default() }))
                (button(Button { label: "Leave it", href: Some(&back), ..Button::default() }))
            }
        }
    }
}

/// Why it is not done.
pub(super) fn refusal(action: Action, entity: Option<&EntityRef>, refused: &Refused) -> Markup {
    let reason = format!("{}.", refused.fault.describe().trim_end_matches('.'));
    let back = back(entity);
    html! {
        h1.page-title { "Not done: " (action.title().to_lowercase()) }
        div.stack {
            (ui::notice(Notice { tone: Tone::Red, text: &reason }))
            @if let Some(way_out) = &refused.way_out { p { (way_out) } }
            @if let Some(rule) = &refused.rule {
                (code_block(Code { title: Some("The rule"), ..Code::new(&format!("rules:\n  - {rule}\n"), Language::Yaml) }))
            }
            div.form-row.confirm { (button(Button { label: "Back", href: Some(&back), ..Button::default() })) }
        }
    }
}
