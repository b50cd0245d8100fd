//! The list of tasks: those of the viewer or all, by state and template.

pub(super) mod view;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use sight::CurrentSight;
use ui::{Chrome, Crumb, Live, PageHead};
use web::{ApiError, CurrentViewer, Permissions};

use super::{Pages, address, supply};
use crate::TASK_READ;
use crate::conditions::Authors;
use crate::tasks::{TaskFilter, Tasks};
use view::TaskList;

/// Tasks on one page.
pub(super) const LISTED: usize = 50;

/// What the address says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ListState {
    pub is_all: bool,
    pub state: Option<String>,
    pub template: Option<String>,
    pub offset: usize,
}

impl ListState {
    fn parse(query: &str) -> Self {
        Self {
            is_all: address::first(query, "whose").as_deref() == Some("all"),
            state: address::first(query, "state"),
            template: address::first(query, "template"),
            offset: address::first(query, "offset")
                .and_then(|text| text.parse().ok())
                .unwrap_or(0),
        }
    }

    /// The address of this state.
    pub(super) fn href(&self) -> String {
        let offset = if self.offset == 0 {
            String::new()
        } else {
            self.offset.to_string()
        };
        ui::href::with_query(
            "/create/tasks",
            [
                ("whose", if self.is_all { "all" } else { "" }),
                ("state", self.state.as_deref().unwrap_or_default()),
                ("template", self.template.as_deref().unwrap_or_default()),
                ("offset", &offset),
            ],
        )
    }
}

pub(super) async fn show(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    CurrentViewer(viewer): CurrentViewer,
    Extension(permissions): Extension<Permissions>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let state = ListState::parse(&chrome.query);
    let decision = permissions.decide(&viewer, &TASK_READ).await?;
    let mine = (!state.is_all).then(|| viewer.reference().to_string());
    let filter = TaskFilter {
        created_by: mine.into_iter().collect(),
        seen: Authors::of(&decision)?,
        states: state.state.iter().cloned().collect(),
        template: state.template.clone(),
        offset: state.offset,
        limit: LISTED,
        ..TaskFilter::default()
    };
    let page = pages.scaffolder.tasks.list(&filter).await?;
    let view = pages.scaffolder.catalog.seen_by(&sight);
    let list = TaskList {
        page,
        templates: supply::templates(view).await?,
        state,
    };
    let crumbs = vec![Crumb::to("Create", "/create"), Crumb::here("Tasks")];
    let head = PageHead::new("Tasks")
        .crumbs(crumbs)
        .live(Live::Topics(vec![Tasks::topic(None)]));
    let content = view::tasks(&list, chrome.now);
    Ok(chrome.page(head, content).into_response())
}
