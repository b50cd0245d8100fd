//! The commands that work with documentation.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::template::Print;

/// Building and checking documentation.
#[derive(Debug, Subcommand)]
pub enum DocsCommand {
    /// Render a site into files, as TechDocs of Backstage publishes them
    Build(BuildArguments),
    /// Check a site: links, images, navigation, configuration
    Check(CheckArguments),
    /// Show a site in the browser while it is written
    Serve(ServeDocsArguments),
    /// Build a site and write it to where published sites lie
    Publish(PublishArguments),
}

/// What to build, and into which folder.
#[derive(Debug, Args)]
#[command(after_help = "\
PATH is the folder with mkdocs.yml (or mkdocs.yaml), or one with nothing but docs or a README.md.
DIR gets a page for each Markdown file, all other files of the documentation,
search/search_index.json and techdocs_metadata.json: what `techdocs-cli generate` leaves, so that
`techdocs-cli publish` can publish it. It must be new, empty or an earlier build, of which files that
are no longer there are removed. Other files, names that begin with a point such as .git, and what
links lead to stay as they are. `docs check` names what is wrong with the site.

Examples:
  backstage docs build . --out site
  backstage docs build services/orders --out /tmp/orders --etag \"$(git rev-parse HEAD)\" --json")]
pub struct BuildArguments {
    /// The folder of the site, or its mkdocs.yml
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// The folder to write
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The version of the sources, for `techdocs_metadata.json`
    #[arg(long)]
    pub etag: Option<String>,
    /// The name of the site, where its configuration has none
    #[arg(long, value_name = "NAME")]
    pub site_name: Option<String>,
    /// How results are printed
    #[command(flatten)]
    pub print: Print,
}

/// What to check.
#[derive(Debug, Args)]
#[command(after_help = "\
Errors are links, images, entries of nav, included sites and snippets that lead nowhere, and what
cannot be read in mkdocs.yml. Warnings are headings that links name and pages do not have, redirects
that lead nowhere, and two files of one page. Notes are keys without effect and pages outside of nav.
The exit code is 1 where there is an error, with --strict also where there is a warning.

Examples:
  backstage docs check .
  backstage docs check services/orders --json | jq -r 'select(.severity == \"error\") | .message'")]
pub struct CheckArguments {
    /// The folder of the site, or its mkdocs.yml
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// Warnings count as errors
    #[arg(long)]
    pub strict: bool,
    /// How results are printed
    #[command(flatten)]
    pub print: Print,
}

/// What to show, and where.
#[derive(Debug, Args)]
#[command(after_help = "\
Pages are rendered when they are read; an open page shows a saved file by itself. The pages are answered
to browsers on this machine alone.

Examples:
  backstage docs serve .
  backstage docs serve services/orders --port 8080")]
pub struct ServeDocsArguments {
    /// The folder of the site, or its mkdocs.yml
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// The port to listen at; 0 for a free one
    #[arg(long, default_value_t = 8000)]
    pub port: u16,
}

/// What to publish, and for which entity.
#[derive(Debug, Args)]
#[command(after_help = "\
Where the sites lie stands in app-config.yaml, with the keys of Backstage: techdocs.publisher.type is
`local` with local.publishDirectory, `awsS3` with bucketName, region, endpoint, credentials and so on,
`googleGcs` with bucketName and credentials, or `azureBlobStorage` with containerName and credentials.
Files that only an earlier version of the site has are removed after the new ones are written.

Examples:
  backstage docs publish . --entity default/component/orders
  backstage docs publish . --entity default/component/orders --etag \"$(git rev-parse HEAD)\" --config ci.yaml")]
pub struct PublishArguments {
    /// The folder of the site, or its mkdocs.yml
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// The entity whose documentation it is
    #[arg(long, value_name = "NAMESPACE/KIND/NAME")]
    pub entity: String,
    /// The version of the sources, for `techdocs_metadata.json`
    #[arg(long)]
    pub etag: Option<String>,
    /// The name of the site, where its configuration has none; else that of the entity
    #[arg(long, value_name = "NAME")]
    pub site_name: Option<String>,
    /// How results are printed
    #[command(flatten)]
    pub print: Print,
}
