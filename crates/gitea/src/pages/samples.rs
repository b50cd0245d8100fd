//! Samples of the pages in their states, for the snapshot test.

use jiff::Timestamp;
use maud::Markup;
use model::{Fault, Problem};
use scm::gitea::{Owner, Repository};

use super::descriptor::view::{Opened, Proposal, form, opened};
use super::repositories::filter::Filter;
use super::repositories::view::{Entry, Overview, Status, repositories};
use crate::discovery::{Checked, Descriptor, Known, LeftOut, Round};
use crate::proposal::{ApiFile, Facts, Fields, judge};

/// A page in a state: a name usable in a path, and the content.
pub type PageSample = (&'static str, Markup);

/// The pages with their states.
pub fn page_samples() -> Vec<PageSample> {
    let now = at("09:30");
    let empty = |round: Option<Round>| Overview {
        providers: vec![Status::of("main", &[], round)],
        ..Overview::default()
    };
    let page = |mut overview: Overview, query: &str| repositories(&mut overview, &Filter::read(query), now);
    let failed = Round {
        tried_at: Some(at("09:29")),
        problems: vec!["The repositories cannot be listed: gitea.example.com is away".to_owned()],
        ..Round::default()
    };
    vec![
        ("repositories", page(overview(), "")),
        (
            "repositories-filtered",
            page(overview(), "q=go&owner=acme&state=without"),
        ),
        ("repositories-none", page(Overview::default(), "")),
        ("repositories-not-listed", page(empty(None), "")),
        ("repositories-failed", page(empty(Some(failed)), "")),
        ("descriptor", proposal(&fields(), None)),
        ("descriptor-wrong", wrong()),
        (
            "descriptor-failed",
            proposal(
                &fields(),
                Some(
                    "acme/orders is archived, so that nothing in it can be changed; take it out of the archive first",
                ),
            ),
        ),
        (
            "descriptor-open",
            opened(
                "acme/orders",
                &Opened {
                    number: 7,
                    href: "https://gitea.example.com/acme/orders/pulls/7".to_owned(),
                },
            ),
        ),
    ]
}

fn overview() -> Overview {
    let known = all();
    let round = Round {
        listed_at: Some(at("09:28")),
        tried_at: Some(at("09:28")),
        took: 4_210,
        problems: vec!["gitea.example.com has no organisation or user acmee that the token sees; correct the name in catalog.providers.gitea, or give the token's user access".to_owned()],
    };
    Overview {
        providers: vec![Status::of("main", &known, Some(round))],
        entries: known
            .into_iter()
            .map(|one| Entry::new("main", "https://gitea.example.com", one))
            .collect(),
        may_propose: true,
    }
}

fn all() -> Vec<Known> {
    let descriptor = |path: &str| Descriptor {
        branch: "main".to_owned(),
        path: path.to_owned(),
        name: "generated-1".to_owned(),
    };
    let mut orders = known(1, "acme/orders", "Takes orders");
    orders.descriptors = vec![descriptor("catalog-info.yaml")];
    let mut many = known(2, "acme/monorepo", "All services of the shop");
    many.descriptors = ["a", "b", "c", "d", "e"]
        .map(|part| descriptor(&format!("services/{part}/catalog-info.yaml")))
        .into();
    let mut plain = known(3, "acme/tools", "Tools in Go");
    "Go".clone_into(&mut plain.repository.language);
    let mut secret = known(4, "acme/secret", "");
    secret.repository.private = true;
    secret.problem = Some("The file catalog-info.yaml of acme/secret at main cannot be read: gitea.example.com answers 500 and fails at it; its own log says why, or it is just starting".to_owned());
    let mut old = known(5, "acme/old", "What was there before");
    old.repository.archived = true;
    old.left_out = Some(LeftOut::Archived);
    let mut empty = known(6, "jane/first-steps", "");
    empty.repository.empty = true;
    vec![orders, many, plain, secret, old, empty]
}

fn known(id: i64, full_name: &str, description: &str) -> Known {
    let (owner, name) = full_name.split_once('/').unwrap_or_default();
    let repository = Repository {
        id,
        full_name: full_name.to_owned(),
        name: name.to_owned(),
        owner: Owner {
            id: 1,
            login: owner.to_owned(),
        },
        description: description.to_owned(),
        default_branch: "main".to_owned(),
        topics: vec!["shop".to_owned()],
        updated_at: "2026-11-24T07:00:00Z".to_owned(),
        ..Repository::default()
    };
    Known {
        checked: Some(Checked {
            at: at("09:28"),
            state: String::new(),
        }),
        ..Known::new(repository, at("09:28"))
    }
}

fn fields() -> Fields {
    Fields::of(&Facts {
        name: "orders".to_owned(),
        description: "Takes orders".to_owned(),
        organization: "acme".to_owned(),
        title: Some("The orders".to_owned()),
        owner: Some("team-a".to_owned()),
        topics: vec!["shop".to_owned()],
        language: "Go".to_owned(),
        apis: vec![ApiFile {
            path: "openapi.yaml".to_owned(),
            kind: "openapi",
        }],
        has_image: true,
        has_manifests: true,
        has_docs: true,
    })
}

fn wrong() -> Markup {
    let yaml = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: a b\nspec:\n  type: service\n";
    proposal(
        &Fields {
            yaml: yaml.to_owned(),
            ..fields()
        },
        None,
    )
}

fn proposal(fields: &Fields, failed: Option<&str>) -> Markup {
    let mut problems = judge("catalog-info.yaml", &fields.yaml);
    if failed.is_some() {
        problems.push(Problem::warning(Fault::input(
            "'tags' has a value that looks like a number",
        )));
    }
    form(&Proposal {
        repository: "acme/orders",
        page: "https://gitea.example.com/acme/orders",
        action: "/gitea/main/1/descriptor",
        path: "catalog-info.yaml",
        fields,
        problems: &problems,
        failed,
    })
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-24T{time}:00Z").parse().expect("a valid time")
}
