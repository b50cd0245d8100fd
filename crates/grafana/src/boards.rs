//! The dashboards of an instance: which there are, which belong to an entity, and what is in one.

pub(crate) mod arrangement;
pub(crate) mod axes;
pub(crate) mod board;
pub(crate) mod field;
pub(crate) mod frames;
pub(crate) mod grid;
pub(crate) mod heat;
pub(crate) mod interpolate;
pub(crate) mod logs;
pub(crate) mod matcher;
pub(crate) mod near;
pub(crate) mod query;
pub(crate) mod repeat;
pub(crate) mod signals;
pub(crate) mod units;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream;
use moka::sync::Cache;
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::grafana::Grafana;
use crate::selector::{self, BrokenSelector, Selector};
use crate::trouble::Trouble;
use board::Board;

/// How long the list of dashboards is good.
const LIST_TIME: Duration = Duration::from_mins(1);
/// How long a dashboard is good.
const BOARD_TIME: Duration = Duration::from_mins(1);
/// How long the names of its variables are good.
const VARIABLES_TIME: Duration = Duration::from_mins(10);
/// Dashboards that are kept.
const BOARDS: u64 = 64;
/// Dashboards whose variables are looked at for one selector, and how many at the same time.
const LOOKED_INTO: usize = 200;
const AT_ONCE: usize = 6;
/// Longest time for that.
const LOOKING: Duration = Duration::from_secs(3);
/// Most dashboards of an entity that are shown.
const MOST: usize = 100;

/// What is kept of an instance's dashboards.
pub(crate) struct Boards {
    listing: Mutex<Option<Arc<Listing>>>,
    boards: Cache<String, Arc<Board>>,
    variables: Cache<String, Arc<Vec<String>>>,
}

impl Default for Boards {
    fn default() -> Self {
        Self {
            listing: Mutex::default(),
            boards: Cache::builder()
                .max_capacity(BOARDS)
                .time_to_live(BOARD_TIME)
                .build(),
            variables: Cache::builder()
                .max_capacity(20_000)
                .time_to_live(VARIABLES_TIME)
                .build(),
        }
    }
}

/// The list of dashboards.
pub(crate) struct Listing {
    pub(crate) hits: Vec<Arc<Hit>>,
    /// There are more than were asked for.
    pub(crate) is_cut: bool,
    at: Instant,
}

/// A dashboard as the list has it.
#[derive(Debug, PartialEq)]
pub(crate) struct Hit(pub(crate) Map<String, Value>);

/// A dashboard of an entity.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Match {
    pub(crate) hit: Arc<Hit>,
    /// Values of the dashboard's variables with which it shows the entity.
    pub(crate) variables: Vec<(String, String)>,
}

/// The dashboards of an entity.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    pub(crate) found: Vec<Match>,
    /// How many more there are.
    pub(crate) more: usize,
    /// What was looked for.
    pub(crate) looked_for: Vec<String>,
    /// Tags like those that were looked for.
    pub(crate) near: Vec<String>,
    /// How many dashboards there are in all, and whether that is the whole list.
    pub(crate) total: usize,
    pub(crate) is_cut: bool,
    /// How many dashboards could not be looked into for variables in time.
    pub(crate) unseen: usize,
}

/// Why there are none.
pub(crate) enum NoMatches {
    /// The selector is wrong.
    Broken(BrokenSelector),
    /// Grafana did not tell.
    Trouble(Trouble),
}

impl From<Trouble> for NoMatches {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl Hit {
    fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn uid(&self) -> &str {
        self.text("uid")
    }

    pub(crate) fn title(&self) -> &str {
        self.text("title")
    }

    /// Its address in browsers.
    pub(crate) fn url(&self) -> &str {
        self.text("url")
    }

    /// Its folder's title and address; dashboards at the top have none.
    pub(crate) fn folder(&self) -> Option<(&str, &str)> {
        let title = self.text("folderTitle");
        (!title.is_empty()).then(|| (title, self.text("folderUrl")))
    }
}

impl Grafana {
    /// The list of dashboards, asked for at most once a minute. When Grafana is away, the last one is still good.
    pub(crate) async fn listing(&self) -> Result<Arc<Listing>, Trouble> {
        let mut kept = self.boards.listing.lock().await;
        if let Some(listing) = kept.as_ref().filter(|listing| listing.at.elapsed() < LIST_TIME) {
            return Ok(listing.clone());
        }
        match self.list().await {
            Ok(listing) => Ok(kept.insert(Arc::new(listing)).clone()),
            Err(trouble) => kept.clone().ok_or(trouble),
        }
    }

    async fn list(&self) -> Result<Listing, Trouble> {
        let (pages, size) = (self.settings.pages, self.settings.page);
        let (found, is_cut) = self.client.dashboards_of(pages, size).await?;
        let mut known = HashSet::new();
        let hits = found.into_iter().filter_map(|hit| self.hit(hit));
        Ok(Listing {
            // A dashboard that moves while pages are read comes twice.
            hits: hits.filter(|hit| known.insert(hit.uid().to_owned())).collect(),
            is_cut,
            at: Instant::now(),
        })
    }

