//! The Docs tab of the entity page: the same reader, below the entity's head.

use async_trait::async_trait;
use catalog::Sight;
use model::{Fault, entity};
use plugin::{Body, EntityPage, EntityTab, Moment, Place, RenderError, TabAnswer};
use serde_json::Value;
use ui::href;

use super::reader::{Wanted, other, reader};
use super::view;
use crate::{Docs, OTHER, REF};

/// Where the tab stands.
static PLACE: Place = Place::new(TAB, "Docs", 30);
/// The tab's address below that of the entity.
pub(crate) const TAB: &str = "docs";

/// The tab.
pub(crate) struct DocsTab {
    docs: Docs,
}

impl DocsTab {
    pub(crate) fn new(docs: Docs) -> Self {
        Self { docs }
    }

    async fn content(&self, page: &EntityPage) -> Result<TabAnswer, Fault> {
        let Some(source) = self.docs.library.source_of(&page.entity) else {
            let target = other(&page.entity);
            return Ok(target.map_or(TabAnswer::NotFound, |target| {
                TabAnswer::Content(Body::Ours(view::elsewhere(&target)))
            }));
        };
        let shown = self.docs.library.read(&source?, &page.reference).await?;
        let wanted = Wanted::of(&page.rest, &page.query);
        if shown.site.asset(&wanted.path).is_some() {
            return Ok(TabAnswer::Redirect(format!(
                "{}{}",
                crate::findable::base(&page.reference),
                page.rest
            )));
        }
        let base = format!("{}/", href::entity_tab(&page.reference, &PLACE.path));
        // Names of owners stand in the head of the page already.
        let nothing = Sight::only(model::Filter::Any(Vec::new()));
        let mut view = reader(
            &self.docs,
            &nothing,
            &page.entity,
            &page.reference,
            shown,
            wanted,
            base,
        )
        .await?;
        view.in_tab = true;
        Ok(TabAnswer::Content(Body::Ours(view::reader_in_tab(
            &view,
            jiff::Timestamp::now(),
        ))))
    }
}

#[async_trait]
impl EntityTab for DocsTab {
    fn place(&self) -> &Place {
        &PLACE
    }

    fn applies_to(&self, value: &Value) -> bool {
        entity::annotation(value, REF).is_some() || entity::annotation(value, OTHER).is_some()
    }

    fn moment(&self) -> Moment {
        Moment::Deferred
    }

    async fn show(&self, page: EntityPage) -> Result<TabAnswer, RenderError> {
        self.content(&page).await.map_err(|fault| RenderError {
            message: format!("The documentation cannot be shown: {}", fault.message),
            hint: Some(view::advice(&fault, self.docs.library.published().is_some())),
        })
    }
}
