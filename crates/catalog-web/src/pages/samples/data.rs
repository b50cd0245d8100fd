//! What the samples show: entities, problems, versions, sources.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use model::{Cause, EntityRef, Fault, Health, Place, Problem};
use plugin::{BadgeTone, EntityState, StateColumn, StateValue};
use serde_json::{Value, json};
use store::Node;
use uuid::Uuid;

use crate::pages::list::state::ListState;
use crate::pages::list::view::ListView;
use crate::pages::problems::groups::Key;
use crate::pages::problems::state::ProblemsState;
use crate::pages::problems::view::{Item, ProblemsView, regrouped};
use catalog::{Finding, SourceReport, SourceStatus, VersionSummary};

pub(super) fn now() -> Timestamp {
    "2026-11-24T09:30:00Z".parse().expect("a time")
}

pub(super) fn reference(text: &str) -> EntityRef {
    text.parse().expect("a reference")
}

pub(super) fn component() -> EntityRef {
    reference("component:default/talentmesh-api")
}

pub(super) fn entities() -> Vec<Value> {
    let entity = |kind: &str, name: &str, title: Option<&str>, owner: &str, lifecycle: &str, text: &str| {
        json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": kind,
            "metadata": {"name": name, "namespace": "default", "title": title, "description": text, "tags": ["rust", "talent"]},
            "spec": {"type": "service", "lifecycle": lifecycle, "owner": owner},
            "relations": [{"type": "ownedBy", "targetRef": format!("group:default/{owner}")}],
        })
    };
    vec![
        entity(
            "Component",
            "talentmesh-api",
            Some("TalentMesh API"),
            "platform-team",
            "production",
            "Matches people and work; the public API of the talent platform.",
        ),
        entity(
            "Component",
            "orders",
            None,
            "commerce",
            "experimental",
            "Takes orders.",
        ),
        entity(
            "API",
            "a-name-that-is-longer-than-anybody-should-have-to-read-in-a-list",
            None,
            "legacy",
            "deprecated",
            "Old, and described with more words than a line of a table can hold, so that it has to be cut.",
        ),
        entity("Resource", "cnpg-database", None, "platform-team", "sunset", ""),
    ]
}

static RUNTIME: StateColumn = StateColumn {
    name: "runtime",
    title: "Runtime",
    values: &[
        StateValue {
            value: "down",
            title: "Down",
            tone: BadgeTone::Bad,
        },
        StateValue {
            value: "running",
            title: "Running",
            tone: BadgeTone::Good,
        },
    ],
};

/// The first two entities are known to a plugin.
fn runtime(at: usize) -> Option<EntityState> {
    let value = RUNTIME.values.get(at)?;
    Some(EntityState {
        value: value.value,
        text: value.title.to_owned(),
        reason: Some("2 of 3 pods are not ready".to_owned()).filter(|_| at == 0),
        path: Some("/catalog/default/component/talentmesh-api/kubernetes".to_owned()),
    })
}

pub(super) fn list_view(query: &str, entities: Vec<Value>) -> ListView {
    let counts = |pairs: &[(&str, usize)]| {
        pairs
            .iter()
            .map(|(value, count)| ((*value).to_owned(), *count))
            .collect::<Vec<_>>()
    };
    ListView {
        state: ListState::parse(query, &[&RUNTIME]),
        states: entities
            .iter()
            .enumerate()
            .map(|(at, _)| vec![runtime(at)])
            .collect(),
        state_counts: vec![RUNTIME.values.iter().map(|value| (value, 7)).collect()],
        twins: crate::pages::link::twins_among(&entities),
        total: entities.len() * 1_000,
        range: (1, entities.len()),
        entities,
        previous: None,
        next: Some("/catalog?cursor=next".to_owned()),
        kinds: counts(&[
            ("API", 210),
            ("Component", 1_240),
            ("Domain", 6),
            ("Group", 40),
            ("Location", 300),
            ("Resource", 94),
            ("System", 32),
            ("User", 180),
        ]),
        facets: vec![
            counts(&[("service", 820), ("website", 120), ("library", 300)]),
            counts(&[
                ("group:default/platform-team", 300),
                ("group:default/commerce", 120),
                ("user:people/ana", 2),
            ]),
            counts(&[("production", 1_000), ("experimental", 200)]),
            counts(&[("healthy", 1_226), ("error", 11), ("orphaned", 3)]),
            counts(&[("missing-reference", 9), ("invalid", 11)]),
            Vec::new(),
            counts(&[("rust", 400), ("talent", 12)]),
            counts(&[("default", 1_240)]),
        ],
        scopes: [Some(1_240), Some(12), Some(3)],
        starred: HashSet::from(["component:default/talentmesh-api".to_owned()]),
        known: HashMap::new(),
        healths: HashMap::from([(component(), (Health::Warning, vec![Cause::MissingReference]))]),
        unread: 0,
        catalog_is_empty: false,
    }
}

