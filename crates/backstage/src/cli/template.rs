//! The commands that work with software templates.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Format;

/// Checking, trying and running templates.
#[derive(Debug, Subcommand)]
pub enum TemplateCommand {
    /// Check templates without a server; one line for each finding
    Lint(LintArguments),
    /// Try a template on this disk: its steps run in a folder that is thrown away
    DryRun(DryRunArguments),
    /// Fill in a skeleton, as the action fetch:template does it
    Render(RenderArguments),
    /// Try the cases declared beside templates, and show what differs from what they expect
    Test(TestArguments),
    /// Run a template of a running portal, and follow its log
    Run(RunArguments),
    /// Show what a newer template changes in a repository that it made, and propose it
    Update(UpdateArguments),
}

/// How results of these commands are printed.
#[derive(Debug, Args)]
pub struct Print {
    /// The same as `--format json`
    #[arg(long)]
    pub json: bool,
}

impl Print {
    /// The form that is asked for by one option or the other.
    pub fn format(&self, common: Format) -> Format {
        if self.json { Format::Json } else { common }
    }
}

/// Which templates to check.
#[derive(Debug, Args)]
#[command(after_help = "\
Checked are the document, the form, the steps with their actions and inputs, expressions, and the
files that steps fetch from beside the template. docs/templates.md lists the rules. The exit code
is 1 where there is an error, with --strict also where there is a warning, and 2 where something
cannot be read or there is no template. No server is asked.

Examples:
  backstage template lint templates/service/template.yaml
  backstage template lint .                             all templates below this folder
  backstage template lint 'templates/*/template.yaml' --strict
  backstage template lint . --json | jq -r 'select(.severity == \"error\") | .message'")]
pub struct LintArguments {
    /// Files, folders and globs
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Warnings count as errors
    #[arg(long)]
    pub strict: bool,
    /// How results are printed
    #[command(flatten)]
    pub print: Print,
}

/// What to try.
#[derive(Debug, Args)]
#[command(after_help = "\
Steps that would change something elsewhere (publish:*, catalog:register) are passed over and give an
example of their output. The configuration of this folder gives hosts and `environment`. The exit code
is 1 where the values do not fit the form, or a step fails.

Examples:
  backstage template dry-run templates/service --sample
  backstage template dry-run templates/service --values values.yaml --out /tmp/service
  backstage template dry-run templates/service --sample --catalog ../catalog --map https://github.com/acme/skeletons/tree/main=../skeletons
  echo '{name: orders}' | backstage template dry-run templates/service --values - --json")]
pub struct DryRunArguments {
    /// The template's file, or its folder
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// The values of the form, YAML or JSON; `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "sample")]
    pub values: Option<PathBuf>,
    /// Make up values that fit the form, and print them; the person, secrets and missing entities, too
    #[arg(long)]
    pub sample: bool,
    /// Secrets by name, YAML or JSON
    #[arg(long, value_name = "FILE")]
    pub secrets: Option<PathBuf>,
    /// The person, as expressions see it: `ref` and `entity`, YAML or JSON
    #[arg(long, value_name = "FILE")]
    pub user: Option<PathBuf>,
    /// Write the files that come out into this folder, which must be empty or new
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Folder that relative addresses may not leave, for example `../shared`. Without it: the repository that the template is in
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Let steps read from other servers
    #[arg(long)]
    pub network: bool,
    /// Folder to read in place of an address elsewhere and all below it; may be given several times
    #[arg(long, value_name = "ADDRESS=FOLDER")]
    pub map: Vec<String>,
    /// Entities that steps find in the catalog: descriptor files, or folders that hold some
    #[arg(long, value_name = "PATH")]
    pub catalog: Vec<PathBuf>,
    /// How results are printed
    #[command(flatten)]
    pub print: Print,
}

/// What to fill in.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  backstage template render templates/service/skeleton --values values.yaml --out /tmp/service
  backstage template render skeleton --values - --out out --copy '*.png' <<< 'name: orders'")]
