//! Panels of the tab that Grafana draws.

use axum::body::Bytes;
use maud::Markup;
use model::Fault;
use plugin::EntityPage;

use super::{Asked, At, Monitoring, QUERY};
use crate::annotations::Annotations;
use crate::boards::board::{Board, Panel};
use crate::overview_board::Pinned;
use crate::pages;
use crate::pages::boards::chart_id;
use crate::trouble::Trouble;

impl Monitoring {
    /// A picture of a panel of an entity's own dashboards, drawn by Grafana.
    pub(crate) async fn picture(&self, page: EntityPage, uid: &str, panel: i64) -> Result<Bytes, Fault> {
        let missing = || Fault::not_found("There is no picture of this panel");
        let grafanas = self.grafanas.as_ref().ok_or_else(missing)?;
        let annotations = Annotations::of(&page.entity);
        let refused = |trouble: Trouble| Fault::error(trouble.message);
        let host = grafanas.find(annotations.host).map_err(refused)?;
        let asked = Asked::read(&page.query);
        let is_dark = page.query.contains("theme=dark");
        let at = At {
            page: &page,
            host,
            annotations: &annotations,
            asked,
            path: String::new(),
        };
        let found = at.found().await;
        if !host.settings.has_pictures || !found.choices.iter().any(|(known, _)| known == uid) {
            return Err(missing());
        }
        let board = at.board_of(uid).await.map_err(refused)?;
        let panel = board.panel(panel).ok_or_else(missing)?;
        let variables = at.variables(&board, found.pinned.as_ref());
        let shown = pages::foreign::page(&board, panel, &variables, at.asked.range);
        let path = pages::foreign::rendered(&shown, is_dark);
        host.picture(&path, at.left()).await.map_err(refused)
    }
}

impl At<'_> {
    /// A panel that Grafana draws: as a frame where that is configured, else as a picture.
    pub(super) async fn foreign(&self, board: &Board, panel: &Panel, pinned: Option<&Pinned>) -> Markup {
        let (settings, range) = (&self.host.settings, self.asked.range);
        let variables = self.variables(board, pinned);
        let page = pages::foreign::page(board, panel, &variables, range);
        let shown = if settings.embeds {
            let may = self.host.lets_itself_be_framed(&page).await;
            may.map(|()| pages::foreign::frame(&settings.link(&page), panel))
        } else {
            let path = pages::foreign::rendered(&page, false);
            let asked = self.host.picture(&path, QUERY.min(self.left())).await;
            asked.map(|_| pages::foreign::picture(&self.page.reference, (board, panel), range))
        };
        let whole = pages::boards::board_address(settings, board, &variables, range);
        let address = format!("{whole}&viewPanel={}", panel.id);
        pages::foreign::card(&chart_id(&board.uid, &panel.key()), (panel, &address), shown)
    }
}
