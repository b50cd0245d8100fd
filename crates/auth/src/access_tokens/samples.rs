//! Samples of the pages of access tokens, for the snapshot test and for looking at.

use jiff::Timestamp;
use maud::Markup;
use model::Scope;

use super::view::{TokenForm, TokensPage, page, section};
use super::{AccessToken, Holder};

/// Pages with their states: a name usable in a path, and the content.
pub(crate) fn page_samples() -> Vec<(&'static str, Markup)> {
    let made = Some(("laptop".to_owned(), format!("backstage_pat_{}", "0".repeat(36))));
    let wrong = TokensPage {
        error: Some("A token has at least one scope and at most 50".to_owned()),
        form: TokenForm {
            name: "laptop".to_owned(),
            reach: "some".to_owned(),
            ..TokenForm::default()
        },
        ..own(Vec::new())
    };
    let of_all = TokensPage {
        is_of_all: true,
        ..own(vec![laptop(), pipeline()])
    };
    let guest = TokensPage {
        can_make: false,
        ..own(Vec::new())
    };
    vec![
        ("tokens", page(&own(vec![laptop()]))),
        (
            "tokens-made",
            page(&TokensPage {
                made,
                ..own(vec![laptop()])
            }),
        ),
        ("tokens-wrong", page(&wrong)),
        ("tokens-of-all", page(&of_all)),
        ("tokens-of-the-guest", page(&guest)),
        ("tokens-section", section(Some(2))),
    ]
}

fn own(tokens: Vec<AccessToken>) -> TokensPage {
    TokensPage {
        is_of_all: false,
        can_make: true,
        tokens,
        form: TokenForm::default(),
        made: None,
        error: None,
        plugins: vec!["catalog".to_owned(), "scaffolder".to_owned()],
        portal: "https://portal.example.com/".to_owned(),
        now: at("2026-11-24"),
    }
}

fn laptop() -> AccessToken {
    AccessToken {
        id: "1".to_owned(),
        holder: Holder::Person("user:default/ada".parse().expect("a reference")),
        name: "laptop".to_owned(),
        scopes: vec![Scope::Read, Scope::WriteOf("catalog".to_owned())],
        made_by: "user:default/ada".to_owned(),
        is_in_catalog: true,
        created: at("2026-11-01"),
        expires: at("2027-02-01"),
        last_used: Some(at("2026-11-23")),
    }
}

fn pipeline() -> AccessToken {
    AccessToken {
        id: "2".to_owned(),
        holder: Holder::Account("ci".to_owned()),
        name: "main pipeline".to_owned(),
        scopes: vec![Scope::Permission("catalog.entity.refresh".to_owned())],
        is_in_catalog: false,
        expires: at("2026-11-20"),
        last_used: None,
        ..laptop()
    }
}

fn at(day: &str) -> Timestamp {
    format!("{day}T08:00:00Z").parse().expect("a time")
}
