//! Samples of the tab and the card in their states, for the snapshot test.

use std::sync::Arc;

use jiff::Timestamp;
use maud::Markup;
use model::{Fault, FaultKind};
use scm::codeowners::Rule;
use scm::gitea::activity::{
    Branch, Ci, CommitLine, FirstPage, Issue, OpenRequest, Release, Run, Source, State,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::card::{Lines, lines};
use super::connect::not_connected;
use super::scene::{Frame, Scene};
use super::tab::whole;
use crate::activity::{Commits, Head, Links, Readme, Reference, Releases, Requests, Seen};
use crate::ownership::PathOwners;
use crate::ownership::tables::{OwnersRow, Summary};

/// The tab with its states: a name usable in a path, and the content.
pub(crate) fn samples() -> Vec<(&'static str, Markup)> {
    vec![
        ("code", whole(&scene(true))),
        ("code-card", lines(&card(&scene(true)))),
        ("code-empty", whole(&empty())),
        ("code-trouble", whole(&trouble())),
        ("code-card-trouble", lines(&card(&trouble()))),
        ("code-late", whole(&late())),
        ("code-unknown", whole(&unknown())),
        ("code-connect", not_connected("git.example.com")),
    ]
}

/// A Tuesday, 09:30 UTC.
fn now() -> Timestamp {
    Timestamp::from_second(1_795_512_600).unwrap_or_default()
}

fn known<T>(value: T) -> Seen<T> {
    Seen {
        known: Some((Arc::new(value), now())),
        trouble: None,
        is_late: false,
    }
}

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("an answer of the server")
}

fn frame(may_follow: bool) -> Frame {
    Frame {
        host: "git.example.com".to_owned(),
        links: Links::new("https://git.example.com", "shop/orders"),
        head: Some(Head {
            reference: Reference::Branch("main".to_owned()),
            branch: "main".to_owned(),
            folder: "apps/api".to_owned(),
        }),
        path: "/catalog/default/component/orders/code".to_owned(),
        may_follow,
        now: now(),
    }
}

fn repository() -> Value {
    json!({"id": 1, "full_name": "shop/orders", "name": "orders", "private": true, "archived": true,
        "description": "Takes orders, and hands them to billing", "default_branch": "main", "topics": ["shop", "go"],
        "size": 2_345, "open_issues_count": 12, "open_pr_counter": 1})
}

fn scene(may_follow: bool) -> Scene {
    Scene {
        frame: frame(may_follow),
        repository: known(read(repository())),
        ci: known(ci()),
        commits: known(commits()),
        requests: known(Some(requests())),
        issues: known(Some(issues())),
        releases: known(Some(releases())),
        branches: known(branches()),
        languages: known(vec![
            ("Go".to_owned(), 90_000),
            ("Python".to_owned(), 9_000),
            ("Dockerfile".to_owned(), 20),
        ]),
        readme: known(Some(Readme::new(
            "apps/api/README.md",
            "https://git.example.com/shop/orders/src/branch/main/apps/api/README.md",
            "<h3>Orders</h3><p>Takes orders.</p>",
        ))),
        owners: known(owners()),
    }
}

fn commits() -> Commits {
    let line = |sha: &str, message: &str, at: &str| CommitLine {
        sha: sha.repeat(8),
        message: message.to_owned(),
        author: "Ada Lovelace".to_owned(),
        login: Some("ada".to_owned()),
        at: at.to_owned(),
    };
    Commits {
        page: FirstPage {
            items: vec![
                line(
                    "abcde",
                    "orders: totals are rounded once\n\nBecause.",
                    "2026-11-24T09:00:00Z",
                ),
                line("12345", "deps: newer driver", "2026-11-20T09:00:00+01:00"),
            ],
            total: 2,
        },
        states: [("abcde".repeat(8), State::Failing)].into(),
    }
}

fn requests() -> Requests {
    let request: OpenRequest = read(
        json!({"number": 7, "title": "Orders can be cancelled", "draft": true,
        "user": {"login": "ada"}, "labels": [{"name": "kind/feature", "color": "a2eeef"}],
        "requested_reviewers": [{"login": "grace", "full_name": "Grace Hopper"}],
        "requested_reviewers_teams": [{"name": "shop-owners"}], "created_at": "2026-11-23T09:00:00Z",
        "head": {"ref": "feature/cancel", "sha": "f"}, "base": {"ref": "main", "sha": "m"}}),
    );
    Requests {
        page: FirstPage {
            items: vec![request],
            total: 1,
        },
        states: [("f".to_owned(), State::Running)].into(),
    }
}

