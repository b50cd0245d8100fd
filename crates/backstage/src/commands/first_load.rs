//! What `backstage serve` tells once every source was looked at after the start: how much is in the
//! catalog and what has problems.

use std::time::{Duration, Instant};

use catalog::{Catalog, Sight, SourceReport, SourceStatus};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::{Filter, Problem, Severity};
use store::Store;
use tokio_util::sync::CancellationToken;

use crate::output;

/// Pause between two looks at the state of the sources.
const STEP: Duration = Duration::from_millis(300);
/// Time until the first source is known; without one there is nothing to wait for.
const UNTIL_SOURCES: Duration = Duration::from_secs(1);
/// After this time the rest is left to the sources page.
const LONGEST: Duration = Duration::from_mins(10);
/// Whoever runs the portal is told of everything that was loaded.
static SIGHT: Sight = Sight::system("the summary of the first load");
/// Problems told one by one.
const SHOWN: usize = 20;

/// What the catalog holds after the first look at its sources.
struct Summary {
    /// Number of entities of each kind.
    kinds: Vec<(String, usize)>,
    sources: usize,
    /// Sources nobody has looked at when the time was up.
    waiting: usize,
    problems: Vec<Problem>,
    elapsed: Duration,
}

/// Waits for the sources, then tells. Ends early without a word when the process stops.
pub async fn tell(catalog: Catalog, store: Store, stop: CancellationToken) {
    let Some(summary) = stop.run_until_cancelled(load(&catalog, &store)).await else {
        return;
    };
    match summary {
        Ok(summary) if output::has_audience() => output::complain(&summary.as_text()),
        Ok(summary) => summary.log(),
        Err(error) => tracing::warn!(%error, "what was loaded cannot be told"),
    }
}

async fn load(catalog: &Catalog, store: &Store) -> Result<Summary, model::Fault> {
    let started = Instant::now();
    let progress = progress();
    let is_waiting = |source: &&SourceReport| source.status == SourceStatus::Waiting;
    let (sources, waiting) = loop {
        let asked = Instant::now();
        let sources = catalog.sources().await?;
        let waiting = sources
            .iter()
            .filter(|source| !source.source.starts_with("provider:"))
            .filter(is_waiting)
            .count();
        progress.set_length(sources.len() as u64);
        progress.set_position((sources.len() - waiting) as u64);
        let is_done = waiting == 0
            && (!sources.is_empty() || started.elapsed() > UNTIL_SOURCES)
            && catalog.is_joined().await?;
        if is_done || started.elapsed() > LONGEST {
            break (sources, waiting);
        }
        // Of very many sources the looking itself takes time, which is theirs.
        tokio::time::sleep(STEP.max(asked.elapsed() * 20)).await;
    };
    progress.finish_and_clear();
    let elapsed = started.elapsed();
    if let Ok(seq) = store.last_seq().await {
        catalog.wait_for(seq, LONGEST).await;
    }
    Ok(Summary {
        kinds: kinds(catalog),
        problems: problems(catalog, &sources).await?,
        sources: sources.len(),
        waiting,
        elapsed,
    })
}

fn progress() -> ProgressBar {
    let target = if output::has_audience() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("  reading sources {bar:30} {pos}/{len}");
    ProgressBar::with_draw_target(Some(0), target).with_style(style.expect("a constant template"))
}

/// Kinds with the number of their entities, the largest first.
fn kinds(catalog: &Catalog) -> Vec<(String, usize)> {
    let counted = catalog
        .seen_by(&SIGHT)
        .counts(&Filter::All(Vec::new()), "", &["kind"]);
    let mut kinds: Vec<(String, usize)> = counted.into_iter().flatten().collect();
    kinds.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    kinds
}

/// What is wrong with sources and entities; what both say is told once, errors first.
async fn problems(catalog: &Catalog, sources: &[SourceReport]) -> Result<Vec<Problem>, model::Fault> {
    let mut problems: Vec<Problem> = Vec::new();
    let entities = catalog.seen_by(&SIGHT).unprocessed().await?;
    let all = sources
        .iter()
        .flat_map(|source| &source.problems)
        .chain(entities.iter().flat_map(|entity| &entity.problems));
    for problem in all {
        let is_same = |known: &Problem| (&known.fault, &known.place) == (&problem.fault, &problem.place);
        if !problems.iter().any(is_same) {
            problems.push(problem.clone());
        }
    }
    problems.sort_by_key(|problem| problem.severity);
    Ok(problems)
}

impl Summary {
    fn total(&self) -> usize {
        self.kinds.iter().map(|(_, count)| count).sum()
    }

    fn kinds_text(&self) -> String {
        let one = |(kind, count): &(String, usize)| format!("{count} {kind}");
        self.kinds.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn headline(&self) -> String {
        let still = match self.waiting {
            0 => String::new(),
            waiting => format!("; {waiting} sources were not read yet"),
        };
        let (total, sources) = (self.total(), self.sources);
        let seconds = self.elapsed.as_secs_f64();
        format!("{total} entities from {sources} sources, read in {seconds:.1} s{still}")
    }

    fn problems_headline(&self) -> String {
        let errors = self
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error);
        let errors = errors.count();
        match (self.problems.len(), errors) {
            (0, _) => "no problems".to_owned(),
            (1, _) => "1 problem".to_owned(),
            (all, errors) => format!("{all} problems, {errors} of them errors"),
        }
    }

    fn as_text(&self) -> String {
        let mut text = format!(
            "  {}\n  {}\n  {}\n",
            self.headline(),
            self.kinds_text(),
            self.problems_headline()
        );
        for problem in self.problems.iter().take(SHOWN) {
            text.push_str(&format!(
                "    {}\n",
                output::problem(problem).replace('\n', "\n    ")
            ));
        }
        if self.problems.len() > SHOWN {
            text.push_str(&format!(
                "    and {} more, on the pages Sources and Problems\n",
                self.problems.len() - SHOWN
            ));
        }
        text
    }

    fn log(&self) {
        let (entities, sources, problems) = (self.total(), self.sources, self.problems.len());
        tracing::info!(
            entities,
            sources,
            problems,
            kinds = self.kinds_text(),
            "{}; {}",
            self.headline(),
            self.problems_headline()
        );
        for problem in self.problems.iter().take(SHOWN) {
            tracing::warn!("{}", output::problem(problem));
        }
    }
}
