//! The command line.

mod docs;
mod template;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use docs::{BuildArguments, CheckArguments, DocsCommand, PublishArguments, ServeDocsArguments};
pub use template::{
    DryRunArguments, LintArguments, RenderArguments, RunArguments, TemplateCommand, TestArguments,
    UpdateArguments,
};

const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  problems were found
  2  wrong use, or something could not be read, written or reached

Environment:
  RUST_LOG         what is logged, for example `info` or `catalog=debug,web=info`
  LOG_FORMAT       `text` or `json`; text on a terminal, json elsewhere
  BACKSTAGE_ENV    names of configuration files to add: app-config.<name>.yaml
  APP_CONFIG_a_b   sets the configuration key a.b";

const EXAMPLES: &str = "\
Examples:
  backstage                                 serve with app-config.yaml, or the example catalog
  backstage serve --listen 8080             the same at http://127.0.0.1:8080
  backstage --config app-config.yaml --config app-config.production.yaml
  backstage catalog validate .              check every descriptor below this folder
  backstage template lint templates         check every software template below this folder
  backstage docs check .                    check the documentation in this folder
  backstage doctor                          find out why something does not work";

/// The developer portal.
#[derive(Debug, Parser)]
#[command(name = "backstage", version, about, after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub struct Arguments {
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
    /// What to do; without it: `serve`.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Common {
    /// A configuration file; may be repeated, later ones win. Replaces app-config.yaml
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Vec<PathBuf>,
    /// How results are printed
    #[arg(long, value_enum, default_value_t, global = true)]
    pub format: Format,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: JSON, one line for each result.
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the portal (the default)
    #[command(after_help = EXIT_CODES)]
    Serve(ServeArguments),
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Work with descriptors and entities
    #[command(subcommand)]
    Catalog(CatalogCommand),
    /// Check, try, run and update software templates
    #[command(subcommand)]
    Template(TemplateCommand),
    /// Build, check, show and publish documentation
    #[command(subcommand)]
    Docs(DocsCommand),
    /// Check configuration, database, port, locations and disk, and tell how to fix what is wrong
    Doctor,
    /// Copy the database into a file, while the portal may run
    Backup(BackupArguments),
    /// Put a backup in place of the database of a portal that is stopped
    Restore(RestoreArguments),
}

/// How the portal is started.
#[derive(Debug, Default, Args)]
pub struct ServeArguments {
    /// Where to listen, instead of backend.listen: a port of this machine alone, or HOST:PORT; `:PORT` for all interfaces
    #[arg(long, value_name = "ADDRESS", value_parser = listen_address)]
    pub listen: Option<String>,
}

/// The address as `backend.listen` has it. A port alone stands for this machine: who tries something on a laptop does not
/// want it to be reached from elsewhere.
fn listen_address(text: &str) -> Result<String, String> {
    let address = match text.parse::<u16>() {
        Ok(port) => format!("{}:{port}", std::net::Ipv4Addr::LOCALHOST),
        Err(_) => text.to_owned(),
    };
    let setting = config::ListenSetting::Text(address.clone());
    match config::ListenAddress::try_from(&setting) {
        Ok(_) => Ok(address),
        Err(fault) => Err(fault.message.clone()),
    }
}

/// Where to.
#[derive(Debug, Args)]
#[command(after_help = "\
The database of the configuration is copied as it is at one moment: on SQLite into one file, on PostgreSQL by pg_dump, which
must be installed. Indexes need no backup. A file that is there is not replaced.

Example:
  backstage backup portal-$(date +%F).backup")]
pub struct BackupArguments {
    /// The file to write
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Where from.
#[derive(Debug, Args)]
#[command(after_help = "\
Stop every process of the portal before. The backup is looked through first. On SQLite the former database is kept
beside the new one, as portal.sqlite.before-restore; on PostgreSQL its tables are replaced, all or none, by pg_restore.

Example:
  backstage restore --replace portal-2026-11-30.backup")]
pub struct RestoreArguments {
    /// The file that `backstage backup` wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Replace a database that is there
    #[arg(long)]
    pub replace: bool,
}

/// Looking at the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check the configuration: unknown keys, values that do not fit
    Check,
    /// Print the merged configuration, secrets hidden
    Print,
    /// Print the JSON schema of app-config.yaml
    Schema,
    /// Print the configuration reference as Markdown
    Reference,
}

/// Working with descriptors and entities.
#[derive(Debug, Subcommand)]
pub enum CatalogCommand {
    /// Check descriptor files without a server; one line for each YAML document
    Validate(ValidateArguments),
    /// Register the locations of files, or those of another Backstage, with a running server
    Import(ImportArguments),
    /// Print all entities of the store, or of a running server
    Export(ExportArguments),
    /// Find entities of a running server
    Query(QueryArguments),
    /// Tell what depends on an entity of a running server, directly and through others
    Impact(ImpactArguments),
}

