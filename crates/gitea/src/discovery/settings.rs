//! `catalog.providers.gitea` as the provider uses it.

use std::collections::BTreeMap;
use std::time::Duration;

use config::HumanDuration;
use globset::{GlobBuilder, GlobMatcher};
use model::{Fault, Problem};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::filters::{FilterSettings, Filters};

/// Where a descriptor lies unless the configuration says otherwise.
const USUAL_PATH: &str = "catalog-info.yaml";
/// How often repositories are listed unless the configuration says otherwise.
const USUAL_FREQUENCY: Duration = Duration::from_mins(30);
/// The shortest pause between two lists.
const SHORTEST_FREQUENCY: Duration = Duration::from_secs(1);
/// How long one round may take unless the configuration says otherwise.
const USUAL_TIMEOUT: Duration = Duration::from_mins(30);
/// The signs that make a path a pattern.
const PATTERN_SIGNS: [char; 4] = ['*', '?', '[', '{'];

/// A provider as it stands in the configuration.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ProviderSection {
    /// The host, as it stands under `integrations.gitea`.
    #[schemars(required)]
    pub host: String,
    /// The organisation whose repositories are found. Without `organization`, `organizations` and `users` all
    /// repositories are found that the token sees.
    pub organization: Option<String>,
    /// Further organisations.
    pub organizations: Vec<String>,
    /// Users whose repositories are found.
    pub users: Vec<String>,
    /// The branch with the descriptor, in repositories that have it. Default: each repository's own default branch.
    pub branch: Option<String>,
    /// The path of the descriptor, or a pattern for several such as `services/*/catalog-info.yaml`. Default:
    /// `catalog-info.yaml`.
    pub catalog_path: Option<String>,
    /// When repositories are listed.
    pub schedule: ScheduleSection,
    /// Which repositories are left out.
    pub filters: FilterSettings,
}

/// When repositories are listed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ScheduleSection {
    /// The pause between two lists. Default: 30 minutes.
    pub frequency: Option<HumanDuration>,
    /// The longest time of one round. Default: 30 minutes.
    pub timeout: Option<HumanDuration>,
    /// The pause before the first list. Default: none.
    pub initial_delay: Option<HumanDuration>,
    /// Of the original; has no effect: one process of all lists.
    pub scope: Option<String>,
}

/// A provider, ready for use.
#[derive(Debug, Clone)]
pub(crate) struct ProviderSettings {
    /// Its key in the configuration.
    pub id: String,
    /// The host of its integration.
    pub host: String,
    /// Whose repositories it finds; everybody's where it names nobody.
    pub owners: Vec<String>,
    /// The branch that wins over the default branch where a repository has it.
    pub branch: Option<String>,
    /// Where descriptors lie.
    pub path: DescriptorPath,
    /// Which repositories it leaves out.
    pub filters: Filters,
    /// The pause between two lists.
    pub frequency: Duration,
    /// The longest time of one round.
    pub timeout: Duration,
    /// The pause before the first list.
    pub initial_delay: Duration,
}

/// Where descriptors lie in a repository.
#[derive(Debug, Clone)]
pub(crate) enum DescriptorPath {
    /// In this file.
    File(String),
    /// In all files of a pattern.
    Pattern(GlobMatcher),
}

impl DescriptorPath {
    fn read(text: &str) -> Result<Self, globset::Error> {
        let text = text.trim_start_matches("./").trim_start_matches('/');
        if !text.contains(PATTERN_SIGNS) {
            return Ok(Self::File(text.to_owned()));
        }
        let glob = GlobBuilder::new(text).literal_separator(true).build()?;
        Ok(Self::Pattern(glob.compile_matcher()))
    }

    /// The path or pattern as it was written.
    pub fn text(&self) -> &str {
        match self {
            Self::File(path) => path,
            Self::Pattern(pattern) => pattern.glob().glob(),
        }
    }
}

impl ProviderSettings {
    /// The provider's name in the catalog, as in the original.
    pub fn name(&self) -> String {
        format!("gitea-provider:{}", self.id)
    }

    /// Whether the repositories of an owner are found.
    pub fn includes(&self, owner: &str) -> bool {
        self.owners.is_empty() || self.owners.iter().any(|one| one.eq_ignore_ascii_case(owner))
    }

    fn new(id: &str, section: ProviderSection) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        if section.host.is_empty() {
            let fault = Fault::input(format!("catalog.providers.gitea.{id} names no host"));
            let hint = "Set host to the host of one of integrations.gitea.";
            problems.push(at(id, "host", Problem::error(fault)).hint(hint));
        }
        let text = section.catalog_path.as_deref().unwrap_or(USUAL_PATH);
        let path = DescriptorPath::read(text).map_err(|error| {
            let fault = Fault::input(format!(
                "catalog.providers.gitea.{id}.catalogPath is no pattern: {}",
                error.kind()
            ));
            let hint = "* stands for a part of a name, ** for any folders.";
            problems.push(at(id, "catalogPath", Problem::error(fault)).hint(hint));
        });
        let filters = Filters::new(section.filters).map_err(|(key, fault)| {
            let fault = Fault::input(format!("catalog.providers.gitea.{id}.filters.{key}: {fault}"));
            problems.push(at(id, &format!("filters.{key}"), Problem::error(fault)));
        });
        let (Ok(path), Ok(filters), true) = (path, filters, problems.is_empty()) else {
            return Err(problems);
        };
        let duration = |given: Option<HumanDuration>, usual| given.map_or(usual, |given| given.0);
        let schedule = section.schedule;
        Ok(Self {
            id: id.to_owned(),
            host: section.host,
            owners: section
                .organization
                .into_iter()
                .chain(section.organizations)
                .chain(section.users)
                .collect(),
            branch: section.branch.filter(|branch| !branch.is_empty()),
            path,
            filters,
            frequency: duration(schedule.frequency, USUAL_FREQUENCY).max(SHORTEST_FREQUENCY),
            timeout: duration(schedule.timeout, USUAL_TIMEOUT),
            initial_delay: duration(schedule.initial_delay, Duration::ZERO),
        })
    }
}

/// The providers of a section that can be used, and what is wrong with the others.
pub(crate) fn read(section: &Value) -> (Vec<ProviderSettings>, Vec<Problem>) {
    let (mut providers, mut problems) = (Vec::new(), Vec::new());
    let entries: BTreeMap<String, Value> = match section {
        Value::Object(entries) => entries.clone().into_iter().collect(),
        Value::Null => BTreeMap::new(),
        _ => {
            let fault = Fault::input("catalog.providers.gitea must be a map of providers by their names");
            problems.push(Problem::error(fault));
            BTreeMap::new()
        }
    };
    for (id, value) in entries {
        let read = serde_json::from_value::<ProviderSection>(value).map_err(|error| {
            let fault = Fault::input(format!("catalog.providers.gitea.{id} cannot be read: {error}"));
            let hint = "A schedule has frequency, timeout and initialDelay, each a length of time such as { minutes: 30 }.";
            vec![Problem::error(fault.at(id.as_str())).hint(hint)]
        });
        match read.and_then(|section| ProviderSettings::new(&id, section)) {
            Ok(settings) => providers.push(settings),
            Err(found) => problems.extend(found),
        }
    }
    (providers, problems)
}

fn at(id: &str, key: &str, problem: Problem) -> Problem {
    Problem {
        fault: problem.fault.at(format!("{id}.{key}")),
        ..problem
    }
}