    /// A dashboard with the addresses of browsers, as the original's expressions see it.
    fn hit(&self, hit: Value) -> Option<Arc<Hit>> {
        let Value::Object(mut hit) = hit else {
            return None;
        };
        let link = |path: Option<&Value>| {
            let path = path.and_then(Value::as_str).filter(|path| path.starts_with('/'));
            Value::from(path.map(|path| self.settings.link(path)).unwrap_or_default())
        };
        let (url, folder) = (link(hit.get("url")), link(hit.get("folderUrl")));
        hit.insert("url".to_owned(), url);
        hit.insert("folderUrl".to_owned(), folder);
        let title = hit.entry("folderTitle").or_insert(Value::Null);
        if title.is_null() {
            *title = Value::from("");
        }
        Some(Arc::new(Hit(hit)))
    }

    /// The dashboards that a selector means.
    pub(crate) async fn matches(
        &self,
        selector: &Result<Selector, BrokenSelector>,
        text: &str,
    ) -> Result<Matches, NoMatches> {
        let selector = selector
            .as_ref()
            .map_err(|broken| NoMatches::Broken(broken.clone()))?;
        let refuse = |message| NoMatches::Broken(selector::broken(text, message, None));
        selector.try_out().map_err(refuse)?;
        let listing = self.listing().await?;
        let (mut found, mut others) = (Vec::new(), Vec::new());
        for hit in &listing.hits {
            if selector.passes(&hit.0).map_err(refuse)? {
                found.push(self.matched(hit, selector));
            } else {
                others.push(hit.clone());
            }
        }
        let unseen = self.with_variables(selector, others, &mut found).await;
        let more = found.len().saturating_sub(MOST);
        found.truncate(MOST);
        let near = if found.is_empty() {
            near::tags(&listing.hits, &selector.tags())
        } else {
            Vec::new()
        };
        Ok(Matches {
            more,
            looked_for: selector.tags(),
            near,
            total: listing.hits.len(),
            is_cut: listing.is_cut,
            unseen,
            found,
        })
    }

    /// A dashboard found by its tags; what is known of its variables is used.
    fn matched(&self, hit: &Arc<Hit>, selector: &Selector) -> Match {
        let names = self.boards.variables.get(hit.uid());
        Match {
            hit: hit.clone(),
            variables: names.map(|names| values(selector, &names)).unwrap_or_default(),
        }
    }

    /// Adds the dashboards that have a variable for each label; how many could not be looked into in time.
    async fn with_variables(
        &self,
        selector: &Selector,
        others: Vec<Arc<Hit>>,
        found: &mut Vec<Match>,
    ) -> usize {
        let pairs = selector.pairs();
        if pairs.is_empty() || pairs.iter().any(|pair| pair.only_value().is_none()) {
            return 0;
        }
        let is_about_another = |hit: &Arc<Hit>| {
            let tags = selector::tags(&hit.0);
            pairs.iter().any(|pair| pair.is_contradicted_by(&tags))
        };
        let others: Vec<Arc<Hit>> = others.into_iter().filter(|hit| !is_about_another(hit)).collect();
        let total = others.len();
        let looked = others.into_iter().take(LOOKED_INTO).map(async |hit| {
            let names = self.variables(hit.uid()).await.ok();
            (hit, names)
        });
        let mut looked = stream::iter(looked).buffered(AT_ONCE);
        let (until, mut seen) = (Instant::now() + LOOKING, 0);
        while let Ok(Some((hit, names))) = tokio::time::timeout_at(until.into(), looked.next()).await {
            seen += 1;
            let variables = names.map(|names| values(selector, &names)).unwrap_or_default();
            let tags = selector::tags(&hit.0);
            let fits = |pair: &selector::labels::Pair| {
                pair.fits_tags(&tags) || variables.iter().any(|(name, _)| *name == pair.label)
            };
            if pairs.iter().all(fits) {
                found.push(Match { hit, variables });
            }
        }
        total - seen
    }

    async fn variables(&self, uid: &str) -> Result<Arc<Vec<String>>, Trouble> {
        if let Some(known) = self.boards.variables.get(uid) {
            return Ok(known);
        }
        self.read_board(uid).await?;
        self.boards
            .variables
            .get(uid)
            .ok_or_else(|| Trouble::new("the dashboard is gone"))
    }

    async fn read_board(&self, uid: &str) -> Result<Board, Trouble> {
        let answer = self.client.dashboard(uid).await?;
        let board = Board::read(&answer);
        let names = board
            .variables
            .iter()
            .map(|variable| variable.name.clone())
            .collect();
        self.boards.variables.insert(uid.to_owned(), Arc::new(names));
        Ok(board)
    }

    /// A dashboard with its panels.
    pub(crate) async fn board(&self, uid: &str) -> Result<Arc<Board>, Trouble> {
        if let Some(known) = self.boards.boards.get(uid) {
            return Ok(known);
        }
        let board = Arc::new(self.read_board(uid).await?);
        self.boards.boards.insert(uid.to_owned(), board.clone());
        Ok(board)
    }
}

/// The values that the labels of a selector give to variables of their names.
pub(crate) fn values(selector: &Selector, names: &[String]) -> Vec<(String, String)> {
    let pairs = selector
        .pairs()
        .iter()
        .filter_map(|pair| Some((pair, pair.only_value()?)));
    let named = pairs.filter(|(pair, _)| names.contains(&pair.label));
    named
        .map(|(pair, value)| (pair.label.clone(), value.to_owned()))
        .collect()
}

/// Values of variables by their names.
pub(crate) type Chosen = HashMap<String, String>;

#[cfg(test)]
mod tests;
