//! Loading the configuration for a command.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use config::{Config, DatabaseTarget, LoadOptions};
use model::{Problem, Severity};
use outside::Trust;
use store::{Database, Store, StoreError};

use crate::cli::{Common, ServeArguments};
use crate::{examples, output};

/// What to load: the files of the command line, else those of the current folder.
pub fn load_options(common: &Common) -> Result<LoadOptions> {
    let cwd = std::env::current_dir().context("the current folder cannot be read")?;
    // Variables that are no Unicode cannot be meant for us.
    let env = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Ok(LoadOptions {
        files: common.config.clone(),
        env: env.collect(),
        cwd,
    })
}

/// The configuration, or all that is wrong with it.
pub fn load(common: &Common) -> Result<Result<Config, Vec<Problem>>> {
    Ok(load_with(&load_options(common)?))
}

/// The same by what is to be loaded.
pub fn load_with(options: &LoadOptions) -> Result<Config, Vec<Problem>> {
    let loaded = if options.has_default_file() {
        Config::load(options)
    } else {
        builtin(options)
    };
    loaded.map_err(without_notes)
}

/// Without a configuration file the portal shows the example catalog: the one of the current folder, which is there in a
/// clone of the repository, or the one that the program carries.
fn builtin(options: &LoadOptions) -> Result<Config, Vec<Problem>> {
    let beside = Config::builtin_default(options, examples::BESIDE)?;
    if options.cwd.join(examples::BESIDE).exists() {
        return Ok(beside);
    }
    Config::builtin_default(options, &examples::carried(&beside).to_string_lossy())
}

/// Which keys have no effect is known only with the sections of plugins, and these are asked only about a configuration
/// that can be used.
fn without_notes(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.retain(|problem| problem.severity != Severity::Info);
    problems
}

/// The configuration; prints what is wrong and fails when it cannot be used.
pub fn require(common: &Common) -> Result<Config> {
    require_with(&load_options(common)?)
}

/// What a portal that is about to serve loads: what the command line sets wins over all else.
pub fn options_to_serve(common: &Common, serve: &ServeArguments) -> Result<LoadOptions> {
    let mut options = load_options(common)?;
    if let Some(listen) = &serve.listen {
        let variable = "APP_CONFIG_backend_listen".to_owned();
        options.env.insert(variable, listen.clone());
    }
    Ok(options)
}

/// The same by what is to be loaded.
pub fn require_with(options: &LoadOptions) -> Result<Config> {
    match load_with(options) {
        Ok(config) => Ok(config),
        Err(problems) => {
            for problem in &problems {
                output::complain(&output::problem(problem));
            }
            anyhow::bail!("the configuration cannot be used; `backstage config check` tells the same")
        }
    }
}

/// Where the configuration came from, in a few words.
pub fn source(config: &Config) -> String {
    match config.files() {
        [] => format!(
            "no app-config.yaml in {}, the built-in example configuration is used",
            config.directory().display()
        ),
        files => {
            let shown = |file: &PathBuf| {
                let below = file.strip_prefix(config.directory()).unwrap_or(file);
                below.display().to_string()
            };
            files.iter().map(shown).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Where the configuration keeps data, as the store wants it.
pub fn database(config: &Config) -> Database {
    match config.database() {
        DatabaseTarget::SqliteFile(path) => Database::Sqlite(path.clone()),
        DatabaseTarget::SqliteMemory => Database::SqliteMemory,
        DatabaseTarget::Postgres { url, schema } => Database::Postgres {
            url: url.expose().to_owned().into(),
            schema: schema.clone(),
        },
    }
}

/// The environment variable that names certificate authorities which are trusted everywhere, as Node.js has it.
pub const EXTRA_AUTHORITIES: &str = "NODE_EXTRA_CA_CERTS";

/// The certificate authorities of the environment.
pub fn extra_authorities() -> Result<Trust> {
    let named = std::env::var_os(EXTRA_AUTHORITIES).filter(|file| !file.is_empty());
    let Some(file) = named else {
        return Ok(Trust::default());
    };
    let trust = Trust::default().everywhere(Path::new(&file));
    trust.with_context(|| format!("the environment variable {EXTRA_AUTHORITIES} names no usable file"))
}

/// Opens the store of the configuration; what fails names it.
pub async fn open_store(config: &Config) -> Result<Store> {
    let database = database(config);
    Store::open_with(&database, &portal::tables(&portal::declarations()))
        .await
        .map_err(|error| named(error, &database))
}

/// An error that says which database it is about.
pub fn named(error: StoreError, database: &Database) -> anyhow::Error {
    match error.naming(database) {
        error @ (StoreError::Open { .. } | StoreError::Damaged { .. }) => error.into(),
        error => anyhow::Error::new(error).context(format!("the {database} cannot be used")),
    }
}
