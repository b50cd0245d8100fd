//! The list of plugins. A built-in plugin gets a line in each function that concerns it.

use std::sync::Arc;

use audit::Audit;
use catalog::Catalog;
use catalog_web::EntityParts;
use config::{ClaimedSection, Config};
use model::{Fault, Kinds, Problem};
use plugin::{
    ActionRegistry, Collisions, ConditionalThings, ConfigSection, Contributions, Declaration, Feeds,
    Permission, PluginId, Services, Slot, refuse_same_declarations,
};
use scm::UrlReader;
use search::Search;
use serde_json::Value;
use store::{Migration, Store};
use tokio_util::sync::CancellationToken;
use user_settings::PersonalParts;
use web::{Inward, ServerOptions};

/// The portal's own parts: the design system's files and the check of the database.
pub(crate) const OWN: PluginId = PluginId::built_in("ui");

/// A plugin beside the built-in ones, brought by the program that starts the portal: one that was loaded at run time,
/// or that of a test.
pub struct AddedPlugin {
    /// What it is.
    pub declaration: Declaration,
    open: Open,
}

/// Opens a plugin.
type Open = Box<dyn FnOnce(&Services) -> Result<(Feeds, Contributions), Fault> + Send>;

impl AddedPlugin {
    /// A plugin that feeds the catalog and contributes what `open` makes with what the portal does for it.
    pub fn new(
        declaration: Declaration,
        open: impl FnOnce(&Services) -> Result<(Feeds, Contributions), Fault> + Send + 'static,
    ) -> Self {
        Self {
            declaration,
            open: Box::new(open),
        }
    }

    pub(crate) fn open(self, services: &Services) -> Result<(Declaration, Feeds, Contributions), Fault> {
        let (feeds, contributions) = (self.open)(services)?;
        Ok((self.declaration, feeds, contributions))
    }
}

/// All plugins, built-in declarations included, by what they bring.
pub(crate) struct Brought {
    pub(crate) declarations: Vec<Declaration>,
    pub(crate) feeds: Vec<Feeds>,
    pub(crate) contributions: Vec<Contributions>,
}

/// What added plugins bring, behind the built-in declarations.
pub(crate) fn opened(added: Vec<AddedPlugin>, services: &Services) -> Result<Brought, Fault> {
    let mut brought = Brought {
        declarations: declarations(),
        feeds: Vec::new(),
        contributions: Vec::new(),
    };
    for plugin in added {
        let (declaration, feeds, contributions) = plugin.open(services)?;
        brought.declarations.push(declaration);
        brought.feeds.push(feeds);
        brought.contributions.push(contributions);
    }
    Ok(brought)
}

/// The tables of these plugins, for [`Store::open_with`].
pub fn tables(declarations: &[Declaration]) -> Vec<(&str, &'static [Migration])> {
    declarations
        .iter()
        .filter(|declaration| !declaration.migrations.is_empty())
        .map(|declaration| (declaration.id.as_str(), declaration.migrations))
        .collect()
}

/// The built-in plugins as they describe themselves.
pub fn declarations() -> Vec<Declaration> {
    vec![
        Declaration {
            permissions: &catalog_web::permissions::PERMISSIONS,
            ..Declaration::new(catalog_web::ID)
        },
        Declaration {
            migrations: search::MIGRATIONS,
            ..Declaration::new(search::ID)
        },
        Declaration::new(user_settings::ID),
        Declaration::new(api_docs::ID),
        Declaration {
            migrations: work::MIGRATIONS,
            permissions: &work_web::PERMISSIONS,
            ..Declaration::new(work_web::ID)
        },
        Declaration {
            migrations: audit::MIGRATIONS,
            permissions: &audit::PERMISSIONS,
            ..Declaration::new(audit::ID)
        },
        Declaration {
            permissions: &connections::PERMISSIONS,
            ..Declaration::new(connections::ID)
        },
        events::declaration(),
        techdocs::declaration(),
        kubernetes::declaration(),
        kubernetes::actions::declaration(),
        flux::declaration(),
        flux::actions::declaration(),
        gitea::declaration(),
        gitea::hooks::declaration(),
        gitea::people_declaration(),
        grafana::declaration(),
        scaffolder::declaration(),
        notifications::declaration(),
        auth::declaration(),
        auth::permission_declaration(),
        auth::discovery_declaration(),
        Declaration::new(OWN),
    ]
}

/// The kinds that a catalog with these plugins knows. Refuses plugins that claim the same names.
pub fn kinds(declarations: &[Declaration]) -> Result<Kinds, Collisions> {
    refuse_same_declarations(declarations)?;
    let added = declarations.iter().flat_map(|declaration| &declaration.kinds);
    Ok(added.fold(Kinds::builtin(), |kinds, kind| kinds.with(kind.clone())))
}

/// The permissions of these plugins.
pub(crate) fn permissions(declarations: &[Declaration]) -> Vec<(PluginId, &'static Permission)> {
    let of = |declaration: &Declaration| {
        let id = declaration.id.clone();
        declaration
            .permissions
            .iter()
            .map(move |permission| (id.clone(), *permission))
            .collect::<Vec<_>>()
    };
    declarations.iter().flat_map(of).collect()
}

/// Problems of a configuration, the sections of these plugins included.
pub fn check_configuration(config: &Config, declarations: &[Declaration]) -> Vec<Problem> {
    let mut problems = with_claimed(declarations, |claimed| config.check_with(claimed));
    problems.extend(crate::outside_calls::problems(config));
    problems.extend(gitea::problems(config));
    problems.extend(policy_problem(config));
    problems
}

