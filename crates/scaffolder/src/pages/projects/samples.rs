//! Samples of the list of projects and of updates.

use std::sync::Arc;

use jiff::Timestamp;
use maud::Markup;
use model::Fault;
use scm::TreeFile;
use scm::git::Base;
use serde_json::{Value, json};
use uuid::Uuid;

use super::view::{ProjectView, Question, project, projects};
use crate::tasks::TaskId;
use crate::template::Template;
use crate::updates::Update;
use crate::updates::hosted::Ground;
use crate::updates::merge::{Folder, merge};
use crate::updates::record::Record;
use crate::updates::tables::{Found, Project, Proposal, Standing};

/// The pages with their states.
pub(in crate::pages) fn samples(template: &Template, now: Timestamp) -> Vec<(&'static str, Markup)> {
    let all = [
        Standing::Behind,
        Standing::Unknown,
        Standing::Unchecked,
        Standing::Current,
    ];
    let all: Vec<Project> = all.into_iter().map(|standing| made(standing, now)).collect();
    let update = update(template);
    let fault =
        Fault::not_found("There is no record of the template at https://gitea.example.com/acme/orders");
    let shown = |update, questions| {
        let view = ProjectView {
            project: &all[0],
            update,
            questions,
            values: &json!({}),
        };
        project(&view, now)
    };
    let question = Question {
        name: "port".to_owned(),
        label: "Port".to_owned(),
        hint: Some("On which the service listens.".to_owned()),
        value: String::new(),
        problem: "requires property \"port\"".to_owned(),
    };
    vec![
        ("projects", projects(&all, None, now)),
        (
            "projects-nothing-found",
            projects(&all[..1], Some("current"), now),
        ),
        ("projects-empty", projects(&[], None, now)),
        ("project", shown(Ok(&update), Vec::new())),
        ("project-questions", shown(Ok(&update), vec![question])),
        ("project-unknown", shown(Err(&fault), Vec::new())),
    ]
}

fn made(standing: Standing, now: Timestamp) -> Project {
    let is_unknown = standing == Standing::Unknown;
    Project {
        id: Uuid::from_u128(7),
        repository: "https://gitea.example.com/acme/orders/src/branch/main/".to_owned(),
        template: "template:default/typescript-service".to_owned(),
        task: TaskId(Uuid::from_u128(1)),
        created_by: Some("user:default/ines".to_owned()),
        created_at: now,
        commits: Vec::new(),
        found: Found {
            standing,
            recorded: Some("4f2c9a7e51d0b3c8".to_owned()),
            newest: Some("9b1e".to_owned()),
            problem: is_unknown.then(|| "gitea.example.com answers 404".to_owned()),
            head: None,
        },
        proposal: (standing == Standing::Behind).then(|| Proposal {
            page: "https://gitea.example.com/acme/orders/pulls/3".to_owned(),
            branch: None,
        }),
        checked_at: (standing != Standing::Unchecked).then_some(now),
    }
}

fn update(template: &Template) -> Update {
    let folder = |files: &[(&str, &str)]| -> Folder {
        let files = files.iter();
        files
            .map(|(path, text)| {
                let file = TreeFile {
                    bytes: text.as_bytes().to_vec().into(),
                    is_executable: false,
                };
                ((*path).to_owned(), file)
            })
            .collect()
    };
    let old = folder(&[
        ("Dockerfile", "FROM node:22\nRUN npm ci\n"),
        ("ci.yaml", "a\n"),
        ("old", ""),
    ]);
    let new = folder(&[
        ("Dockerfile", "FROM node:24\nRUN npm ci\n"),
        ("ci.yaml", "b\n"),
        ("new.md", "# New\n"),
    ]);
    let ours = folder(&[
        ("Dockerfile", "FROM node:22\nRUN npm ci\nUSER node\n"),
        ("ci.yaml", "c\n"),
        ("old", ""),
    ]);
    let record = Record {
        template: template.reference.to_string(),
        source: "https://gitea.example.com/platform/templates/src/branch/main/template.yaml".to_owned(),
        commit: "4f2c9a7e51d0b3c8".to_owned(),
        step: "publish".to_owned(),
        by: None,
        parameters: Value::Null,
        hidden: Vec::new(),
        branch: None,
    };
    Update {
        next: Record {
            commit: "9b1e7c55ab12cd34".to_owned(),
            ..record.clone()
        },
        record,
        ground: Ground {
            branch: "main".to_owned(),
            base: Arc::new(Base::default()),
            has_requests: true,
        },
        template: template.clone(),
        wrong: Vec::new(),
        changes: merge(&old, &new, &ours),
    }
}
