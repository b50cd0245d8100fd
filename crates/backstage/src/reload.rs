//! Notices that files of the configuration change while the portal runs, and says what counts already and what waits for a restart.
//!
//! Nothing is applied here: secrets of files are read where they are used (`config::Secret::current`).

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use config::{Changes, Config, LoadOptions};
use tokio_util::sync::CancellationToken;

use crate::{output, settings};

/// How often it is looked whether a file changed.
const LOOK: Duration = Duration::from_secs(5);
/// Keys that one line of the log names.
const MAX_KEYS: usize = 20;

/// Time, size, and which file it is; none where there is none.
type Stamps = BTreeMap<PathBuf, Option<(Option<SystemTime>, u64, u64)>>;

/// What was said last, so that it is said once.
#[derive(Default)]
struct Said {
    changes: Changes,
    problem: Option<String>,
}

/// Looks until `stop` is cancelled.
pub async fn watch(options: LoadOptions, config: Config, stop: CancellationToken) {
    let mut known = stamps(&options, &config);
    let mut said = Said::default();
    while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
        let now = stamps(&options, &config);
        if now != known {
            known = now;
            tell(&options, &config, &mut said);
        }
    }
}

/// Every file that was read, and those that would be read now.
fn stamps(options: &LoadOptions, config: &Config) -> Stamps {
    let mut files = config.sources();
    files.extend(options.resolved_files());
    let stamp = |file: PathBuf| {
        let found = file.metadata().ok();
        let stamp = found.map(|found| (found.modified().ok(), found.len(), found.ino()));
        (file, stamp)
    };
    files.into_iter().map(stamp).collect()
}

fn tell(options: &LoadOptions, config: &Config, said: &mut Said) {
    match settings::load_with(options) {
        Ok(newer) => {
            said.problem = None;
            tell_changes(config.changes(&newer), said);
        }
        Err(problems) => {
            let problem = problems.first().map(output::problem).unwrap_or_default();
            if said.problem.as_ref() != Some(&problem) {
                tracing::error!(
                    "the changed configuration cannot be used, the portal goes on with what it read at its start: {problem}"
                );
                said.problem = Some(problem);
            }
        }
    }
}

fn tell_changes(changes: Changes, said: &mut Said) {
    if !changes.followed.is_empty() && changes.followed != said.changes.followed {
        tracing::info!(
            "changed secrets that are used from now on: {}",
            listed(&changes.followed)
        );
    }
    if changes.waiting != said.changes.waiting {
        if changes.waiting.is_empty() {
            tracing::info!("the configuration is again as it was read at the start");
        } else {
            tracing::warn!(
                "the configuration changed, restart to apply: {}",
                listed(&changes.waiting)
            );
        }
    }
    said.changes = changes;
}

fn listed(keys: &[String]) -> String {
    let shown = keys.iter().take(MAX_KEYS).map(String::as_str);
    let text = shown.collect::<Vec<_>>().join(", ");
    match keys.len().saturating_sub(MAX_KEYS) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_KEYS, listed};

    #[test]
    fn a_line_names_some_keys() {
        let keys: Vec<String> = (0..=MAX_KEYS).map(|number| format!("k{number}")).collect();
        assert_eq!(listed(&keys[..2]), "k0, k1");
        assert!(listed(&keys).ends_with("k19 and 1 more"));
    }
}
