//! Samples of the pages in their states, for the snapshot test and for looking at.

use std::collections::HashSet;

use catalog::browse::{Head, Known, Named};
use jiff::Timestamp;
use maud::Markup;
use model::{EntityRef, Fault};
use serde_json::{Value, json};
use uuid::Uuid;
use work::{JobId, LogLevel};

use super::actions::view::{ActionDocs, actions};
use super::files::view::{Content, FilesView, files, nothing_kept};
use super::filters::view::filters;
use super::gallery::GalleryState;
use super::gallery::view::{Gallery, gallery};
use super::task::view::{TaskView, task};
use super::task::{Decision, question};
use super::task_list::ListState;
use super::task_list::view::{TaskList, tasks};
use super::wizard::view::{FormView, Frame, ReviewView, form, review, unusable};
use crate::forms::check::Mistakes;
use crate::forms::effective::Branches;
use crate::forms::pickers::{Offer, Offers, questions};
use crate::forms::repository::GitHost;
use crate::forms::{Form, draw, review as reviewed};
use crate::kept::States;
use crate::tasks::{EventKind, StepReport, StepState, TaskEvent, TaskId, TaskPage, TaskReport, TaskState};
use crate::template::Template;

/// The pages with their states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let now = at("09:30:00");
    let template = template();
    let fault = Fault::input("template:default/old has the apiVersion backstage.io/v1beta2");
    let reference = template.reference.clone();
    let mut samples = vec![
        ("create", gallery(&templates(GalleryState::default()))),
        (
            "create-nothing-found",
            gallery(&Gallery {
                templates: Vec::new(),
                ..templates(GalleryState::parse("q=zebra&tag=go"))
            }),
        ),
        (
            "create-nothing-starred",
            gallery(&Gallery {
                templates: Vec::new(),
                ..templates(GalleryState::parse("scope=starred"))
            }),
        ),
        (
            "create-empty",
            gallery(&Gallery {
                is_empty: true,
                templates: Vec::new(),
                ..templates(GalleryState::default())
            }),
        ),
        (
            "create-form",
            filled_form(&template, &json!({"kind": "kafka"}), false),
        ),
        (
            "create-form-mistakes",
            filled_form(
                &template,
                &json!({"name": "Ä", "port": "eighty", "kind": "kafka", "hosts": ["a", null], "labels": {"tier": "gold", "": "x"}}),
                true,
            ),
        ),
        ("create-review", reviewed_form(&template, &[])),
        (
            "create-review-refused",
            reviewed_form(&template, &["name requires property \"x\"".to_owned()]),
        ),
        ("create-unusable", unusable(&reference, &fault)),
        ("task-running", shown(&report(TaskState::Processing, None), now)),
        ("task-done", shown(&report(TaskState::Completed, None), now)),
        (
            "task-failed",
            shown(
                &report(
                    TaskState::Failed,
                    Some("gitea.example.com answers 401: the token is not valid"),
                ),
                now,
            ),
        ),
        (
            "task-cancel",
            question(&report(TaskState::Processing, None), Decision::Cancel),
        ),
        (
            "task-retry",
            question(&report(TaskState::Failed, None), Decision::Retry),
        ),
        (
            "task-retry-from",
            question(&report(TaskState::Failed, None), Decision::RetryFrom("fetch")),
        ),
        (
            "task-log-search",
            searched(&report(TaskState::Failed, Some("401")), now),
        ),
        ("task-files", shown_files(false)),
        ("task-files-whole", shown_files(true)),
        (
            "task-files-nothing",
            nothing_kept(&report(TaskState::Failed, None)),
        ),
        ("tasks", tasks(&list(false), now)),
        ("tasks-empty", tasks(&list(true), now)),
        ("actions", actions(&[docs()], "")),
        ("filters", filters("repository")),
        ("filters-nothing-found", filters("zebra")),
        ("actions-nothing-found", actions(&[docs(), docs()], "zebra")),
    ];
    samples.extend(super::projects::samples::samples(&template, now));
    samples.extend(super::editor::samples::samples());
    samples
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-24T{time}Z").parse().expect("a valid time")
}

