//! `/gitea`: the repositories that are known, with or without descriptor.

pub(super) mod filter;
mod table;
pub(super) mod view;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use model::Fault;
use ui::{Chrome, Live, PageHead};
use web::ApiError;

use super::{Caller, Pages};
use crate::PROPOSE;
use crate::discovery::{Known, Round, TOPIC, tables};
use filter::Filter;
use view::{Entry, Overview, Status};

pub(super) async fn show(
    State(pages): State<Pages>,
    caller: Caller,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let filter = Filter::read(&chrome.query);
    let mut overview = Overview::default();
    for provider in pages.providers.iter() {
        let name = provider.settings.name();
        let (known, round) = read(&pages, &name).await?;
        overview
            .providers
            .push(Status::of(&provider.settings.id, &known, round));
        let web = provider.gitea.web();
        let entries = known.into_iter();
        overview
            .entries
            .extend(entries.map(|known| Entry::new(&provider.settings.id, web, known)));
    }
    overview.may_propose = caller.has(&PROPOSE).await?;
    let content = view::repositories(&mut overview, &filter, chrome.now);
    let head = PageHead::new("Repositories").live(Live::Topics(vec![TOPIC.to_owned()]));
    Ok(chrome.page(head, content).into_response())
}

async fn read(pages: &Pages, provider: &str) -> Result<(Vec<Known>, Option<Round>), Fault> {
    let read = async {
        let mut session = pages.store.read().await?;
        let known = tables::known(&mut session, provider).await?;
        let round = tables::round(&mut session, provider).await?;
        Ok((known.into_values().collect(), round))
    };
    let read: Result<_, store::StoreError> = read.await;
    read.map_err(|error| catalog::store_fault(&error))
}