/// What to check.
#[derive(Debug, Args)]
#[command(after_help = "\
Verdicts: valid, invalid, unknown-kind, yaml-error, empty, not-object, and refused: the rules of the
kind are kept, but the catalog cannot take it (in JSON `valid` with a field `refused`).
Folders are searched for ordinary files *.yaml and *.yml; hidden folders and node_modules are left
out. A file found so is judged if it is a descriptor: it is named catalog-info, a Location names
it, or one of its documents has an apiVersion of backstage.io, or a kind of the catalog and an
apiVersion without a group or none. Other YAML and templates that were not filled in are left out
and counted; --left-out names them. A file that a descriptor takes in ($text: ./openapi.yaml) is
told, but counts as no problem. What cannot be read is told after the verdicts on the others (in
JSON with the verdict unreadable), with exit code 2, as is a search that finds no descriptor.

Placeholders, targets of Locations and, with --config or an app-config.yaml in the current folder,
the rules and hosts of the configuration are held against the files on this disk; no host is asked.

Examples:
  backstage catalog validate catalog-info.yaml
  helm template chart | backstage catalog validate -
  backstage catalog validate --format json . | jq 'select(.verdict == \"invalid\" or .refused)'")]
pub struct ValidateArguments {
    /// Files, pipes and folders; `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Print only documents with problems or warnings
    #[arg(long)]
    pub quiet: bool,
    /// Name the YAML files of folders that are no descriptors, too
    #[arg(long)]
    pub left_out: bool,
}

/// What to import, and into which server.
#[derive(Debug, Args)]
#[command(after_help = "\
A location is the address of a descriptor file; globs are allowed where its host can list files.
What is registered already stays as it is. Exit code 1 when a location was refused.

Examples:
  backstage catalog import https://gitea.example.com/team/shop/src/branch/main/catalog-info.yaml
  backstage catalog import --dry-run https://gitea.example.com/team/shop/src/branch/main/catalog-info.yaml
  backstage catalog import --from https://backstage.example.com --from-token \"$OLD_TOKEN\"")]
pub struct ImportArguments {
    /// Addresses of descriptor files
    #[arg(value_name = "LOCATION", required_unless_present = "from")]
    pub locations: Vec<String>,
    /// Take the registered locations of this Backstage, ours or the original
    #[arg(long, value_name = "URL", conflicts_with = "locations")]
    pub from: Option<url::Url>,
    /// Token for the Backstage of `--from`
    #[arg(long, env = "BACKSTAGE_FROM_TOKEN", hide_env_values = true, requires = "from")]
    pub from_token: Option<String>,
    /// Only tell what each location would bring
    #[arg(long)]
    pub dry_run: bool,
    /// Address of the server to register with; without it the configured one
    #[arg(long)]
    pub url: Option<url::Url>,
    /// Token of a static external access, for a server that is not on this machine
    #[arg(long, env = "BACKSTAGE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
}

/// What to export, and as what.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  backstage catalog export > catalog.yaml
  backstage catalog export --format json --url http://127.0.0.1:7007 > catalog.jsonl")]
pub struct ExportArguments {
    /// Address of a running server; without it the store is read
    #[arg(long)]
    pub url: Option<url::Url>,
    /// Token of a static external access, for a server that is not on this machine
    #[arg(long, env = "BACKSTAGE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Write descriptors that a location can read again: no relations, status, uid and etag, and no Locations
    #[arg(long)]
    pub plain: bool,
}

/// Which entities to find.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  backstage catalog query 'kind=component,spec.type=service' --order metadata.name
  backstage catalog query --predicate '{\"kind\": \"api\", \"spec.type\": {\"$in\": [\"grpc\"]}}'
  backstage catalog query kind=user --fields metadata.name,spec.memberOf --format json")]
pub struct QueryArguments {
    /// Filters as in the API: conditions of one are joined by `and`, several filters by `or`
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// A predicate as JSON, instead of filters
    #[arg(long, value_name = "JSON", conflicts_with = "filters")]
    pub predicate: Option<String>,
    /// Order by a field; may be repeated: `metadata.name` or `metadata.name,desc`
    #[arg(long, value_name = "FIELD[,desc]")]
    pub order: Vec<String>,
    /// Print only these fields, separated by commas
    #[arg(long, value_delimiter = ',')]
    pub fields: Vec<String>,
    /// Only entities with this text in their name or title, as in the catalog list
    #[arg(long)]
    pub text: Option<String>,
    /// Most entities to print
    #[arg(long, default_value_t = 500)]
    pub limit: usize,
    /// Address of the server; without it the configured one
    #[arg(long)]
    pub url: Option<url::Url>,
    /// Token of a static external access, for a server that is not on this machine
    #[arg(long, env = "BACKSTAGE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
}

/// Whose dependents to tell.
#[derive(Debug, Args)]
#[command(after_help = "\
The nearest come first: the number of steps, the entity, its lifecycle and its owners.

Examples:
  backstage catalog impact resource:payments-database
  backstage catalog impact payments --dependencies
  backstage catalog impact payments --format json | jq -r '.ownerRefs[]' | sort | uniq -c")]
pub struct ImpactArguments {
    /// The entity; a name alone is a component of the namespace default
    #[arg(value_name = "ENTITY")]
    pub entity: String,
    /// Tell what the entity needs instead
    #[arg(long)]
    pub dependencies: bool,
    /// Address of the server; without it the configured one
    #[arg(long)]
    pub url: Option<url::Url>,
    /// Token of a static external access, for a server that is not on this machine
    #[arg(long, env = "BACKSTAGE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
