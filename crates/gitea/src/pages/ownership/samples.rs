//! Samples of the pages in their states, for the snapshot test.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use maud::Markup;
use model::{EntityRef, Fault};
use scm::codeowners::Rule;

use super::path::{answer, question};
use super::repositories::report;
use crate::api::ownership::Asked;
use crate::ownership::{
    Answer, DescribedEntity, Descriptor, EntityOwner, EntryOwners, Finding, FindingKind, Line, Matched,
    NameStanding, PathPlace, Report, ReportQuestion, Verdict,
};

const REPOSITORY: &str = "https://gitea.example.com/shop/web";

/// The pages with their states: a name usable in a path, and the content.
pub(crate) fn samples() -> Vec<(&'static str, Markup)> {
    let asked = || Asked {
        address: format!("{REPOSITORY}/src/branch/main/docs"),
        repository: String::new(),
        path: String::new(),
    };
    let nothing = Asked {
        address: String::new(),
        ..asked()
    };
    let fault = Fault::input(
        "https://other.example.com is at none of the hosts of integrations.gitea: gitea.example.com",
    );
    let all = ReportQuestion::default();
    let narrow = ReportQuestion {
        text: "web".to_owned(),
        ..ReportQuestion::default()
    };
    let known = |known| Report {
        known,
        ..Report::default()
    };
    vec![
        ("gitea-owners-question", question(&nothing, None)),
        ("gitea-owners-no-answer", question(&asked(), Some(&fault))),
        ("gitea-owners", answer(&asked(), &disagreement(), now())),
        ("gitea-owners-nobody", answer(&asked(), &nobody(), now())),
        ("gitea-ownership", report(&all, &some())),
        ("gitea-ownership-in-order", report(&all, &known(12))),
        ("gitea-ownership-empty", report(&all, &known(0))),
        ("gitea-ownership-nothing-found", report(&narrow, &known(12))),
    ]
}

fn now() -> Timestamp {
    "2026-11-24T09:30:00Z".parse().expect("a valid time")
}

fn reference(text: &str) -> EntityRef {
    text.parse().expect("a reference")
}

fn standing(name: &str, entity: Option<&str>, at_server: Option<bool>) -> NameStanding {
    NameStanding {
        name: name.to_owned(),
        entity: entity.map(|entity| (reference(entity), None)),
        expected: reference(entity.unwrap_or("user:default/x")),
        is_hidden: false,
        at_server,
    }
}

fn web_shop() -> DescribedEntity {
    DescribedEntity {
        reference: reference("component:default/web"),
        title: Some("Web shop".to_owned()),
        host: "gitea.example.com".to_owned(),
        full_name: "shop/web".to_owned(),
        place: PathPlace::default(),
        address: String::new(),
        by_descriptor: true,
        owner: EntityOwner::Entity(reference("group:default/platform")),
    }
}

fn disagreement() -> Answer {
    let rule = |line, pattern: &str, owners: &[&str]| Matched {
        rule: Rule {
            line,
            pattern: pattern.to_owned(),
            owners: owners.iter().map(|owner| (*owner).to_owned()).collect(),
        },
        address: format!("{REPOSITORY}/src/branch/main/CODEOWNERS#L{line}"),
    };
    let entity = web_shop();
    let entry = |name: &str, is_folder, owners: &[&str]| EntryOwners {
        name: name.to_owned(),
        is_folder,
        owners: owners.iter().map(|owner| (*owner).to_owned()).collect(),
    };
    let owner = reference("group:default/platform");
    Answer {
        host: "gitea.example.com".to_owned(),
        full_name: "shop/web".to_owned(),
        page: REPOSITORY.to_owned(),
        branch: "main".to_owned(),
        path: "docs/".to_owned(),
        is_there: Some(true),
        file: Some((
            "CODEOWNERS".to_owned(),
            format!("{REPOSITORY}/src/branch/main/CODEOWNERS"),
            "0123456789abcdef0123456789abcdef01234567".to_owned(),
        )),
        checked_at: "2026-11-24T09:12:00Z".parse().expect("a valid time"),
        trouble: None,
        rules: vec![
            rule(2, ".*", &["@shop/web"]),
            rule(5, "docs/.*", &["@shop/docs", "@ines", "@gone"]),
        ],
        owners: vec![
            standing("@shop/web", Some("group:default/web"), Some(true)),
            standing("@shop/docs", None, Some(true)),
            standing("@ines", Some("user:default/ines"), None),
            standing("@gone", None, Some(false)),
        ],
        descriptor: Some(Descriptor {
            path: "catalog-info.yaml".to_owned(),
            address: format!("{REPOSITORY}/src/branch/main/catalog-info.yaml"),
            entities: vec![entity.clone()],
            owners: HashMap::from([(owner.clone(), Some("Platform".to_owned()))]),
            hidden: Vec::new(),
        }),
        verdict: Verdict::Disagree(vec![(entity.reference, owner)]),
        entries: vec![
            entry("images", true, &["@shop/web", "@shop/docs"]),
            entry("index.md", false, &[]),
        ],
    }
}

fn nobody() -> Answer {
    Answer {
        path: String::new(),
        is_there: Some(false),
        file: None,
        rules: Vec::new(),
        owners: Vec::new(),
        descriptor: None,
        verdict: Verdict::Nobody,
        entries: Vec::new(),
        ..disagreement()
    }
}

fn some() -> Report {
    let line = |name: &str, findings: Vec<Finding>| Line {
        host: "gitea.example.com".to_owned(),
        full_name: name.to_owned(),
        page: format!("https://gitea.example.com/{name}"),
        file: None,
        entities: Vec::new(),
        findings,
    };
    let finding = |kind, text: &str, entity: Option<&str>| Finding {
        kind,
        text: text.to_owned(),
        address: entity.map(|_| format!("{REPOSITORY}/src/branch/main/catalog-info.yaml")),
        entity: entity.map(reference),
    };
    let gone = "its owner group:default/webteam was renamed in Gitea; name group:default/web";
    Report {
        lines: vec![
            Line {
                file: Some((
                    ".gitea/CODEOWNERS".to_owned(),
                    format!("{REPOSITORY}/src/branch/main/.gitea/CODEOWNERS"),
                )),
                entities: vec![(reference("component:default/web"), Some("Web shop".to_owned()))],
                ..line(
                    "shop/web",
                    vec![
                        finding(FindingKind::OwnerGone, gone, Some("component:default/web")),
                        finding(FindingKind::NameUnknown, "line 5: Gitea knows no @gone", None),
                        finding(
                            FindingKind::NotInCatalog,
                            "line 5: @shop/docs would be group:default/docs",
                            None,
                        ),
                        finding(FindingKind::LineSkipped, "line 9: it names no owner", None),
                    ],
                )
            },
            line(
                "shop/tools",
                vec![finding(
                    FindingKind::NoOwner,
                    "no CODEOWNERS, and no entity",
                    None,
                )],
            ),
            line(
                "shop/old",
                vec![finding(
                    FindingKind::NotRead,
                    "gitea.example.com answers 500 and fails at it",
                    None,
                )],
            ),
        ],
        total: 120,
        known: 412,
        counts: counts(),
    }
}

fn counts() -> BTreeMap<FindingKind, usize> {
    BTreeMap::from([
        (FindingKind::OwnerGone, 1),
        (FindingKind::NameUnknown, 1),
        (FindingKind::NoOwner, 117),
    ])
}
