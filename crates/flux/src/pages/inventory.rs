//! What was applied, as a tree with how each object is. What needs a look stands first and open.

use std::collections::BTreeMap;

use kubernetes::health::Health;
use maud::{Markup, html};
use ui::{Badge, Card, Tone, TreeNode, badge, tree};

use super::scene::{Applied, Scene};
use crate::engine::inventory::{Inventory, Managed, Presence};

/// Objects of one applier below which the tree begins folded.
const MOST_OPEN: usize = 12;

/// A card for each applier that has applied something.
pub(crate) fn cards(scene: &Scene) -> Markup {
    let with_objects = scene
        .applied
        .iter()
        .filter(|one| !one.inventory.managed.is_empty());
    html! { @for one in with_objects { (card(one)) } }
}

fn card(one: &Applied) -> Markup {
    let inventory = &one.inventory;
    let title = format!("Applied by {}/{} in {}", one.namespace, one.name, one.title);
    ui::card(
        Card {
            title: &title,
            count: Some(inventory.managed.len() + inventory.left_off),
            actions: Some(summary(inventory)),
            ..Card::default()
        },
        html! {
            @if inventory.is_remote {
                p.muted { "It applies to another cluster (spec.kubeConfig), so that the portal does not see how these objects are." }
            } @else if inventory.is_by_labels {
                p.muted { "Its status lists no objects; these were found by the labels that Flux sets." }
            }
            div.flux-tree { (tree(&by_kind(one))) }
            @if inventory.left_off > 0 { p.muted { (inventory.left_off) " more are not shown." } }
        },
    )
}

/// How many are missing, orphaned or not well.
fn summary(inventory: &Inventory) -> Markup {
    let count = |is_it: fn(&Managed) -> bool| inventory.managed.iter().filter(|one| is_it(one)).count();
    let missing = count(|one| matches!(one.presence, Presence::Missing));
    let orphaned = count(|one| one.is_orphan);
    let bad = count(
        |one| matches!(&one.presence, Presence::There(verdict) if !one.is_orphan && verdict.health.is_bad()),
    );
    let marks = [
        (missing, "missing", Tone::Red),
        (bad, "not well", Tone::Amber),
        (orphaned, "orphaned", Tone::Amber),
    ];
    html! {
        @for (number, word, tone) in marks {
            @if number > 0 { (badge(Badge { text: &format!("{number} {word}"), tone, icon: Some("warning") })) }
        }
    }
}

fn by_kind(one: &Applied) -> Vec<TreeNode> {
    let mut kinds: BTreeMap<&str, Vec<&Managed>> = BTreeMap::new();
    for managed in &one.inventory.managed {
        kinds.entry(&managed.entry.kind).or_default().push(managed);
    }
    // Kinds with something to look at come first.
    let mut groups: Vec<(bool, &str, Vec<&Managed>)> = kinds
        .into_iter()
        .map(|(kind, all)| (all.iter().any(|one| one.is_bad()), kind, all))
        .collect();
    groups.sort_by_key(|(is_bad, kind, _)| (!is_bad, *kind));
    let is_small = one.inventory.managed.len() <= MOST_OPEN;
    groups
        .into_iter()
        .map(|(is_bad, kind, all)| TreeNode {
            line: html! { strong { (kind) } " " span.count { (all.len()) } (worst(&all)) },
            children: all.into_iter().map(|managed| leaf(one, managed)).collect(),
            open: is_bad || is_small,
            key: format!("{}/{}/{kind}", one.namespace, one.name),
        })
        .collect()
}

/// What is worst below a folded line.
fn worst(all: &[&Managed]) -> Markup {
    let bad = all.iter().filter(|one| one.is_bad()).count();
    html! { @if bad > 0 { " " (badge(Badge { text: &format!("{bad} to look at"), tone: Tone::Amber, icon: Some("warning") })) } }
}

fn leaf(one: &Applied, managed: &Managed) -> TreeNode {
    let entry = &managed.entry;
    let line = html! {
        span.flux-address {
            @if !entry.namespace.is_empty() { span.muted { (entry.namespace) "/" } }
            (entry.name)
        }
        " " (presence(managed))
    };
    TreeNode {
        line,
        children: Vec::new(),
        open: false,
        key: format!(
            "{}/{}/{}/{}/{}",
            one.namespace, one.name, entry.kind, entry.namespace, entry.name
        ),
    }
}

fn presence(managed: &Managed) -> Markup {
    let reason = match &managed.presence {
        Presence::There(verdict) => verdict.reason.as_ref().filter(|_| verdict.health.is_bad()),
        Presence::Missing | Presence::Unseen(_) => None,
    };
    html! {
        @match &managed.presence {
            Presence::There(verdict) => {
                (badge(Badge { text: &verdict.words, tone: verdict.health.tone(), icon: icon_of(verdict.health) }))
            }
            Presence::Missing => {
                (badge(Badge { text: "Missing", tone: Tone::Red, icon: Some("problem") }))
                " " span.muted { "it was applied, and is not there" }
            }
            Presence::Unseen(reason) => { span.muted { (reason) } }
        }
        @if managed.is_orphan {
            " " (badge(Badge { text: "Orphaned", tone: Tone::Amber, icon: Some("warning") }))
            " " span.muted { "it carries the label, and is not in the inventory" }
        }
        @if let Some(reason) = reason { p.flux-message { (reason) } }
    }
}

fn icon_of(health: Health) -> Option<&'static str> {
    match health {
        Health::Well => Some("check"),
        Health::Changing => Some("refresh"),
        Health::Degraded => Some("warning"),
        Health::Down => Some("problem"),
        Health::Idle => None,
    }
}
