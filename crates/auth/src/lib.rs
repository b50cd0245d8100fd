//! Who is asking: sign-in with identity providers, sessions, and what roles may do.
//!
//! `oidc` proves who a person is, `resolver` finds its User entity, `session` keeps it signed in, `tokens` say who it is to
//! programs, `access_tokens` are those that people make themselves, `roles` decides what it may do.
//! `api` is the wire contract below `/api/auth`, `pages` are the sign-in page and what a person sees of its sessions.

mod access_tokens;
mod api;
mod brakes;
mod front;
mod oidc;
mod pages;
mod people;
mod permission;
mod proxies;
mod recall;
mod refusal;
mod resolver;
mod roles;
mod section;
mod session;
mod settings;
mod tokens;

pub use access_tokens::KnownScopes;
pub use pages::page_samples;
pub use permission::{PERMISSIONS, permission_contributions};
pub use recall::viewer_of;
pub use roles::RolesFile;
pub use section::{AuthSection, DiscoverySection, PermissionSection};
pub use session::tables::MIGRATIONS;

use std::borrow::Cow;
use std::sync::Arc;

use catalog::Catalog;
use config::Config;
use model::{Clock, Severity, SystemClock};
use plugin::{
    Asset, AssetKind, AuditLog, Authenticator, Contributions, Declaration, NavigationItem, NavigationSection,
    PeopleTokens, Permission, PluginId, Routes, Services, SettingsSection,
};
use serde_json::Value;
use url::Url;
use web::Access;

use crate::access_tokens::{AccessTokens, TOKENS_ADMINISTER, TokensSection};
use crate::brakes::Brakes;
use crate::front::Front;
use crate::oidc::Provider;
use crate::pages::SessionsSection;
use crate::proxies::Proxies;
use crate::session::Sessions;
use crate::session::cookie::Cookies;
use crate::settings::{Guest, OidcSettings, Settings};
use crate::tokens::cookie::FileCookies;
use crate::tokens::{BearerTokens, ExternalTokens, Keys, LimitedTokens, Owners, PluginTokens, UserTokens};

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("auth");
/// The name of the plugin to which the policy belongs.
pub const PERMISSION: PluginId = PluginId::built_in("permission");
/// The name of what says where plugins of other backends are.
pub const DISCOVERY: PluginId = PluginId::built_in("discovery");

/// The permissions of the sign-in.
static OWN_PERMISSIONS: [&Permission; 1] = [&TOKENS_ADMINISTER];

/// What the sign-in is.
pub fn declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(AuthSection)),
        migrations: MIGRATIONS,
        permissions: &OWN_PERMISSIONS,
        ..Declaration::new(ID)
    }
}

/// What the policy is.
pub fn permission_declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(PermissionSection)),
        permissions: &PERMISSIONS,
        ..Declaration::new(PERMISSION)
    }
}

/// What is known of plugins that other backends run.
pub fn discovery_declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(DiscoverySection)),
        ..Declaration::new(DISCOVERY)
    }
}

/// The plugin with its sections of the configuration, and the tokens of its people for others. Access tokens have the scopes
/// that are known.
pub fn contributions(
    config: &Config,
    catalog: &Catalog,
    audit: Arc<dyn AuditLog>,
    services: &Services,
    scopes: KnownScopes,
) -> (Contributions, Arc<dyn PeopleTokens>) {
    contributions_at(config, catalog, audit, services, scopes, Arc::new(SystemClock))
}

/// The same with another source of the time.
pub fn contributions_at(
    config: &Config,
    catalog: &Catalog,
    audit: Arc<dyn AuditLog>,
    services: &Services,
    scopes: KnownScopes,
    clock: Arc<dyn Clock>,
) -> (Contributions, Arc<dyn PeopleTokens>) {
    let front = front(config, (catalog, audit.clone(), services), clock.clone());
    let tokens = AccessTokens::new(
        services.store.clone(),
        (catalog.clone(), front.owners.clone()),
        audit,
        clock.clone(),
        (scopes, &front.base_url),
    );
    let mut made = plugin_of(&front, &tokens);
    made.authenticators = authenticators(config, &front, services, &clock);
    made.authenticators.push(Arc::new(tokens));
    (made, Arc::new(front))
}

fn plugin_of(front: &Front, tokens: &AccessTokens) -> Contributions {
    let sections: [Arc<dyn SettingsSection>; 2] = [
        Arc::new(SessionsSection(front.clone())),
        Arc::new(TokensSection(tokens.clone())),
    ];
    let entry = NavigationItem::new(
        "Access tokens",
        "/tokens/all",
        "lock",
        NavigationSection::Administration,
        57,
    );
    let style = |text| Asset {
        kind: AssetKind::Style,
        text: Cow::Borrowed(text),
    };
    Contributions {
        routes: vec![
            Routes::new(ID)
                .api(api::rows(front).and(tokens.api()))
                .pages(pages::rows(front).and(tokens.pages())),
        ],
        navigation: vec![entry.needs(&TOKENS_ADMINISTER)],
        assets: vec![
            style(include_str!("../css/sign-in.css")),
            style(include_str!("../css/tokens.css")),
        ],
        settings_sections: sections.to_vec(),
        rows_of_every_api: vec![Arc::new(FileCookies::new(front.tokens.clone(), &front.base_url))],
        ..Contributions::of(ID)
    }
}

