//! What each kind requires and which relations it states.

use std::sync::Arc;

use model::{EntityRef, Fault, Kind, Kinds, Relation, Verdict, kinds, validate_document};
use serde_json::{Value, json};

fn entity(kind: &str, spec: Value) -> Value {
    let version = if kind == "Template" {
        "scaffolder.backstage.io/v1beta3"
    } else {
        "backstage.io/v1beta1"
    };
    let mut entity =
        json!({"apiVersion": version, "kind": kind, "metadata": {"name": "me", "namespace": "ns"}});
    entity["spec"] = spec;
    entity
}

fn judge(kinds: &Kinds, document: &Value) -> String {
    match validate_document(kinds, document) {
        Verdict::Valid(_) => "valid".to_owned(),
        Verdict::UnknownKind(_) => "unknown-kind".to_owned(),
        Verdict::Invalid(fault) => fault.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn each_kind_says_what_it_lacks() {
    let check = |kind: &str, spec: Value, expected: &str| {
        assert_eq!(judge(&Kinds::builtin(), &entity(kind, spec)), expected, "{kind}");
    };
    let missing = |field: &str| {
        format!("TypeError: /spec must have required property '{field}' - missingProperty: {field}")
    };
    check("Component", json!({}), &missing("type"));
    check(
        "API",
        json!({"type": "t", "lifecycle": "l", "owner": "o"}),
        &missing("definition"),
    );
    check("Resource", json!({"type": "t"}), &missing("owner"));
    check("System", json!({}), &missing("owner"));
    check("Domain", json!({}), &missing("owner"));
    check("Group", json!({"type": "team"}), &missing("children"));
    check("Group", json!({"type": "team", "children": []}), "valid");
    check("User", json!({}), &missing("memberOf"));
    check("User", json!({"memberOf": []}), "valid");
    check("Location", json!({}), "valid");
    check("Template", json!({"type": "t"}), &missing("steps"));
    check(
        "Location",
        json!({"presence": "maybe"}),
        "TypeError: /spec/presence must be equal to one of the allowed values - allowedValues: required,optional",
    );
    check(
        "User",
        json!({"memberOf": [], "profile": {"email": ""}}),
        "TypeError: /spec/profile/email must NOT have fewer than 1 characters - limit: 1",
    );
    check(
        "Template",
        json!({"type": "t", "steps": [], "parameters": 5}),
        "TypeError: /spec/parameters must be object - type: object",
    );
    check(
        "Template",
        json!({"type": "t", "steps": [], "parameters": [{}]}),
        "valid",
    );
    check(
        "Template",
        json!({"type": "t", "steps": [], "output": {"links": [{"if": 1}]}}),
        "TypeError: /spec/output/links/0/if must be string,boolean - type: string,boolean",
    );
    check(
        "Template",
        json!({"type": "t", "steps": [], "output": {"a": 1}}),
        "TypeError: /spec/output/a must be string - type: string",
    );
}

fn stated(kinds: &Kinds, entity: &Value) -> Vec<String> {
    match kinds.relations(entity) {
        Ok(relations) => relations
            .iter()
            .map(|r| format!("{} {} {}", r.source, r.kind, r.target))
            .collect(),
        Err(fault) => vec![format!("{fault} at {}", fault.field().unwrap_or("?"))],
    }
}

#[test]
fn relations_are_stated_in_both_directions() {
    let check = |kind: &str, spec: Value, expected: &[&str]| {
        assert_eq!(stated(&Kinds::builtin(), &entity(kind, spec)), expected, "{kind}");
    };
    let owned = |fields: Value| {
        let mut spec = json!({"type": "t", "lifecycle": "l", "owner": "o", "definition": "d"});
        spec.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        spec
    };
    check(
        "Component",
        owned(json!({"providesApis": ["A", "x:y/z"], "system": "s"})),
        &[
            "component:ns/me ownedBy group:ns/o",
            "group:ns/o ownerOf component:ns/me",
            "component:ns/me providesApi api:ns/a",
            "api:ns/a apiProvidedBy component:ns/me",
            "component:ns/me providesApi x:y/z",
            "x:y/z apiProvidedBy component:ns/me",
            "component:ns/me partOf system:ns/s",
            "system:ns/s hasPart component:ns/me",
        ],
    );
    check(
        "Resource",
        owned(json!({"dependencyOf": {"kind": "Component", "name": "C"}})),
        &[
            "resource:ns/me ownedBy group:ns/o",
            "group:ns/o ownerOf resource:ns/me",
            "resource:ns/me dependencyOf component:ns/c",
            "component:ns/c dependsOn resource:ns/me",
        ],
    );
    check(
        "Group",
        json!({"type": "team", "parent": "p", "children": ["c"], "members": ["m"]}),
        &[
            "group:ns/me childOf group:ns/p",
            "group:ns/p parentOf group:ns/me",
            "group:ns/me parentOf group:ns/c",
            "group:ns/c childOf group:ns/me",
            "group:ns/me hasMember user:ns/m",
            "user:ns/m memberOf group:ns/me",
        ],
    );
    check(
        "Resource",
        owned(json!({"dependencyOf": ["a:b", 5]})),
        &[
            "Error: Entity reference 5 had missing or empty kind (e.g. did not start with \"component:\" or similar) at /spec/dependencyOf/1",
        ],
    );
    check("Location", json!({"target": "x"}), &[]);
}

#[test]
fn lists_of_references_are_sorted_but_tags_are_not() {
    let mut value = entity(
        "Component",
        json!({"dependsOn": ["b", "B", "a"], "providesApis": ["b", 1, "a"]}),
    );
    value["metadata"]["tags"] = json!(["z", "a"]);
    kinds::sort_references(&mut value);
    assert_eq!(value["spec"]["dependsOn"], json!(["B", "a", "b"]));
    assert_eq!(value["spec"]["providesApis"], json!(["b", 1, "a"]));
    assert_eq!(value["metadata"]["tags"], json!(["z", "a"]));
}

#[test]
fn the_model_layer_knows_more_kinds() {
    let kinds = Kinds::with_model_layer();
    let check = |kind: &str, spec: Value, expected: &str| {
        let mut value = entity(kind, spec);
        value["apiVersion"] = json!("backstage.io/v1alpha1");
        assert_eq!(judge(&kinds, &value), expected, "{kind}");
    };
    let base = json!({"type": "skill", "lifecycle": "l", "owner": "o"});
    check("AiResource", base.clone(), "valid");
    let mut long = base;
    long["compatibility"] = json!("x".repeat(501));
    check(
        "AiResource",
        long,
        "TypeError: /spec/compatibility must NOT have more than 500 characters - limit: 500",
    );
    check(
        "API",
        json!({"type": "mcp-server", "lifecycle": "l", "owner": "o", "remotes": []}),
        "TypeError: /spec/remotes must NOT have fewer than 1 items - limit: 1",
    );
    check(
        "API",
        json!({"type": "openapi", "lifecycle": "l", "owner": "o", "definition": "d"}),
        "valid",
    );
}

struct Gizmo;

impl Kind for Gizmo {
    fn kind(&self) -> &'static str {
        "Gizmo"
    }

    fn api_versions(&self) -> &[&str] {
        &["example.com/v1"]
    }

    fn validate(&self, entity: &Value) -> Result<bool, Fault> {
        Ok(entity["kind"] == "Gizmo")
    }

    fn relations(&self, entity: &Value) -> Result<Vec<Relation>, Fault> {
        let source = EntityRef::of(entity).unwrap();
        Ok(vec![Relation::new(source.clone(), "is", source)])
    }
}

#[test]
fn kinds_can_be_added() {
    let kinds = Kinds::builtin().with(Arc::new(Gizmo));
    let gizmo = entity("Gizmo", json!({}));
    assert_eq!(judge(&kinds, &gizmo), "valid");
    assert_eq!(stated(&kinds, &gizmo), ["gizmo:ns/me is gizmo:ns/me"]);
    assert_eq!(kinds.names().last(), Some(&"Gizmo"));
}
