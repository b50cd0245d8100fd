//! Samples of every page in its states, for the snapshot test and for looking at.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use maud::Markup;
use model::{EntityRef, Fault, Place, Problem};
use serde_json::{Value, json};
use store::Node;
use uuid::Uuid;

use crate::browse::Known;
use crate::{SourceReport, SourceStatus, VersionSummary};

use super::entity::{history, missing, text, view};
use super::list::state::ListState;
use super::list::view::{ListView, list};
use super::register::view::{Preview, register};
use super::sources::view::{confirm_unregister, sources};
use super::unprocessed::{Group, unprocessed};

/// A page in one of its states.
pub struct PageSample {
    /// Page and state, usable in a path.
    pub name: &'static str,
    /// Its content.
    pub markup: Markup,
}

fn now() -> Timestamp {
    "2026-11-24T09:30:00Z".parse().expect("a time")
}

fn reference(text: &str) -> EntityRef {
    text.parse().expect("a reference")
}

/// Every page with its states.
pub fn page_samples() -> Vec<PageSample> {
    let sample = |name, markup| PageSample { name, markup };
    vec![
        sample(
            "list",
            list(&list_view(
                "kind=component&owner=group:default/platform-team",
                entities(),
            )),
        ),
        sample(
            "list-empty",
            list(&ListView {
                catalog_is_empty: true,
                ..list_view("", Vec::new())
            }),
        ),
        sample(
            "list-nothing",
            list(&list_view("q=zebra&scope=starred", Vec::new())),
        ),
        sample("entity", entity_overview()),
        sample(
            "entity-history",
            entity_tab(
                "history",
                &history::history(&component(), &versions(), true, now()),
            ),
        ),
        sample(
            "entity-version",
            entity_tab(
                "history",
                &history::version(&component(), 3, Some("kind: Component\n")),
            ),
        ),
        sample(
            "entity-yaml",
            entity_tab(
                "yaml",
                &text::yaml_tab(
                    &component(),
                    "kind: Component\nmetadata:\n  name: talentmesh-api\n",
                ),
            ),
        ),
        sample(
            "entity-missing",
            missing::missing(&reference("component:default/talentmesh-ap"), &[], &[component()]),
        ),
        sample(
            "entity-never-valid",
            missing::missing(&component(), &problems(), &[]),
        ),
        sample("register", register("", None, None, false)),
        sample(
            "register-preview",
            register(
                "https://gitea.example.com/a/b/catalog-info.yaml",
                None,
                Some(&Preview {
                    exists: false,
                    entities: entities(),
                    problems: problems(),
                }),
                false,
            ),
        ),
        sample(
            "register-invalid",
            register(
                "talentmesh",
                Some("This is not an address. It has to begin with https://."),
                None,
                true,
            ),
        ),
        sample("sources", sources(&source_lines(), false, now())),
        sample("sources-empty", sources(&[], false, now())),
        sample(
            "unregister",
            confirm_unregister(
                "1",
                "url:https://gitea.example.com/a/b/catalog-info.yaml",
                &[component()],
                12,
            ),
        ),
        sample("unprocessed", unprocessed(Group::Pending, &[node()], None, now())),
        sample("unprocessed-empty", unprocessed(Group::Failed, &[], None, now())),
    ]
}

fn component() -> EntityRef {
    reference("component:default/talentmesh-api")
}

fn entities() -> Vec<Value> {
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

fn list_view(query: &str, entities: Vec<Value>) -> ListView {
    let counts = |pairs: &[(&str, usize)]| {
        pairs
            .iter()
            .map(|(value, count)| ((*value).to_owned(), *count))
            .collect::<Vec<_>>()
    };
    ListView {
        state: ListState::parse(query),
        total: entities.len() * 1_000,
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
            counts(&[("rust", 400), ("talent", 12)]),
            counts(&[("default", 1_240)]),
        ],
        scopes: [Some(1_240), Some(12), Some(3)],
        starred: HashSet::from(["component:default/talentmesh-api".to_owned()]),
        catalog_is_empty: false,
    }
}

fn full_entity() -> Value {
    json!({
        "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
        "metadata": {
            "name": "talentmesh-api", "namespace": "default", "title": "TalentMesh API",
            "description": "Matches people and work; the public API of the talent platform.",
            "tags": ["rust", "talent"],
            "labels": {"tier": "1"},
            "annotations": {
                "backstage.io/kubernetes-id": "talentmesh-api",
                "grafana/dashboard-selector": "app=talentmesh-api",
                "backstage.io/managed-by-location": "url:https://gitea.example.com/talent/api/src/branch/main/catalog-info.yaml",
                "backstage.io/view-url": "https://gitea.example.com/talent/api",
            },
            "links": [{"url": "https://grafana.example.com/d/1", "title": "Dashboard", "icon": "dashboard"}, {"url": "javascript:alert(1)", "title": "Bad"}],
        },
        "spec": {"type": "service", "lifecycle": "production", "owner": "platform-team", "system": "talentmesh"},
        "relations": [
            {"type": "ownedBy", "targetRef": "group:default/platform-team"},
            {"type": "partOf", "targetRef": "system:default/talentmesh"},
        ],
    })
}

fn frame(current: &str) -> view::EntityFrame {
    let tabs = [
        ("", "Overview"),
        ("dependencies", "Dependencies"),
        ("history", "History"),
        ("yaml", "YAML"),
    ];
    view::EntityFrame {
        entity: full_entity(),
        reference: component(),
        problems: problems(),
        starred: true,
        tabs: tabs.map(|(path, title)| (path, title.to_owned())).to_vec(),
        current: current.to_owned(),
    }
}

fn entity_tab(current: &str, content: &Markup) -> Markup {
    view::entity_page(&frame(current), content)
}

fn entity_overview() -> Markup {
    let page = |kind: &str, targets: &[&str], total| view::RelationPage {
        kind: kind.to_owned(),
        targets: targets.iter().map(|text| reference(text)).collect(),
        total,
        page: 0,
    };
    let relations = [
        page("partOf", &["system:default/talentmesh"], 1),
        page(
            "dependsOn",
            &["resource:default/cnpg-database", "resource:default/valkey-cache"],
            24,
        ),
    ];
    let known = Known {
        title: Some("PostgreSQL".to_owned()),
        spec_type: Some("database".to_owned()),
    };
    let known = HashMap::from([
        (reference("resource:default/cnpg-database"), Some(known)),
        (reference("system:default/talentmesh"), Some(Known::default())),
    ]);
    entity_tab(
        "",
        &view::overview(
            &full_entity(),
            &relations,
            &known,
            &[],
            "/catalog/default/component/talentmesh-api",
        ),
    )
}

fn problems() -> Vec<Problem> {
    let place = Place {
        source: "url:https://gitea.example.com/talent/api/src/branch/main/catalog-info.yaml".into(),
        line: Some(14),
        column: Some(3),
        document: Some(2),
        path: Some("/spec/owner".into()),
    };
    vec![
        Problem::error(Fault::input("/spec must have required property 'owner'"))
            .at(place)
            .hint("Add spec.owner with the name of a group."),
    ]
}

fn versions() -> Vec<VersionSummary> {
    let version = |seq, kind, at: &str, changes| VersionSummary {
        seq,
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
        version(3, "created", "2026-11-20T08:00:00Z", json!([])),
    ]
}

fn source_lines() -> Vec<SourceReport> {
    let line = |location: &str, origin, status, problems| SourceReport {
        source: "location:default/generated-1".to_owned(),
        location: location.to_owned(),
        origin,
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

fn node() -> Node {
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
