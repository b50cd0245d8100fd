//! `GET /api/grafana/alerts/{kind}/{namespace}/{name}`: the alerts of an entity for programs, from memory.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Path, RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use catalog::Catalog;
use model::{EntityRef, Fault};
use plugin::{Denied, EntityPage, Markers, Rows, Rule as RouteRule, Seen};
use serde_json::{Value, json};
use sight::{CurrentSight, ENTITY_READ};
use web::api::Json;
use web::{ApiError, CurrentViewer};

use crate::alerts::known::Known;
use crate::alerts::{Alert, Owned};
use crate::annotations::Annotations;
use crate::grafana::Configured;
use crate::settings::HostSettings;
use crate::tab::Monitoring;

/// What the API answers from.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) grafanas: Configured,
    pub(crate) known: Known,
    pub(crate) catalog: Catalog,
    pub(crate) tab: Arc<Monitoring>,
}

/// Whoever sees an entity sees its alerts.
const RULE: RouteRule = RouteRule::signed_in().left_to_handler(&ENTITY_READ);

/// The rows below `/api/grafana`.
pub(crate) fn rows(api: &Api) -> Rows {
    Rows::new()
        .get("/alerts/{kind}/{namespace}/{name}", RULE, alerts)
        .get("/pictures/{kind}/{namespace}/{name}/{uid}/{panel}", RULE, picture)
        .with_state(api)
}

async fn alerts(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    Path((kind, namespace, name)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    let entity = api.catalog.seen_by(&sight).entity(&reference).await?;
    let entity = entity.ok_or_else(|| Fault::not_found(format!("There is no entity {reference}")))?;
    let Some(grafanas) = &api.grafanas else {
        return Err(
            Fault::not_found("Grafana is not connected; set grafana.domain in the configuration").into(),
        );
    };
    let annotations = Annotations::of(&entity);
    let host = grafanas
        .find(annotations.host)
        .map_err(|trouble| Fault::input(trouble.message))?;
    let selector = match annotations.alerts {
        Some(Ok(selector)) => selector,
        Some(Err(broken)) => return Err(Fault::input(broken.message).into()),
        None => return Err(Fault::not_found(format!("{reference} names no alerts of Grafana")).into()),
    };
    let known = api.known.of(&host.settings.id);
    let rules: Vec<Value> = known
        .of(&selector)
        .iter()
        .map(|owned| rule(owned, &host.settings))
        .collect();
    let answer = json!({
        "host": host.settings.id,
        "knownAt": known.known_at,
        "problem": known.trouble.as_ref().map(|trouble| &trouble.message),
        "rules": rules,
    });
    Ok(Json(answer).into_response())
}

/// Longest time for a picture.
const PICTURE: Duration = Duration::from_secs(20);

/// A picture of a panel, drawn by Grafana, of the entity's own dashboards alone.
async fn picture(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    CurrentViewer(viewer): CurrentViewer,
    Path((kind, namespace, name, uid, panel)): Path<(String, String, String, String, i64)>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let reference = EntityRef::new(&kind, &namespace, &name);
    let entity = api.catalog.seen_by(&sight).entity(&reference).await?;
    let entity = entity.ok_or_else(|| Fault::not_found(format!("There is no entity {reference}")))?;
    let page = EntityPage {
        entity: Arc::new(entity),
        reference,
        viewer,
        denied: Denied::default(),
        rest: String::new(),
        query: query.unwrap_or_default(),
        deadline: Instant::now() + PICTURE,
        markers: Markers::default(),
        seen: Seen::default(),
    };
    let picture = api.tab.picture(page, &uid, panel).await?;
    Ok(([(CONTENT_TYPE, "image/png")], picture).into_response())
}

fn rule(owned: &Owned<'_>, host: &HostSettings) -> Value {
    let rule = owned.rule;
    json!({
        "name": rule.name,
        "state": owned.state,
        "firing": owned.firing(),
        "where": rule.place,
        "dataSource": rule.source,
        "url": host.rule_link(rule.uid.as_deref(), &rule.name),
        "labels": rule.labels,
        "annotations": rule.annotations,
        "alerts": owned.alerts.iter().copied().map(alert).collect::<Vec<_>>(),
    })
}

fn alert(alert: &Alert) -> Value {
    json!({
        "state": alert.state,
        "since": alert.since,
        "value": alert.value,
        "silence": alert.silence,
        "labels": alert.labels,
        "annotations": alert.annotations,
    })
}
