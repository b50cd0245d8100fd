//! What to measure.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// How to call it.
pub const USAGE: &str = "\
usage: cargo xtask bench [--sizes 1k,10k,100k,1m] [--only ours|original] [--cases NAME,…]
                         [--seconds N] [--reps N] [--idle SECONDS] [--original-up-to 10k] [--binary PATH]
  --sizes           components in the generated catalog, about a third more entities; default 1k,10k
  --only            one of the two contenders
  --cases           some of the queries, or `none`
  --seconds         length of one load window; default 5
  --reps            repetitions of starts, ingests of ours and load windows; default 3
  --idle            pause before idle memory is read; default 15
  --original-up-to  largest size given to the original, which takes ten minutes for 10k; default 10k
  --binary          a release build of ours to measure; by default this repository is built
or     cargo xtask bench gitea [REPOSITORIES DESCRIBED]
  discovery of a Gitea server in memory; default 2000 repositories, 1500 of them with a descriptor
or     cargo xtask bench templates [--runs N] [--tasks N] [--people N] [--only …] [--binary PATH]
  a task with 200 files beside the original; many tasks at once, and pickers with very many people, ours alone
or     cargo xtask bench docs [--pages N,…] [--runs N] [--binary PATH]
  whole sites of documentation and their first page, beside `mkdocs build`
or     cargo xtask bench kubernetes [--size PERCENT] [--entities N] [--binary PATH]
  three clusters with 20,000 pods, ours alone
or     cargo xtask bench grafana [--entities N] [--dashboards N] [--seconds N] [--binary PATH]
  calls to a Grafana in memory, the tab Monitoring and its charts, ours alone
or     cargo xtask bench auth [--only …] [--seconds N] [--reps N] [--components N] [--binary PATH]
  requests with each sort of credential beside ones without, 10,000 sessions, decisions of a large policy
or     cargo xtask bench limits [--sizes 10k,100k] [--seconds N] [--rate N] [--binary PATH]
  ours and PostgreSQL within the limits of deploy/prod, ours alone";

/// A catalog's size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// As it was asked for.
    pub name: String,
    /// Number of components.
    pub components: usize,
}

impl Size {
    /// Sizes with commas between them.
    pub fn list(text: &str) -> Result<Vec<Self>> {
        text.split(',').map(Self::parse).collect()
    }

    fn parse(text: &str) -> Result<Self> {
        let lower = text.trim().to_lowercase();
        let (digits, factor) = match lower.strip_suffix('k') {
            Some(digits) => (digits, 1_000),
            None => match lower.strip_suffix('m') {
                Some(digits) => (digits, 1_000_000),
                None => (lower.as_str(), 1),
            },
        };
        let number: usize = digits
            .parse()
            .with_context(|| format!("{text} is no size; write 1k, 100k or 1m"))?;
        Ok(Self {
            components: number * factor,
            name: lower,
        })
    }
}

/// What the command line asks for.
#[derive(Debug)]
pub struct Options {
    /// Catalogs, in this order.
    pub sizes: Vec<Size>,
    /// Measure our server.
    pub ours: bool,
    /// Measure the original.
    pub original: bool,
    /// Queries to load with; all when nothing is said.
    pub cases: Option<Vec<String>>,
    /// Length of a load window.
    pub seconds: u32,
    /// Repetitions.
    pub reps: usize,
    /// Seconds until idle memory is read.
    pub idle: u64,
    /// Most components the original is given.
    pub original_up_to: usize,
    /// Our binary, unless it is to be built.
    pub binary: Option<PathBuf>,
}

impl Options {
    /// Reads the arguments after `bench`.
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            sizes: vec![Size::parse("1k")?, Size::parse("10k")?],
            ours: true,
            original: true,
            cases: None,
            seconds: 5,
            reps: 3,
            idle: 15,
            original_up_to: 10_000,
            binary: None,
        };
        for pair in arguments.chunks(2) {
            let [name, value] = pair else {
                bail!("{} needs a value\n{USAGE}", pair[0]);
            };
            options.set(name, value)?;
        }
        Ok(options)
    }

    /// Sets one option.
    pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
        match name {
            "--sizes" => self.sizes = Size::list(value)?,
            "--only" => match value {
                "ours" => self.original = false,
                "original" => self.ours = false,
                _ => bail!("--only takes ours or original, not {value}"),
            },
            "--cases" => self.cases = Some(value.split(',').map(str::to_owned).collect()),
            "--seconds" => self.seconds = value.parse().context("--seconds takes a number")?,
            "--reps" => self.reps = value.parse::<usize>().context("--reps takes a number")?.max(1),
            "--idle" => self.idle = value.parse().context("--idle takes a number")?,
            "--original-up-to" => self.original_up_to = Size::parse(value)?.components,
            "--binary" => self.binary = Some(PathBuf::from(value).canonicalize().context(value.to_owned())?),
            _ => bail!("{name} is not known\n{USAGE}"),
        }
        Ok(())
    }
}
