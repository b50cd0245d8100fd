//! The configuration as the rest of the portal sees it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Fault, Place, Problem, Severity};
use serde_json::Value;

use crate::conform::{self, Conformed};
use crate::following::Following;
use crate::json_path::segments;
use crate::load::LoadOptions;
use crate::node::Node;
use crate::sections::{
    AppSection, BackendSection, CatalogSection, DatabaseTarget, IntegrationsSection, ListenAddress,
    OrganizationSection, PortalSection, SearchSection, Sections,
};
use crate::transform::absolute;

/// A loaded configuration. Cloning is cheap.
#[derive(Clone)]
pub struct Config {
    inner: Arc<Inner>,
}

/// What was loaded, and what it comes to.
#[derive(Clone)]
pub(crate) struct Inner {
    tree: Node,
    pub(crate) value: Value,
    files: Vec<PathBuf>,
    directory: PathBuf,
    context: String,
    sections: Sections,
    listen: ListenAddress,
    database: DatabaseTarget,
    problems: Vec<Problem>,
    pub(crate) secrets: BTreeSet<Vec<String>>,
    pub(crate) known: BTreeSet<Vec<String>>,
    only_tokens: Vec<String>,
    roles_file: Option<String>,
    signs_people_in: bool,
    wants_sign_in: bool,
    pub(crate) following: Following,
}

/// Shows where the configuration came from, and none of its values.
impl std::fmt::Debug for Config {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Config")
            .field("files", &self.inner.files)
            .finish_non_exhaustive()
    }
}

/// What loading found, before it is checked.
pub(crate) struct Loaded {
    /// The merged tree.
    pub tree: Node,
    /// The files it came from, lowest priority first.
    pub files: Vec<PathBuf>,
    /// Folder that relative paths start at.
    pub directory: PathBuf,
    /// Name of the source of highest priority.
    pub context: String,
    /// What reading noticed.
    pub problems: Vec<Problem>,
}

impl Config {
    /// Reads files and environment. On failure all problems are returned, not only the first.
    pub fn load(options: &LoadOptions) -> Result<Self, Vec<Problem>> {
        let loaded = crate::load::load(options).map_err(shown)?;
        Self::from_loaded(loaded)
    }

    /// The configuration without any file: an embedded database in the folder `data` of `options.cwd`, and the
    /// example catalog, which is the file `examples`; a relative path starts at `options.cwd`. `APP_CONFIG_`
    /// variables still count.
    pub fn builtin_default(options: &LoadOptions, examples: &str) -> Result<Self, Vec<Problem>> {
        Self::from_loaded(crate::load::builtin(options, examples)?)
    }

    /// A configuration from a plain value, for tests and tools.
    pub fn from_value(value: Value, directory: &Path) -> Result<Self, Vec<Problem>> {
        Self::from_loaded(crate::load::plain(value, directory))
    }

