//! `/flux`: Flux in all clusters, for those who look after it.

mod operator;
mod owners;
mod question;
mod view;

pub(crate) use question::Question;
pub(crate) use view::{Overview, content};

use std::collections::BTreeSet;

use axum::extract::State;
use kubernetes::engine::topic;
use model::EntityRef;
use plugin::{Rows, Rule};
use ui::{Chrome, Live, Page, PageHead};

use super::actions::Asked;
use super::states;
use crate::OVERVIEW_READ;
use crate::actions::{Address, Caller, Desk};
use crate::engine::operator::names as operator_names;
use crate::engine::overview;

/// The address of the page.
pub(crate) const PATH: &str = "/flux";

/// The page with its full path.
pub(crate) fn rows(desk: &Desk) -> Rows {
    Rows::new()
        .get(PATH, Rule::signed_in().needs(&OVERVIEW_READ), show)
        .with_state(desk)
}

async fn show(State(desk): State<Desk>, caller: Caller, chrome: Chrome) -> Page {
    let head = PageHead::new("Flux");
    if !desk.kubernetes.is_configured() {
        return chrome.page(head, states::not_configured());
    }
    let question = Question::read(&chrome.query);
    desk.kubernetes.watch(&overview::kinds()).await;
    let clusters = overview::of(&desk.kubernetes, chrome.now);
    let rows = question.rows(&clusters);
    let shown = question.page_of(&rows);
    let owners = owners::of(&desk, &caller.sight, shown).await;
    // Each way of looking has a topic of its own, because each shows other objects.
    let topic = topic(
        &EntityRef::new("flux", "overview", &question.address()),
        "overview",
    );
    let mut named: BTreeSet<_> = shown
        .iter()
        .map(|row| Address::of(&row.in_cluster.cluster, &row.seen.object).followed())
        .collect();
    named.extend(
        clusters
            .iter()
            .flat_map(|one| operator_names(&desk.kubernetes, &one.cluster)),
    );
    let asked = Asked::read(&chrome.query, &desk.kubernetes, |_| true);
    named.extend(asked.iter().flat_map(Asked::followed));
    desk.kubernetes.follow(topic.clone(), None, named);
    let allowed = desk.allowed_for(&caller).await;
    let overview = Overview {
        clusters: &clusters,
        question: &question,
        total: rows.len(),
        shown,
        owners: &owners,
        asked: asked.as_ref(),
        allowed: &allowed,
        now: chrome.now,
    };
    let content = content(&overview);
    chrome.page(head.live(Live::Topics(vec![topic])), content)
}