/// Ways to know callers; the ones behind count only where those before find none.
fn authenticators(
    config: &Config,
    front: &Front,
    services: &Services,
    clock: &Arc<dyn Clock>,
) -> Vec<Arc<dyn Authenticator>> {
    let (users, owners) = (front.tokens.clone(), front.owners.clone());
    let people = (users.clone(), owners.clone());
    let bearer = BearerTokens {
        plugins: PluginTokens::new(config, &services.outside, people, clock.clone()),
        external: ExternalTokens::new(config, &services.outside, clock.clone()),
        users: users.clone(),
        owners: owners.clone(),
    };
    vec![
        Arc::new(bearer),
        Arc::new(front.proxies.clone()),
        Arc::new(front.sessions.clone()),
        Arc::new(LimitedTokens { users, owners }),
    ]
}

fn front(
    config: &Config,
    (catalog, audit, services): (&Catalog, Arc<dyn AuditLog>, &Services),
    clock: Arc<dyn Clock>,
) -> Front {
    let base_url = base_url(config);
    let mut settings = Settings::read(config.value().get(ID.as_str()).unwrap_or(&Value::Null));
    for provider in &mut settings.providers {
        let path = [
            "auth",
            "providers",
            provider.id,
            &provider.environment,
            "clientSecret",
        ];
        let secret = provider.client_secret.take();
        provider.client_secret = secret.map(|secret| config.followed(&path, secret));
    }
    let (providers, mut failures) = providers(&settings, &base_url, services, &clock);
    let is_offered = settings.offered().next().is_some() && failures.is_empty();
    let wrong = settings
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error);
    failures.extend(wrong.map(|problem| problem.fault.message.clone()));
    let unusable = failures.into_iter().next().filter(|_| !is_offered);
    let cookies = Cookies::of_address(&base_url);
    let store = services.store.clone();
    let guest = Guest {
        is_for_everybody: settings.guest.is_for_everybody && !asks_for_protection(config),
        ..settings.guest
    };
    let keys = Keys::new(store.clone(), clock.clone(), settings.tokens.lifetime);
    let owners = Owners::new(catalog.clone(), guest.entity.clone(), guest.owns_by.clone());
    let people = (catalog.clone(), owners.clone());
    let (proxies, not_prepared) = Proxies::new(&settings.proxies, &services.outside, people, clock.clone());
    for error in not_prepared {
        tracing::error!("a proxy that signs people in cannot be asked for its keys: {error}");
    }
    Front {
        tokens: UserTokens::new(keys, issuer(&base_url)),
        owners,
        proxies,
        names_owners: settings.tokens.names_owners,
        guest: Arc::new(guest),
        app_url: config
            .app()
            .base_url
            .as_deref()
            .and_then(|url| Url::parse(url).ok()),
        brakes: Brakes::default(),
        sessions: Sessions::new(store.clone(), catalog.clone(), audit, clock.clone(), cookies),
        providers: Arc::new(providers),
        environment: settings.environment.as_str().into(),
        configured: settings::configured(config.value().get(ID.as_str()).unwrap_or(&Value::Null)),
        unusable: unusable.map(|reason| reason.as_str().into()),
        access: Arc::new(Access::from_config(config)),
        base_url,
        store,
        catalog: catalog.clone(),
        clock,
    }
}

/// The providers that can be called, and why the others cannot.
fn providers(
    settings: &Settings,
    base_url: &Url,
    services: &Services,
    clock: &Arc<dyn Clock>,
) -> (Vec<Provider>, Vec<String>) {
    let (mut providers, mut failures) = (Vec::new(), Vec::new());
    for one in &settings.providers {
        let callback = callback(one, base_url);
        match Provider::new(one.clone(), callback, &services.outside, clock.clone()) {
            Ok(provider) => providers.push(provider),
            Err(error) => failures.push(error.to_string()),
        }
    }
    (providers, failures)
}

fn callback(settings: &OidcSettings, base_url: &Url) -> Url {
    let own = || {
        base_url
            .join(&format!("/api/auth/{}/handler/frame", settings.id))
            .unwrap_or_else(|_| base_url.clone())
    };
    settings.callback_url.clone().unwrap_or_else(own)
}

/// The address of this server as browsers know it. That of `app.baseUrl` may be the original's frontend.
fn base_url(config: &Config) -> Url {
    let text = config
        .backend()
        .base_url
        .clone()
        .unwrap_or_else(|| config.base_url());
    let nowhere = || Url::parse("http://localhost").expect("an address");
    Url::parse(&text).unwrap_or_else(|_| nowhere())
}

/// Whether the configuration asks for a sign-in or for permissions: then nobody comes in without one.
fn asks_for_protection(config: &Config) -> bool {
    config.wants_sign_in() || !config.only_tokens_because_of().is_empty()
}

/// The address of the sign-in as the tokens name it.
fn issuer(base_url: &Url) -> String {
    format!("{}/api/auth", base_url.as_str().trim_end_matches('/'))
}
