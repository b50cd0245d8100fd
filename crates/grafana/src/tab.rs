//! The tab of the entity page. What is in memory comes with the page; what Grafana has to be asked for comes after it, each
//! chart by itself.

mod foreign;
mod happened;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use maud::{Markup, html};
use model::{Clock, SystemClock, entity};
use plugin::{Body, EntityPage, EntityTab, Moment, Place, RenderError, TabAnswer};
use serde_json::Value;
use ui::href;
use url::form_urlencoded;

use crate::alerts::known::Known;
use crate::annotations::{self, Annotations};
use crate::boards::board::{Board, Panel};
use crate::boards::interpolate::Values;
use crate::boards::repeat::repeated;
use crate::boards::signals::{self, Signals};
use crate::boards::{Chosen, Matches, NoMatches, query, values};
use crate::grafana::{Configured, Grafana};
use crate::overview_board::Pinned;
use crate::pages;
use crate::pages::boards::{Shown, boards, chart_id};
use crate::pages::charts::{Chart, chart};
use crate::range::Range;
use crate::trouble::Trouble;

/// The path of the tab.
pub(crate) const PATH: &str = "monitoring";
static PLACE: Place = Place::new(PATH, "Monitoring", 40);

/// Longest that the page waits for dashboards, which are usually known.
const WITH_PAGE: Duration = Duration::from_millis(700);
/// Longest that the numbers of a panel may take.
const QUERY: Duration = Duration::from_secs(8);
/// Longest that a chart waits for what happened.
const NOTES: Duration = Duration::from_secs(3);
/// What is left for drawing.
const DRAWING: Duration = Duration::from_millis(500);

/// The tab.
pub(crate) struct Monitoring {
    pub(crate) grafanas: Configured,
    pub(crate) known: Known,
}

/// What the address asks for.
struct Asked {
    range: Range,
    dashboard: Option<String>,
}

impl Asked {
    fn read(query: &str) -> Self {
        let value = |wanted: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.into_owned())
        };
        Self {
            range: value("range").map(|word| Range::parse(&word)).unwrap_or_default(),
            dashboard: value("dashboard").filter(|uid| !uid.is_empty()),
        }
    }
}

#[async_trait]
impl EntityTab for Monitoring {
    fn place(&self) -> &Place {
        &PLACE
    }

    fn applies_to(&self, entity: &Value) -> bool {
        let has_signals = self.grafanas.as_ref().is_some_and(|all| all.have_signals());
        annotations::any(entity) || (has_signals && signals::has_workloads(entity))
    }

    /// Parts below the tab ask Grafana; the tab itself does not wait for it.
    fn moment_of(&self, rest: &str) -> Moment {
        if rest.is_empty() {
            Moment::Inline
        } else {
            Moment::Deferred
        }
    }

    async fn show(&self, page: EntityPage) -> Result<TabAnswer, RenderError> {
        let Some(grafanas) = &self.grafanas else {
            return Ok(content(pages::connect::how_to_connect()));
        };
        let annotations = Annotations::of(&page.entity);
        let host = match grafanas.find(annotations.host) {
            Ok(host) => host,
            Err(trouble) => return Ok(content(pages::trouble(&trouble))),
        };
        let asked = Asked::read(&page.query);
        let at = At {
            page: &page,
            host,
            annotations: &annotations,
            asked,
            path: href::entity_tab(&page.reference, PATH),
        };
        let rest: Vec<&str> = page.rest.split('/').collect();
        Ok(match rest.as_slice() {
            [""] => content(self.whole(&at).await),
            ["dashboards"] => content(at.boards().await),
            ["chart", uid, panel] => at.chart(uid, panel).await,
            _ => TabAnswer::NotFound,
        })
    }
}

fn content(markup: Markup) -> TabAnswer {
    TabAnswer::Content(Body::Ours(markup))
}

impl Monitoring {
    async fn whole(&self, at: &At<'_>) -> Markup {
        let known = self.known.of(&at.host.settings.id);
        let alerts = pages::alerts::alerts(&pages::alerts::Alerts {
            selector: at.annotations.alerts.as_ref(),
            known: &known,
            host: &at.host.settings,
            entity: at.page.reference.name(),
            now: SystemClock.now(),
        });
        let boards = tokio::time::timeout(WITH_PAGE, at.boards()).await;
        let boards = boards.unwrap_or_else(|_| {
            pages::boards::waiting(&at.path, at.asked.range, at.asked.dashboard.as_deref())
        });
        html! { div.monitoring { (alerts) (boards) } }
    }
}