fn entity() -> Value {
    json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3",
        "kind": "Template",
        "metadata": {
            "name": "typescript-service", "namespace": "default", "title": "TypeScript service",
            "description": "A service with tests, a Dockerfile and deployment by Flux.",
            "tags": ["typescript", "recommended"],
        },
        "spec": {
            "type": "service", "owner": "group:default/platform-team",
            "parameters": [{
                "title": "The service",
                "description": "What it is called, and who owns it.",
                "required": ["name", "owner", "kind"],
                "properties": {
                    "name": {"title": "Name", "type": "string", "minLength": 3, "description": "As in `kubectl get`.", "ui:autofocus": true, "ui:placeholder": "orders"},
                    "about": {"title": "Description", "type": "string", "ui:widget": "textarea", "ui:help": "One sentence."},
                    "owner": {"title": "Owner", "type": "string", "ui:field": "OwnerPicker"},
                    "port": {"title": "Port", "type": "integer", "default": 8080},
                    "public": {"title": "Reachable from outside", "type": "boolean"},
                    "kind": {"title": "Messages", "type": "string", "enum": ["none", "kafka"], "enumNames": ["None", "Kafka"], "ui:widget": "radio"},
                    "regions": {"title": "Regions", "type": "array", "uniqueItems": true, "items": {"type": "string", "enum": ["fsn", "hel", "nbg"]}},
                    "hosts": {"title": "Hosts", "type": "array", "items": {"type": "string"}},
                    "level": {"title": "Level", "type": "integer", "ui:widget": "range", "minimum": 0, "maximum": 10, "default": 4},
                    "sort": {"title": "Sort", "type": "string", "const": "service"},
                    "labels": {"title": "Labels", "type": "object", "additionalProperties": {"type": "string", "maxLength": 5}},
                    "system": {"title": "System", "type": "string", "ui:field": "EntityPicker", "ui:options": {"catalogFilter": {"kind": "System"}}},
                    "tags": {"title": "Tags", "type": "array", "ui:field": "EntityTagsPicker"},
                    "limits": {"title": "Limits", "type": "object", "properties": {"cpu": {"title": "CPU", "type": "string", "default": "500m"}}},
                    "repoUrl": {"title": "Repository", "type": "string", "ui:field": "RepoUrlPicker"},
                    "token": {"title": "Token", "type": "string", "ui:field": "Secret"},
                    "chart": {"title": "Chart", "type": "string", "ui:field": "ChartPicker"},
                },
                "dependencies": {"kind": {"oneOf": [
                    {"properties": {"kind": {"const": "none"}}},
                    {"properties": {"kind": {"const": "kafka"}, "topic": {"title": "Topic", "type": "string"}}},
                ]}},
            }],
            "steps": [
                {"id": "fetch", "name": "Fetch the skeleton", "action": "fetch:template", "input": {}},
                {"id": "publish", "name": "Publish", "action": "publish:gitea", "input": {"token": "${{ secrets.token }}"}},
                {"id": "register", "name": "Register", "action": "catalog:register", "input": {}},
            ],
        },
        "relations": [{"type": "ownedBy", "targetRef": "group:default/platform-team"}],
    })
}

fn template() -> Template {
    Template::of(&entity()).expect("a template")
}

fn templates(state: GalleryState) -> Gallery {
    let owner: EntityRef = "group:default/platform-team".parse().expect("a reference");
    let head = Head {
        title: Some("Platform team".to_owned()),
        ..Head::default()
    };
    let mut plain = entity();
    plain["metadata"] = json!({"name": "docs", "namespace": "default"});
    Gallery {
        state,
        templates: vec![entity(), plain],
        total: 2,
        is_empty: false,
        facets: [
            vec![("service".to_owned(), 2)],
            vec![(owner.to_string(), 2)],
            vec![("typescript".to_owned(), 1), ("recommended".to_owned(), 1)],
        ],
        scopes: [2, 1],
        starred: HashSet::from(["template:default/docs".to_owned()]),
        can_edit: true,
        known: Named::from([(owner, Known::Seen(head))]),
    }
}

