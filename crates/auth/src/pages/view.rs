//! The sign-in page in its states, from plain data.

use maud::{Markup, html};
use model::EntityRef;
use ui::{Button, ButtonKind, Notice, Tone, button, icon, notice, person};

use crate::refusal::Refusal;

/// The way to a provider.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub label: String,
    /// The server that one comes to.
    pub host: String,
    pub href: String,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct SignIn<'a> {
    /// Title of the portal.
    pub portal: String,
    pub choices: Vec<Choice>,
    /// Why a configured provider cannot be offered.
    pub unusable: Option<String>,
    /// A proxy signs people in.
    pub by_proxy: bool,
    /// The pages can be opened without signing in.
    pub guest: bool,
    pub signed_in: Option<EntityRef>,
    pub is_signed_out: bool,
    pub refusal: Option<&'a Refusal>,
    pub return_to: String,
}

/// The content of the page.
pub(crate) fn sign_in(page: &SignIn<'_>) -> Markup {
    html! {
        div.sign-in {
            (head(&page.portal))
            @if page.is_signed_out { (notice(Notice { tone: Tone::Green, text: "You are signed out." })) }
            @if let Some(refusal) = page.refusal { (problem(refusal)) }
            @if let Some(entity) = &page.signed_in { (already(entity, &page.return_to)) }
            div.sign-in-ways { (ways(page)) }
        }
    }
}

/// The person has left here, and is on the way to leave the provider.
pub(crate) fn leaving(host: &str) -> Markup {
    html! {
        div.sign-in {
            span.brand-mark.sign-in-mark { (icon("logo")) }
            h1 { "You are signed out here" }
            p.muted { "Now you are being signed out at " strong { (host) } ", too. Your browser asks it for that." }
            div.sign-in-ways { (button(Button { label: "Back to the sign-in", href: Some("/sign-in"), ..Button::default() })) }
        }
    }
}

fn head(portal: &str) -> Markup {
    html! {
        span.brand-mark.sign-in-mark { (icon("logo")) }
        h1 { "Sign in to " (portal) }
    }
}

fn problem(refusal: &Refusal) -> Markup {
    html! {
        div.sign-in-problem role="alert" {
            h2 { (icon("problem")) (refusal.title) }
            p { (refusal.message) }
            p.muted { (refusal.hint) }
        }
    }
}

fn already(entity: &EntityRef, return_to: &str) -> Markup {
    html! {
        p.sign-in-already { "You are signed in as " (person(entity.name(), None)) }
        div.sign-in-ways { (button(Button { label: "Continue", kind: ButtonKind::Primary, href: Some(return_to), ..Button::default() })) }
        p.sign-in-or { "or as somebody else" }
    }
}

fn ways(page: &SignIn<'_>) -> Markup {
    let kind = if page.signed_in.is_some() {
        ButtonKind::Secondary
    } else {
        ButtonKind::Primary
    };
    html! {
        @for (at, choice) in page.choices.iter().enumerate() {
            @let kind = if at == 0 { kind } else { ButtonKind::Secondary };
            (button(Button { label: &choice.label, icon: Some("sign-in"), kind, href: Some(&choice.href), ..Button::default() }))
            p.sign-in-host { "at " (choice.host) }
        }
        @if !page.choices.is_empty() {
        } @else if let Some(reason) = &page.unusable {
            div.sign-in-problem role="alert" {
                h2 { (icon("problem")) "Sign-in is not set up" }
                p { (reason) }
                p.muted { "Whoever runs the portal finds an example in docs/sign-in.md." }
            }
        }
        @else if !page.by_proxy { (not_configured()) }
        @if page.guest && page.signed_in.is_none() {
            @if !page.choices.is_empty() { p.sign-in-or { "or" } }
            (button(Button { label: "Continue as guest", icon: Some("user"), href: Some(&page.return_to), ..Button::default() }))
        }
    }
}

/// Five lines that an operator may copy.
const EXAMPLE: &str = "\
auth:
  environment: production
  providers: { oidc: { production: {
    metadataUrl: 'https://keycloak.example.com/realms/main/.well-known/openid-configuration',
    clientId: portal, clientSecret: '${OIDC_SECRET}',
    signIn: { resolvers: [{ resolver: emailMatchingUserEntityProfileEmail }] } } } }";

fn not_configured() -> Markup {
    html! {
        div.sign-in-setup {
            p { "Nobody can sign in yet, because no sign-in service is configured. With OpenID Connect, for example Keycloak, it takes these lines of " code { "app-config.yaml" } ":" }
            pre tabindex="0" { code { (EXAMPLE) } }
        }
    }
}