/// A page of an entity that names something of Grafana.
struct At<'a> {
    page: &'a EntityPage,
    host: &'a Grafana,
    annotations: &'a Annotations<'a>,
    asked: Asked,
    path: String,
}

/// The dashboards of an entity.
struct Found {
    pinned: Option<Pinned>,
    matches: Option<Result<Matches, NoMatches>>,
    /// Uids and titles of those of which charts can be drawn.
    choices: Vec<(String, String)>,
}

impl At<'_> {
    async fn found(&self) -> Found {
        let pinned = self
            .annotations
            .overview
            .and_then(|address| Pinned::read(address, &self.host.settings));
        let matches = match &self.annotations.dashboards {
            Some(selector) => Some(self.host.matches(selector, self.selector()).await),
            None => None,
        };
        let mut choices: Vec<(String, String)> = Vec::new();
        if let Some(uid) = pinned.as_ref().and_then(|pinned| pinned.uid.clone()) {
            choices.push((uid, "Overview".to_owned()));
        }
        if let Some(Ok(matches)) = &matches {
            for one in &matches.found {
                match choices.iter_mut().find(|(uid, _)| uid == one.hit.uid()) {
                    Some(known) => *known = one.choice(),
                    None => choices.push(one.choice()),
                }
            }
        }
        if self.signals().is_some() {
            choices.push((signals::UID.to_owned(), "Signals".to_owned()));
        }
        Found {
            pinned,
            matches,
            choices,
        }
    }

    /// The charts that every entity has, where they are configured.
    fn signals(&self) -> Option<&Signals> {
        self.host.settings.signals.as_ref()
    }

    /// A dashboard, or the signals.
    async fn board_of(&self, uid: &str) -> Result<Arc<Board>, Trouble> {
        match self.signals() {
            Some(signals) if uid == signals::UID => Ok(Arc::new(signals.board())),
            _ => self.host.board(uid).await,
        }
    }

    /// A dashboard as it is shown for the entity: what is repeated stands there once for each value, and titles have values where
    /// they have variables.
    async fn titled(&self, uid: &str, pinned: Option<&Pinned>) -> Result<Arc<Board>, Trouble> {
        let board = self.board_of(uid).await?;
        let is_made =
            |panel: &Panel| panel.title.contains(['$', '[']) || panel.repeat.is_some() || panel.row.is_some();
        if !board.panels.iter().any(is_made) {
            return Ok(board);
        }
        let chosen: Chosen = self.variables(&board, pinned).into_iter().collect();
        let mut titled = repeated(&board, &chosen);
        for panel in &mut titled.panels {
            let own = with_own(&chosen, panel);
            panel.title = Values::new(&board, &own, (0, 0)).text(&panel.title);
        }
        Ok(Arc::new(titled))
    }

    fn selector(&self) -> &str {
        let names = [annotations::DASHBOARDS, annotations::OLD_DASHBOARDS];
        let text = names
            .iter()
            .find_map(|name| entity::annotation(&self.page.entity, name));
        text.map(str::trim).unwrap_or_default()
    }

    /// The values of a dashboard's variables with which it shows the entity.
    fn variables(&self, board: &Board, pinned: Option<&Pinned>) -> Vec<(String, String)> {
        if board.uid == signals::UID {
            return signals::values(&self.page.entity, self.annotations);
        }
        let names = board.names();
        let mut chosen = match &self.annotations.dashboards {
            Some(Ok(selector)) => values(selector, &names),
            _ => Vec::new(),
        };
        let is_pinned = pinned.is_some_and(|pinned| pinned.uid.as_deref() == Some(&board.uid));
        for (name, value) in pinned
            .filter(|_| is_pinned)
            .into_iter()
            .flat_map(|pinned| &pinned.variables)
        {
            chosen.retain(|(known, _)| known != name);
            chosen.push((name.clone(), value.clone()));
        }
        chosen
    }

    /// Dashboards, and the places of the charts of one of them.
    async fn boards(&self) -> Markup {
        let found = self.found().await;
        let is_choice = |wanted: &&String| found.choices.iter().any(|(uid, _)| uid == *wanted);
        let first = found.choices.first().map(|(uid, _)| uid);
        let uid = self.asked.dashboard.as_ref().filter(is_choice).or(first);
        let board = match uid {
            Some(uid) => Some(self.titled(uid, found.pinned.as_ref()).await),
            None => None,
        };
        let variables = match &board {
            Some(Ok(board)) => self.variables(board, found.pinned.as_ref()),
            _ => Vec::new(),
        };
        let pinned = found.pinned.as_ref().map(|pinned| {
            let uid = pinned.uid.as_ref();
            let title = found
                .choices
                .iter()
                .find(|(known, _)| Some(known) == uid)
                .map(|(_, title)| title.clone());
            (
                title.unwrap_or_else(|| "Overview".to_owned()),
                pinned.address.clone(),
            )
        });
        boards(&Shown {
            host: &self.host.settings,
            matches: found.matches.as_ref(),
            pinned,
            choices: found.choices.clone(),
            board: board
                .as_ref()
                .map(|board| board.as_ref().map(|board| (&**board, variables.as_slice()))),
            range: self.asked.range,
            path: &self.path,
        })
    }

    /// A chart. Only panels of the entity's own dashboards are drawn.
    async fn chart(&self, uid: &str, panel: &str) -> TabAnswer {
        let found = self.found().await;
        if !found.choices.iter().any(|(known, _)| known == uid) {
            return TabAnswer::NotFound;
        }
        let board = match self.titled(uid, found.pinned.as_ref()).await {
            Ok(board) => board,
            Err(trouble) => {
                return content(html! { div id=(chart_id(uid, panel)) { (pages::trouble(&trouble)) } });
            }
        };
        match board.by_key(panel) {
            Some(panel) if panel.drawn.is_some() => {
                content(self.drawn(&board, panel, found.pinned.as_ref()).await)
            }
            Some(panel) if self.host.settings.shows_others() => {
                content(self.foreign(&board, panel, found.pinned.as_ref()).await)
            }
            _ => TabAnswer::NotFound,
        }
    }

    /// What is left of the page's time.
    fn left(&self) -> Duration {
        let left = self.page.deadline.saturating_duration_since(Instant::now());
        left.saturating_sub(DRAWING)
    }

    /// Tags of annotations that are about the entity; the last is how Flux names what it applied.
    fn tags(&self) -> Vec<String> {
        let pairs = match &self.annotations.dashboards {
            Some(Ok(selector)) => selector.pairs(),
            _ => &[],
        };
        let pairs = pairs
            .iter()
            .filter_map(|pair| Some((&pair.label, pair.only_value()?)));
        let tags = pairs.flat_map(|(label, value)| [format!("{label}={value}"), format!("{label}:{value}")]);
        let name = signals::name(&self.page.entity);
        tags.take(20).chain([format!("name: {name}")]).collect()
    }

    async fn drawn(&self, board: &Board, panel: &Panel, pinned: Option<&Pinned>) -> Markup {
        let chosen: Chosen = self.variables(board, pinned).into_iter().collect();
        let chosen = with_own(&chosen, panel);
        let now = SystemClock.now().as_millisecond();
        let span = self.asked.range.before(now, query::step);
        let within = QUERY.min(self.left());
        let asked = query::ask(self.host, (board, panel), &chosen, span, within);
        let happened = self.happened((board, panel), span, NOTES.min(within));
        let (asked, markers) = tokio::join!(tokio::time::timeout(within, asked), happened);
        let answered = match asked {
            Ok(answered) => answered,
            Err(_) => Err(Trouble::new(format!(
                "The data source gave no answer within {} s.",
                within.as_secs()
            ))
            .hint("A shorter span of time asks for less; the panel in Grafana may wait longer.")),
        };
        let variables = pages::boards::with_own(self.variables(board, pinned), panel);
        let whole = pages::boards::board_address(&self.host.settings, board, &variables, self.asked.range);
        chart(&Chart {
            id: chart_id(&board.uid, &panel.key()),
            panel,
            answered,
            markers,
            span,
            step: query::step_of(panel, span),
            address: pages::boards::panel_address(&self.host.settings, (&whole, board), panel, &chosen),
            is_alone: self.page.query.contains("view=alone"),
        })
    }
}

/// The values of variables, of which those for which a panel is repeated count most.
fn with_own(chosen: &Chosen, panel: &Panel) -> Chosen {
    let mut chosen = chosen.clone();
    chosen.extend(panel.copied.values.iter().cloned());
    chosen
}