/// A configuration as these plugins read it.
pub fn read_configuration(config: &Config, declarations: &[Declaration]) -> Config {
    with_claimed(declarations, |claimed| config.with_sections(claimed))
}

/// The JSON schema of the configuration, the sections of these plugins included.
pub fn configuration_schema(declarations: &[Declaration]) -> Value {
    let mut schema = config::schema().clone();
    for section in sections_of(declarations) {
        let parents = section.path().split('.');
        let place = parents.fold(&mut schema, |schema, key| &mut schema["properties"][key]);
        *place = section.schema();
    }
    schema
}

fn sections_of(declarations: &[Declaration]) -> impl Iterator<Item = &Arc<dyn ConfigSection>> {
    declarations
        .iter()
        .filter_map(|declaration| declaration.config.as_ref())
}

/// Does something with the sections that these plugins claim.
fn with_claimed<T>(declarations: &[Declaration], act: impl FnOnce(&[ClaimedSection<'_>]) -> T) -> T {
    let sections = sections_of(declarations);
    let checks: Vec<_> = sections
        .map(|section| (section, |value: &Value| section.check(value)))
        .collect();
    let claimed: Vec<ClaimedSection<'_>> = checks
        .iter()
        .map(|(section, check)| ClaimedSection {
            path: section.path(),
            schema: section.schema(),
            page: section.page(),
            check,
        })
        .collect();
    act(&claimed)
}

/// What keeps the portal from starting, because it must not decide by a policy that it cannot read.
fn policy_problem(config: &Config) -> Option<Problem> {
    let fault = auth::RolesFile::open(config).err()?;
    let place = config.place("permission.rbac.policies-csv-file");
    let hint = "The portal does not start without its policy.";
    Some(Problem::error(fault).at(place).hint(hint))
}

/// The problem that people who reach the portal from elsewhere cannot open its pages, if it has that problem.
pub fn access_problem(config: &Config) -> Option<Problem> {
    let access = ServerOptions::from_config(config).ok()?.access;
    let (key, problem) = access.shuts_people_out()?;
    Some(problem.at(config.place(key)))
}

/// What the built-in plugins feed into the catalog.
pub(crate) fn feeds(config: &Config, reader: &UrlReader, services: &Services) -> Feeds {
    let mut all = gitea::feeds(config, services);
    if config.portal().codeowners {
        all.processors
            .push(Arc::new(scm::codeowners::Processor::new(reader.clone())));
    }
    all
}

/// Places in the pages of built-in plugins for the parts of all plugins.
#[derive(Clone, Default)]
pub(crate) struct Slots {
    pub(crate) entity_page: Slot<EntityParts>,
    pub(crate) personal: Slot<PersonalParts>,
    pub(crate) actions: Slot<ActionRegistry>,
    pub(crate) things: Slot<Vec<Arc<dyn ConditionalThings>>>,
    /// Calls to the portal itself.
    pub(crate) inward: Inward,
}

/// The section of the configuration that has a plugin's name; null without one.
fn section<'a>(config: &'a Config, plugin: &PluginId) -> &'a Value {
    config.value().get(plugin.as_str()).unwrap_or(&Value::Null)
}

/// What the built-in plugins contribute.
pub(crate) fn contributions(
    config: &Config,
    (catalog, store, audit): (&Catalog, &Store, &Audit),
    search: &Search,
    slots: &Slots,
    services: &Services,
    (scopes, stop): (auth::KnownScopes, CancellationToken),
) -> Vec<Contributions> {
    let clusters = kubernetes::open(
        config.value().get("kubernetes"),
        config.directory(),
        services,
        stop.clone(),
    );
    let (sign_in, people_tokens) =
        auth::contributions(config, catalog, Arc::new(audit.clone()), services, scopes);
    vec![
        crate::own::contributions(store),
        audit::contributions(audit),
        api_docs::contributions(catalog),
        user_settings::contributions(catalog, store, slots.personal.clone()),
        search::contributions(search, config.search()),
        work_web::contributions(&services.jobs, Arc::new(audit.clone()), slots.actions.clone()),
        connections::contributions(&services.outside),
        events::contributions(config, catalog, (store, &services.jobs), Arc::new(audit.clone())),
        scaffolder::contributions(
            config,
            catalog,
            services,
            Arc::new(audit.clone()),
            (slots.actions.clone(), slots.inward.clone()),
            stop.clone(),
        ),
        notifications::contributions(section(config, &notifications::ID), catalog, services),
        techdocs::contributions(config, catalog, services),
        kubernetes::contributions(
            &clusters,
            catalog,
            (Arc::new(audit.clone()), people_tokens),
            stop.clone(),
        ),
        kubernetes::actions::contributions(
            config.value().pointer("/portal/kubernetes"),
            &clusters,
            catalog,
            Arc::new(audit.clone()),
        ),
        flux::contributions(&clusters, catalog, config, services, Arc::new(audit.clone())),
        gitea::contributions(config, catalog, services, Arc::new(audit.clone())),
        gitea::hooks::contributions(config, catalog, services),
        grafana::contributions(config, catalog, services, stop.clone()),
        sign_in,
        catalog_web::contributions(catalog, store, slots.entity_page.clone(), stop),
    ]
}