fn issues() -> FirstPage<Issue> {
    FirstPage {
        items: vec![read(
            json!({"number": 3, "title": "Totals are rounded twice", "user": {"login": "grace"},
            "labels": [{"name": "bug"}], "assignees": [{"login": "ada"}], "comments": 2, "created_at": "2026-11-01T09:00:00Z"}),
        )],
        total: 12,
    }
}

fn releases() -> Releases {
    let release = |tag: &str, prerelease: bool| -> Release {
        read(
            json!({"tag_name": tag, "name": "", "body": "", "prerelease": prerelease, "author": {"login": "ada"},
            "published_at": "2026-10-01T09:00:00Z"}),
        )
    };
    Releases {
        items: vec![
            (release("v1.3.0-rc.1", true), None),
            (
                release("v1.2.0", false),
                Some("<ul><li>totals</li></ul>".to_owned()),
            ),
        ],
        total: 2,
    }
}

fn branches() -> FirstPage<Branch> {
    let branch = |name: &str, protected: bool| -> Branch {
        read(
            json!({"name": name, "protected": protected, "commit": {"id": "abc", "message": "deps: newer driver",
            "author": {"name": "Ada"}, "timestamp": "2026-11-20T09:00:00Z"}}),
        )
    };
    FirstPage {
        items: vec![branch("feature/cancel", false), branch("main", true)],
        total: 2,
    }
}

fn ci() -> Ci {
    let run = |number: u64, state: State| Run {
        number,
        page: number.to_string(),
        title: "orders: totals are rounded once".to_owned(),
        workflow: "build.yaml".to_owned(),
        event: "push".to_owned(),
        branch: "main".to_owned(),
        sha: "abcde".repeat(8),
        state,
        started_at: "2026-11-24T09:01:00Z".to_owned(),
        ended_at: "2026-11-24T09:03:30Z".to_owned(),
    };
    Ci {
        source: Source::Runs,
        runs: vec![run(12, State::Failing), run(11, State::Success)],
        checks: Vec::new(),
    }
}

fn owners() -> PathOwners {
    PathOwners {
        row: OwnersRow {
            host: "git.example.com".to_owned(),
            full_name: "shop/orders".to_owned(),
            branch: "main".to_owned(),
            version: None,
            commit: None,
            path: Some("CODEOWNERS".to_owned()),
            summary: Summary::default(),
            trouble: None,
            checked_at: now(),
        },
        rules: vec![Rule {
            line: 1,
            pattern: "apps/.*".to_owned(),
            owners: vec!["@shop/owners".to_owned(), "@ada".to_owned()],
        }],
    }
}

fn away() -> Fault {
    Fault::new(
        FaultKind::Unavailable,
        "The commits of shop/orders cannot be listed: git.example.com answers 500 and fails at it; its own log says why, or it is \
         just starting",
    )
}

/// Nothing can be asked for; the commits were known before.
fn trouble() -> Scene {
    let known = scene(false);
    Scene {
        commits: Seen {
            trouble: Some(away()),
            ..known.commits
        },
        repository: known.repository,
        ci: Seen::failed(away()),
        requests: Seen::failed(away()),
        issues: known_off(),
        releases: Seen::failed(away()),
        branches: Seen::failed(away()),
        languages: Seen::failed(away()),
        readme: Seen::failed(away()),
        owners: Seen::failed(away()),
        frame: known.frame,
    }
}

/// A list that is turned off.
fn known_off<T>() -> Seen<Option<T>> {
    known(None)
}

/// Nothing has come yet.
fn late() -> Scene {
    Scene {
        frame: Frame {
            head: None,
            ..frame(true)
        },
        repository: Seen::late(),
        ci: Seen::late(),
        commits: Seen::late(),
        requests: Seen::late(),
        issues: Seen::late(),
        releases: Seen::late(),
        branches: Seen::late(),
        languages: Seen::late(),
        readme: Seen::late(),
        owners: Seen::late(),
    }
}

fn unknown() -> Scene {
    let fault = "git.example.com has no repository shop/orders, or does not show it to the portal's token";
    Scene {
        repository: Seen::failed(Fault::not_found(fault)),
        ..late()
    }
}

fn empty() -> Scene {
    Scene {
        repository: known(read(
            json!({"id": 1, "full_name": "shop/orders", "empty": true, "default_branch": "main"}),
        )),
        ..late()
    }
}

fn card(scene: &Scene) -> Lines {
    Lines {
        links: scene.frame.links.clone(),
        address: scene.frame.path.clone(),
        now: scene.frame.now,
        repository: scene.repository.clone(),
        ci: scene.ci.clone(),
        commits: scene.commits.clone(),
        releases: scene.releases.clone(),
    }
}
