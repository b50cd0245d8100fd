//! What a picker offers while one types.

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use model::Fault;
use serde::Deserialize;
use serde_json::json;
use sight::CurrentSight;
use web::{ApiError, CurrentViewer};

use super::{Pages, supply};
use crate::forms::pickers::Question;

/// Most choices of one answer; who needs another one types more.
const OFFERED: usize = 20;
/// Longest text that is looked for.
const LONGEST: usize = 100;

/// What an address asks.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// Name of the template's field.
    #[serde(default)]
    field: String,
    /// Its filter as JSON, or kinds whose tags count.
    #[serde(default)]
    filter: String,
    /// Part of a name or title.
    #[serde(default)]
    text: String,
}

/// Choices with a text in their name or title.
pub(super) async fn find(
    State(pages): State<Pages>,
    CurrentSight(sight): CurrentSight,
    CurrentViewer(viewer): CurrentViewer,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    if asked.field.is_empty() {
        return Err(Fault::input("Say which field asks, for example ?field=EntityPicker").into());
    }
    let question = Question::read(&asked.field, &asked.filter);
    let text: String = asked.text.chars().take(LONGEST).collect();
    let view = pages.scaffolder.catalog.seen_by(&sight);
    let offer = supply::answer(view, &viewer, &question, &text, OFFERED).await?;
    let choices = offer.choices.iter();
    let choices = choices.map(|(value, label)| json!({"value": value, "label": label}));
    let answer = json!({"choices": choices.collect::<Vec<_>>(), "more": offer.is_cut});
    Ok(Json(answer).into_response())
}
