//! Samples of what changed: the page of changes, the history of an entity, and two versions compared.

use std::collections::{BTreeSet, HashMap};

use catalog::browse::{Head, Known, Named};
use catalog::{ChangeClass, CommitTold, FeedEntry, RelationChange, Told};
use maud::Markup;
use serde_json::json;
use store::ChangeKind;

use super::data::{component, now, reference, versions};
use crate::pages::changes::days::days;
use crate::pages::changes::state::ChangesState;
use crate::pages::changes::view::{ChangesView, changes};
use crate::pages::entity::history::{Entry, HistoryView, Shown, comparison, history};

const FILE: &str = "file:/srv/portal/examples/catalog.yaml";
const ADDRESS: &str = "url:https://gitea.example.com/talent/api/src/branch/main/catalog-info.yaml";

fn told(class: ChangeClass, fields: serde_json::Value) -> Told {
    Told {
        class,
        fields: serde_json::from_value(fields).expect("changes"),
        relations: Vec::new(),
        has_status: false,
    }
}

fn entry(seq: i64, name: &str, kind: ChangeKind, at: &str) -> FeedEntry {
    FeedEntry {
        seq,
        reference: reference(name),
        known: (kind != ChangeKind::Deleted).then(Head::default),
        kind,
        at: at.parse().expect("a time"),
        cause: json!({"kind": "refresh", "location": ADDRESS, "commit": "0123456789abcdef"}),
        told: told(ChangeClass::Descriptor, json!([])),
        owner: Some(reference("group:default/platform-team")),
        origin: Some(ADDRESS.to_owned()),
    }
}

fn entries() -> Vec<FeedEntry> {
    let lifecycle = json!([
        {"path": "/spec/lifecycle", "before": "experimental", "after": "production"},
        {"path": "/metadata/tags", "after": ["rust"]},
    ]);
    let mut all = vec![
        FeedEntry {
            told: told(ChangeClass::Descriptor, lifecycle),
            ..entry(
                40,
                "component:default/talentmesh-api",
                ChangeKind::Changed,
                "2026-11-24T09:12:00Z",
            )
        },
        FeedEntry {
            told: told(ChangeClass::Relations, json!([])),
            ..entry(
                39,
                "system:default/talent",
                ChangeKind::Changed,
                "2026-11-24T09:12:00Z",
            )
        },
        FeedEntry {
            cause: json!({
                "kind": "api", "request": "unregister location",
                "actor": {"type": "person", "entity": "user:default/ines", "request": "4711"},
            }),
            ..entry(
                38,
                "component:default/orders",
                ChangeKind::Deleted,
                "2026-11-24T08:00:00Z",
            )
        },
    ];
    all.extend((1..=31).rev().map(|seq| FeedEntry {
        cause: json!({"kind": "ingest", "location": FILE}),
        origin: Some(FILE.to_owned()),
        ..entry(
            seq,
            &format!("component:default/part-{seq}"),
            ChangeKind::Created,
            "2026-11-20T08:00:00Z",
        )
    }));
    all
}

fn view(query: &str, all: Vec<FeedEntry>) -> ChangesView {
    let state = ChangesState::parse(query);
    let team = Head {
        title: Some("Platform Team".to_owned()),
        ..Head::default()
    };
    ChangesView {
        choices: state.choices(&all),
        days: days(all.into_iter().filter(|entry| state.has(entry))).0,
        known: Named::from([(reference("group:default/platform-team"), Known::Seen(team))]),
        older: Some(1),
        state,
    }
}

pub(super) fn changes_page() -> Markup {
    changes(&view("kind=component", entries()), now())
}

pub(super) fn no_changes() -> Markup {
    changes(&view("before=7&author=user:default/ines", Vec::new()), now())
}

pub(super) fn history_sample() -> Markup {
    let told_of = |class, fields: &serde_json::Value| told(class, fields.clone());
    let mut entries: Vec<Entry> = Vec::new();
    for version in versions() {
        let fields = serde_json::to_value(&version.changes).expect("changes");
        let mut other = version.clone();
        entries.push(Entry {
            told: told_of(ChangeClass::Descriptor, &fields),
            version,
        });
        if other.kind == "changed" {
            (other.seq, other.number) = (6, 2);
            entries.push(Entry {
                told: Told {
                    relations: vec![RelationChange {
                        is_new: true,
                        kind: "dependencyOf".to_owned(),
                        target: reference("component:default/orders"),
                    }],
                    ..told_of(ChangeClass::Relations, &json!([]))
                },
                version: other,
            });
        }
    }
    let name = |entry: &Entry| {
        let text = |key: &str| entry.version.cause[key].as_str().map(str::to_owned);
        text("location").zip(text("commit"))
    };
    let names: BTreeSet<(String, String)> = entries.iter().filter_map(name).collect();
    let commit = CommitTold {
        author: Some("Ines Duarte".to_owned()),
        message: "talentmesh: ready for production\n\nAt last.".to_owned(),
    };
    let view = HistoryView {
        reference: &component(),
        entries: &entries,
        more: true,
        commits: &names
            .into_iter()
            .map(|name| (name, commit.clone()))
            .collect::<HashMap<_, _>>(),
    };
    history(&view, now())
}

pub(super) fn old_version(seq: i64, number: usize, yaml: Option<&str>) -> Shown {
    Shown {
        seq,
        number,
        yaml: yaml.map(str::to_owned),
    }
}

pub(super) fn compared_sample() -> Markup {
    let text = |lifecycle: &str| format!("kind: Component\nspec:\n  lifecycle: {lifecycle}\n");
    let before = old_version(3, 1, Some(&text("experimental")));
    let after = old_version(7, 2, Some(&text("production")));
    comparison(&component(), Some(&before), &after)
}
