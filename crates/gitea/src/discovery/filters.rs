//! Which repositories a provider leaves out, and why.

use regex::Regex;
use schemars::JsonSchema;
use scm::gitea::Repository;
use serde::{Deserialize, Serialize};

/// Filters as they stand in the configuration.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct FilterSettings {
    /// A regular expression that the whole name of a repository must match.
    pub name: Option<String>,
    /// Topics.
    pub topic: TopicSettings,
    /// Only repositories that these see: `public`, `internal`, `private`. Default: all three.
    pub visibility: Vec<Visibility>,
    /// Archived repositories, too. Default: false.
    pub archived: bool,
    /// Forks, too. Default: true.
    pub forks: bool,
}

/// Topics as they stand in the configuration.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct TopicSettings {
    /// Only repositories with one of these topics.
    pub include: Vec<String>,
    /// No repository with one of these topics.
    pub exclude: Vec<String>,
}

/// Who sees a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Visibility {
    /// Everybody.
    Public,
    /// Everybody who is signed in.
    Internal,
    /// Those with access.
    Private,
}

impl Default for FilterSettings {
    fn default() -> Self {
        Self {
            name: None,
            topic: TopicSettings::default(),
            visibility: Vec::new(),
            archived: false,
            forks: true,
        }
    }
}

/// The filters of a provider.
#[derive(Debug, Clone)]
pub(crate) struct Filters {
    name: Option<Regex>,
    topic: TopicSettings,
    visibility: Vec<Visibility>,
    archived: bool,
    forks: bool,
}

/// Why a repository is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LeftOut {
    /// It is archived.
    Archived,
    /// It is a fork.
    Fork,
    /// By its name.
    Name,
    /// By its topics.
    Topic,
    /// By who sees it.
    Visibility,
}

impl LeftOut {
    /// The reason in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Archived => "left out: archived",
            Self::Fork => "left out: a fork",
            Self::Name => "left out by its name",
            Self::Topic => "left out by its topics",
            Self::Visibility => "left out by its visibility",
        }
    }
}

impl Filters {
    /// Reads the filters; the key that is wrong, and why.
    pub(super) fn new(settings: FilterSettings) -> Result<Self, (&'static str, String)> {
        let name = settings.name.map(|text| Regex::new(&format!("^(?:{text})$")));
        let name = name.transpose().map_err(|error| {
            let reason = error.to_string().replace("^(?:", "").replace(")$", "");
            ("name", format!("no regular expression: {reason}"))
        })?;
        Ok(Self {
            name,
            topic: settings.topic,
            visibility: settings.visibility,
            archived: settings.archived,
            forks: settings.forks,
        })
    }

    /// Why a repository is left out, if it is.
    pub fn leave_out(&self, repository: &Repository) -> Option<LeftOut> {
        let has = |list: &[String]| {
            let mut topics = repository.topics.iter();
            topics.any(|topic| list.iter().any(|one| one.eq_ignore_ascii_case(topic)))
        };
        let visibility = match (repository.private, repository.internal) {
            (true, _) => Visibility::Private,
            (false, true) => Visibility::Internal,
            (false, false) => Visibility::Public,
        };
        let is_named = |name: &Regex| name.is_match(&repository.name);
        if repository.archived && !self.archived {
            Some(LeftOut::Archived)
        } else if repository.fork && !self.forks {
            Some(LeftOut::Fork)
        } else if !self.name.as_ref().is_none_or(is_named) {
            Some(LeftOut::Name)
        } else if has(&self.topic.exclude) || !(self.topic.include.is_empty() || has(&self.topic.include)) {
            Some(LeftOut::Topic)
        } else if !(self.visibility.is_empty() || self.visibility.contains(&visibility)) {
            Some(LeftOut::Visibility)
        } else {
            None
        }
    }
}