pub(super) fn problems() -> Vec<Problem> {
    let place = Place {
        source: "url:https://gitea.example.com/talent/api/src/branch/main/catalog-info.yaml".into(),
        line: Some(14),
        column: Some(3),
        document: Some(2),
        path: Some("/spec/owner".into()),
        ..Place::default()
    };
    vec![
        Problem::error(Fault::input("/spec must have required property 'owner'"))
            .at(place)
            .hint("Add spec.owner with the name of a group."),
    ]
}

pub(super) fn versions() -> Vec<VersionSummary> {
    let version = |seq, kind, at: &str, changes| VersionSummary {
        seq,
        number: if seq == 3 { 1 } else { 3 },
        class: "descriptor",
        kind,
        at: at.parse().expect("a time"),
        cause: json!({"kind": "source", "location": "url:https://gitea.example.com/talent/api/catalog-info.yaml", "commit": "0123456789abcdef"}),
        changes: serde_json::from_value(changes).expect("changes"),
    };
    vec![
        version(
            7,
            "changed",
            "2026-11-24T09:12:00Z",
            json!([{"path": "/spec/lifecycle", "before": "experimental", "after": "production"}]),
        ),
        VersionSummary {
            cause: json!({
                "kind": "api", "request": "register location",
                "location": "url:https://gitea.example.com/talent/api/catalog-info.yaml",
                "actor": {"type": "person", "entity": "user:default/ines", "request": "4711"},
            }),
            ..version(3, "created", "2026-11-20T08:00:00Z", json!([]))
        },
    ]
}

pub(super) fn source_lines() -> Vec<SourceReport> {
    let line = |location: &str, origin, status, problems| SourceReport {
        source: "location:default/generated-1".to_owned(),
        location: location.to_owned(),
        origin,
        parent: None,
        location_id: (origin == "registered").then(|| "1".to_owned()),
        status,
        entities: 31,
        last_run_at: Some("2026-11-24T09:28:00Z".parse().expect("a time")),
        next_run_at: Some("2026-11-24T09:33:00Z".parse().expect("a time")),
        duration_ms: 182,
        problems,
    };
    vec![
        line(
            "file:/srv/examples/all.yaml",
            "config",
            SourceStatus::Ok,
            Vec::new(),
        ),
        line(
            "url:https://gitea.example.com/talent/api/src/branch/main/catalog-info.yaml",
            "registered",
            SourceStatus::Failing,
            problems(),
        ),
        SourceReport {
            source: "provider:keycloak".to_owned(),
            last_run_at: None,
            next_run_at: None,
            ..line("", "provider", SourceStatus::Waiting, Vec::new())
        },
    ]
}

pub(super) fn node() -> Node {
    Node {
        reference: component().to_string(),
        uid: Uuid::nil(),
        location_key: Some("url:https://gitea.example.com/talent/api/catalog-info.yaml".into()),
        raw: None,
        raw_hash: String::new(),
        processed: None,
        result_hash: String::new(),
        problems: problems(),
        final_json: None,
        etag: None,
        orphan: false,
        place: None,
        updated_at: "2026-11-24T09:12:00Z".parse().expect("a time"),
    }
}

/// The page of problems with one of each kind.
pub(super) fn problems_view(query: &str) -> ProblemsView {
    let finding = |health, cause, subject: &str, problem: Problem| Finding {
        health,
        cause,
        subject: subject.to_owned(),
        is_served: false,
        problem,
        owner: Some("group:default/platform-team".to_owned()),
        origin: Some("url:https://gitea.example.com/talent/api/src/branch/main/catalog-info.yaml".to_owned()),
        affected: vec![component().to_string()],
        affected_total: 45,
    };
    let state = ProblemsState::parse(query);
    let all = vec![
        finding(
            Health::Error,
            Cause::Invalid,
            "component:default/talentmesh-ui",
            problems().remove(0),
        ),
        finding(
            Health::Warning,
            Cause::MissingReference,
            "group:default/plattform-team",
            Problem::warning(Fault::not_found(
                "group:default/plattform-team is not in the catalog",
            )),
        ),
    ];
    let item = |finding: Finding| Item {
        subject: finding.subject.parse().ok(),
        place: finding.problem.place.clone(),
        affected: vec![(component(), problems().remove(0).place)],
        meant: vec![reference("group:default/platform-team")],
        finding,
    };
    let shown: Vec<Finding> = all.iter().filter(|finding| state.has(finding)).cloned().collect();
    ProblemsView {
        counts: state.counts(&all),
        choices: state.choices(&all),
        total: shown.len(),
        groups: regrouped(
            shown
                .into_iter()
                .map(|finding| (Key::of(&finding), item(finding)))
                .collect(),
            &HashMap::new(),
        ),
        known: HashMap::new(),
        start: 0,
        next: None,
        previous: None,
        state,
    }
}

/// A person with a profile and more groups than a row shows.
pub(super) fn person() -> Value {
    let member = |name: &str| json!({"type": "memberOf", "targetRef": format!("group:default/{name}")});
    json!({
        "kind": "User",
        "metadata": {"name": "ines", "description": "Platform lead."},
        "spec": {"profile": {"displayName": "Ines Duarte", "email": "ines@example.com"}},
        "relations": [member("platform-team"), member("security-team"), member("guild")],
    })
}