pub struct RenderArguments {
    /// The folder with the skeleton
    #[arg(value_name = "SKELETON")]
    pub skeleton: PathBuf,
    /// What the skeleton sees as `values`, YAML or JSON; `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub values: Option<PathBuf>,
    /// Write the files into this folder, which must be empty or new
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Fill in only files that end in .njk (`templateFileExtension: true`)
    #[arg(long, conflicts_with_all = ["copy", "cookiecutter"])]
    pub njk: bool,
    /// Copy files that fit this glob as they are (`copyWithoutTemplating`); may be repeated
    #[arg(long, value_name = "GLOB")]
    pub copy: Vec<String>,
    /// Read the skeleton as one of cookiecutter (`cookiecutterCompat`)
    #[arg(long)]
    pub cookiecutter: bool,
    /// Leave out the line break behind a statement (`trimBlocks`)
    #[arg(long)]
    pub trim_blocks: bool,
    /// Leave out blanks before a statement (`lstripBlocks`)
    #[arg(long)]
    pub lstrip_blocks: bool,
    /// How results are printed
    #[command(flatten)]
    pub print: Print,
}

/// Which tests to run.
#[derive(Debug, Args)]
#[command(after_help = "\
A case is a file template-tests/<name>.yaml beside a template:

  name: A service of the platform team
  values: {name: orders}            # or `sample: true`
  expect:
    folder: orders                  # all files, below template-tests; --update writes them
    files: {README.md: \"# orders\\n\", Dockerfile: null}
    output: {}                      # values of the output
    failure: does not match         # a part of the text with which it fails

Examples:
  backstage template test                     all templates below this folder
  backstage template test templates/service/template.yaml --update
  backstage template test --json | jq 'select(.verdict == \"failed\")'")]
pub struct TestArguments {
    /// Files, folders and globs; without them, this folder
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Write the folders that cases expect
    #[arg(long)]
    pub update: bool,
    /// Entities that steps find in the catalog: descriptor files, or folders that hold some
    #[arg(long, value_name = "PATH")]
    pub catalog: Vec<PathBuf>,
    /// How results are printed
    #[command(flatten)]
    pub print: Print,
}

/// What to run, and where.
#[derive(Debug, Args)]
#[command(after_help = "\
A file names the template that is in it; the portal runs the one that it has under that name. The exit
code is 1 where the portal refuses the values, or the task fails or is cancelled.

Examples:
  backstage template run template:default/service --values values.yaml
  BACKSTAGE_TOKEN=… backstage template run service --values - --url https://portal.example.com")]
pub struct RunArguments {
    /// Reference of the template, or its file or folder
    #[arg(value_name = "REF|PATH")]
    pub template: String,
    /// The values of the form, YAML or JSON; `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "sample")]
    pub values: Option<PathBuf>,
    /// Make up values that fit the form of the template's file, and print them
    #[arg(long)]
    pub sample: bool,
    /// Secrets by name, YAML or JSON
    #[arg(long, value_name = "FILE")]
    pub secrets: Option<PathBuf>,
    /// Address of the server; without it the configured one
    #[arg(long)]
    pub url: Option<url::Url>,
    /// Token of a static external access, for a server that is not on this machine
    #[arg(long, env = "BACKSTAGE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// How results are printed
    #[command(flatten)]
    pub print: Print,
}

/// Which project to update, and where.
#[derive(Debug, Args)]
#[command(after_help = "\
Without a project the projects of the portal are listed, those that are behind their templates first.
The changes are merged with what the team has changed since. The exit code is 1 where the portal
refuses it, for example because the newer template asks for values that --values does not give; with
--write also where a person has to decide something in a file.

Examples:
  backstage template update
  backstage template update shop/orders
  backstage template update shop/orders --values more.yaml --propose     opens a pull request
  backstage template update --write                                      merges into this checkout
  backstage template update --json | jq -r 'select(.state == \"behind\") | .repository'")]
pub struct UpdateArguments {
    /// Address of the repository, or its owner and name
    #[arg(value_name = "PROJECT")]
    pub project: Option<String>,
    /// Values of fields that only the newer template has, YAML or JSON; `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub values: Option<PathBuf>,
    /// Open a pull request with the changes
    #[arg(long, requires = "project")]
    pub propose: bool,
    /// Merge the changes into a checkout, this folder's without `=DIR`; without a project, the one that its remote `origin` names
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true, default_missing_value = ".", conflicts_with = "propose")]
    pub write: Option<PathBuf>,
    /// Write into a checkout with changes that are not committed, too
    #[arg(long, requires = "write")]
    pub force: bool,
    /// Address of the server; without it the configured one
    #[arg(long)]
    pub url: Option<url::Url>,
    /// Token of a static external access, for a server that is not on this machine
    #[arg(long, env = "BACKSTAGE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// How results are printed
    #[command(flatten)]
    pub print: Print,
}