    pub(crate) fn from_loaded(loaded: Loaded) -> Result<Self, Vec<Problem>> {
        let Conformed {
            value,
            problems: found,
            secrets,
            known,
        } = conform::conform(&loaded.tree, &loaded.context);
        let mut problems = loaded.problems.clone();
        problems.extend(found.into_iter().map(|(_, problem)| problem));
        let mut sections = sections(value, &mut problems);
        sections.catalog.settle();
        let following = Following::default();
        following.integrations(&mut sections.integrations, &loaded.tree);
        problems.extend(crate::check::values(&sections, &loaded.tree));
        let protection = crate::protection::asked_for(&sections, &loaded.tree);
        problems.extend(protection.problems);
        problems.extend(crate::idle::keys(&sections, &loaded.tree));
        let listen = collect(
            listen(&sections.backend),
            &loaded.tree,
            "backend.listen",
            &mut problems,
        );
        let data = absolute(&loaded.directory, &sections.portal.data_directory);
        let database = sections.backend.database.target(&loaded.directory, &data);
        let database = collect(database, &loaded.tree, "backend.database", &mut problems);
        let (false, Some(listen), Some(database)) = (has_errors(&problems), listen, database) else {
            return Err(shown(problems));
        };
        problems.extend(crate::check::locations(&sections, &loaded.tree));
        let problems = shown(problems);
        let Loaded {
            tree,
            files,
            directory,
            context,
            ..
        } = loaded;
        let value = tree.to_value();
        let inner = Inner {
            tree,
            value,
            files,
            directory,
            context,
            sections,
            listen,
            database,
            problems,
            secrets,
            known,
            only_tokens: protection.only_tokens,
            roles_file: protection.roles_file,
            signs_people_in: protection.signs_people_in,
            wants_sign_in: protection.wants_sign_in,
            following,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// `app`.
    pub fn app(&self) -> &AppSection {
        &self.inner.sections.app
    }

    /// `organization`.
    pub fn organization(&self) -> &OrganizationSection {
        &self.inner.sections.organization
    }

    /// `backend`.
    pub fn backend(&self) -> &BackendSection {
        &self.inner.sections.backend
    }

    /// `catalog`.
    pub fn catalog(&self) -> &CatalogSection {
        &self.inner.sections.catalog
    }

    /// `integrations`.
    pub fn integrations(&self) -> &IntegrationsSection {
        &self.inner.sections.integrations
    }

    /// `portal`.
    pub fn portal(&self) -> &PortalSection {
        &self.inner.sections.portal
    }

    /// `search`.
    pub fn search(&self) -> &SearchSection {
        &self.inner.sections.search
    }

    /// Keys that ask for protection which the portal does not have, and because of which nobody may be served
    /// without a token of `backend.auth.externalAccess`.
    pub fn only_tokens_because_of(&self) -> &[String] {
        &self.inner.only_tokens
    }

    /// The file that says who has which permission: `permission.rbac.policies-csv-file`, where `permission.enabled` is true.
    pub fn roles_file(&self) -> Option<PathBuf> {
        let file = self.inner.roles_file.as_ref()?;
        Some(absolute(self.directory(), file))
    }

    /// Whether people can sign in: `auth.providers` names a provider that the portal has, beside the guest.
    pub fn signs_people_in(&self) -> bool {
        self.inner.signs_people_in
    }

    /// Whether a sign-in is asked for, so that not everybody who reaches the server may be let in. Not where
    /// `portal.unprotected` lists the provider.
    pub fn wants_sign_in(&self) -> bool {
        self.inner.wants_sign_in
    }

    /// Where the server listens.
    pub fn listen(&self) -> &ListenAddress {
        &self.inner.listen
    }

    /// Where data is kept.
    pub fn database(&self) -> &DatabaseTarget {
        &self.inner.database
    }

    /// Title of the pages: `app.title`, else the organization's name, else `Backstage`.
    pub fn title(&self) -> &str {
        let name = || self.organization().name.as_deref();
        self.app().title.as_deref().or_else(name).unwrap_or("Backstage")
    }

    /// The address people open, without a slash at the end.
    pub fn base_url(&self) -> String {
        let configured = self
            .app()
            .base_url
            .as_deref()
            .or(self.backend().base_url.as_deref());
        configured.map_or_else(|| self.listen_url(), |url| url.trim_end_matches('/').to_owned())
    }

    /// Whether the address people open is configured, and not made from where the server listens.
    pub fn has_base_url(&self) -> bool {
        self.app().base_url.is_some() || self.backend().base_url.is_some()
    }

    fn listen_url(&self) -> String {
        let ListenAddress { host, port } = self.listen();
        match host.as_deref() {
            Some(host) if host.contains(':') => format!("http://[{host}]:{port}"),
            Some(host) if host != "0.0.0.0" => format!("http://{host}:{port}"),
            _ => format!("http://localhost:{port}"),
        }
    }

    /// The folder that relative paths start at.
    pub fn directory(&self) -> &Path {
        &self.inner.directory
    }

    /// The folder of everything the portal keeps on disk.
    pub fn data_directory(&self) -> PathBuf {
        absolute(self.directory(), &self.portal().data_directory)
    }

    /// The configuration files that were read, lowest priority first.
    pub fn files(&self) -> &[PathBuf] {
        &self.inner.files
    }

    /// The merged configuration. It holds secrets: use [`Config::redacted`] for anything shown.
    pub fn value(&self) -> &Value {
        &self.inner.value
    }

    /// Where a key was written: the file, line and column of the nearest existing key.
    pub fn place(&self, key: &str) -> Place {
        self.inner.tree.nearest(&segments(key)).origin.place()
    }

    /// Name of the source that a key came from, as messages show it.
    pub(crate) fn context(&self, key: &str) -> String {
        context(&self.inner.tree, &segments(key), &self.inner.context)
    }

    /// Unknown keys and settings that are questionable or, as errors, hurt a part of the portal; none of them keeps
    /// it from starting.
    pub fn check(&self) -> Vec<Problem> {
        self.inner.problems.clone()
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    pub(crate) fn from_inner(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    pub(crate) fn tree(&self) -> &Node {
        &self.inner.tree
    }

    /// Name of the source of highest priority.
    pub(crate) fn topmost(&self) -> &str {
        &self.inner.context
    }

    /// The merged configuration with every secret replaced.
    pub fn redacted(&self) -> Value {
        crate::redact::redact(&self.inner.tree, &self.inner.secrets, &self.inner.known)
    }
}

/// Problems as they may be shown: values of the configuration stand in them.
pub(crate) fn shown(problems: Vec<Problem>) -> Vec<Problem> {
    problems.into_iter().map(crate::shown::problem).collect()
}

/// The source named in messages about a path: that of the key, else the topmost source.
pub(crate) fn context(tree: &Node, path: &[String], topmost: &str) -> String {
    let mut node = tree;
    for segment in path {
        match node.child(segment) {
            Some(child) => node = child,
            None => return topmost.to_owned(),
        }
    }
    node.origin.source.context.clone()
}

fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.severity == Severity::Error)
}

/// The typed sections; the defaults when something is already wrong.
fn sections(value: Value, problems: &mut Vec<Problem>) -> Sections {
    if has_errors(problems) {
        return Sections::default();
    }
    serde_json::from_value(value).unwrap_or_else(|error| {
        problems.push(Problem::error(Fault::error(error.to_string())));
        Sections::default()
    })
}

fn listen(backend: &BackendSection) -> Result<ListenAddress, Fault> {
    backend
        .listen
        .as_ref()
        .map_or_else(|| Ok(ListenAddress::default()), ListenAddress::try_from)
}

fn collect<T>(result: Result<T, Fault>, tree: &Node, key: &str, problems: &mut Vec<Problem>) -> Option<T> {
    result
        .map_err(|fault| problems.push(Problem::error(fault).at(tree.nearest(&segments(key)).origin.place())))
        .ok()
}
