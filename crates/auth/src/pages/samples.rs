//! Samples of the pages in their states, for the snapshot test and for looking at.

use jiff::Timestamp;
use maud::Markup;
use model::{EntityRef, Viewer};
use plugin::{Decision, Permission, PermissionAction};

use super::home::no_role;
use super::sessions::{sessions, without_session};
use super::view::{Choice, SignIn, leaving, sign_in};
use crate::oidc::{NoTokens, TokenFault};
use crate::permission::view::{Answered, Changed, PermissionsPage, Row, page as permissions};
use crate::refusal::Refusal;
use crate::roles::{Because, Explanation};
use crate::session::Session;

/// Pages with their states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let ada: EntityRef = "user:default/ada".parse().expect("a reference");
    let tried = [
        "emailMatchingUserEntityProfileEmail looked for a User whose spec.profile.email is ada@example.com"
            .to_owned(),
    ];
    let nobody = Refusal::nobody(
        "ada (ada@example.com, Ada Lovelace)",
        &tried,
        "auth.providers.oidc.production",
    );
    let interrupted = Refusal::interrupted("https://portal.example.com/");
    let [usual, refused, again] = [(), (), ()].map(|()| offered());
    let mut samples = for_operators();
    samples.extend(vec![
        ("sign-in", sign_in(&usual)),
        (
            "sign-in-with-guest",
            sign_in(&SignIn {
                guest: true,
                is_signed_out: true,
                ..offered()
            }),
        ),
        (
            "sign-in-without-user",
            sign_in(&SignIn {
                refusal: Some(&nobody),
                ..refused
            }),
        ),
        (
            "sign-in-interrupted",
            sign_in(&SignIn {
                refusal: Some(&interrupted),
                ..again
            }),
        ),
        (
            "sign-in-again",
            sign_in(&SignIn {
                signed_in: Some(ada.clone()),
                ..offered()
            }),
        ),
        (
            "sign-in-not-configured",
            sign_in(&SignIn {
                choices: Vec::new(),
                guest: true,
                ..offered()
            }),
        ),
        (
            "sign-in-unusable",
            sign_in(&SignIn {
                choices: Vec::new(),
                unusable: Some(
                    "nobody can sign in with auth.providers.oidc.production: clientSecret is missing"
                        .to_owned(),
                ),
                ..offered()
            }),
        ),
        ("sign-in-by-several", sign_in(&several())),
        ("permissions", permissions(&told(""))),
        (
            "permissions-tried",
            permissions(&told(
                "p, role:default/reader, catalog.location.create, create, allow",
            )),
        ),
        ("permissions-of-nobody", permissions(&no_person())),
        ("signing-out", leaving("keycloak.example.com")),
        ("sessions", sessions(&own_sessions(&ada), Some("1"), at("09:30"))),
        ("sessions-of-the-guest", without_session(true)),
        (
            "no-role",
            no_role(
                &Viewer::person(ada, Vec::new(), None),
                &["group:default/platform".to_owned()],
            ),
        ),
    ]);
    samples.extend(crate::access_tokens::page_samples());
    samples
}

/// What the sign-in page says to whoever runs the portal.
fn for_operators() -> Vec<(&'static str, Markup)> {
    let place = "auth.providers.oidc.production";
    let callback = "https://portal.example.com/api/auth/oidc/handler/frame";
    let callback = callback.parse().expect("an address");
    let refused = |error: &str, words: &str| {
        let error = NoTokens::Refused {
            error: error.to_owned(),
            description: Some(words.to_owned()),
        };
        Refusal::of_exchange(&error, place, &callback)
    };
    let secret = refused(
        "unauthorized_client",
        "Invalid client or Invalid client credentials",
    );
    let address = refused("invalid_grant", "Incorrect redirect_uri");
    let clock = Refusal::of_token(TokenFault::Future(600), place);
    let elsewhere = Refusal::untrusted("x-forwarded-user", "192.0.2.7", "auth.providers.oauth2Proxy");
    let no_header = Refusal::without_proxy("OAuth2 Proxy", "x-forwarded-user", "https://portal.example.com/");
    let page = |refusal: &Refusal, by_proxy: bool| {
        sign_in(&SignIn {
            refusal: Some(refusal),
            choices: if by_proxy { Vec::new() } else { offered().choices },
            by_proxy,
            ..offered()
        })
    };
    vec![
        ("sign-in-wrong-secret", page(&secret, false)),
        ("sign-in-wrong-address", page(&address, false)),
        ("sign-in-wrong-clock", page(&clock, false)),
        ("sign-in-past-the-proxy", page(&elsewhere, true)),
        ("sign-in-without-the-proxy", page(&no_header, true)),
    ]
}

fn offered<'a>() -> SignIn<'a> {
    SignIn {
        portal: "OpenOva".to_owned(),
        choices: vec![Choice {
            label: "Sign in with Keycloak".to_owned(),
            host: "keycloak.example.com".to_owned(),
            href: "/api/auth/oidc/start?env=production&flow=redirect&redirectUrl=/catalog".to_owned(),
        }],
        return_to: "/catalog".to_owned(),
        ..SignIn::default()
    }
}

fn several<'a>() -> SignIn<'a> {
    let mut page = offered();
    page.choices.push(Choice {
        label: "Sign in with GitLab".to_owned(),
        host: "gitlab.com".to_owned(),
        href: "/api/auth/gitlab/start?env=production&flow=redirect&redirectUrl=/catalog".to_owned(),
    });
    page
}

static READ: Permission = Permission::new("catalog.entity.read", PermissionAction::Read).on("catalog-entity");
static CREATE: Permission = Permission::new("catalog.location.create", PermissionAction::Create);

/// What somebody may do.
fn told(lines: &str) -> PermissionsPage {
    let group: EntityRef = "group:default/platform".parse().expect("a reference");
    let because = Because::Line {
        role: "role:default/reader".to_owned(),
        number: 2,
        allows: true,
        through: vec![group.clone()],
    };
    let row = |permission, decision, because, changed| Row {
        plugin: "catalog".to_owned(),
        permission,
        explanation: Some(Explanation { decision, because }),
        changed,
    };
    let gained = (!lines.is_empty()).then_some(Changed::Gained);
    PermissionsPage {
        who: "user:default/ada".to_owned(),
        lines: lines.to_owned(),
        files: Some(["roles.csv".to_owned(), "conditions.yaml".to_owned()]),
        fault: lines
            .is_empty()
            .then(|| "roles.csv:7: a line begins with 'p' or 'g'".to_owned()),
        answered: Ok(Answered {
            roles: vec![("role:default/reader".to_owned(), vec![group.clone()])],
            groups: vec![group],
            rows: vec![
                row(&READ, Decision::Allow, vec![because], None),
                row(&CREATE, Decision::Deny, Vec::new(), gained),
            ],
        }),
    }
}

fn no_person() -> PermissionsPage {
    PermissionsPage {
        who: "ada".to_owned(),
        answered: Err("'ada' is no person; write for example user:default/ada".to_owned()),
        ..told("")
    }
}

fn own_sessions(ada: &EntityRef) -> Vec<Session> {
    let session = |id: &str, browser: &str, used| Session {
        id: id.to_owned(),
        entity: ada.clone(),
        claims: vec![ada.clone()],
        provider: "production".to_owned(),
        browser: browser.to_owned(),
        created: at("08:00"),
        last_used: at(used),
        expires: at("23:00"),
    };
    vec![
        session("1", "Firefox on Linux", "09:29"),
        session("2", "Safari on iPhone", "08:10"),
    ]
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-24T{time}:00Z").parse().expect("a time")
}