fn frame(template: &Template, page: usize) -> Frame<'_> {
    Frame {
        template,
        page,
        state: "{}".to_owned(),
        secrets: None,
        missing: Vec::new(),
    }
}

fn hosts() -> Vec<GitHost> {
    vec![
        GitHost {
            host: "gitea.example.com".to_owned(),
            kind: "gitea".to_owned(),
        },
        GitHost {
            host: "github.com".to_owned(),
            kind: "github".to_owned(),
        },
    ]
}

fn filled_form(template: &Template, values: &Value, is_checked: bool) -> Markup {
    let (branches, hosts, page) = (Branches::new(), hosts(), &template.pages[0]);
    let rules = Form::new(&page.schema, &branches, &hosts);
    let filled = rules.fill(
        &crate::forms::reading::Sent::default(),
        &crate::forms::Filled {
            values: values.clone(),
            ..crate::forms::Filled::default()
        },
    );
    let mistakes = if is_checked {
        rules.check(&filled.values)
    } else {
        Mistakes::new()
    };
    let effective = rules.effective(&filled.values);
    let offer = Offer {
        choices: vec![(
            "group:default/platform-team".to_owned(),
            "Platform team (group:platform-team)".to_owned(),
        )],
        is_cut: false,
    };
    let offers: Offers = questions(&effective)
        .into_iter()
        .map(|question| (question, offer.clone()))
        .collect();
    let drawing = draw::Drawing {
        branches: &branches,
        offers: &offers,
        mistakes: &mistakes,
        triggers: &rules.triggers(),
        hosts: &hosts,
        focus: draw::focus(&effective, &mistakes),
    };
    form(&FormView {
        frame: Frame {
            missing: vec!["publish:gitea"],
            ..frame(template, 0)
        },
        page,
        fields: drawing.fields(&effective, "", &filled.values),
        mistakes: &mistakes,
    })
}

fn reviewed_form(template: &Template, told: &[String]) -> Markup {
    let values = json!({
        "name": "orders", "owner": "group:default/platform-team", "port": 8080, "public": true, "kind": "kafka",
        "regions": ["fsn", "nbg"], "hosts": ["a.example.com", "b.example.com"], "limits": {"cpu": "1"}, "token": "****",
    });
    let lines = reviewed::lines(&template.pages[0].schema, &values);
    review(&ReviewView {
        frame: frame(template, 1),
        lines: vec![("The service", lines)],
        told,
    })
}

fn report(state: TaskState, problem: Option<&str>) -> TaskReport {
    let states = match state {
        TaskState::Completed => [StepState::Completed; 3],
        TaskState::Failed => [StepState::Completed, StepState::Failed, StepState::Skipped],
        _ => [StepState::Completed, StepState::Processing, StepState::Waiting],
    };
    let template = template();
    let steps = template.steps.iter().zip(states).map(|(step, state)| StepReport {
        key: step.key.clone(),
        id: step.id.clone(),
        name: step.name.clone(),
        action: step.action.clone(),
        state,
        started_at: (!matches!(state, StepState::Waiting | StepState::Skipped)).then(|| at("09:29:01")),
        ended_at: (!state.is_open()).then(|| at("09:29:02")),
    });
    let output = json!({
        "links": [
            {"title": "Repository", "url": "https://gitea.example.com/acme/orders"},
            {"title": "Open in catalog", "icon": "catalog", "entityRef": "component:default/orders"},
        ],
        "text": [{"title": "Next", "content": "Clone it and run `npm test`."}],
    });
    TaskReport {
        id: TaskId(Uuid::from_u128(1)),
        job: JobId(Uuid::from_u128(2)),
        template: template.reference.to_string(),
        spec: template.task_spec(&json!({"name": "orders", "port": 8080}), None),
        state,
        is_cancelled: false,
        created_by: Some("user:default/ines".to_owned()),
        created_at: at("09:29:00"),
        heartbeat_at: at("09:29:02"),
        ended_at: (!state.is_open()).then(|| at("09:29:03")),
        steps: steps.collect(),
        output: (state == TaskState::Completed).then_some(output),
        problem: problem.map(Fault::error),
        again_from: None,
    }
}

/// The files after two steps: the second changed one, added one, and removed one.
fn states() -> States {
    let file = |path: &str, digest: &str| json!({"path": path, "digest": digest, "begin": 0, "size": 12, "is_executable": false, "is_text": true});
    let states = json!({"states": [
        {"step": "fetch", "files": [file("README.md", "a"), file("src/index.ts", "b"), file("src/old.ts", "c")]},
        {"step": "publish", "files": [file("README.md", "a2"), file("catalog-info.yaml", "d"), file("src/index.ts", "b")]},
    ]});
    serde_json::from_value(states).expect("states")
}

fn shown_files(is_whole: bool) -> Markup {
    files(&FilesView {
        task: &report(TaskState::Failed, None),
        states: &states(),
        at: 1,
        path: Some("README.md"),
        content: Some(&Content::Text {
            before: Some("# orders\n\nA service.\n".to_owned()),
            now: Some("# orders\n\nA service with ***.\n".to_owned()),
        }),
        is_whole,
    })
}

fn searched(report: &TaskReport, now: Timestamp) -> Markup {
    task(
        &TaskView {
            task: report,
            events: &events(),
            done: None,
            kept: Some(&states()),
            find: "readme",
        },
        now,
    )
}

fn events() -> Vec<TaskEvent> {
    let line = |id, step: Option<&str>, level, message: &str| TaskEvent {
        id,
        kind: EventKind::Log,
        step: step.map(str::to_owned),
        step_key: step.map(str::to_owned),
        status: None,
        level,
        message: message.to_owned(),
        data: None,
        at: at("09:29:01"),
    };
    vec![
        line(1, None, None, "Starting up task with 3 steps"),
        line(2, Some("fetch"), None, "Beginning step Fetch the skeleton"),
        line(3, Some("fetch"), Some(LogLevel::Info), "Copied 12 files"),
        line(
            4,
            Some("publish"),
            Some(LogLevel::Warning),
            "The organisation has no README",
        ),
        line(
            5,
            Some("publish"),
            Some(LogLevel::Error),
            "\u{1b}[31m401 Unauthorized\u{1b}[39m\n  at /api/v1/orgs/acme/repos",
        ),
    ]
}

fn shown(report: &TaskReport, now: Timestamp) -> Markup {
    task(
        &TaskView {
            task: report,
            events: &events(),
            done: None,
            kept: (report.state != TaskState::Processing).then_some(&states()),
            find: "",
        },
        now,
    )
}

fn list(is_empty: bool) -> TaskList {
    let tasks = if is_empty {
        Vec::new()
    } else {
        vec![
            report(TaskState::Processing, None),
            report(TaskState::Completed, None),
            report(TaskState::Failed, Some("gitea.example.com answers 401")),
        ]
    };
    TaskList {
        state: ListState::default(),
        page: TaskPage {
            total: tasks.len(),
            tasks,
        },
        templates: vec![(
            "template:default/typescript-service".to_owned(),
            "TypeScript service".to_owned(),
        )],
    }
}

fn docs() -> ActionDocs {
    ActionDocs {
        id: "debug:log".to_owned(),
        plugin: "scaffolder".to_owned(),
        description: "Writes a message into the log.".to_owned(),
        input: json!({"type": "object", "required": ["message"], "properties": {
            "message": {"type": "string", "description": "The `message`."},
            "listWorkspace": {"type": ["boolean", "string"], "default": false},
            "level": {"type": "string", "enum": ["info", "warn"]},
            "files": {"type": "array", "items": {"type": "object", "required": ["from"], "properties": {
                "from": {"type": "string", "description": "Where it is."},
            }}},
        }}),
        output: json!({"type": "object"}),
        examples: vec![("Say hello".to_owned(), json!({"message": "Hello"}))],
        has_dry_run: true,
    }
}
